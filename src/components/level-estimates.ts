import { RaellaError } from "../errors";
import { contentNumber, contentOf, Derived, freeze, Memo } from "../memory";
import { emptyScope } from "../spec/expression";
import type { LevelErrors } from "../spec/reference-tables";
import type { Level, Specification, ValueTable } from "../spec/specification";
import type { CompiledClass } from "./compound/compile-class";
import type { ComponentInstance } from "./compound/expand-component";
import { influentialNames, numericNames } from "./compound/influential-names";
import type { InfluentialNames } from "./compound/influential-names";
import {
  argumentsOf,
  inLevel,
  isNoNumber,
  levelAreaShare,
  namesIn,
  primitiveScope,
  requireNumber,
  undefinedAction,
} from "./level-components";
import type { Conversions, LevelComponents } from "./level-components";
import type { ActionArguments, Primitive, PrimitiveEstimate } from "./primitive-estimates";
import { roundTo6Decimals } from "./round-decimals";
import { unreadOfClass, unreadOfLevel } from "./scale-words";
import type { UnreadWords } from "./scale-words";

/** Area and energies of one instance of a level, as computed and rounded to six decimal places. */
export interface LevelEstimate {
  readonly isCompound: boolean;
  readonly areaUm2: number;
  readonly roundedAreaUm2: number;
  readonly energyPj: Readonly<Record<string, number>>;
  readonly roundedEnergyPj: Readonly<Record<string, number>>;
  /** Absent where nothing is interpolated. */
  readonly errorPercent?: LevelErrors;
  readonly warnings: readonly string[];
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
 * The area of a primitive or the energy of an action. One that is multiplied by zero may be one that nobody can give,
 * such as the area of column drivers beside an array that is too narrow for them.
 * @param action null asks for the area
 */
function priceOf(
  primitive: Primitive,
  action: string | null,
  share: number,
  warnings: Set<string>,
  given?: ActionArguments,
): Price {
  try {
    const estimate = action === null ? primitive.area() : primitive.energy(action, given);
    if (estimate.warnings && share !== 0) for (const warning of estimate.warnings) warnings.add(warning);
    return estimate;
  } catch (error) {
    if (share === 0 && error instanceof RaellaError && error.code === "out-of-range") return { value: 0 };
    throw error;
  }
}

/** @throws RaellaError `out-of-range` for a figure that no number can hold. */
function requireFinite(value: number, what: string): void {
  if (Number.isFinite(value)) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `${what} is ${value}.`,
    value,
    expected: "a finite number",
  });
}

const noWarnings: readonly string[] = [];

/** The sums in the form of the tables. */
function finishEstimate(
  isCompound: boolean,
  area: Sum,
  energies: Readonly<Record<string, Sum>>,
  warnings: ReadonlySet<string>,
): LevelEstimate {
  requireFinite(area.value, "The area");
  for (const action in energies)
    requireFinite(energies[action].value, `The energy of the action "${action}"`);
  const energyPj: Record<string, number> = {};
  const roundedEnergyPj: Record<string, number> = {};
  let energyErrors: Record<string, number> | undefined;
  for (const action in energies) {
    const { value, errorPercent } = energies[action];
    energyPj[action] = value;
    roundedEnergyPj[action] = roundTo6Decimals(value);
    if (errorPercent > 0) (energyErrors ??= {})[action] = errorPercent;
  }
  const areaError = area.errorPercent;
  return {
    isCompound,
    areaUm2: area.value,
    roundedAreaUm2: roundTo6Decimals(area.value),
    energyPj,
    roundedEnergyPj,
    ...((areaError > 0 || energyErrors) && {
      errorPercent: {
        ...(areaError > 0 && { area: areaError }),
        ...(energyErrors && { energy: energyErrors }),
      },
    }),
    warnings: warnings.size === 0 ? noWarnings : [...warnings],
  };
}

/** Attributes of a level that its figures are multiplied by in the convention of 2024. */
const scaleNames = ["area_scale", "energy_scale", "n_instances"] as const;

/**
 * In the convention of 2024 no level may be without a technology and the length of a cycle, whether they matter or not.
 * Placeholders, which cost nothing, may.
 */
function requireInherited({ attributes, requiredActions }: Level, variables: ValueTable): void {
  if (requiredActions.length === 0) return;
  for (const name of ["technology", "global_cycle_seconds"])
    if ((attributes[name] ?? variables[name] ?? null) === null)
      throw new RaellaError({
        code: "component",
        message: `It has no ${name}.`,
        expected: `${name} as an attribute of the level or of a container around it, or as a variable`,
        remedy:
          "The convention of 2024 demands it of every level; that of 2023 (--convention 2023) does not.",
      });
}

/** Names of a component whose values matter, that are demanded, and whose values must be numbers. */
interface ComponentNames extends InfluentialNames {
  /** Stands for the component: the name of a compound class, a number for what a level of a primitive one is. */
  readonly component: string | number;
  readonly numeric: readonly string[];
  /** Messages about what has no effect in the class. */
  readonly unread: readonly string[];
}

/** What the price of a level depends on. */
interface Question {
  /** Its class, if that is a compound one. */
  readonly compiled: CompiledClass | undefined;
  /** Stands for what is asked for and for the attributes of its own that matter. */
  readonly own: number;
  /** Variables that stand in for what it does not give: those whose values matter, and others that must not be empty. */
  readonly values: readonly string[];
  readonly demanded: readonly string[];
  /** Attributes that must be numbers and are something else. */
  readonly noNumbers: readonly string[];
  readonly unread: UnreadWords;
}

/** What is known of a level among variables of certain names, whatever their values. */
interface KnownLevel {
  readonly question: Question;
  /** Its price, if that depends on the level alone: no variable has any influence. */
  settled?: LevelEstimate;
}

/** Levels among certain variables. */
interface LevelPrices {
  /** @throws RaellaError for actions that a class does not define and for what cannot be priced */
  readonly estimate: (level: Level) => LevelEstimate;
  /** What is written of a level in words that do not count. */
  readonly unread: (level: Level) => UnreadWords;
  /** Conversions of each action; null for a level without converters. */
  readonly conversions: (level: Level) => Conversions | null;
}

/** How often a part counts: the product of all shares and of all counts from the level down. */
interface PartFactors {
  readonly share: number;
  readonly count: number;
  /** Of the level's area, which comes last; 1 for energies, where the level's share comes first. */
  readonly areaShare: number;
}

/** Room for priced levels, and about the size of one, in numbers of eight bytes. */
const levelRoom = 2_000_000;
const levelSize = 100;
/** The same for conversions of levels. */
const conversionsRoom = 200_000;
const conversionsSize = 10;
/** Lists of names that variables have: all layers on an architecture share one. */
const rememberedNames = 64;

/**
 * Prices levels of one set of component classes. Layer by layer most of what a level is told has no influence on its
 * price, so that prices are remembered by what has.
 */
export class LevelEstimates {
  private readonly prices = new Memo<LevelEstimate>(levelRoom, () => levelSize);
  private readonly conversions = new Memo<Conversions>(conversionsRoom, () => conversionsSize);
  private readonly names = new Map<string, ComponentNames>();
  private readonly levels = new Memo<Derived<Level, KnownLevel>>(rememberedNames, () => 1);

  constructor(private readonly components: LevelComponents) {}

  among(variables: ValueTable): LevelPrices {
    // Which of a level's names the variables have is the same wherever these have the same names.
    const levels = this.levels.get(
      String(namesIn.of(variables)),
      () => new Derived<Level, KnownLevel>((level) => ({ question: this.questionOf(level, variables) })),
    );
    return {
      estimate: (level) => {
        if (this.components.convention === "2024") requireInherited(level, variables);
        const known = levels.of(level);
        const { question } = known;
        if (question.values.length + question.demanded.length > 0)
          return this.priceOf(question, level, variables);
        return (known.settled ??= this.priceOf(question, level, variables));
      },
      unread: (level) => levels.of(level).question.unread,
      conversions: (level) => {
        if (!this.components.hasConverters(level)) return null;
        try {
          const key = keyOf(levels.of(level).question, variables);
          return this.conversions.get(key, () => freeze(this.components.conversions(level, variables)));
        } catch (error) {
          throw inLevel(error, level.name);
        }
      },
    };
  }

  private priceOf(question: Question, level: Level, variables: ValueTable): LevelEstimate {
    for (const name of question.noNumbers) requireNumber(name, level.attributes[name]);
    return this.prices.get(keyOf(question, variables), () =>
      freeze(
        question.compiled === undefined
          ? this.pricePrimitive(level, variables)
          : this.priceCompound(question.compiled, level, variables),
      ),
    );
  }

  /** @param variables of which only the names count */
  private questionOf(level: Level, variables: ValueTable): Question {
    const { attributes, requiredActions, energyShare = null } = level;
    const compiled = this.components.compoundClass(level);
    const names = compiled === undefined ? this.namesOfLevel(level, variables) : this.namesOf(compiled);
    const mattering = this.components.convention === "2024" ? [...names.values, ...scaleNames] : names.values;
    const isOpen = (name: string): boolean => (attributes[name] ?? null) === null;
    const isLookedUp = (name: string): boolean => isOpen(name) && Object.hasOwn(variables, name);
    const values = mattering.filter(isLookedUp);
    const demanded = names.demanded.filter(isLookedUp);
    return {
      compiled,
      own: contentNumber([
        [names.component, levelAreaShare(level), energyShare, requiredActions],
        mattering.map((name) => attributes[name] ?? null),
        names.demanded.map(isOpen),
        ...[values, demanded],
      ]),
      ...{ values, demanded },
      noNumbers: names.numeric.filter((name) => isNoNumber(attributes[name])),
      unread: {
        ofLevel: unreadOfLevel(level, this.components.convention, this.components.names),
        ofClass: names.unread,
      },
    };
  }

  private namesOf(compiled: CompiledClass): ComponentNames {
    const known = this.names.get(compiled.name);
    if (known !== undefined) return known;
    const { written } = compiled;
    const { names: context, convention } = this.components;
    const names = {
      component: compiled.name,
      ...influentialNames(written, context),
      numeric: [...numericNames(written, context)],
      unread: unreadOfClass(written, convention, context),
    };
    this.names.set(compiled.name, names);
    return names;
  }

  /** Those of a level of a primitive class. */
  private namesOfLevel(level: Level, variables: ValueTable): ComponentNames {
    const { attributes, subclass, class: ownClass } = level;
    const { number, names } = this.components.finderOfLevel(level, variables);
    const numeric = Object.keys(attributes).filter(
      (name) =>
        typeof attributes[name] !== "number" && this.components.names.isNumber(subclass ?? ownClass, name),
    );
    return { component: number, values: names, demanded: [], numeric, unread: [] };
  }

  private pricePrimitive(level: Level, variables: ValueTable): LevelEstimate {
    const primitive = this.components.primitiveOfLevel(level, variables);
    const scope = this.components.convention === "2024" ? primitiveScope(level, variables) : emptyScope;
    const scales = this.components.levelScales(level, scope);
    const warnings = new Set(primitive.warnings);
    const sumOf = (action: string | null, scale: number): Sum => {
      const sum = new Sum();
      const count = this.components.instancesIn(scope, action);
      sum.add(priceOf(primitive, action, scale, warnings), scale, count);
      return sum;
    };
    const area = sumOf(null, scales.area);
    const energies: Record<string, Sum> = {};
    const listed = this.components.primitives.listedActions(primitive.className);
    for (const action of [...listed, ...level.requiredActions])
      energies[action] = sumOf(action, scales.energy);
    return finishEstimate(false, area, energies, warnings);
  }

  private priceCompound(compiled: CompiledClass, level: Level, variables: ValueTable): LevelEstimate {
    requireActions(compiled, level.requiredActions);
    const component = this.components.expand(level, compiled, variables);
    const scales = this.components.levelScales(level, component.scope);
    const warnings = new Set<string>();
    const sumOf = (action: string | null, share: number, areaShare: number): Sum => {
      const sum = new Sum();
      this.addParts(sum, component, action, { share, areaShare, count: 1 }, warnings);
      return sum;
    };
    const area = sumOf(null, 1, scales.area);
    const energies: Record<string, Sum> = {};
    for (const { name } of compiled.actions) energies[name] = sumOf(name, scales.energy, 1);
    return finishEstimate(true, area, energies, warnings);
  }

  /** Adds the areas of all parts (the action null), or what an action costs in them. */
  private addParts(
    sum: Sum,
    owner: ComponentInstance,
    action: string | null,
    factors: PartFactors,
    warnings: Set<string>,
  ): void {
    const onUndefined = (className: string, name: string): void => {
      warnings.add(`The class ${className} does not define the action "${name}"; it costs nothing.`);
    };
    for (const step of this.components.stepsOf(owner, action, onUndefined)) {
      const { part } = step;
      const share = factors.share * step.share;
      const count = factors.count * step.count;
      if (part.component) {
        this.addParts(sum, part.component, step.action, { ...factors, share, count }, warnings);
        continue;
      }
      const primitive = this.components.primitiveOfPart(part);
      if (action === null) for (const warning of primitive.warnings) warnings.add(warning);
      const factor = share * factors.areaShare;
      const price = priceOf(primitive, step.action, factor, warnings, argumentsOf(step));
      sum.add(price, factor, count * this.components.instancesIn(part.attributes, step.action));
    }
  }
}

/** The question with the values of variables that it depends on. */
function keyOf({ own, values, demanded }: Question, variables: ValueTable): string {
  let key = String(own);
  for (const name of values) key += ` ${contentOf(variables[name])}`;
  for (const name of demanded) key += variables[name] === null ? "-" : "+";
  return key;
}

/** A class that says nothing of its leakage does not leak. */
function requireActions(compiled: CompiledClass, actions: readonly string[]): void {
  const { actionsByName } = compiled;
  for (const action of actions.filter((name) => name !== "leak"))
    if (!actionsByName.has(action) && !actionsByName.has(action.toLowerCase()))
      throw undefinedAction(action, compiled);
}

/** For each level that has converters, the conversions of an action: those that are done, speculation taken into account. */
export function conversionsPerAction(
  { levels, estimationVariables }: Specification,
  estimates: LevelEstimates,
): ReadonlyMap<string, Conversions> {
  const { conversions } = estimates.among(estimationVariables);
  const found = new Map<string, Conversions>();
  for (const level of levels) {
    const ofLevel = conversions(level);
    if (ofLevel !== null) found.set(level.name, ofLevel);
  }
  return found;
}
