import assert from "node:assert/strict";
import { RaellaError } from "../../../src/errors";
import { evaluateText, scopeOf } from "../../../src/spec/expression";
import { caretLines } from "../../../src/spec/expression/syntax";

const options = { workingDirectory: "/models" };
const location = { file: "arch.yaml", line: 3, column: 9, keyPath: "variables.X" };

function errorOf(text: string): RaellaError {
  try {
    evaluateText(text, scopeOf({ ROWS: 4, name: "x" }), options, location);
  } catch (error) {
    assert.ok(error instanceof RaellaError, `${text}: ${String(error)}`);
    return error;
  }
  return assert.fail(`${text} has a value`);
}

/** Expression, message, and the part under the caret. */
const cases: readonly (readonly [string, RegExp, string])[] = [
  ["1 +", /the expression ends where a number, a name/, ""],
  ["(1 + 2", /the expression ends where "\)" was expected/, ""],
  ["1 2", /"2" stands where an operator/, "2"],
  ["[1, 2", /the expression ends where "\]"/, ""],
  ["f(1", /the expression ends where "\)"/, ""],
  ["1 if 2", /where "else" was expected/, ""],
  ["* 2", /"\*" stands where a number/, "*"],
  ["a = 1", /character "=" has no meaning here/, "="],
  ["2 ^ 3", /character "\^"/, "^"],
  ["ROWS & 1", /character "&"/, "&"],
  ["ROWS.real", /character "\."/, "."],
  ["'abc", /no closing quote/, "'abc"],
  ["12abc", /"12abc" is neither a number nor a name/, "12abc"],
  ["1e999", /beyond the range of numbers/, "1e999"],
  ["lambda", /"lambda" stands where/, "lambda"],
  ["1 == not 2", /"not" stands where/, "not"],
  ["ROW * 2", /The name "ROW" is not known here/, "ROW"],
  ["nonsense_name", /The name "nonsense_name" is not known/, "nonsense_name"],
  ["constructor", /The name "constructor" is not known/, "constructor"],
  ["__proto__", /The name "__proto__" is not known/, "__proto__"],
  ["toString()", /There is no function "toString"/, "toString"],
  ["eval('1')", /There is no function "eval"/, "eval"],
  ["open('x')", /There is no function "open"/, "open"],
  ["max", /"max" is a function and must be called/, "max"],
  ["ciel(2)", /There is no function "ciel"/, "ciel"],
  ["ROWS(2)", /Only functions can be called/, "ROWS"],
  ["(1)(2)", /Only functions can be called/, "1"],
  ["ceil()", /"ceil" takes 1 values, not 0/, "ceil()"],
  ["log(1, 2, 3)", /"log" takes 1 to 2 values, not 3/, "log(1, 2, 3)"],
  ["1 / 0", /Division by zero/, "1 / 0"],
  ["1 % 0", /Division by zero/, "1 % 0"],
  ["1 // (ROWS - 4)", /Division by zero/, "1 // (ROWS - 4"],
  ["0 ** -1", /Zero has no negative power/, "0 ** -1"],
  ["(-8) ** 0.5", /no real power/, "-8) ** 0.5"],
  ["name + 1", /"\+" cannot combine a text with an integer/, "name + 1"],
  ["name * 1.5", /"\*" cannot combine a text with a float/, "name * 1.5"],
  ["[1] - [2]", /"-" cannot combine a list with a list/, "[1] - [2]"],
  ["None + True", /cannot combine nothing \(null\) with a boolean/, "None + True"],
  ["-name", /"-" needs a number, not a text/, "-name"],
  ["name < 3", /a text and an integer have no order/, "name < 3"],
  ["3 in 4", /"in" cannot look for an integer in an integer/, "3 in 4"],
  ["ROWS[0]", /is an integer, which has no items/, "ROWS[0]"],
  ["[1][2]", /Index 2 is outside the 1 items/, "[1][2]"],
  ["[1]['a']", /An index must be an integer, not a text/, "[1]['a']"],
  ["ceil(name)", /A number is needed here, not a text/, "ceil(name)"],
  ["range(1.5)", /An integer is needed here, not a float/, "range(1.5)"],
  ["range(1, 2, 0)", /step of a range must not be 0/, "range(1, 2, 0)"],
  ["factorial(-1)", /must not be negative/, "factorial(-1)"],
  ["len(5)", /A list is needed here, not an integer/, "len(5)"],
  ["max([])", /An empty list has no extreme/, "max([])"],
  ["log(0)", /A logarithm needs positive numbers/, "log(0)"],
  ["log2(0)", /beyond the range of numbers/, "log2(0)"],
  ["gamma(-2)", /not defined for this value/, "gamma(-2)"],
  ["lgamma(0)", /beyond the range of numbers/, "lgamma(0)"],
  ["sqrt(-1)", /not defined for this value/, "sqrt(-1)"],
  ["acos(2)", /not defined for this value/, "acos(2)"],
  ["int('1.5')", /"1.5" is not the text of an integer/, "int('1.5')"],
  ["int(inf)", /An infinite value has no integer/, "int(inf)"],
  ["ceil(inf)", /An infinite value has no integer/, "ceil(inf)"],
  ["round(nan)", /An infinite value has no integer/, "round(nan)"],
  ["float('abc')", /"abc" is not the text of a number/, "float('abc')"],
  ["dist([1], [1, 2])", /the same number of coordinates/, "dist([1], [1, 2])"],
  // What would take forever or fill the memory.
  ["9**9**9**9", /beyond the range of numbers/, "9**9**9"],
  ["10.0 ** 400", /beyond the range of numbers/, "10.0 ** 400"],
  ["'a' * 10**9", /text would have 1000000000 items/, "'a' * 10**9"],
  ["[0] * 10**9", /list would have 1000000000 items/, "[0] * 10**9"],
  ["'a' * 9999 + 'bb' * 9", /text would have 10017 items/, "'a' * 9999 + 'bb' * 9"],
  ["[0] * 9999 + [0] * 2", /list would have 10001 items/, "[0] * 9999 + [0] * 2"],
  ["str([0] * 5000)", /text would be too long/, "str([0] * 5000)"],
  ["range(10**9)", /range would have 1000000000 items/, "range(10**9)"],
  ["sum(range(10**9))", /range would have 1000000000 items/, "range(10**9)"],
  ["factorial(10**9)", /beyond the range of numbers/, "factorial(10**9)"],
  ["comb(10**15, 5 * 10**14)", /beyond the range of numbers/, "comb(10**15, 5 * 10**14)"],
  ["perm(10**15, 10**14)", /beyond the range of numbers/, "perm(10**15, 10**14)"],
  ["exp(1000)", /beyond the range of numbers/, "exp(1000)"],
  [`${"(".repeat(5000)}1${")".repeat(5000)}`, /10001 characters; at most 10000/, "("],
  [`${"(".repeat(1000)}1${")".repeat(1000)}`, /nested more than 100 levels deep/, "("],
  [`${"-".repeat(1000)}1`, /nested more than 100 levels deep/, "-"],
  [`${"not ".repeat(1000)}1`, /nested more than 100 levels deep/, "not"],
  [`1${" ** 2".repeat(1000)}`, /nested more than 100 levels deep/, "2"],
  [`${"1 if 1 else ".repeat(500)}1`, /nested more than 100 levels deep/, "1"],
  [`f${"()".repeat(1000)}`, /where an operator was expected/, "("],
  ["1,".repeat(3000), /more than 2500 operators/, "1"],
];

describe("errors in expressions", () => {
  for (const [text, message, marked] of cases)
    it(`${text.slice(0, 40)}${text.length > 40 ? "…" : ""}: ${message.source}`, () => {
      const start = performance.now();
      const error = errorOf(text);
      assert.ok(performance.now() - start < 1000, "takes long");
      assert.equal(error.code, "expression");
      assert.match(error.summary, message);
      assert.deepEqual(error.location, location);
      const [line, caret] = error.details;
      const from = caret.indexOf("^");
      if (marked !== "") assert.equal(line.slice(from, from + marked.length), marked);
      else assert.equal(caret.length, text.length + 1, "stands behind the end");
    });

  it("suggest the nearest name", () => {
    assert.match(errorOf("ROW * 2").remedy ?? "", /Did you mean "ROWS"/);
    assert.match(errorOf("cel(2)").remedy ?? "", /Did you mean "ceil"/);
    assert.match(errorOf("2 ^ 3").remedy ?? "", /\*\*/);
  });

  it("print as place, cause, caret and remedy", () =>
    assert.equal(
      errorOf("2 * ROW").message,
      [
        'arch.yaml:3:9 (variables.X): The name "ROW" is not known here.',
        "  2 * ROW",
        "      ^^^",
        '  Did you mean "ROWS"? A name must be defined before it is used; a literal text needs quotes.',
      ].join("\n"),
    ));

  it("show the surroundings in a long text", () => {
    const text = `${"1 + ".repeat(100)}oops${" + 1".repeat(100)}`;
    const [line, caret] = caretLines(text, { start: 400, end: 404 });
    assert.ok(line.startsWith("… ") && line.endsWith(" …") && line.length < 80);
    assert.equal(line.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1), "oops");
  });
});
