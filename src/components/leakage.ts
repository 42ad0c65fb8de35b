import { requireArgument, requireOptions } from "../arguments";
import { RaellaError } from "../errors";
import { adopt, freeze } from "../memory";
import { conventionOf, countsLeakage } from "../spec/convention";
import type { EnergyReferenceTable } from "../spec/reference-tables";
import { specificationSchema } from "../spec/specification";
import type { Level, Specification, Value, Warning } from "../spec/specification";
import type { ComponentInstance } from "./compound/expand-component";
import { defaultCycleTimeS, pricingOf, pricingSchema } from "./pricing";
import type { EstimationOptions } from "./pricing";
import { inLevel, levelAreaShare } from "./level-components";
import type { LevelComponents } from "./level-components";

/**
 * Leakage power of one instance of every level, W: each part leaks in proportion to the area that is counted of it.
 * Parts whose leakage is not modelled (the component library) add nothing.
 *
 * The tables do not say this: with artifact fidelity their idle entries mix powers in pW with energies in pJ.
 */
export function leakagePower(
  given: Specification,
  options: EstimationOptions = {},
): Readonly<Record<string, number>> {
  requireArgument(specificationSchema, given, "the specification of leakagePower");
  requireOptions(pricingSchema, options, "leakagePower");
  const specification = adopt(given);
  const { components } = pricingOf(specification, options).forClasses(specification.componentClasses);
  return freeze(
    Object.fromEntries(
      specification.levels.map((level) => [
        level.name,
        levelLeakage(specification, components, level).powerW,
      ]),
    ),
  );
}

/** Power that is known, and the classes of parts of which it is not. */
interface Leakage {
  readonly powerW: number;
  readonly unknown: readonly string[];
}

function levelLeakage(specification: Specification, components: LevelComponents, level: Level): Leakage {
  const { estimationVariables } = specification;
  try {
    const compiled = components.compoundClass(level);
    const { powerW, unknown } = compiled
      ? partsLeakage(components.expand(level, compiled, estimationVariables), components)
      : ownLeakage(components.primitiveOfLevel(level, estimationVariables));
    return { powerW: levelAreaShare(level) * powerW, unknown };
  } catch (error) {
    throw inLevel(error, level.name);
  }
}

function ownLeakage(primitive: ReturnType<LevelComponents["primitiveOfLevel"]>): Leakage {
  const powerW = primitive.leakagePowerW();
  return powerW === undefined ? { powerW: 0, unknown: [primitive.className] } : { powerW, unknown: [] };
}

function partsLeakage(component: ComponentInstance, components: LevelComponents): Leakage {
  let powerW = 0;
  const unknown = new Set<string>();
  for (const part of component.parts) {
    const factor = part.areaShare * part.range.count;
    if (factor === 0) continue;
    const own = part.component
      ? partsLeakage(part.component, components)
      : ownLeakage(components.primitiveOfPart(part));
    powerW += factor * own.powerW;
    for (const name of own.unknown) unknown.add(name);
  }
  return { powerW, unknown: [...unknown] };
}

/** What leakage adds to an energy table. */
interface LeakageFigures {
  /** pJ per instance and cycle of every storage level of which it is known; undefined where leakage does not count. */
  readonly leakagePj?: EnergyReferenceTable["leakagePj"];
  readonly warnings: readonly Warning[];
}

/**
 * Energy that one instance of a storage level loses in a cycle: the action `leak` of the energy table, given or from a
 * component class, or else the leakage power over a cycle of the model. Compute units and networks do not count.
 * Warns of what does not count: levels of which nothing is known, or, where leakage is not asked for, what is given.
 * @param given - tells the levels whose energies the specification brings along
 */
export function leakageFigures(
  specification: Specification,
  options: EstimationOptions,
  components: LevelComponents,
  energyPj: EnergyReferenceTable["energyPj"],
  given: (level: string) => boolean,
): LeakageFigures {
  const storage = specification.levels.filter(({ kind }) => kind === "storage");
  const leakOf = (name: string): number | undefined =>
    Object.hasOwn(energyPj, name) && Object.hasOwn(energyPj[name], "leak") ? energyPj[name].leak : undefined;
  if (!countsLeakage(specification.identity)) {
    const leaking = storage.flatMap(({ name }) => ((leakOf(name) ?? 0) > 0 ? [name] : []));
    return { warnings: leaking.length === 0 ? [] : [leakNotCounted(leaking)] };
  }
  const { cycleTimeS = defaultCycleTimeS } = options;
  const leakagePj: Record<string, number> = {};
  const unknown: string[] = [];
  for (const level of storage) {
    const { name } = level;
    refusePowerGating(level);
    const leak = leakOf(name);
    if (leak !== undefined) leakagePj[name] = leak;
    // What says nothing of its leakage does not leak there.
    else if (conventionOf(specification.identity) === "2024") leakagePj[name] = 0;
    else if (given(name)) unknown.push(name);
    else {
      const { powerW, unknown: parts } = levelLeakage(specification, components, level);
      leakagePj[name] = powerW * cycleTimeS * 1e12;
      if (parts.length > 0) unknown.push(`${name} (${parts.join(", ")})`);
    }
  }
  return { leakagePj, warnings: unknown.length === 0 ? [] : [leakUnknown(unknown)] };
}

/** Gated levels leak in groups, by rules that are not modelled. */
function refusePowerGating({ name, attributes }: Level): void {
  const { has_power_gating: isGated, power_gated_at: gatedAt } = attributes as Readonly<
    Record<string, Value | undefined>
  >;
  const isForeign = gatedAt !== undefined && gatedAt !== null && gatedAt !== name;
  if (isGated !== true && !isForeign) return;
  throw new RaellaError({
    code: "component",
    message: `The power gating of ${name} is not modelled: its leakage would be wrong.`,
    value: isForeign ? gatedAt : true,
    expected: "levels without has_power_gating and power_gated_at, or no leakage",
  });
}

function leakNotCounted(levels: readonly string[]): Warning {
  return {
    code: "component",
    message: `The leakage given of ${levels.join(", ")} is not counted. To count it: --leakage, in scripts leakage: true.`,
  };
}

function leakUnknown(levels: readonly string[]): Warning {
  return {
    code: "component",
    message: `Leakage is not counted where no figure of it is known: ${levels.join("; ")}.`,
  };
}
