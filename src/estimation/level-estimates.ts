import { RaellaError } from "../errors";
import type { Level, ValueTable } from "../spec/specification";
import type { PrimitiveEstimate } from "./ask-estimators";
import type { CompiledClass } from "./compound/compile-class";
import type { ComponentInstance } from "./compound/expand-component";
import { levelAreaShare, undefinedAction, type LevelComponents } from "./level-components";
import type { Primitive } from "./primitive-estimates";
import type { LevelErrors } from "./reference-tables";
import { roundTo6Decimals } from "./round-decimals";
import { ValueMemo } from "./value-memo";

/** Area and energies of one instance of a level, as computed and rounded to six decimal places. */
export interface LevelEstimate {
  readonly isCompound: boolean;
  readonly areaUm2: number;
  readonly roundedAreaUm2: number;
  readonly energyPj: Readonly<Record<string, number>>;
  readonly roundedEnergyPj: Readonly<Record<string, number>>;
  readonly errorPercent: LevelErrors;
  readonly warnings: readonly string[];
}

const rememberedLevels = 4000;

/** The estimate last given for a level with certain attributes: layer by layer, most levels stay as they are. */
interface Answer {
  readonly level: Level;
  /** Names that count and that the level leaves to the variables, with their values then. */
  readonly open: readonly string[];
  readonly openValues: readonly unknown[];
  readonly estimate: LevelEstimate;
}

function isAnswerFor({ level, open, openValues }: Answer, asked: Level, variables: ValueTable): boolean {
  if (level.class !== asked.class || level.subclass !== asked.subclass) return false;
  if (level.areaShare !== asked.areaShare || level.requiredActions !== asked.requiredActions) return false;
  for (let index = 0; index < open.length; index += 1)
    if (!Object.is(variables[open[index]], openValues[index])) return false;
  return true;
}

/** Prices levels; remembers them by the attributes and variables that their class uses. */
export class LevelEstimates {
  private readonly compounds = new Map<CompiledClass, ValueMemo<LevelEstimate>>();
  private readonly primitives = new WeakMap<Primitive, Map<string, LevelEstimate>>();
  private readonly values: unknown[] = [];
  private readonly lastAnswers = new WeakMap<ValueTable, Answer>();

  constructor(private readonly components: LevelComponents) {}

  /** @throws RaellaError for what cannot be priced */
  estimate(level: Level, variables: ValueTable): LevelEstimate {
    const last = this.lastAnswers.get(level.attributes);
    if (last && isAnswerFor(last, level, variables)) return last.estimate;
    const compiled = this.components.compoundClass(level);
    if (!compiled) return this.estimatePrimitive(level, variables);
    const estimate = this.findCompound(level, compiled, variables);
    const { values, demanded } = this.components.influentialNames(compiled);
    const open = [...values, ...demanded].filter((name) => (level.attributes[name] ?? null) === null);
    const openValues = open.map((name) => variables[name]);
    this.lastAnswers.set(level.attributes, { level, open, openValues, estimate });
    return estimate;
  }

  private findCompound(level: Level, compiled: CompiledClass, variables: ValueTable): LevelEstimate {
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
    const area = this.sumAreas(component, levelAreaShare(level), warnings);
    const energies: Record<string, Sum> = {};
    for (const { name } of compiled.actions) energies[name] = this.sumEnergies(component, name, warnings);
    return finish(true, area, energies, warnings);
  }

  private sumAreas(component: ComponentInstance, levelShare: number, warnings: Set<string>): Sum {
    const sum = new Sum();
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
        sum.add(
          priceOf(factor, () => primitive.area(), warnings),
          factor,
          partCount,
        );
      }
    };
    add(component, 1, 1);
    return sum;
  }

  private sumEnergies(component: ComponentInstance, action: string, warnings: Set<string>): Sum {
    const sum = new Sum();
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
        sum.add(
          priceOf(stepShare, () => primitive.energy(step.action), warnings),
          stepShare,
          stepCount,
        );
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
  const area = new Sum();
  area.add(
    priceOf(share, () => primitive.area(), warnings),
    share,
    1,
  );
  const energies: Record<string, Sum> = {};
  for (const action of actions) {
    energies[action] = new Sum();
    energies[action].add(
      priceOf(1, () => primitive.energy(action), warnings),
      1,
      1,
    );
  }
  return finish(false, area, energies, warnings);
}

type Price = Pick<PrimitiveEstimate, "value" | "errorBar">;

/** A figure that is added up from parts. */
class Sum {
  value = 0;
  /** In the unit of the value: all interpolated parts are off by their 90th percentile to the same side. */
  private error = 0;

  /** The original converts values to SI units and back before it sums them. */
  add({ value, errorBar }: Price, share: number, count: number): void {
    const part = value * 1e-12 * 1e12 * share * count;
    this.value += part;
    if (errorBar) this.error += (part * errorBar.ninetiethPercentilePercent) / 100;
  }

  get errorPercent(): number {
    return this.error === 0 ? 0 : (100 * this.error) / this.value;
  }
}

/**
 * An estimate. One that is multiplied by zero may be one that nobody can give, such as the area of column drivers
 * beside an array that is too narrow for them.
 */
function priceOf(share: number, ask: () => PrimitiveEstimate, warnings: Set<string>): Price {
  try {
    const estimate = ask();
    if (estimate.warnings && share !== 0) for (const warning of estimate.warnings) warnings.add(warning);
    return estimate;
  } catch (error) {
    if (share === 0 && error instanceof RaellaError && error.code === "out-of-range") return { value: 0 };
    throw error;
  }
}

function finish(
  isCompound: boolean,
  area: Sum,
  energies: Readonly<Record<string, Sum>>,
  warnings: ReadonlySet<string>,
): LevelEstimate {
  const energyPj: Record<string, number> = {};
  const roundedEnergyPj: Record<string, number> = {};
  let energyErrors: Record<string, number> | undefined;
  for (const action in energies) {
    const { value, errorPercent } = energies[action];
    energyPj[action] = value;
    roundedEnergyPj[action] = roundTo6Decimals(value);
    if (errorPercent > 0) (energyErrors ??= {})[action] = errorPercent;
  }
  return {
    isCompound,
    areaUm2: area.value,
    roundedAreaUm2: roundTo6Decimals(area.value),
    energyPj,
    roundedEnergyPj,
    errorPercent: {
      ...(area.errorPercent > 0 ? { area: area.errorPercent } : {}),
      ...(energyErrors ? { energy: energyErrors } : {}),
    },
    warnings: [...warnings],
  };
}
