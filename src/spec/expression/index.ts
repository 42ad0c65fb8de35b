export { compileExpression } from "./compile-expression";
export type { CompiledExpression, EvaluationOptions } from "./compile-expression";
export {
  evaluateExpression,
  evaluateInOrder,
  evaluateText,
  evaluateWritten,
  isExpressionText,
  toTable,
} from "./evaluate";
export { parseExpression } from "./parse-expression";
export { IntegralFloat, isInteger, isTrue, numberOf, toValue, valueText } from "./runtime-value";
export type { RuntimeValue } from "./runtime-value";
export { emptyScope, Scope, scopeOf } from "./runtime-value";
export type { Expression } from "./syntax";
export { bindsLikeFactor, ExpressionFailure } from "./syntax";
