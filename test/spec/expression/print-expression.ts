import type { Expression } from "../../../src/spec/expression";

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
