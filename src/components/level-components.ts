import { RaellaError, suggestName } from "../errors";
import { contentNumber, Derived, Memo } from "../memory";
import { numberOf, scopeOf, toValue, valueText } from "../spec/expression";
import type { EvaluationOptions, RuntimeValue, Scope } from "../spec/expression";
import type { ComponentClass, Convention, Fidelity, Level, Value, ValueTable } from "../spec/specification";
import { compileClass } from "./compound/compile-class";
import type { CompiledClass } from "./compound/compile-class";
import { expandComponent, levelScope, partSteps } from "./compound/expand-component";
import type {
  ComponentInstance,
  ExpansionContext,
  PartInstance,
  PartStep,
} from "./compound/expand-component";
import type { NamesContext } from "./compound/influential-names";
import type { ActionArguments, Primitive, PrimitiveEstimates, PrimitiveFinder } from "./primitive-estimates";

/** The actions of a level that a run counts. */
const countedActions = ["read", "write", "update"] as const;

/** How many analog-to-digital conversions one action of a level is. */
export type Conversions = Readonly<Record<(typeof countedActions)[number], number>>;

/** Room for finders of primitives, and about the size of one, in numbers of eight bytes. */
const finderRoom = 500_000;
const finderSize = 100;

/** What the levels of a specification are made of, for one set of component classes. */
export class LevelComponents {
  private readonly classes: ReadonlyMap<string, ComponentClass>;
  private readonly compiled = new Map<string, CompiledClass>();
  private readonly converting = new Map<string, boolean>();
  private readonly finders = new Memo<PrimitiveFinder>(finderRoom, () => finderSize);
  private readonly expansion: ExpansionContext;
  /** The classes as they are written, and what their primitive parts look at. */
  readonly names: NamesContext;

  constructor(
    classes: readonly ComponentClass[],
    readonly primitives: PrimitiveEstimates,
    fidelity: Fidelity,
    evaluation: EvaluationOptions,
    readonly convention: Convention = "2023",
  ) {
    this.classes = new Map(classes.map((written) => [written.name, written]));
    this.expansion = { classOf: (name) => this.classNamed(name), evaluation, fidelity, convention };
    this.names = {
      classOf: (name) => this.classes.get(name),
      isRelevant: (className, attribute) => primitives.isRelevant(className, attribute),
      isNumber: (className, attribute) => primitives.isNumber(className, attribute),
    };
  }

  /** The compound class of a level; undefined if its class is a primitive one. */
  compoundClass(level: Level): CompiledClass | undefined {
    return this.classNamed(level.subclass ?? level.class);
  }

  /** The conversions of a level that has converters. */
  conversions(level: Level, variables: ValueTable): Conversions {
    const compiled = this.compoundClass(level);
    if (compiled === undefined) return { read: 1, write: 0, update: 0 };
    const component = this.expand(level, compiled, variables);
    const [read, write, update] = countedActions.map((action) => this.conversionsIn(component, action));
    return { read, write, update };
  }

  private conversionsIn(component: ComponentInstance, action: string | null): number {
    if (!component.class.written.actions.some(({ name }) => name === action)) return 0;
    return this.stepsOf(component, action).reduce((sum, { part, action: partAction, share, count }) => {
      const times = share * count;
      if (part.component !== null) return sum + times * this.conversionsIn(part.component, partAction);
      return isConverter(part.part.className) ? sum + times : sum;
    }, 0);
  }

  /** Whether a level is a converter, or anything that it is made of. */
  hasConverters(level: Level): boolean {
    const className = level.subclass ?? level.class;
    let known = this.converting.get(className);
    if (known === undefined) this.converting.set(className, (known = mayConvert(className, this.classes)));
    return known;
  }

  /** The parts of a level of a compound class. */
  expand(level: Level, compiled: CompiledClass, variables: ValueTable): ComponentInstance {
    const attributes: Map<string, RuntimeValue> = mapOf(level.attributes);
    const scope = levelScope(attributes, compiled, scopeOf(variables), this.expansion.evaluation);
    return expandComponent(compiled, scope, this.expansion);
  }

  /** What an action of a component performs directly; null: what its area is made of. */
  stepsOf(
    component: ComponentInstance,
    action: string | null,
    onUndefined?: (className: string, action: string) => void,
  ): PartStep[] {
    return partSteps(component, action, this.expansion, onUndefined);
  }

  /**
   * The primitive that a level of a primitive class is. Every variable is an attribute of every level; own attributes
   * count first.
   */
  primitiveOfLevel(level: Level, variables: ValueTable): Primitive {
    const finder = this.finderOfLevel(level, variables);
    return finder.find(finder.names.map((name) => level.attributes[name] ?? variables[name]));
  }

  /** Which attributes and variables matter to a level of a primitive class. */
  finderOfLevel({ attributes, subclass, class: ownClass }: Level, variables: ValueTable): PrimitiveFinder {
    const className = subclass ?? ownClass;
    const key = `${className} ${namesIn.of(attributes)} ${namesIn.of(variables)}`;
    return this.finder(className, key, () => [
      ...Object.keys(attributes),
      ...Object.keys(variables).filter((name) => !Object.hasOwn(attributes, name)),
    ]);
  }

  /** The primitive that a part without parts is. */
  primitiveOfPart({ part, attributes }: PartInstance): Primitive {
    const names = [...attributes.keys()];
    const finder = this.finder(part.className, `${part.className}\n${names.join("\n")}`, () => names);
    return finder.find(finder.names.map((name) => toValue(attributes.get(name) ?? null)));
  }

  /** Which attributes matter depends on names only, and those stay the same from layer to layer. */
  private finder(className: string, key: string, names: () => readonly string[]): PrimitiveFinder {
    return this.finders.get(key, () => this.primitives.finder(className, names(), this.classes.keys()));
  }

  /**
   * What the area and the energies of a level are multiplied by: its own key, else in the convention of 2024 an attribute of
   * that name, also one that its class gives (see docs/timeloop.md for what that does to classes of the public designs).
   *
   * @param scope attributes of the level with the defaults of its class, and variables.
   */
  levelScales(level: Level, scope: Pick<Scope, "lookup">): LevelScales {
    if (this.convention === "2023") return { area: levelAreaShare(level), energy: level.energyShare ?? 1 };
    const attribute = (name: string): number => {
      const value = numberOf(scope.lookup(name) ?? null);
      return value !== undefined && value >= 0 && Number.isFinite(value) ? value : 1;
    };
    return {
      area: level.areaShare ?? attribute("area_scale"),
      energy: level.energyShare ?? attribute("energy_scale"),
    };
  }

  /**
   * How many a part or a primitive level stands for, in the convention of 2024: so many have the area and leak.
   * @param action null for the area
   */
  instancesIn(attributes: Pick<Scope, "lookup"> | PartInstance["attributes"], action: string | null): number {
    if (this.convention === "2023" || (action !== null && action !== "leak")) return 1;
    const given = "lookup" in attributes ? attributes.lookup("n_instances") : attributes.get("n_instances");
    if (given === undefined || given === null) return 1;
    const count = numberOf(given);
    if (count !== undefined && count >= 0 && Number.isFinite(count)) return count;
    throw new RaellaError({
      code: "out-of-range",
      message: `n_instances is ${valueText(given)}.`,
      value: valueText(given),
      expected: "a number that is not negative",
    });
  }

  private classNamed(name: string): CompiledClass | undefined {
    const known = this.compiled.get(name);
    if (known) return known;
    const written = this.classes.get(name);
    if (!written) return undefined;
    const compiled = compileClass(written);
    this.compiled.set(name, compiled);
    return compiled;
  }
}

/** Whether a primitive class is a converter, by its name: `adc`, `isaac_adc`, `timely_adc`. */
function isConverter(className: string): boolean {
  return /(^|_)adc$/i.test(className);
}

/** Whether a class is a converter, or anything that it is made of. */
function mayConvert(
  className: string,
  classes: ReadonlyMap<string, ComponentClass>,
  owners: readonly string[] = [],
): boolean {
  if (isConverter(className)) return true;
  const parts = owners.includes(className) ? [] : (classes.get(className)?.subcomponents ?? []);
  return parts.some((part) => mayConvert(part.class, classes, [...owners, className]));
}

/** Stands for the names in a table. */
export const namesIn = new Derived<ValueTable, number>((table) => contentNumber(Object.keys(table)));

function mapOf(table: ValueTable): Map<string, Value> {
  const map = new Map<string, Value>();
  for (const name in table) map.set(name, table[name]);
  return map;
}

/** What the area and the energies of a level are multiplied by. */
interface LevelScales {
  readonly area: number;
  readonly energy: number;
}

/** What an action tells the estimator of its part; empty values tell nothing. */
export function argumentsOf({ arguments: given }: PartStep): ActionArguments | undefined {
  if (given === undefined) return undefined;
  const values = new Map<string, Value>();
  for (const [name, value] of given) if (value !== null) values.set(name, toValue(value));
  return values;
}

/** The attributes of a level of a primitive class, and the variables. */
export function primitiveScope({ attributes }: Level, variables: ValueTable): Scope {
  return scopeOf(attributes, scopeOf(variables));
}

/** Share of a level's area: its own key, else the attribute of that name, else all of it. */
export function levelAreaShare({ areaShare, attributes }: Level): number {
  if (areaShare !== null) return areaShare;
  const { area_share: attribute } = attributes;
  return typeof attribute === "number" ? attribute : 1;
}

/** Whether a value would pass for a number without being one. */
export function isNoNumber(value: Value | undefined): boolean {
  return (
    typeof value === "boolean" ||
    (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
  );
}

/**
 * What a user gives for a number is a number: a text or a truth value would pass for one, with other figures. (Statistics
 * are texts among the variables, as the original reads them; attributes of levels never are.)
 * @throws RaellaError `component`
 */
export function requireNumber(name: string, value: Value | undefined): void {
  if (!isNoNumber(value)) return;
  throw new RaellaError({
    code: "component",
    message: `The attribute "${name}" is ${typeof value === "string" ? "a text" : "a truth value"}: ${JSON.stringify(value)}.`,
    value,
    expected: "a number",
    remedy: typeof value === "string" ? "Write it without quotes." : undefined,
  });
}

/** The error for an action of a level that its class does not define. */
export function undefinedAction(action: string, { name, actions, location }: CompiledClass): RaellaError {
  const known = actions.map((defined) => defined.name);
  return new RaellaError({
    code: "component",
    message: `The component class ${name} does not define the action "${action}".`,
    location,
    value: action,
    expected: `one of ${known.join(", ")}`,
    remedy: suggestName(action, known),
  });
}

/** The error of a component with the level it belongs to. */
export function inLevel(error: unknown, level: string): unknown {
  if (!(error instanceof RaellaError)) return error;
  return new RaellaError({ ...error.toJSON(), message: `Level "${level}": ${error.summary}` });
}
