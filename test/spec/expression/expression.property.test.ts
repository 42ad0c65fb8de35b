import assert from "node:assert/strict";
import fc from "fast-check";
import { RaellaError } from "../../../src/errors";
import type { Expression } from "../../../src/spec/expression";
import {
  bindsLikeFactor,
  emptyScope,
  evaluateText,
  evaluateWritten,
  parseExpression,
  scopeOf,
} from "../../../src/spec/expression";
import { printExpression } from "./print-expression";
import type { ArithmeticOperator, ComparisonOperator } from "../../../src/spec/expression/syntax";

const options = { workingDirectory: "/models" };
const span = { start: 0, end: 0 };

const names = fc.constantFrom("A", "b2", "_c", "ROWS_PER_CROSSBAR");
const operators = fc.constantFrom<ArithmeticOperator>("+", "-", "*", "/", "//", "%", "**");
const comparisons = fc.constantFrom<ComparisonOperator>(
  "<",
  ">",
  "<=",
  ">=",
  "==",
  "!=",
  "in",
  "not in",
  "is",
  "is not",
);

/** Trees of every kind of expression. */
const trees = fc.letrec<{ tree: Expression }>((tie) => {
  const tree = tie("tree");
  const leaf: fc.Arbitrary<Expression> = fc.oneof(
    fc.nat({ max: 2 ** 40 }).map((value): Expression => ({ type: "number", value, isFloat: false, ...span })),
    fc
      .double({ min: 0, max: 1e300, noNaN: true })
      .map((value): Expression => ({ type: "number", value, isFloat: true, ...span })),
    fc.string({ unit: "grapheme" }).map((value): Expression => ({ type: "string", value, ...span })),
    names.map((name): Expression => ({ type: "name", name, ...span })),
    fc
      .constantFrom<boolean | null>(true, false, null)
      .map((value): Expression => ({ type: "constant", value, ...span })),
  );
  const lists = fc.array(tree, { maxLength: 3 });
  return {
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.tuple(fc.constantFrom("-", "+", "not"), tree).map(([operator, operand]): Expression => ({
        type: "unary",
        operator: operator as "-",
        operand,
        ...span,
      })),
      fc.tuple(operators, tree, tree).map(([operator, left, right]): Expression => ({
        type: "arithmetic",
        operator,
        left,
        right,
        ...span,
      })),
      fc.tuple(fc.constantFrom("and", "or"), tree, tree).map(([operator, left, right]): Expression => ({
        type: "logical",
        operator: operator as "and",
        left,
        right,
        ...span,
      })),
      fc
        .tuple(
          tree,
          fc.array(fc.record({ operator: comparisons, operand: tree }), { minLength: 1, maxLength: 2 }),
        )
        .map(([first, rest]): Expression => ({ type: "comparison", first, rest, ...span })),
      fc.tuple(tree, tree, tree).map(([test, whenTrue, whenFalse]): Expression => ({
        type: "conditional",
        test,
        whenTrue,
        whenFalse,
        ...span,
      })),
      fc
        .tuple(tree, lists)
        .map(([callee, operands]): Expression => ({ type: "call", callee, operands, ...span })),
      fc
        .tuple(tree, tree)
        .map(([value, index]): Expression => ({ type: "subscript", value, index, ...span })),
      fc
        .tuple(fc.constantFrom("list", "tuple"), lists)
        .map(([type, items]): Expression => ({ type: type as "list", items, ...span })),
    ),
  };
}).tree;

/** The tree without places. */
function bare(expression: Expression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) =>
      key === "start" || key === "end" ? undefined : value,
    ),
  );
}

describe("expressions", () => {
  it("printed and read again are the same", () =>
    fc.assert(
      fc.property(trees, (tree) => {
        assert.deepEqual(bare(parseExpression(printExpression(tree))), bare(tree));
      }),
      { numRuns: 2000 },
    ));

  it("that bind like a factor can be multiplied without parentheses", () =>
    fc.assert(
      fc.property(trees, (tree) => {
        const text = printExpression(tree);
        const product = bindsLikeFactor(tree) ? `${text} * 2` : `(${text}) * 2`;
        const two = { type: "number", value: 2, isFloat: false };
        assert.deepEqual(
          bare(parseExpression(product)),
          bare({
            type: "arithmetic",
            operator: "*",
            left: tree,
            right: { ...two, ...span } as Expression,
            ...span,
          }),
        );
      }),
      { numRuns: 500 },
    ));

  it("give a value or a clean error, whatever their text", () => {
    const words = fc.constantFrom(
      ..."+ - * / // % ** ( ) [ ] , < > == != and or not in is if else 0 1 2 9 0.5 1e9 'a' A B max min range sum str len factorial ceil log2 True None".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 12 }).map((parts) => parts.join(" ")),
        ),
        (text) => {
          const scope = scopeOf({ A: 3, B: [1, 2.5, "x"] }, emptyScope);
          try {
            evaluateText(text, scope, options);
          } catch (error) {
            assert.ok(error instanceof RaellaError, `${text}: ${String(error)}`);
            assert.equal(error.code, "expression");
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe("texts that are calculated without being read as expressions", () => {
  const numbers = fc
    .tuple(fc.nat({ max: 999 }), fc.option(fc.nat({ max: 9999 })))
    .map(([whole, fraction]) => `${whole}${fraction === null ? "" : `.${fraction}`}`);
  const products = fc
    .tuple(numbers, fc.array(fc.tuple(fc.constantFrom("*", "/"), numbers), { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest.flat()].join(" "));
  const outcome = (evaluate: () => unknown): unknown => {
    try {
      return evaluate();
    } catch (error) {
      assert.ok(error instanceof RaellaError);
      return error.message;
    }
  };

  it("have the values of the expressions", () =>
    fc.assert(
      fc.property(products, (expression) => {
        assert.deepEqual(
          outcome(() => evaluateWritten({ expression }, emptyScope, options)),
          outcome(() => evaluateText(expression, emptyScope, options)),
        );
      }),
      { numRuns: 500 },
    ));
});

describe("integer arithmetic", () => {
  const integers = fc.integer({ min: -1e6, max: 1e6 });
  const value = (text: string): unknown => evaluateText(text, emptyScope, options);

  it("divides with a remainder as Python does: quotient downwards, remainder with the divisor's sign", () =>
    fc.assert(
      fc.property(
        integers,
        integers.filter((divisor) => divisor !== 0),
        (dividend, divisor) => {
          const quotient = value(`${dividend} // ${divisor}`) as number;
          const remainder = value(`${dividend} % ${divisor}`) as number;
          assert.equal(quotient, Math.floor(dividend / divisor) + 0);
          assert.equal(quotient * divisor + remainder, dividend);
          assert.ok(remainder === 0 || Math.sign(remainder) === Math.sign(divisor));
          assert.ok(Math.abs(remainder) < Math.abs(divisor));
        },
      ),
    ));
});
