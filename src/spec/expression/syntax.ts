import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";

/** Offsets of a part of an expression in its text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";

export type ComparisonOperator = "<" | ">" | "<=" | ">=" | "==" | "!=" | "in" | "not in" | "is" | "is not";

/** A number as written; `1.0` and `1e3` are floats, `10` and `0x0A` are integers. */
interface NumberLiteral extends Span {
  readonly type: "number";
  readonly value: number;
  readonly isFloat: boolean;
}

interface StringLiteral extends Span {
  readonly type: "string";
  readonly value: string;
}

interface ConstantLiteral extends Span {
  readonly type: "constant";
  readonly value: boolean | null;
}

export interface NameReference extends Span {
  readonly type: "name";
  readonly name: string;
}

interface UnaryOperation extends Span {
  readonly type: "unary";
  readonly operator: "-" | "+" | "not";
  readonly operand: Expression;
}

interface ArithmeticOperation extends Span {
  readonly type: "arithmetic";
  readonly operator: ArithmeticOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `and` and `or` give one of their operands and evaluate the right one only when they need it. */
interface LogicalOperation extends Span {
  readonly type: "logical";
  readonly operator: "and" | "or";
  readonly left: Expression;
  readonly right: Expression;
}

/** A chain: `a < b <= c` is `a < b and b <= c`. */
export interface Comparison extends Span {
  readonly type: "comparison";
  readonly first: Expression;
  readonly rest: readonly { readonly operator: ComparisonOperator; readonly operand: Expression }[];
}

interface ConditionalExpression extends Span {
  readonly type: "conditional";
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export interface FunctionCall extends Span {
  readonly type: "call";
  readonly callee: Expression;
  readonly operands: readonly Expression[];
}

interface Subscript extends Span {
  readonly type: "subscript";
  readonly value: Expression;
  readonly index: Expression;
}

/** `[a, b]` and `(a, b)`; both are evaluated to a list. */
interface ListExpression extends Span {
  readonly type: "list" | "tuple";
  readonly items: readonly Expression[];
}

/** The tree of an expression in Python's syntax. */
export type Expression =
  | NumberLiteral
  | StringLiteral
  | ConstantLiteral
  | NameReference
  | UnaryOperation
  | ArithmeticOperation
  | LogicalOperation
  | Comparison
  | ConditionalExpression
  | FunctionCall
  | Subscript
  | ListExpression;

/** Whether ` * 2` may be put behind the text of this expression without changing what it means. */
export function bindsLikeFactor(expression: Expression): boolean {
  switch (expression.type) {
    case "conditional":
    case "logical":
    case "comparison":
      return false;
    case "unary":
      return expression.operator !== "not";
    case "arithmetic":
      return expression.operator !== "+" && expression.operator !== "-";
    default:
      return true;
  }
}

/** What went wrong while an expression was read or evaluated; becomes a {@link RaellaError} at the border. */
export class ExpressionFailure extends Error {
  constructor(
    message: string,
    /** The part of the text to point at. */
    readonly span: Span,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

const shownCharacters = 70;

/** The text with a caret under the failing part, shortened around it when long. */
export function caretLines(text: string, span: Span): string[] {
  const line = text.replace(/\s/g, " ");
  const start = Math.max(0, Math.min(span.start, line.length));
  const from = line.length <= shownCharacters ? 0 : Math.max(0, start - shownCharacters / 2);
  const shown = line.slice(from, from + shownCharacters);
  const prefix = from > 0 ? "… " : "";
  const suffix = from + shownCharacters < line.length ? " …" : "";
  const width = Math.max(1, Math.min(span.end - start, shown.length - (start - from)));
  return [prefix + shown + suffix, " ".repeat(prefix.length + start - from) + "^".repeat(width)];
}

/** The error for a user, with the place of the expression. */
export function toRaellaError(
  failure: ExpressionFailure,
  text: string,
  location: SourceLocation | undefined,
): RaellaError {
  return new RaellaError({
    code: "expression",
    message: failure.message,
    location,
    value: text.length > 200 ? `${text.slice(0, 200)}…` : text,
    details: caretLines(text, failure.span),
    remedy: failure.remedy,
  });
}
