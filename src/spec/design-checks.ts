import { RaellaError, suggestName, throwAll } from "../errors";
import { Derived, freeze } from "../memory";
import type { EvaluationOptions } from "./expression/compile-expression";
import { evaluateText, evaluateWritten, namesRead } from "./expression/evaluate";
import { expressionConstants, expressionFunctions } from "./expression/functions";
import type { RuntimeValue } from "./expression/runtime-value";
import { isTrue, numberOf, Scope, toValue, valueText } from "./expression/runtime-value";
import { expressionsOf, inMessage, placeholders } from "./schema/check-schema";
import type { DesignCheck, Value, Warning, WrittenValue } from "./specification";

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

/** Names that must be known where a check is examined: those that it does not give itself. */
const foreignNames = new Derived<DesignCheck, readonly string[]>((check) => {
  const read = namesOfCheck(check).filter((name) => !isOwn(check, name));
  return freeze([...new Set([...read, ...Object.keys(check.adapt)])]);
});

function isOwn({ where }: DesignCheck, name: string): boolean {
  return Object.hasOwn(where, name) || expressionConstants.has(name) || expressionFunctions.has(name);
}

/** Names in parts that are not evaluated are looked up as well, so that a slip does not wait for the one bad design. */
function requireKnownNames(check: DesignCheck, known: Scope): void {
  const unknown = foreignNames.of(check).filter((name) => known.lookup(name) === undefined);
  if (unknown.length === 0) return;
  const own = Object.keys(check.where);
  const errors: RaellaError[] = [];
  const report = (name: string, kind: string, value: WrittenValue | undefined, names: string[]): void => {
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
      if (unknown.includes(name) && !isOwn(check, name))
        report(name, what, value, [...own, ...known.names()]);
  for (const [name, value] of Object.entries(check.adapt))
    if (unknown.includes(name)) report(name, "variable", value, known.names());
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
