import type { SourceLocation } from "../../errors";
import {
  compileExpression,
  emptyScope,
  evaluateWritten,
  isExpressionText,
  type CompiledExpression,
  type EvaluationOptions,
  type RuntimeValue,
  type Scope,
} from "../../spec/expression";
import type { ExpressionText, WrittenValue } from "../../spec/specification";

/** A written value made ready to be evaluated many times. */
export type PreparedValue = (scope: Scope, options: EvaluationOptions) => RuntimeValue;

/** Most values of component classes are constants or names: those need no evaluation. Mistakes throw when evaluated. */
export function prepareValue(value: WrittenValue, location?: SourceLocation): PreparedValue {
  if (!isExpressionText(value)) return () => value;
  const written: ExpressionText = { expression: value.expression, location: value.location ?? location };
  const evaluate: PreparedValue = (scope, options) => evaluateWritten(written, scope, options);
  const compiled = tryCompile(written.expression);
  if (!compiled) return evaluate;
  const { expression, names } = compiled;
  if (names.size === 0) {
    try {
      const constant = evaluate(emptyScope, { workingDirectory: "" });
      return () => constant;
    } catch {
      return evaluate;
    }
  }
  if (expression.type === "name") {
    const { name } = expression;
    return (scope, options) => scope.lookup(name) ?? evaluate(scope, options);
  }
  return evaluate;
}

function tryCompile(text: string): CompiledExpression | undefined {
  try {
    return compileExpression(text);
  } catch {
    return undefined;
  }
}
