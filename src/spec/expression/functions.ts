import * as special from "./mathematics";
import { naturalLogarithm } from "./mathematics";
import { applyArithmetic, compareOrder, maximumListLength, maximumTextLength } from "./operations";
import type { RuntimeValue } from "./runtime-value";
import { describeType, isInteger, isTrue, numberOf, toFloat, valueText } from "./runtime-value";
import type { Span } from "./syntax";
import { ExpressionFailure } from "./syntax";

/** What a call may use besides its operands. */
interface CallContext {
  readonly span: Span;
  /** The answer of `getcwd()`: an absolute folder without trailing slash. */
  readonly workingDirectory: string;
}

type Implementation = (operands: readonly RuntimeValue[], context: CallContext) => RuntimeValue;

/** A function that expressions may call. */
export interface ExpressionFunction {
  readonly name: string;
  readonly minimumOperands: number;
  readonly maximumOperands: number;
  readonly apply: Implementation;
}

// Filled while this module is loaded, and never afterwards.
// eslint-disable-next-line no-restricted-syntax
const table = new Map<string, ExpressionFunction>();

function define(
  name: string,
  [minimumOperands, maximumOperands]: readonly [number, number],
  apply: Implementation,
): void {
  table.set(name, { name, minimumOperands, maximumOperands, apply });
}

function requireNumber(value: RuntimeValue, { span }: CallContext): number {
  const number = numberOf(value);
  if (number === undefined)
    throw new ExpressionFailure(`A number is needed here, not ${describeType(value)}.`, span);
  return number;
}

function requireInteger(value: RuntimeValue, context: CallContext): number {
  if (isInteger(value)) return value;
  if (typeof value === "boolean") return Number(value);
  throw new ExpressionFailure(`An integer is needed here, not ${describeType(value)}.`, context.span);
}

function requireNatural(value: RuntimeValue, context: CallContext): number {
  const integer = requireInteger(value, context);
  if (integer < 0) throw new ExpressionFailure("The number must not be negative.", context.span);
  return integer;
}

function requireList(value: RuntimeValue, { span }: CallContext): readonly RuntimeValue[] {
  if (typeof value === "string") return [...value];
  if (Array.isArray(value)) return value as readonly RuntimeValue[];
  throw new ExpressionFailure(`A list is needed here, not ${describeType(value)}.`, span);
}

/** Rejects results that no number can hold: outside the function's domain, or too large. */
function inRange(result: number, operands: readonly number[], { span }: CallContext): number {
  if (!operands.every(Number.isFinite)) return result;
  if (Number.isNaN(result)) throw new ExpressionFailure("The function is not defined for this value.", span);
  if (!Number.isFinite(result))
    throw new ExpressionFailure("The result is beyond the range of numbers.", span);
  return result;
}

/** Functions of real numbers that give a float. */
function defineFloat(name: string, operandCount: number, calculate: (...numbers: number[]) => number): void {
  define(name, [operandCount, operandCount], (operands, context) => {
    const numbers = operands.map((operand) => requireNumber(operand, context));
    return toFloat(inRange(calculate(...numbers), numbers, context));
  });
}

/** Functions of natural numbers that give an integer. */
function defineNatural(
  name: string,
  operandCount: number,
  calculate: (...numbers: number[]) => number,
): void {
  define(name, [operandCount, operandCount], (operands, context) => {
    const numbers = operands.map((operand) => requireNatural(operand, context));
    return inRange(calculate(...numbers), numbers, context);
  });
}

for (const [name, calculate] of [
  ["ceil", Math.ceil],
  ["floor", Math.floor],
  ["trunc", Math.trunc],
] as const)
  define(name, [1, 1], ([value], context) => {
    const number = requireNumber(value, context);
    if (!Number.isFinite(number))
      throw new ExpressionFailure("An infinite value has no integer.", context.span);
    return calculate(number) + 0;
  });

for (const name of [
  "exp",
  "expm1",
  "log1p",
  "log2",
  "log10",
  "sqrt",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "tanh",
  "asinh",
  "acosh",
  "atanh",
] as const)
  defineFloat(name, 1, (x) => Math[name](x));

defineFloat("fabs", 1, Math.abs);
defineFloat("atan2", 2, Math.atan2);
defineFloat("fmod", 2, (x, y) => x % y);
defineFloat("remainder", 2, (x, y) => x - y * special.roundHalfEven(x / y, 0));
defineFloat("copysign", 2, (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)));
defineFloat("degrees", 1, (x) => (x * 180) / Math.PI);
defineFloat("radians", 1, (x) => (x * Math.PI) / 180);
defineFloat("erf", 1, special.errorFunction);
defineFloat("erfc", 1, special.complementaryErrorFunction);
defineFloat("gamma", 1, special.gamma);
defineFloat("lgamma", 1, special.logGamma);
defineFloat("ldexp", 2, (x, exponent) => x * 2 ** exponent);
defineNatural("comb", 2, special.combinations);
defineNatural("factorial", 1, special.factorial);
defineNatural("isqrt", 1, special.integerRoot);

define("perm", [1, 2], ([n, k], context) => {
  const total = requireNatural(n, context);
  const chosen = k === undefined ? total : requireNatural(k, context);
  return inRange(special.permutations(total, chosen), [total, chosen], context);
});
define("gcd", [0, 100], (operands, context) =>
  operands.map((value) => requireInteger(value, context)).reduce(special.greatestCommonDivisor, 0));
define("log", [1, 2], ([value, base], context) => {
  const x = requireNumber(value, context);
  const b = base === undefined ? Math.E : requireNumber(base, context);
  if (x <= 0 || b <= 0) throw new ExpressionFailure("A logarithm needs positive numbers.", context.span);
  // As Python does it, which gives log(1000, 10) = 2.9999999999999996; log2 and log10 keep powers exact.
  const result = base === undefined ? naturalLogarithm(x) : naturalLogarithm(x) / naturalLogarithm(b);
  return toFloat(inRange(result, [x, b], context));
});
define("hypot", [0, 100], (operands, context) =>
  toFloat(Math.hypot(...operands.map((value) => requireNumber(value, context)))));
define("dist", [2, 2], ([from, to], context) => {
  const start = requireList(from, context).map((value) => requireNumber(value, context));
  const end = requireList(to, context).map((value) => requireNumber(value, context));
  if (start.length !== end.length)
    throw new ExpressionFailure("Both points must have the same number of coordinates.", context.span);
  return toFloat(Math.hypot(...start.map((coordinate, axis) => coordinate - end[axis])));
});
define("frexp", [1, 1], ([value], context) => {
  const x = requireNumber(value, context);
  if (x === 0 || !Number.isFinite(x)) return [toFloat(x), 0];
  let [mantissa, exponent] = [x, 0];
  for (; Math.abs(mantissa) >= 1; exponent += 1) mantissa /= 2;
  for (; Math.abs(mantissa) < 0.5; exponent -= 1) mantissa *= 2;
  return [toFloat(mantissa), exponent];
});
define("modf", [1, 1], ([value], context) => {
  const x = requireNumber(value, context);
  return [toFloat(x - Math.trunc(x)), toFloat(Math.trunc(x))];
});
define("isclose", [2, 2], ([a, b], context) => {
  const [x, y] = [requireNumber(a, context), requireNumber(b, context)];
  if (x === y || !Number.isFinite(x) || !Number.isFinite(y)) return x === y;
  return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
});
define("isfinite", [1, 1], ([value], context) => Number.isFinite(requireNumber(value, context)));
define("isnan", [1, 1], ([value], context) => Number.isNaN(requireNumber(value, context)));
define("isinf", [1, 1], ([value], context) => Math.abs(requireNumber(value, context)) === Infinity);
define("abs", [1, 1], ([value], context) => {
  const magnitude = Math.abs(requireNumber(value, context));
  return isInteger(value) || typeof value === "boolean" ? magnitude : toFloat(magnitude);
});
define("round", [1, 2], ([value, digits], context) => {
  const x = requireNumber(value, context);
  if (digits === undefined || digits === null) {
    if (!Number.isFinite(x)) throw new ExpressionFailure("An infinite value has no integer.", context.span);
    return special.roundHalfEven(x, 0) + 0;
  }
  const rounded = special.roundHalfEven(x, requireInteger(digits, context));
  return isInteger(value) || typeof value === "boolean" ? rounded : toFloat(rounded);
});
define("pow", [2, 2], ([base, exponent], { span }) => applyArithmetic("**", base, exponent, span));

const sum: Implementation = ([list, start = 0], context) =>
  requireList(list, context).reduce((total, item) => applyArithmetic("+", total, item, context.span), start);
define("sum", [1, 2], sum);
define("fsum", [1, 1], (operands, context) => toFloat(requireNumber(sum(operands, context), context)));
define("prod", [1, 1], ([list], context) =>
  requireList(list, context).reduce(
    (product, item) => applyArithmetic("*", product, item, context.span),
    1 as RuntimeValue,
  ));

function defineExtreme(name: string, sign: number): void {
  define(name, [1, 100], (operands, context) => {
    const items = operands.length === 1 ? requireList(operands[0], context) : operands;
    if (items.length === 0) throw new ExpressionFailure("An empty list has no extreme.", context.span);
    return items.reduce((best, item) => (compareOrder(item, best, context.span) * sign > 0 ? item : best));
  });
}
defineExtreme("max", 1);
defineExtreme("min", -1);

define("range", [1, 3], (operands, context) => {
  const numbers = operands.map((value) => requireInteger(value, context));
  const [start, stop] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  const step = numbers[2] ?? 1;
  if (step === 0) throw new ExpressionFailure("The step of a range must not be 0.", context.span);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > maximumListLength)
    throw new ExpressionFailure(
      `The range would have ${length} items; at most ${maximumListLength} are allowed.`,
      context.span,
    );
  return Array.from({ length }, (_, index) => start + index * step);
});
define("enumerate", [1, 1], ([list], context) =>
  requireList(list, context).map((item, index): RuntimeValue => [index, item]));
define("len", [1, 1], ([list], context) => requireList(list, context).length);
define("list", [0, 1], ([list = []], context) => requireList(list, context));
define("tuple", [0, 1], ([list = []], context) => requireList(list, context));
define("bool", [0, 1], ([value = false]) => isTrue(value));
define("str", [0, 1], ([value = ""], { span }) => {
  const text = valueText(value);
  if (text.length > maximumTextLength) throw new ExpressionFailure("The text would be too long.", span);
  return text;
});
define("float", [0, 1], ([value = 0], context) => toFloat(parseNumber(value, context)));
define("int", [0, 1], ([value = 0], context) => {
  if (typeof value === "string" && !/^\s*[-+]?[0-9]+\s*$/.test(value))
    throw new ExpressionFailure(`"${value.slice(0, 40)}" is not the text of an integer.`, context.span);
  const number = parseNumber(value, context);
  if (!Number.isFinite(number))
    throw new ExpressionFailure("An infinite value has no integer.", context.span);
  return Math.trunc(number) + 0;
});
define("getcwd", [0, 0], (_, { workingDirectory }) => workingDirectory);

function parseNumber(value: RuntimeValue, context: CallContext): number {
  if (typeof value !== "string") return requireNumber(value, context);
  const text = value.trim().toLowerCase();
  const special = { inf: Infinity, "-inf": -Infinity, nan: NaN }[text];
  if (special !== undefined) return special;
  const number = Number(text);
  if (text === "" || Number.isNaN(number) || !/^[-+0-9.e]+$/.test(text))
    throw new ExpressionFailure(`"${value.slice(0, 40)}" is not the text of a number.`, context.span);
  return number;
}

/** Every function that expressions may call. */
export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = table;

/** Names that stand for a number. */
export const expressionConstants: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
  ["tau", 2 * Math.PI],
  ["inf", Infinity],
  ["nan", NaN],
]);
