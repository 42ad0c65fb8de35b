import { RaellaError } from "../errors";
import type { Level, ValueTable } from "../spec/specification";
import type { PrimitiveEstimate } from "./ask-estimators";
import type { CompiledClass } from "./compound/compile-class";
import type { ComponentInstance } from "./compound/expand-component";
import { levelAreaShare, undefinedAction, type LevelComponents } from "./level-components";
import type { Primitive } from "./primitive-estimates";
import { roundTo6Decimals } from "./round-decimals";
import { ValueMemo } from "./value-memo";

/** Area and energies of one instance of a level, as computed and rounded to six decimal places. */
export interface LevelEstimate {
  readonly isCompound: boolean;
  readonly areaUm2: number;
  readonly roundedAreaUm2: number;
  readonly energyPj: Readonly<Record<string, number>>;
  readonly roundedEnergyPj: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

const rememberedLevels = 4000;

/** Prices levels; remembers them by the attributes and variables that their class uses. */
export class LevelEstimates {
  private readonly compounds = new Map<CompiledClass, ValueMemo<LevelEstimate>>();
  private readonly primitives = new WeakMap<Primitive, Map<string, LevelEstimate>>();
  private readonly values: unknown[] = [];

  constructor(private readonly components: LevelComponents) {}

  /** @throws RaellaError for what cannot be priced */
  estimate(level: Level, variables: ValueTable): LevelEstimate {
    const compiled = this.components.compoundClass(level);
    if (!compiled) return this.estimatePrimitive(level, variables);
    for (const action of level.requiredActions)
      if (!compiled.actionsByName.has(action) && !compiled.actionsByName.has(action.toLowerCase()))
        throw undefinedAction(action, compiled);
    let known = this.compounds.get(compiled);
    if (!known) this.compounds.set(compiled, (known = new ValueMemo<LevelEstimate>(rememberedLevels)));
    const { values } = this;
    values.length = 0;
    values.push(levelAreaShare(level));
    const { values: names, demanded } = this.components.influentialNames(compiled);
    for (const name of names) values.push(level.attributes[name] ?? variables[name]);
    for (const name of demanded) values.push((level.attributes[name] ?? variables[name] ?? null) === null);
    let estimate = known.get(values);
    if (!estimate) known.set(values, (estimate = this.estimateCompound(level, compiled, variables)));
    return estimate;
  }

  private estimateCompound(level: Level, compiled: CompiledClass, variables: ValueTable): LevelEstimate {
    const warnings = new Set<string>();
    const component = this.components.expand(level, compiled, variables);
    const areaUm2 = this.sumAreas(component, levelAreaShare(level), warnings);
    const energyPj: Record<string, number> = {};
    for (const { name } of compiled.actions) energyPj[name] = this.sumEnergies(component, name, warnings);
    return finish(true, areaUm2, energyPj, warnings);
  }

  private sumAreas(component: ComponentInstance, levelShare: number, warnings: Set<string>): number {
    let sum = 0;
    const add = (owner: ComponentInstance, share: number, count: number): void => {
      for (const part of owner.parts) {
        const partShare = share * part.areaShare;
        const partCount = count * part.range.count;
        if (part.component) {
          add(part.component, partShare, partCount);
          continue;
        }
        const primitive = this.components.primitiveOfPart(part);
        for (const warning of primitive.warnings) warnings.add(warning);
        const factor = partShare * levelShare;
        sum += throughSi(valueOf(factor, () => primitive.area(), warnings)) * factor * partCount;
      }
    };
    add(component, 1, 1);
    return sum;
  }

  private sumEnergies(component: ComponentInstance, action: string, warnings: Set<string>): number {
    let sum = 0;
    const onUndefined = (className: string, name: string): void => {
      warnings.add(`The class ${className} does not define the action "${name}"; it costs nothing.`);
    };
    const add = (owner: ComponentInstance, name: string, share: number, count: number): void => {
      for (const step of this.components.stepsOf(owner, name, onUndefined)) {
        const stepShare = share * step.share;
        const stepCount = count * step.count;
        if (step.part.component) {
          add(step.part.component, step.action, stepShare, stepCount);
          continue;
        }
        const primitive = this.components.primitiveOfPart(step.part);
        sum +=
          throughSi(valueOf(stepShare, () => primitive.energy(step.action), warnings)) *
          stepShare *
          stepCount;
      }
    };
    add(component, action, 1, 1);
    return sum;
  }

  private estimatePrimitive(level: Level, variables: ValueTable): LevelEstimate {
    const primitive = this.components.primitiveOfLevel(level, variables);
    const share = levelAreaShare(level);
    let known = this.primitives.get(primitive);
    if (!known) this.primitives.set(primitive, (known = new Map<string, LevelEstimate>()));
    const key = `${share} ${level.requiredActions.join(" ")}`;
    let estimate = known.get(key);
    if (!estimate) {
      const actions = [...this.components.listedActions(primitive.className), ...level.requiredActions];
      known.set(key, (estimate = pricePrimitive(primitive, share, actions)));
    }
    return estimate;
  }
}

function pricePrimitive(primitive: Primitive, share: number, actions: readonly string[]): LevelEstimate {
  const warnings = new Set(primitive.warnings);
  const areaUm2 = throughSi(valueOf(share, () => primitive.area(), warnings)) * share;
  const energyPj: Record<string, number> = {};
  for (const action of actions)
    energyPj[action] = throughSi(valueOf(1, () => primitive.energy(action), warnings));
  return finish(false, areaUm2, energyPj, warnings);
}

/**
 * The value of an estimate. One that is multiplied by zero may be one that nobody can give, such as the area of
 * column drivers beside an array that is too narrow for them.
 */
function valueOf(share: number, ask: () => PrimitiveEstimate, warnings?: Set<string>): number {
  try {
    const estimate = ask();
    if (estimate.warnings && share !== 0) for (const warning of estimate.warnings) warnings?.add(warning);
    return estimate.value;
  } catch (error) {
    if (share === 0 && error instanceof RaellaError && error.code === "out-of-range") return 0;
    throw error;
  }
}

/** The original converts values to SI units and back before it sums them. */
function throughSi(pico: number): number {
  return pico * 1e-12 * 1e12;
}

function finish(
  isCompound: boolean,
  areaUm2: number,
  energyPj: Readonly<Record<string, number>>,
  warnings: ReadonlySet<string>,
): LevelEstimate {
  const roundedEnergyPj: Record<string, number> = {};
  for (const action in energyPj) roundedEnergyPj[action] = roundTo6Decimals(energyPj[action]);
  return {
    isCompound,
    areaUm2,
    roundedAreaUm2: roundTo6Decimals(areaUm2),
    energyPj,
    roundedEnergyPj,
    warnings: [...warnings],
  };
}
