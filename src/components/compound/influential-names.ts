import { compileExpression, isExpressionText } from "../../spec/expression";
import { isVariableName } from "../../spec/schema/read-document";
import type { ComponentClass, Subcomponent, WrittenValue } from "../../spec/specification";
import { mustSpecify } from "./compile-class";
import { inheritedNames } from "./expand-component";

/** Which values of its owner can change what a component of a class costs. */
export interface InfluentialNames {
  /** Names whose values matter; perhaps a few too many, never too few. */
  readonly values: readonly string[];
  /** Names that must be given although their values do not matter. */
  readonly demanded: readonly string[];
}

/** What is asked about the names in classes. */
export interface NamesContext {
  readonly classOf: (name: string) => ComponentClass | undefined;
  /** Whether an attribute can influence a primitive component. */
  readonly isRelevant: (className: string, attribute: string) => boolean;
  /** Whether an attribute of a primitive component is a number. */
  readonly isNumber: (className: string, attribute: string) => boolean;
}

/**
 * Follows the expressions of a class from its shares and from the attributes that matter to its primitive parts back
 * to the names they use. Classes hand down many attributes that a certain part has no use for; a layer that changes
 * only those costs the same.
 */
export function influentialNames(written: ComponentClass, context: NamesContext): InfluentialNames {
  const names = collect(written, context, new Set());
  const demanded = Object.keys(written.attributes).filter(
    (name) => written.attributes[name] === mustSpecify && !names.has(name),
  );
  return { values: [...names], demanded };
}

function collect(
  written: ComponentClass,
  context: NamesContext,
  ancestors: ReadonlySet<ComponentClass>,
): ReadonlySet<string> {
  const names = new Set<string>();
  /** A name of the owner; if the class has a default for it, also what the default uses. */
  const need = (name: string): void => {
    if (names.has(name)) return;
    names.add(name);
    for (const used of namesIn(written.attributes[name])) need(used);
  };
  for (const { name, actions } of written.actions.flatMap(({ subcomponents }) => subcomponents)) {
    boundNames(name).forEach(need);
    for (const { actionShare, arguments: given = {} } of actions)
      for (const value of [actionShare, ...Object.values(given)]) namesIn(value).forEach(need);
  }
  // A class that contains itself is refused when it is expanded.
  if (ancestors.has(written)) return names;
  for (const part of written.subcomponents)
    neededByPart(part, context, new Set([...ancestors, written])).forEach(need);
  return names;
}

function neededByPart(
  part: Subcomponent,
  context: NamesContext,
  ancestors: ReadonlySet<ComponentClass>,
): ReadonlySet<string> {
  const partClass = context.classOf(part.class);
  const start = partClass
    ? collect(partClass, context, ancestors)
    : Object.keys(part.attributes).filter((name) => context.isRelevant(part.class, name));
  const needed = new Set(boundNames(part.name));
  const seen = new Set<string>();
  /** An own attribute hides the owner's only for expressions below it: both count. */
  const follow = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const used of namesIn(part.attributes[name])) {
      needed.add(used);
      follow(used);
    }
  };
  const shares = [...namesIn(part.areaShare), ...namesIn(part.energyShare)];
  for (const name of [...start, ...shares, "area_share", ...inheritedNames]) {
    if (!Object.hasOwn(part.attributes, name)) needed.add(name);
    follow(name);
  }
  return needed;
}

/** Names of a component of a class whose values become numbers of its primitive parts as they are, without a calculation. */
export function numericNames(
  written: ComponentClass,
  context: NamesContext,
  ancestors: ReadonlySet<ComponentClass> = new Set(),
): ReadonlySet<string> {
  const names = new Set<string>();
  if (ancestors.has(written)) return names;
  for (const part of written.subcomponents) {
    const partClass = context.classOf(part.class);
    const own = Object.keys(part.attributes);
    const start = partClass
      ? numericNames(partClass, context, new Set([...ancestors, written]))
      : own.filter((name) => context.isNumber(part.class, name));
    for (const name of start) {
      if (!Object.hasOwn(part.attributes, name)) names.add(name);
      else if (isExpressionText(part.attributes[name])) addBareName(part.attributes[name].expression, names);
    }
  }
  for (const name of names) {
    const inherited = written.attributes[name];
    if (isExpressionText(inherited)) addBareName(inherited.expression, names);
  }
  return names;
}

function addBareName(expression: string, names: Set<string>): void {
  const text = expression.trim();
  if (isVariableName(text)) names.add(text);
}

/** Names that a value looks up. */
export function namesIn(value: WrittenValue | undefined): readonly string[] {
  if (!isExpressionText(value)) return [];
  try {
    return [...compileExpression(value.expression).names];
  } catch {
    // A syntax error is reported with its place when the expression is evaluated.
    return [];
  }
}

/** Names in the range of a part, `bank[0..N_BANKS]`. */
export function boundNames(partName: string): string[] {
  const bounds = /\[(.+)\]$/.exec(partName)?.[1].split("..") ?? [];
  return bounds.flatMap((bound) => namesIn({ expression: bound.trim() }));
}
