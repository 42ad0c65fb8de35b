import { RaellaError } from "../../errors";
import { numberOf, Scope } from "../../spec/expression";
import type { EvaluationOptions, RuntimeValue } from "../../spec/expression";
import type { Convention, Fidelity } from "../../spec/specification";
import { misspeltParameter } from "../parameters";
import type {
  CompiledAttribute,
  CompiledClass,
  CompiledSubcomponent,
  CompiledPartAction,
  EvaluatedName,
} from "./compile-class";
import { evaluateName, nameText } from "./compile-class";

type AttributeValues = Map<string, RuntimeValue>;

/** What the expansion of components needs to know. */
export interface ExpansionContext {
  readonly classOf: (name: string) => CompiledClass | undefined;
  readonly evaluation: EvaluationOptions;
  readonly fidelity: Fidelity;
  readonly convention: Convention;
}

/** What parts take from their owners in the convention of 2024, where they do not give it themselves. */
export const inheritedNames = ["technology", "global_cycle_seconds", "n_instances"] as const;

/** A compound component with evaluated attributes. */
export interface ComponentInstance {
  readonly class: CompiledClass;
  /** Path from the level, with a dot at its end; empty for the level itself. */
  readonly prefix: string;
  readonly scope: Scope;
  readonly parts: readonly PartInstance[];
}

/** A part of a component, with everything evaluated. */
export interface PartInstance {
  readonly part: CompiledSubcomponent;
  readonly range: EvaluatedName;
  /** From the level down, `buf.address_generators[0..1]`. */
  readonly fullName: string;
  readonly attributes: AttributeValues;
  readonly areaShare: number;
  readonly energyShare: number;
  /** Null for a primitive part. */
  readonly component: ComponentInstance | null;
}

/** Deepest nesting of component classes; a class that contains itself would never end. */
const maximumDepth = 32;

/**
 * The parts of a component of a class.
 * @param scope attributes of the component, class defaults included
 */
export function expandComponent(
  compiled: CompiledClass,
  scope: Scope,
  context: ExpansionContext,
  prefix = "",
  depth = 0,
): ComponentInstance {
  if (depth > maximumDepth)
    throw new RaellaError({
      code: "component",
      message: `The component class ${compiled.name} contains itself.`,
      location: compiled.location,
    });
  const parts = compiled.parts.map((part): PartInstance => {
    const range = evaluateName(part.name, scope, context.evaluation);
    const fullName = prefix + nameText(part.name, range);
    const partClass = context.classOf(part.className);
    const given = evaluateAttributes(part.attributes, scope, context.evaluation);
    if (context.convention === "2024") inherit(given, scope);
    const attributes = partClass ? withClassDefaults(given, partClass, scope, context.evaluation) : given;
    return {
      part,
      range,
      fullName,
      attributes,
      areaShare: areaShareOf(part, attributes, scope, context),
      energyShare: shareOf("energy_scale", part.energyShare, part, new Scope(attributes, scope), context),
      component: partClass
        ? expandComponent(partClass, new Scope(attributes), context, `${fullName}.`, depth + 1)
        : null,
    };
  });
  return { class: compiled, prefix, scope, parts };
}

/**
 * The attributes of a level with the defaults of its class, in the scope of the variables. What the level or a
 * variable gives is kept, empty values are replaced by defaults.
 * @throws RaellaError (`component`) for a demanded attribute that is not given
 */
export function levelScope(
  level: AttributeValues,
  compiled: CompiledClass,
  variables: Scope,
  evaluation: EvaluationOptions,
): Scope {
  const scope = new Scope(level, variables);
  for (const attribute of compiled.attributes) {
    const given = scope.lookup(attribute.name);
    if (given !== undefined && given !== null) continue;
    if (attribute.isDemanded) throw missingAttribute(attribute.name, compiled, scope);
    level.set(attribute.name, attribute.value(scope, evaluation));
  }
  return scope;
}

/** One action of a part that an action of its owner performs, or a part of its owner's area. */
export interface PartStep {
  readonly part: PartInstance;
  /** Of the part as the action names it, from the level down. */
  readonly name: string;
  /** Null for an area. */
  readonly action: string | null;
  /** Of the area, or of the action and, in the convention of 2024, of the part. */
  readonly share: number;
  /** How many parts the name stands for. */
  readonly count: number;
  /** What else the estimator of the part is told; left out where there is nothing. */
  readonly arguments?: AttributeValues;
}

/**
 * What an action of a component performs directly, in order; nothing if the class does not define the action.
 * @param action null asks for the parts of the area
 */
export function partSteps(
  component: ComponentInstance,
  action: string | null,
  context: ExpansionContext,
  onUndefined?: (className: string, action: string) => void,
): PartStep[] {
  if (action === null)
    return component.parts.map((part) => {
      const { fullName: name, areaShare: share, range } = part;
      return { part, name, action, share, count: range.count };
    });
  const compiled = component.class.actionsByName.get(action.toLowerCase());
  if (!compiled) {
    onUndefined?.(component.class.name, action);
    return [];
  }
  const steps: PartStep[] = [];
  for (const entry of compiled.parts[context.fidelity]) {
    const part = component.parts[entry.partIndex];
    const range = evaluateName(entry.name, component.scope, context.evaluation);
    checkRange(range, part, entry);
    const name = component.prefix + nameText(entry.name, range);
    for (const { name: partAction, share: prepared, arguments: given } of entry.actions) {
      const share = numberOf(prepared(component.scope, context.evaluation));
      if (!isShare(share)) throw notAShare("action_share", share, `${name}.${partAction}`);
      const isTold = context.convention === "2024" && given.length > 0;
      steps.push({
        ...{ part, name, action: partAction, count: range.count },
        share: share * part.energyShare,
        ...(isTold && { arguments: evaluateAttributes(given, component.scope, context.evaluation) }),
      });
    }
  }
  return steps;
}

function evaluateAttributes(
  attributes: readonly CompiledAttribute[],
  owner: Scope,
  evaluation: EvaluationOptions,
): AttributeValues {
  const values: AttributeValues = new Map();
  const scope = new Scope(values, owner);
  for (const { name, value } of attributes) values.set(name, value(scope, evaluation));
  return values;
}

function inherit(given: AttributeValues, owner: Scope): void {
  for (const name of inheritedNames) {
    if ((given.get(name) ?? null) !== null) continue;
    const value = owner.lookup(name) ?? null;
    if (value !== null) given.set(name, value);
  }
}

/** Attributes that the class does not mention come first; then those of the class, given or by default. */
function withClassDefaults(
  given: AttributeValues,
  compiled: CompiledClass,
  owner: Scope,
  evaluation: EvaluationOptions,
): AttributeValues {
  const values: AttributeValues = new Map();
  for (const [name, value] of given) if (!compiled.attributeNames.has(name)) values.set(name, value);
  const scope = new Scope(values, owner);
  for (const { name, value, isDemanded } of compiled.attributes) {
    const own = given.get(name);
    if (own !== undefined && own !== null) values.set(name, own);
    else if (isDemanded) throw missingAttribute(name, compiled, new Scope(given));
    else values.set(name, value(scope, evaluation));
  }
  return values;
}

function areaShareOf(
  part: CompiledSubcomponent,
  own: AttributeValues,
  owner: Scope,
  context: ExpansionContext,
): number {
  const inherited = context.convention === "2023" ? own.get("area_share") : undefined;
  const share = part.areaShare ?? (inherited === undefined ? null : () => inherited);
  return shareOf("area_share", share, part, new Scope(own, owner), context);
}

function shareOf(
  what: string,
  prepared: CompiledSubcomponent["areaShare"],
  part: CompiledSubcomponent,
  scope: Scope,
  { evaluation }: ExpansionContext,
): number {
  if (prepared === null) return 1;
  const share = numberOf(prepared(scope, evaluation));
  if (!isShare(share)) throw notAShare(what, share, part.name.text);
  return share;
}

function checkRange(range: EvaluatedName, part: PartInstance, { name }: CompiledPartAction): void {
  if (range.first === null || range.last === null) return;
  const { first, last } = part.range;
  if (first !== null && last !== null && range.first >= first && range.last <= last) return;
  throw new RaellaError({
    code: "component",
    message: `An action names ${nameText(name, range)}, but the part is ${part.fullName}.`,
    value: name.text,
    expected: "indices within the range of the part",
  });
}

function missingAttribute(name: string, compiled: CompiledClass, given: Scope): RaellaError {
  const known = compiled.attributes.map((attribute) => attribute.name);
  const unknown = given.names().filter((candidate) => !known.includes(candidate));
  const misspelt = unknown.find((candidate) => misspeltParameter(candidate, [name]) !== undefined);
  return new RaellaError({
    code: "component",
    message: `A component of class ${compiled.name} lacks the attribute "${name}".`,
    location: compiled.location,
    expected: `a value of ${name}; the class demands ${known.filter((_, index) => compiled.attributes[index].isDemanded).join(", ")}`,
    remedy: misspelt === undefined ? undefined : `"${misspelt}" is given: did you mean "${name}"?`,
  });
}

function isShare(share: number | undefined): share is number {
  return share !== undefined && share >= 0 && Number.isFinite(share);
}

function notAShare(what: string, share: number | undefined, where: string): RaellaError {
  return new RaellaError({
    code: "component",
    message: `The ${what} of ${where} is ${share ?? "not a number"}.`,
    value: share,
    expected: "a finite number of 0 or more, or an expression that gives one",
  });
}
