import { nearestName } from "../../errors";
import { Memo } from "../../memory";
import type { ExpressionFunction } from "./functions";
import { expressionConstants, expressionFunctions } from "./functions";
import { applyArithmetic, applyComparison, applySign, applySubscript, requireListSize } from "./operations";
import { parseExpression } from "./parse-expression";
import type { RuntimeValue, Scope } from "./runtime-value";
import { isTrue, toFloat } from "./runtime-value";
import type { Comparison, Expression, FunctionCall, NameReference } from "./syntax";
import { ExpressionFailure } from "./syntax";

/** What an evaluation may use besides the scope. */
export interface EvaluationOptions {
  /** The answer of `getcwd()`. */
  readonly workingDirectory: string;
}

/** Evaluates one expression; throws {@link ExpressionFailure}. */
export type Evaluator = (scope: Scope, options: EvaluationOptions) => RuntimeValue;

export interface CompiledExpression {
  readonly text: string;
  readonly expression: Expression;
  readonly evaluate: Evaluator;
  /** Names the expression looks up (functions included). */
  readonly names: ReadonlySet<string>;
}

function compileName(reference: NameReference, names: Set<string>): Evaluator {
  const { name } = reference;
  names.add(name);
  const constant = expressionConstants.get(name);
  return (scope) => {
    const value = scope.lookup(name);
    if (value !== undefined) return value;
    if (constant !== undefined) return constant;
    throw unknownName(reference, scope);
  };
}

function unknownName(reference: NameReference, scope: Scope): ExpressionFailure {
  const { name } = reference;
  if (expressionFunctions.has(name))
    return new ExpressionFailure(
      `"${name}" is a function and must be called.`,
      reference,
      `Write ${name}(…).`,
    );
  const near = nearestName(name, [...scope.names(), ...expressionConstants.keys()]);
  return new ExpressionFailure(
    `The name "${name}" is not known here.`,
    reference,
    near === undefined
      ? "Names must be defined before they are used; a literal text needs quotes."
      : `Did you mean "${near}"? A name must be defined before it is used; a literal text needs quotes.`,
  );
}

function calledFunction({ callee }: FunctionCall, scope: Scope): ExpressionFunction {
  if (callee.type !== "name" || scope.lookup(callee.name) !== undefined)
    throw new ExpressionFailure("Only functions can be called.", callee);
  const known = expressionFunctions.get(callee.name);
  if (known !== undefined) return known;
  const near = nearestName(callee.name, expressionFunctions.keys());
  throw new ExpressionFailure(
    `There is no function "${callee.name}".`,
    callee,
    near === undefined ? undefined : `Did you mean "${near}"?`,
  );
}

function compileCall(call: FunctionCall, names: Set<string>): Evaluator {
  // What is called counts with its names only.
  compileTree(call.callee, names);
  const operands = call.operands.map((operand) => compileTree(operand, names));
  const { start, end } = call;
  return (scope, options) => {
    const called = calledFunction(call, scope);
    const { minimumOperands, maximumOperands } = called;
    if (operands.length < minimumOperands || operands.length > maximumOperands)
      throw new ExpressionFailure(
        `"${called.name}" takes ${minimumOperands === maximumOperands ? minimumOperands : `${minimumOperands} to ${maximumOperands}`} values, not ${operands.length}.`,
        call,
      );
    const values = operands.map((operand) => operand(scope, options));
    return called.apply(values, { span: { start, end }, workingDirectory: options.workingDirectory });
  };
}

function compileComparison(comparison: Comparison, names: Set<string>): Evaluator {
  const first = compileTree(comparison.first, names);
  const rest = comparison.rest.map(({ operator, operand }) => ({
    operator,
    operand: compileTree(operand, names),
  }));
  return (scope, options) => {
    let left = first(scope, options);
    for (const { operator, operand } of rest) {
      const right = operand(scope, options);
      if (!applyComparison(operator, left, right, comparison)) return false;
      left = right;
    }
    return true;
  };
}

/** @param names What the tree looks up is added to them, in the order of evaluation. */
function compileTree(expression: Expression, names: Set<string>): Evaluator {
  const compile = (part: Expression): Evaluator => compileTree(part, names);
  switch (expression.type) {
    case "number": {
      const value = expression.isFloat ? toFloat(expression.value) : expression.value;
      return () => value;
    }
    case "string":
    case "constant": {
      const { value } = expression;
      return () => value;
    }
    case "name":
      return compileName(expression, names);
    case "unary": {
      const operand = compile(expression.operand);
      const { operator } = expression;
      return operator === "not"
        ? (scope, options) => !isTrue(operand(scope, options))
        : (scope, options) => applySign(operator, operand(scope, options), expression);
    }
    case "arithmetic": {
      const [left, right] = [compile(expression.left), compile(expression.right)];
      const { operator } = expression;
      return (scope, options) =>
        applyArithmetic(operator, left(scope, options), right(scope, options), expression);
    }
    case "logical": {
      const [left, right] = [compile(expression.left), compile(expression.right)];
      const decidesWhen = expression.operator === "or";
      return (scope, options) => {
        const value = left(scope, options);
        return isTrue(value) === decidesWhen ? value : right(scope, options);
      };
    }
    case "comparison":
      return compileComparison(expression, names);
    case "conditional": {
      const test = compile(expression.test);
      const [whenTrue, whenFalse] = [compile(expression.whenTrue), compile(expression.whenFalse)];
      return (scope, options) =>
        isTrue(test(scope, options)) ? whenTrue(scope, options) : whenFalse(scope, options);
    }
    case "call":
      return compileCall(expression, names);
    case "subscript": {
      const [value, index] = [compile(expression.value), compile(expression.index)];
      return (scope, options) => applySubscript(value(scope, options), index(scope, options), expression);
    }
    case "list":
    case "tuple": {
      const items = expression.items.map(compile);
      return (scope, options) =>
        requireListSize(
          items.map((item) => item(scope, options)),
          expression,
        );
    }
  }
}

/** Without it a layer takes a seventh more time. */
const compiled = new Memo<CompiledExpression>(10_000_000, ({ text }) => 100 + 20 * text.length, "files");

/** Reads an expression and turns it into a function. Throws {@link ExpressionFailure} for a syntax error. */
export function compileExpression(text: string): CompiledExpression {
  return compiled.get(text, () => {
    const expression = parseExpression(text);
    const names = new Set<string>();
    return { text, expression, evaluate: compileTree(expression, names), names };
  });
}
