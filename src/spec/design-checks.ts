import * as v from "valibot";
import { RaellaError, suggestName, throwAll } from "../errors";
import { Derived, freeze } from "../memory";
import type { EvaluationOptions } from "./expression/compile-expression";
import { compileValue, evaluateText, evaluateWritten, namesRead, unquoted } from "./expression/evaluate";
import { expressionConstants, expressionFunctions } from "./expression/functions";
import type { RuntimeValue } from "./expression/runtime-value";
import { isTrue, numberOf, Scope, toValue, valueText } from "./expression/runtime-value";
import { closedObject, listItems, locateIn, text, validate, written, writtenTable } from "./schema/validate";
import type { DesignCheck, Value, Warning, WrittenValue } from "./specification";
import type { YamlNode } from "./yaml/yaml-node";
import { joinPath, locationOf } from "./yaml/yaml-node";

const checkSchema = closedObject({
  expression: written("an expression that is true for a design that can be built"),
  message: text("what is wrong where the expression is false"),
  source: text("where the limit comes from"),
  severity: v.optional(
    v.pipe(
      text(),
      v.picklist(["error", "warning", "note"], "warning or note, or error where nothing can be so"),
    ),
    "warning",
  ),
  where: v.optional(writtenTable(), {}),
  adapt: v.optional(writtenTable(), {}),
  level: v.optional(text("the name of a level")),
});

/** `{expression}` in a message. */
const placeholders = /\{([^{}]*)\}/g;

/** Reads the list of checks. Mistakes are added to `errors`. */
export function readChecks(node: YamlNode, errors: RaellaError[]): DesignCheck[] {
  return listItems(node, "checks", errors, "a list of checks {expression, message, source}").flatMap(
    (item, index) => readCheck(item, joinPath("checks", index), errors) ?? [],
  );
}

function readCheck(node: YamlNode, path: string, errors: RaellaError[]): DesignCheck | undefined {
  const given = validate(checkSchema, node, path, errors);
  if (given === undefined) return undefined;
  const { level = null, ...rest } = given;
  const expression = unquoted(given.expression, locateIn(node, path, ["expression"]));
  const check: DesignCheck = { ...rest, level, expression, location: locationOf(node, path) };
  if (level !== null && Object.keys(check.adapt).length > 0)
    errors.push(
      new RaellaError({
        code: "schema",
        message: "A check of a level cannot change variables: it waits for a mapping, which depends on them.",
        location: locateIn(node, path, ["adapt"]),
        remedy: "Leave `adapt` out, or write a check of variables alone.",
      }),
    );
  for (const value of [...inMessage(check, locateIn(node, path, ["message"])), ...expressionsOf(check)]) {
    const { mistake } = compileValue(value);
    if (mistake !== undefined) errors.push(mistake);
  }
  return check;
}

/** The expressions that a message contains. */
function inMessage(
  { message }: DesignCheck,
  location: DesignCheck["location"],
): { readonly expression: string; readonly location: DesignCheck["location"] }[] {
  return [...message.matchAll(placeholders)].map(([, expression]) => ({ expression, location }));
}

/** Everything else that is evaluated. */
export function expressionsOf({ where, expression, adapt }: DesignCheck): WrittenValue[] {
  return [...Object.values(where), expression, ...Object.values(adapt)];
}

/** A check that a design does not meet. */
export interface UnmetCheck {
  readonly check: DesignCheck;
  /** What is wrong, with the design's figures, and where the limit comes from. */
  readonly message: string;
  /** Variables with which the design could be built; empty where the check does not say. */
  readonly changes: Readonly<Record<string, Value>>;
}

/** The same checks with other numbers in place of defaults among their names. */
export function withAttributes(
  checks: readonly DesignCheck[],
  attributes: Readonly<Record<string, number>>,
): readonly DesignCheck[] {
  const names = Object.keys(attributes);
  if (names.length === 0) return checks;
  return checks.map((check) => {
    const own = names.filter((name) => Object.hasOwn(check.where, name));
    return own.length === 0
      ? check
      : { ...check, where: { ...check.where, ...Object.fromEntries(own.map((n) => [n, attributes[n]])) } };
  });
}

/**
 * Whether a design meets a check.
 * @param known What the check may use: variables, for a check of a level also its attributes and counts.
 * @throws RaellaError for a name that there is not, and for an expression that cannot be evaluated.
 */
export function examine(
  check: DesignCheck,
  known: Scope,
  options: EvaluationOptions,
): UnmetCheck | undefined {
  const local = new Map<string, RuntimeValue>();
  const scope = new Scope(local, known);
  requireKnownNames(check, known);
  for (const [name, value] of Object.entries(check.where))
    local.set(name, evaluateWritten(value, scope, options));
  const holds = evaluateWritten(check.expression, scope, options);
  if (typeof holds !== "boolean" && numberOf(holds) === undefined) throw noTruth(check, holds);
  if (isTrue(holds)) return undefined;
  const message = check.message.replace(placeholders, (_, expression: string) =>
    shortText(evaluateText(expression, scope, options, check.location)),
  );
  const changes = Object.entries(check.adapt).map(([name, value]) => [
    name,
    toValue(evaluateWritten(value, scope, options)),
  ]);
  return {
    check,
    message: `${message} (${check.source.replace(/\.$/, "")})`,
    changes: Object.fromEntries(changes) as UnmetCheck["changes"],
  };
}

/**
 * What there is to say about checks that are not met.
 * @throws RaellaError `out-of-range` for errors; `check` for warnings, where they are to refuse the design.
 */
export function remarksOn(
  unmet: readonly UnmetCheck[],
  isStrict: boolean,
): { readonly warnings: readonly Warning[]; readonly notes: readonly Warning[] } {
  const of = (wanted: DesignCheck["severity"]): Warning[] =>
    unmet
      .filter(({ check }) => check.severity === wanted)
      .map(({ check: { location }, message }) => ({
        code: wanted === "error" ? "out-of-range" : "check",
        message,
        location,
      }));
  const [errors, warnings, notes] = [of("error"), of("warning"), of("note")];
  throwAll([...errors, ...(isStrict ? warnings : [])].map((remark) => new RaellaError(remark)));
  return { warnings, notes };
}

/** Three significant digits are enough to see by how much. */
function shortText(value: RuntimeValue): string {
  const number = numberOf(value);
  return number === undefined ? valueText(value) : String(Number(number.toPrecision(3)));
}

/** All expressions of a check. */
const writtenIn = new Derived<DesignCheck, readonly WrittenValue[]>((check) =>
  freeze([...expressionsOf(check), ...inMessage(check, check.location)]),
);

/** Names that a check looks up, its own among them. */
export function namesOfCheck(check: DesignCheck): readonly string[] {
  return writtenIn.of(check).flatMap(namesRead);
}

function isOwn({ where }: DesignCheck, name: string): boolean {
  return Object.hasOwn(where, name) || expressionConstants.has(name) || expressionFunctions.has(name);
}

/** Names in parts that are not evaluated are looked up as well, so that a slip does not wait for the one bad design. */
function requireKnownNames(check: DesignCheck, known: Scope): void {
  const isUnknown = (name: string): boolean => known.lookup(name) === undefined;
  const errors: RaellaError[] = [];
  const report = (name: string, kind: string, value: WrittenValue, names: readonly string[]): void => {
    const place = typeof value === "object" && value !== null && "location" in value ? value.location : null;
    errors.push(
      new RaellaError({
        code: "unknown-name",
        message: `The check names "${name}", which is no ${kind}.`,
        location: place ?? check.location,
        value: name,
        remedy: suggestName(name, names),
      }),
    );
  };
  const what = check.level === null ? "variable" : `variable, and no attribute or count of "${check.level}"`;
  for (const value of writtenIn.of(check))
    for (const name of namesRead(value))
      if (isUnknown(name) && !isOwn(check, name))
        report(name, what, value, [...Object.keys(check.where), ...known.names()]);
  for (const [name, value] of Object.entries(check.adapt))
    if (isUnknown(name)) report(name, "variable", value, known.names());
  throwAll(errors);
}

function noTruth({ location }: DesignCheck, value: RuntimeValue): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The expression of the check gives ${valueText(value)}.`,
    location,
    value: toValue(value),
    expected: "true or false",
  });
}
