import type { SourceLocation } from "../../errors";
import { RaellaError, throwAll } from "../../errors";
import { Derived } from "../../memory";
import type { ExpressionText, Value, ValueTable, WrittenValue } from "../specification";
import type { EvaluationOptions } from "./compile-expression";
import { compileExpression } from "./compile-expression";
import { ExpressionFailure, toRaellaError } from "./expression-failure";
import type { IntegralFloat, RuntimeValue } from "./runtime-value";
import { Scope, toFloat, toValue } from "./runtime-value";

const integerText = /^\s*[-+]?[0-9]+\s*$/;
/** Most recorded statistics; short enough to be a number for certain. */
const decimalText = /^[0-9]{1,15}\.[0-9]{1,40}$/;
/** What becomes of them when they are rescaled. */
const decimalProductText = /^[0-9]{1,15}\.[0-9]{1,40}(?: [*/] [0-9]{1,15}(?:\.[0-9]{1,40})?){1,8}$/;
const booleanText = /^(true|false)$/i;

/** Whether a written value is text that has to be evaluated. */
export function isExpressionText(value: WrittenValue | undefined): value is ExpressionText {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a product of floats, where there is one. */
function decimalProduct(text: string): number | IntegralFloat | undefined {
  const parts = text.split(" ");
  let product = Number(parts[0]);
  for (let index = 1; index < parts.length; index += 2) {
    const factor = Number(parts[index + 1]);
    product = parts[index] === "*" ? product * factor : product / factor;
  }
  return Number.isFinite(product) ? toFloat(product) : undefined;
}

/** Whether a text is a decimal fraction, a literal of its own. */
export function isDecimal(text: string): boolean {
  return decimalText.test(text);
}

/** What plain text is without being read as an expression: a boolean or a number; undefined for any other text. */
function literalOfText(text: string): boolean | number | IntegralFloat | undefined {
  if (decimalText.test(text)) return toFloat(Number(text));
  if (integerText.test(text)) return Number(text);
  if (decimalProductText.test(text)) return decimalProduct(text);
  const trimmed = text.trim();
  return booleanText.test(trimmed) ? trimmed.toLowerCase() === "true" : undefined;
}

/** Most texts stand in files and are read once. */
const literals = new Derived<ExpressionText, { readonly value: ReturnType<typeof literalOfText> }>(
  ({ expression }) => ({ value: literalOfText(expression) }),
);

/** Literals stay what they are; plain text is a number, a boolean or an expression. */
export function evaluateWritten(value: WrittenValue, scope: Scope, options: EvaluationOptions): RuntimeValue {
  if (!isExpressionText(value)) return value;
  return literals.of(value).value ?? evaluateText(value.expression, scope, options, value.location);
}

/**
 * Evaluates the text of an expression.
 *
 * @throws RaellaError (`expression`) with the place and a caret under the failing part.
 */
export function evaluateText(
  text: string,
  scope: Scope,
  options: EvaluationOptions,
  location?: SourceLocation,
): RuntimeValue {
  try {
    return compileExpression(text).evaluate(scope, options);
  } catch (error) {
    if (error instanceof ExpressionFailure) throw toRaellaError(error, text, location);
    throw error;
  }
}

/** Reads the text of an expression without evaluating it. Throws like {@link evaluateText}. */
export function checkText(text: string, location?: SourceLocation): void {
  try {
    if (literalOfText(text) === undefined) compileExpression(text);
  } catch (error) {
    if (error instanceof ExpressionFailure) throw toRaellaError(error, text, location);
    throw error;
  }
}

/** Evaluates one written value; a float that happens to be integral comes out as a plain number. */
export function evaluateExpression(value: WrittenValue, scope: Scope, options: EvaluationOptions): Value {
  return toValue(evaluateWritten(value, scope, options));
}

/**
 * Evaluates the entries in order, each in `scope` and the results before it, which hide equal names of `scope`.
 * Returns the results as a scope, so that further values can be evaluated in it.
 */
export function evaluateInOrder(
  entries: Iterable<readonly [string, WrittenValue]>,
  outer: Scope | null,
  options: EvaluationOptions,
): Scope {
  const results = new Map<string, RuntimeValue>();
  const scope = new Scope(results, outer);
  for (const [name, value] of entries) results.set(name, evaluateWritten(value, scope, options));
  return scope;
}

/**
 * Like {@link evaluateInOrder}, but goes on behind a mistake, so that all of them are reported: only entries that name a
 * failed one are left out.
 */
export function evaluateAllInOrder(
  entries: Iterable<readonly [string, WrittenValue]>,
  outer: Scope | null,
  options: EvaluationOptions,
): Scope {
  const results = new Map<string, RuntimeValue>();
  const scope = new Scope(results, outer);
  const failed = new Set<string>();
  const errors: RaellaError[] = [];
  for (const [name, value] of entries)
    try {
      results.set(name, evaluateWritten(value, scope, options));
    } catch (error) {
      if (!(error instanceof RaellaError)) throw error;
      if (!readsAny(value, failed)) errors.push(error);
      failed.add(name);
    }
  throwAll(errors);
  return scope;
}

const noNames: readonly string[] = [];

const namesOfTexts = new Derived<ExpressionText, readonly string[]>(({ expression }) => {
  if (literalOfText(expression) !== undefined) return noNames;
  try {
    return compileExpression(expression).nameList;
  } catch (error) {
    if (error instanceof ExpressionFailure) return noNames;
    throw error;
  }
});

/** Names that a written value looks up; none if its syntax is wrong, which shows when it is evaluated. */
export function namesRead(value: WrittenValue): readonly string[] {
  return isExpressionText(value) ? namesOfTexts.of(value) : noNames;
}

/** Whether a written value looks up one of the names. */
export function readsAny(value: WrittenValue, names: ReadonlySet<string>): boolean {
  return names.size > 0 && namesRead(value).some((name) => names.has(name));
}

/** The scope's own values as plain data. */
export function toTable(scope: Scope): ValueTable {
  const table: Record<string, Value> = {};
  for (const [name, value] of scope.values) table[name] = toValue(value);
  return table;
}
