import type { SourceLocation } from "../../errors";
import { RaellaError, throwAll } from "../../errors";
import { Derived } from "../../memory";
import type { ExpressionText, Value, ValueTable, WrittenValue } from "../specification";
import type { EvaluationOptions, Evaluator } from "./compile-expression";
import { compileExpression } from "./compile-expression";
import type { RuntimeValue } from "./runtime-value";
import { Scope, toValue } from "./runtime-value";
import { ExpressionFailure, toRaellaError } from "./syntax";

const integerText = /^\s*[-+]?[0-9]+\s*$/;
const booleanText = /^(true|false)$/i;

const noNames: readonly string[] = [];

/** Whether a written value is text that has to be evaluated. */
export function isExpressionText(value: WrittenValue | undefined): value is ExpressionText {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same value where no text is allowed: text in quotes is an expression, too. */
export function unquoted(value: WrittenValue, location?: ExpressionText["location"]): WrittenValue {
  return typeof value === "string" ? { expression: value, location } : value;
}

/** What plain text is without being read as an expression: a boolean or an integer; undefined for any other text. */
function literalOfText(text: string): boolean | number | undefined {
  if (integerText.test(text)) return Number(text);
  const trimmed = text.trim();
  return booleanText.test(trimmed) ? trimmed.toLowerCase() === "true" : undefined;
}

/** Literals stay what they are; plain text is a number, a boolean or an expression. */
export function evaluateWritten(value: WrittenValue, scope: Scope, options: EvaluationOptions): RuntimeValue {
  return isExpressionText(value) ? compiledTexts.of(value).evaluate(scope, options) : value;
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
  return placingMistakes(text, location, () => compileExpression(text).evaluate(scope, options));
}

/** A written value that has been read and can be evaluated many times. */
export interface CompiledValue {
  /** Names that it looks up; none if its syntax is wrong. */
  readonly names: readonly string[];
  /** Errors as {@link evaluateText}. */
  readonly evaluate: Evaluator;
  /** What is wrong with its syntax, which is also thrown when it is evaluated. */
  readonly mistake?: RaellaError;
}

/**
 * Reads a written value: what {@link evaluateWritten} makes of it, but for the values of names, is found only once. Most
 * texts stand in files and are frozen.
 */
export function compileValue(value: WrittenValue): CompiledValue {
  return isExpressionText(value) ? compiledTexts.of(value) : { names: noNames, evaluate: () => value };
}

const compiledTexts = new Derived<ExpressionText, CompiledValue>(({ expression: text, location }) => {
  const literal = literalOfText(text);
  if (literal !== undefined) return { names: noNames, evaluate: () => literal };
  try {
    const { evaluate, names } = compileExpression(text);
    return {
      names: [...names],
      evaluate: (scope, options) => placingMistakes(text, location, () => evaluate(scope, options)),
    };
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    const mistake = toRaellaError(error, text, location);
    const fail = (): never => {
      throw mistake;
    };
    return { names: noNames, evaluate: fail, mistake };
  }
});

function placingMistakes<T>(text: string, location: SourceLocation | undefined, compute: () => T): T {
  try {
    return compute();
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
 *
 * @throws RaellaErrors with every mistake, but for those of entries that name a failed one.
 */
export function evaluateInOrder(
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
      if (!namesRead(value).some((read) => failed.has(read))) errors.push(error);
      failed.add(name);
    }
  throwAll(errors);
  return scope;
}

/** Names that a written value looks up; none if its syntax is wrong, which shows when it is evaluated. */
export function namesRead(value: WrittenValue): readonly string[] {
  return isExpressionText(value) ? compiledTexts.of(value).names : noNames;
}

/** The scope's own values as plain data. */
export function toTable(scope: Scope): ValueTable {
  const table: Record<string, Value> = {};
  for (const name of scope.values.keys()) table[name] = toValue(scope.values.get(name) ?? null);
  return table;
}
