import { RaellaError, suggestName } from "../errors";
import type { ComponentClass } from "../spec/component-class";
import { Scope, type EvaluationOptions, type RuntimeValue } from "../spec/expression";
import type { Fidelity, Level, Value, ValueTable } from "../spec/specification";
import { compileClass, type CompiledClass } from "./compound/compile-class";
import {
  expandAction,
  expandComponent,
  levelScope,
  type ComponentInstance,
  type ExpansionContext,
  type PartInstance,
} from "./compound/expand-component";
import type { PrimitiveEstimate } from "./ask-estimators";
import { LevelPrimitives } from "./level-primitives";
import type { Primitive, PrimitiveEstimates } from "./primitive-estimates";
import { roundTo6Decimals } from "./round-decimals";
import { ValueMemo } from "./value-memo";

/** One primitive part's contribution to the area of a level. */
export interface AreaContribution {
  readonly name: string;
  readonly primitive: Primitive;
  /** Shares on the way down, the level's own included. */
  readonly share: number;
  readonly count: number;
}

/** One primitive action's contribution to an action of a level. */
export interface EnergyContribution extends AreaContribution {
  readonly action: string;
}

/** Area and energies of one instance of a level, as computed and rounded to six decimal places. */
export interface LevelEstimate {
  readonly isCompound: boolean;
  readonly areaUm2: number;
  readonly roundedAreaUm2: number;
  readonly energyPj: Readonly<Record<string, number>>;
  readonly roundedEnergyPj: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

/** The classes of a specification by name. */
export type ClassTable = ReadonlyMap<string, ComponentClass>;

const rememberedLevelsLimit = 4000;
/** Values and table are converted to SI units and back before they are summed, as in the original. */
const picoToSi = 1e-12;
const siToPico = 1e12;

/** Prices levels; remembers them by the attributes and variables that their class uses. */
export class LevelEstimates {
  private readonly remembered = new WeakMap<CompiledClass, ValueMemo<LevelEstimate>>();
  private readonly rememberedPrimitives = new WeakMap<Primitive, Map<string, LevelEstimate>>();
  private readonly variableScopes = new WeakMap<ValueTable, Scope>();
  private readonly primitives: LevelPrimitives;
  private readonly values: unknown[] = [];

  constructor(
    primitives: PrimitiveEstimates,
    private readonly fidelity: Fidelity,
    private readonly evaluation: EvaluationOptions,
  ) {
    this.primitives = new LevelPrimitives(primitives);
  }

  /** @throws RaellaError for what cannot be priced, naming the level */
  estimate(level: Level, variables: ValueTable, classes: ClassTable): LevelEstimate {
    const compiled = this.compoundClass(level, classes);
    if (!compiled) return this.estimatePrimitive(level, variables, classes);
    for (const action of level.requiredActions)
      if (!compiled.actionsByName.has(action) && !compiled.actionsByName.has(action.toLowerCase()))
        throw undefinedAction(level, action, compiled);
    let remembered = this.remembered.get(compiled);
    if (!remembered) this.remembered.set(compiled, (remembered = new ValueMemo(rememberedLevelsLimit)));
    const { values } = this;
    values.length = 0;
    values.push(levelAreaShare(level));
    for (const name of compiled.usedNames) values.push(level.attributes[name] ?? variables[name]);
    let estimate = remembered.get(values);
    if (!estimate) {
      const key = [...values];
      estimate = this.estimateCompound(level, compiled, variables, classes);
      remembered.set(key, estimate);
    }
    return estimate;
  }

  /** What the area of a level is made of, in the order of summation. */
  areaContributions(level: Level, variables: ValueTable, classes: ClassTable): AreaContribution[] {
    const compiled = this.compoundClass(level, classes);
    if (!compiled) {
      const primitive = this.primitiveOf(level, variables, classes);
      return [{ name: level.name, primitive, share: levelAreaShare(level), count: 1 }];
    }
    const component = this.expand(level, compiled, variables, classes);
    return this.partAreas(component, levelAreaShare(level));
  }

  /** What an action of a level is made of, in the order of summation. */
  energyContributions(
    level: Level,
    action: string,
    variables: ValueTable,
    classes: ClassTable,
  ): EnergyContribution[] {
    const compiled = this.compoundClass(level, classes);
    if (!compiled) {
      const primitive = this.primitiveOf(level, variables, classes);
      return [{ name: level.name, primitive, action, share: 1, count: 1 }];
    }
    if (!compiled.actionsByName.has(action.toLowerCase())) throw undefinedAction(level, action, compiled);
    const component = this.expand(level, compiled, variables, classes);
    return this.actionEnergies(component, action, classes, () => undefined);
  }

  /** The compound class of a level; undefined if its class is a primitive one. */
  compoundClass(level: Level, classes: ClassTable): CompiledClass | undefined {
    const written = classes.get(level.subclass ?? level.class);
    return written && compileClass(written);
  }

  private estimateCompound(
    level: Level,
    compiled: CompiledClass,
    variables: ValueTable,
    classes: ClassTable,
  ): LevelEstimate {
    const warnings = new Set<string>();
    const component = this.expand(level, compiled, variables, classes);
    const areas = this.partAreas(component, levelAreaShare(level));
    for (const { primitive } of areas) for (const warning of primitive.warnings) warnings.add(warning);
    const areaUm2 = areas.reduce(
      (sum, { primitive, share, count }) =>
        sum + valueOf(share, () => primitive.area(), warnings) * picoToSi * siToPico * share * count,
      0,
    );
    const energyPj: Record<string, number> = {};
    for (const { name } of compiled.actions) {
      energyPj[name] = this.actionEnergies(component, name, classes, (className, action) => {
        warnings.add(`The class ${className} does not define the action "${action}"; it costs nothing.`);
      }).reduce(
        (sum, { primitive, action, share, count }) =>
          sum +
          valueOf(share, () => primitive.energy(action), warnings) * picoToSi * siToPico * share * count,
        0,
      );
    }
    return finish(true, areaUm2, energyPj, warnings);
  }

  private estimatePrimitive(level: Level, variables: ValueTable, classes: ClassTable): LevelEstimate {
    const primitive = this.primitiveOf(level, variables, classes);
    const share = levelAreaShare(level);
    let remembered = this.rememberedPrimitives.get(primitive);
    if (!remembered)
      this.rememberedPrimitives.set(primitive, (remembered = new Map<string, LevelEstimate>()));
    const key = `${share} ${level.requiredActions.join(" ")}`;
    let estimate = remembered.get(key);
    if (!estimate)
      remembered.set(key, (estimate = this.estimateOnePrimitive(primitive, share, level.requiredActions)));
    return estimate;
  }

  private estimateOnePrimitive(
    primitive: Primitive,
    share: number,
    requiredActions: readonly string[],
  ): LevelEstimate {
    const warnings = new Set(primitive.warnings);
    const areaUm2 = valueOf(share, () => primitive.area(), warnings) * picoToSi * siToPico * share;
    const energyPj: Record<string, number> = {};
    for (const action of [...this.primitives.listedActions(primitive.className), ...requiredActions])
      energyPj[action] = valueOf(1, () => primitive.energy(action), warnings) * picoToSi * siToPico;
    return finish(false, areaUm2, energyPj, warnings);
  }

  private primitiveOf(level: Level, variables: ValueTable, classes: ClassTable): Primitive {
    return this.primitives.ofLevel(level, variables, classes.keys());
  }

  private expand(
    level: Level,
    compiled: CompiledClass,
    variables: ValueTable,
    classes: ClassTable,
  ): ComponentInstance {
    const attributes = new Map<string, RuntimeValue>(Object.entries(level.attributes));
    const scope = levelScope(attributes, compiled, this.variableScope(variables), this.evaluation);
    return expandComponent(compiled, scope, this.expansion(classes));
  }

  private expansion(classes: ClassTable): ExpansionContext {
    return {
      classOf: (name) => {
        const written = classes.get(name);
        return written && compileClass(written);
      },
      evaluation: this.evaluation,
      fidelity: this.fidelity,
    };
  }

  private partAreas(component: ComponentInstance, levelShare: number): AreaContribution[] {
    const found: AreaContribution[] = [];
    const collect = (owner: ComponentInstance, share: number, count: number): void => {
      for (const part of owner.parts) {
        const partShare = share * part.areaShare;
        const partCount = count * part.range.count;
        if (part.component) collect(part.component, partShare, partCount);
        else
          found.push({
            name: part.fullName,
            primitive: this.partPrimitive(part),
            share: partShare * levelShare,
            count: partCount,
          });
      }
    };
    collect(component, 1, 1);
    return found;
  }

  private actionEnergies(
    component: ComponentInstance,
    action: string,
    classes: ClassTable,
    onUndefined: (className: string, action: string) => void,
  ): EnergyContribution[] {
    return expandAction(component, action, this.expansion(classes), onUndefined).map(
      ({ part, fullName, action: partAction, share, count }) => ({
        name: fullName,
        primitive: this.partPrimitive(part),
        action: partAction,
        share,
        count,
      }),
    );
  }

  private partPrimitive({ part, attributes }: PartInstance): Primitive {
    return this.primitives.ofPart(part, attributes);
  }

  private variableScope(variables: ValueTable): Scope {
    let scope = this.variableScopes.get(variables);
    if (!scope) {
      scope = new Scope(new Map<string, Value>(Object.entries(variables)));
      this.variableScopes.set(variables, scope);
    }
    return scope;
  }
}

/** Share of a level's area: its own key, else the attribute of that name, else all of it. */
export function levelAreaShare({ areaShare, attributes }: Level): number {
  if (areaShare !== null) return areaShare;
  const { area_share: attribute } = attributes;
  return typeof attribute === "number" ? attribute : 1;
}

/** A value that is multiplied by zero may be one that nobody can give. */
function valueOf(share: number, ask: () => PrimitiveEstimate, warnings: Set<string>): number {
  try {
    const { value, warnings: own } = ask();
    if (own && share !== 0) for (const warning of own) warnings.add(warning);
    return value;
  } catch (error) {
    if (share === 0 && error instanceof RaellaError && error.code === "out-of-range") return 0;
    throw error;
  }
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

function undefinedAction(
  level: Level,
  action: string,
  { name, actions, location }: CompiledClass,
): RaellaError {
  const known = actions.map((defined) => defined.name);
  return new RaellaError({
    code: "component",
    message: `The component class ${name} of the level "${level.name}" does not define the action "${action}".`,
    location,
    value: action,
    expected: `one of ${known.join(", ")}`,
    remedy: suggestName(action, known),
  });
}
