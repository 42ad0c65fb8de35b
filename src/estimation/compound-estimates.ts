import type { Level, ValueTable } from "../spec/specification";
import type { CompiledClass } from "./compound/compile-class";
import type { ComponentInstance } from "./compound/expand-component";
import { levelAreaShare, requireNumber, undefinedAction, type LevelComponents } from "./level-components";
import { finishEstimate, priceOf, Sum, type LevelEstimate } from "./level-estimate";
import { ValueMemo } from "./value-memo";

/** Most levels of one class that are remembered. */
const rememberedLevels = 4000;
/** Tables of attributes that are recognised without being read: more than a class has in one specification. */
const recentAnswers = 16;

/** An estimate given for certain attributes: layer by layer, most levels stay as they are. */
interface Answer {
  readonly attributes: ValueTable;
  readonly areaShare: number;
  /** Names that count and that the attributes leave to the variables, with their values then. */
  readonly open: readonly string[];
  readonly openValues: readonly unknown[];
  readonly estimate: LevelEstimate;
}

/** An area with the warnings that belong to it. */
interface AreaFigure {
  readonly sum: Sum;
  readonly warnings: readonly string[];
}

/** Prices levels of one compound class; remembers them by the attributes and variables that the class uses. */
export class CompoundEstimates {
  private readonly names: readonly string[];
  private readonly demanded: readonly string[];
  private readonly areaNames: readonly string[];
  private readonly numericNames: readonly string[];
  private readonly estimates = new ValueMemo<LevelEstimate>(rememberedLevels);
  private readonly areas = new ValueMemo<AreaFigure>(rememberedLevels);
  private readonly recent: Answer[] = [];
  private oldest = 0;
  private readonly checkedActions = new WeakSet<readonly string[]>();
  private readonly values: unknown[] = [];

  constructor(
    private readonly compiled: CompiledClass,
    private readonly components: LevelComponents,
  ) {
    const { values, valuesOfArea, demanded } = components.influentialNames(compiled);
    this.numericNames = [...components.numericNames(compiled)];
    this.names = values;
    this.demanded = demanded;
    this.areaNames = valuesOfArea;
  }

  /** @throws RaellaError for actions that the class does not define and for what cannot be priced */
  estimate(level: Level, variables: ValueTable): LevelEstimate {
    this.checkActions(level.requiredActions);
    const areaShare = levelAreaShare(level);
    for (let index = 0; index < this.recent.length; index += 1) {
      const answer = this.recent[index];
      if (answer.attributes !== level.attributes || answer.areaShare !== areaShare) continue;
      if (hasValues(variables, answer.open, answer.openValues)) return answer.estimate;
    }
    return this.find(level, areaShare, variables);
  }

  private checkActions(actions: readonly string[]): void {
    if (this.checkedActions.has(actions)) return;
    const { actionsByName } = this.compiled;
    for (const action of actions)
      if (!actionsByName.has(action) && !actionsByName.has(action.toLowerCase()))
        throw undefinedAction(action, this.compiled);
    this.checkedActions.add(actions);
  }

  private find(level: Level, areaShare: number, variables: ValueTable): LevelEstimate {
    const { attributes } = level;
    for (const name of this.numericNames) {
      const value = attributes[name];
      if (typeof value !== "number") requireNumber(name, value);
    }
    const { values } = this;
    const open: string[] = [];
    values.length = 0;
    values.push(areaShare);
    for (const name of this.names) {
      const own = attributes[name] ?? null;
      values.push(own ?? variables[name]);
      if (own === null) open.push(name);
    }
    for (const name of this.demanded) {
      const own = attributes[name] ?? null;
      values.push((own ?? variables[name] ?? null) === null);
      if (own === null) open.push(name);
    }
    let estimate = this.estimates.get(values);
    if (!estimate) this.estimates.set(values, (estimate = this.compute(level, areaShare, variables)));
    const openValues = open.map((name) => variables[name]);
    this.recent[this.oldest] = { attributes, areaShare, open, openValues, estimate };
    this.oldest = (this.oldest + 1) % recentAnswers;
    return estimate;
  }

  private compute(level: Level, areaShare: number, variables: ValueTable): LevelEstimate {
    const component = this.components.expand(level, this.compiled, variables);
    const area = this.areaOf(component, level, areaShare, variables);
    const warnings = new Set(area.warnings);
    const onUndefined = (className: string, name: string): void => {
      warnings.add(`The class ${className} does not define the action "${name}"; it costs nothing.`);
    };
    const addEnergy = (
      sum: Sum,
      owner: ComponentInstance,
      action: string,
      share: number,
      count: number,
    ): void => {
      for (const step of this.components.stepsOf(owner, action, onUndefined)) {
        const { part } = step;
        const stepShare = share * step.share;
        const stepCount = count * step.count;
        if (part.component) addEnergy(sum, part.component, step.action, stepShare, stepCount);
        else {
          const primitive = this.components.primitiveOfPart(part);
          sum.add(priceOf(primitive, step.action, stepShare, warnings), stepShare, stepCount);
        }
      }
    };
    const energies: Record<string, Sum> = {};
    for (const { name } of this.compiled.actions) {
      energies[name] = new Sum();
      addEnergy(energies[name], component, name, 1, 1);
    }
    return finishEstimate(true, area.sum, energies, warnings);
  }

  /** Most of what changes from layer to layer has no influence on areas. */
  private areaOf(
    component: ComponentInstance,
    { attributes }: Level,
    areaShare: number,
    variables: ValueTable,
  ): AreaFigure {
    const values = this.areaNames.map((name) => attributes[name] ?? variables[name]);
    values.push(areaShare);
    let area = this.areas.get(values);
    if (!area) {
      const warnings = new Set<string>();
      const sum = new Sum();
      this.addAreas(sum, component, areaShare, 1, 1, warnings);
      this.areas.set(values, (area = { sum, warnings: [...warnings] }));
    }
    return area;
  }

  private addAreas(
    sum: Sum,
    owner: ComponentInstance,
    levelShare: number,
    share: number,
    count: number,
    warnings: Set<string>,
  ): void {
    for (const part of owner.parts) {
      const partShare = share * part.areaShare;
      const partCount = count * part.range.count;
      if (part.component) {
        this.addAreas(sum, part.component, levelShare, partShare, partCount, warnings);
        continue;
      }
      const primitive = this.components.primitiveOfPart(part);
      for (const warning of primitive.warnings) warnings.add(warning);
      const factor = partShare * levelShare;
      sum.add(priceOf(primitive, null, factor, warnings), factor, partCount);
    }
  }
}

function hasValues(table: ValueTable, names: readonly string[], values: readonly unknown[]): boolean {
  for (let index = 0; index < names.length; index += 1)
    if (!Object.is(table[names[index]], values[index])) return false;
  return true;
}
