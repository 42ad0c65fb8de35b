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

/** Binding strength of the outermost operator of a tree, as in the parser; higher binds tighter. */
function bindingStrength(expression: Expression): number {
  switch (expression.type) {
    case "conditional":
      return 1;
    case "logical":
      return expression.operator === "or" ? 2 : 3;
    case "comparison":
      return 5;
    case "unary":
      return expression.operator === "not" ? 4 : 8;
    case "arithmetic":
      return { "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7, "**": 9 }[expression.operator];
    case "number":
    case "string":
    case "constant":
    case "name":
    case "call":
    case "subscript":
    case "list":
    case "tuple":
      return 10;
  }
}

/** Whether ` * 2` may be put behind the text of this expression without changing what it means. */
export function bindsLikeFactor(expression: Expression): boolean {
  return bindingStrength(expression) >= 7;
}

function printNumber(value: number, isFloat: boolean): string {
  const text = String(value);
  return isFloat && !/[.e]/.test(text) ? `${text}.0` : text;
}

/** Text that reads back as the same tree (spans aside), with no more parentheses than needed. */
export function printExpression(expression: Expression): string {
  const within = (part: Expression, minimum: number): string => {
    const text = printExpression(part);
    return bindingStrength(part) < minimum ? `(${text})` : text;
  };
  switch (expression.type) {
    case "number":
      return printNumber(expression.value, expression.isFloat);
    case "string":
      return JSON.stringify(expression.value);
    case "constant":
      return expression.value === null ? "None" : expression.value ? "True" : "False";
    case "name":
      return expression.name;
    case "unary":
      return expression.operator === "not"
        ? `not ${within(expression.operand, 4)}`
        : `${expression.operator}${within(expression.operand, 8)}`;
    case "arithmetic": {
      const own = bindingStrength(expression);
      const isPower = expression.operator === "**";
      const left = within(expression.left, isPower ? own + 1 : own);
      const right = within(expression.right, isPower ? 8 : own + 1);
      return `${left} ${expression.operator} ${right}`;
    }
    case "logical": {
      const own = bindingStrength(expression);
      return `${within(expression.left, own)} ${expression.operator} ${within(expression.right, own + 1)}`;
    }
    case "comparison":
      return [
        within(expression.first, 6),
        ...expression.rest.map(({ operator, operand }) => `${operator} ${within(operand, 6)}`),
      ].join(" ");
    case "conditional":
      return `${within(expression.whenTrue, 2)} if ${within(expression.test, 2)} else ${within(expression.whenFalse, 1)}`;
    case "call":
      return `${within(expression.callee, 10)}(${expression.operands.map(printExpression).join(", ")})`;
    case "subscript":
      return `${within(expression.value, 10)}[${printExpression(expression.index)}]`;
    case "list":
      return `[${expression.items.map(printExpression).join(", ")}]`;
    case "tuple":
      return `(${expression.items.map(printExpression).join(", ")}${expression.items.length === 1 ? "," : ""})`;
  }
}
