import type { RuntimeValue } from "./runtime-value";
import { describeType, IntegralFloat, isInteger, numberOf, toFloat } from "./runtime-value";
import type { ArithmeticOperator, ComparisonOperator, Span } from "./syntax";
import { ExpressionFailure } from "./syntax";

/** Longest text and longest list an expression may build. */
export const maximumTextLength = 10_000;
export const maximumListLength = 10_000;

/** Booleans count as integers. */
function countsAsInteger(value: RuntimeValue): boolean {
  return isInteger(value) || typeof value === "boolean";
}

/** Python's `%`: the result has the sign of the divisor. */
function floorModulo(dividend: number, divisor: number): number {
  const remainder = dividend % divisor;
  return remainder !== 0 && remainder < 0 !== divisor < 0 ? remainder + divisor : remainder;
}

/** Python's `//`, also for floats: `98181 = 2048 * 256 // 2 // 2.67`. */
export function floorDivide(dividend: number, divisor: number): number {
  const quotient = (dividend - floorModulo(dividend, divisor)) / divisor;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function isText(value: RuntimeValue): value is string {
  return typeof value === "string";
}

function repeat(value: string | readonly RuntimeValue[], count: number, span: Span): RuntimeValue {
  const times = value.length === 0 ? 0 : Math.max(0, count);
  const length = value.length * times;
  if (typeof value === "string") {
    if (length > maximumTextLength) throw tooLong("text", length, maximumTextLength, span);
    return value.repeat(times);
  }
  const size = Math.max(length, listSize(value) * times);
  if (size > maximumListLength) throw tooLong("list", size, maximumListLength, span);
  return Array.from({ length: times }, () => value).flat();
}

/** Items of a list and of the lists in it; may stop counting beyond what is allowed. */
function listSize(list: readonly RuntimeValue[]): number {
  let size = list.length;
  for (const item of list) {
    if (size > maximumListLength) return size;
    if (Array.isArray(item)) size += listSize(item as readonly RuntimeValue[]);
  }
  return size;
}

/** @throws ExpressionFailure for a list that holds too much, counting the lists in it. */
export function requireListSize(list: readonly RuntimeValue[], span: Span): readonly RuntimeValue[] {
  const size = listSize(list);
  if (size > maximumListLength) throw tooLong("list", size, maximumListLength, span);
  return list;
}

function tooLong(what: string, length: number, maximum: number, span: Span): ExpressionFailure {
  return new ExpressionFailure(
    `The ${what} would have ${length} items; at most ${maximum} are allowed.`,
    span,
  );
}

/** The product or sum of texts and lists, undefined if the operands are not of such types. */
function combineSequences(
  operator: ArithmeticOperator,
  left: RuntimeValue,
  right: RuntimeValue,
  span: Span,
): RuntimeValue | undefined {
  const isSequence = (value: RuntimeValue): value is string | readonly RuntimeValue[] =>
    isText(value) || Array.isArray(value);
  if (operator === "*" && isSequence(left) && countsAsInteger(right))
    return repeat(left, Number(right), span);
  if (operator === "*" && isSequence(right) && countsAsInteger(left))
    return repeat(right, Number(left), span);
  if (operator === "+" && isText(left) && isText(right)) {
    if (left.length + right.length > maximumTextLength)
      throw tooLong("text", left.length + right.length, maximumTextLength, span);
    return left + right;
  }
  if (operator === "+" && Array.isArray(left) && Array.isArray(right)) {
    const joined = [...(left as readonly RuntimeValue[]), ...(right as readonly RuntimeValue[])];
    return requireListSize(joined, span);
  }
  return undefined;
}

function calculate(operator: ArithmeticOperator, left: number, right: number, span: Span): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "**":
      if (left < 0 && !Number.isInteger(right))
        throw new ExpressionFailure("A negative number has no real power with a fractional exponent.", span);
      if (left === 0 && right < 0) throw new ExpressionFailure("Zero has no negative power.", span);
      return Math.pow(left, right);
    case "/":
    case "//":
    case "%":
      if (right === 0) throw new ExpressionFailure("Division by zero.", span);
      if (operator === "/") return left / right;
      return operator === "//" ? floorDivide(left, right) : floorModulo(left, right);
  }
}

/** Applies an arithmetic operator with Python's rules of types. */
export function applyArithmetic(
  operator: ArithmeticOperator,
  left: RuntimeValue,
  right: RuntimeValue,
  span: Span,
): RuntimeValue {
  const leftNumber = numberOf(left);
  const rightNumber = numberOf(right);
  if (leftNumber === undefined || rightNumber === undefined) {
    const combined = combineSequences(operator, left, right, span);
    if (combined !== undefined) return combined;
    throw new ExpressionFailure(
      `"${operator}" cannot combine ${describeType(left)} with ${describeType(right)}.`,
      span,
    );
  }
  const result = calculate(operator, leftNumber, rightNumber, span);
  checkRange(result, leftNumber, rightNumber, span);
  const staysInteger =
    operator !== "/" &&
    countsAsInteger(left) &&
    countsAsInteger(right) &&
    !(operator === "**" && rightNumber < 0);
  // An integer has no negative zero.
  return staysInteger ? result + 0 : toFloat(result);
}

function checkRange(result: number, left: number, right: number, span: Span): void {
  if (!Number.isFinite(result) && Number.isFinite(left) && Number.isFinite(right))
    throw new ExpressionFailure("The result is beyond the range of numbers.", span);
}

/** `-value` or `+value`. */
export function applySign(operator: "-" | "+", value: RuntimeValue, span: Span): RuntimeValue {
  const number = numberOf(value);
  if (number === undefined)
    throw new ExpressionFailure(`"${operator}" needs a number, not ${describeType(value)}.`, span);
  if (value instanceof IntegralFloat) return operator === "-" ? new IntegralFloat(-number) : value;
  return operator === "-" ? 0 - number : number;
}

/** Equality: numbers by value (True is 1), lists item by item; a number never equals a text. */
export function areEqual(left: RuntimeValue, right: RuntimeValue): boolean {
  const leftNumber = numberOf(left);
  if (leftNumber !== undefined) return leftNumber === numberOf(right);
  if (Array.isArray(left)) {
    const items = left as readonly RuntimeValue[];
    return (
      Array.isArray(right) &&
      right.length === items.length &&
      items.every((item, index) => areEqual(item, (right as readonly RuntimeValue[])[index]))
    );
  }
  return left === right;
}

function contains(container: RuntimeValue, item: RuntimeValue, span: Span): boolean {
  if (isText(container) && isText(item)) return container.includes(item);
  if (Array.isArray(container))
    return (container as readonly RuntimeValue[]).some((element) => areEqual(element, item));
  throw new ExpressionFailure(
    `"in" cannot look for ${describeType(item)} in ${describeType(container)}.`,
    span,
  );
}

/** Order of two numbers, two texts or two lists: negative, 0 or positive; NaN when they have no order. */
export function compareOrder(left: RuntimeValue, right: RuntimeValue, span: Span): number {
  const leftNumber = numberOf(left);
  const rightNumber = numberOf(right);
  if (leftNumber !== undefined && rightNumber !== undefined) {
    if (leftNumber === rightNumber) return 0;
    return leftNumber < rightNumber ? -1 : leftNumber > rightNumber ? 1 : NaN;
  }
  if (isText(left) && isText(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (Array.isArray(left) && Array.isArray(right)) {
    const [first, second] = [left as readonly RuntimeValue[], right as readonly RuntimeValue[]];
    const differing = first.findIndex(
      (item, index) => index >= second.length || !areEqual(item, second[index]),
    );
    if (differing < 0) return first.length - second.length;
    return differing >= second.length ? 1 : compareOrder(first[differing], second[differing], span);
  }
  throw new ExpressionFailure(`${describeType(left)} and ${describeType(right)} have no order.`, span);
}

/** Applies one link of a chain of comparisons. */
export function applyComparison(
  operator: ComparisonOperator,
  left: RuntimeValue,
  right: RuntimeValue,
  span: Span,
): boolean {
  switch (operator) {
    case "==":
      return areEqual(left, right);
    case "!=":
      return !areEqual(left, right);
    case "is":
    case "is not": {
      const same = typeof left === typeof right && areEqual(left, right);
      return operator === "is" ? same : !same;
    }
    case "in":
      return contains(right, left, span);
    case "not in":
      return !contains(right, left, span);
    case "<":
      return compareOrder(left, right, span) < 0;
    case ">":
      return compareOrder(left, right, span) > 0;
    case "<=":
      return compareOrder(left, right, span) <= 0;
    case ">=":
      return compareOrder(left, right, span) >= 0;
  }
}

/** `value[index]`; a negative index counts from the end. */
export function applySubscript(value: RuntimeValue, index: RuntimeValue, span: Span): RuntimeValue {
  if (!isText(value) && !Array.isArray(value))
    throw new ExpressionFailure(`The value is ${describeType(value)}, which has no items.`, span);
  if (!countsAsInteger(index))
    throw new ExpressionFailure(`An index must be an integer, not ${describeType(index)}.`, span);
  const items = value as string | readonly RuntimeValue[];
  const position = Number(index) < 0 ? items.length + Number(index) : Number(index);
  if (position < 0 || position >= items.length)
    throw new ExpressionFailure(`Index ${Number(index)} is outside the ${items.length} items.`, span);
  return items[position];
}
