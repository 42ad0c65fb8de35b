import assert from "node:assert/strict";
import {
  emptyScope,
  evaluateExpression,
  evaluateInOrder,
  evaluateText,
  IntegralFloat,
  scopeOf,
  toTable,
  valueText,
} from "../../../src/spec/expression";
import type { Value, WrittenValue } from "../../../src/spec/specification";

const options = { workingDirectory: "/some/models" };

/** The value as Python's `repr` shows it, which tells integers from floats. */
function shown(text: string, names: Readonly<Record<string, Value>> = {}): string {
  return valueText(evaluateText(text, scopeOf(names), options));
}

describe("values of expressions", () => {
  const groups: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
    "keep integers and floats apart": [
      ["4 / 2", "2.0"],
      ["4 // 2", "2"],
      ["7 // 2.0", "3.0"],
      ["2048*256//2//2.67", "98181.0"],
      ["2 ** 10", "1024"],
      ["2 ** -1", "0.5"],
      ["2.0 ** 3", "8.0"],
      ["1 + 1.0", "2.0"],
      ["3 * 2", "6"],
      ["-3 // 2", "-2"],
      ["-7 // 2", "-4"],
      ["-7 % 3", "2"],
      ["7 % -3", "-2"],
      ["7.5 % 2", "1.5"],
      ["1e3", "1000.0"],
      ["0x1F", "31"],
      ["0b101 + 0o17", "20"],
      ["5.", "5.0"],
      [".5", "0.5"],
      ["+3 - -2", "5"],
      ["-2.0", "-2.0"],
      ["-2 ** 2", "-4"],
      ["2 ** 3 ** 2", "512"],
      ["2 ** -1 ** 2", "0.5"],
    ],
    "count booleans as 0 and 1": [
      ["True * 0.5", "0.5"],
      ["True + True", "2"],
      ["(3 < 4) * 2", "2"],
      ["-True", "-1"],
      ["1 == True", "True"],
      ["not 0", "True"],
      ["not '0'", "False"],
    ],
    "decide by truth, and evaluate only what is needed": [
      ["0 or 'x'", "x"],
      ["3 and 0.0", "0.0"],
      ["1 or 1 / 0", "1"],
      ["0 and 1 / 0", "0"],
      ["1 if '0' else 2", "1"],
      ["1 / 0 if False else 2", "2"],
      ["1 if [] else 2 if None else 3", "3"],
      ["'' or 0 or None or [0]", "[0]"],
    ],
    compare: [
      ["1 < 2 < 3", "True"],
      ["1 < 3 < 2", "False"],
      ["2 == 2.0", "True"],
      ["'1' == 1", "False"],
      ["'1.0' != 1", "True"],
      ["'a' < 'b'", "True"],
      ["[1, 2] < [1, 3]", "True"],
      ["[1] < [1, 0]", "True"],
      ["[1, 2] == (1, 2)", "True"],
      ["2 in [1, 2]", "True"],
      ["'b' not in 'abc'", "False"],
      ["None is None", "True"],
      ["1 is not 1.0", "True"],
      ["nan == nan", "False"],
      ["nan < 1", "False"],
    ],
    "compare texts and lists in their order": [
      ["'b' > 'a'", "True"],
      ["'a' >= 'a'", "True"],
      ["'b' <= 'a'", "False"],
      ["[1, 2] > [1]", "True"],
      ["[1] >= [1, 2]", "False"],
      ["[2] > [1, 5]", "True"],
      ["[1, 2] <= [1, 2]", "True"],
      ["1 <= 2 >= 2", "True"],
    ],
    "are Python's where numbers end": [
      ["str(inf) + str(-inf)", "inf-inf"],
      ["round(-inf, 2)", "-inf"],
      ["round(2.5, 200)", "2.5"],
      ["round(1e22, 3)", "1e+22"],
      ["exp(inf)", "inf"],
      ["fmod(7, inf)", "7.0"],
      // Here the quotient of doubles falls short of the whole number that it stands for.
      ["650540861305881.0 // 6.592148136198245", "98684199424112.0"],
      ["664838551897456.0 // 6.053527496610309", "109826634515121.0"],
      ["frexp(1099511627775.9998)", "[0.9999999999999998, 40]"],
      ["frexp(1e-310)", "[0.5752618031559393, -1029]"],
      ["frexp(-6)", "[-0.75, 3]"],
      ["copysign(-3, 0.0)", "3.0"],
      ["1 if 0.0 else 2", "2"],
      ["log(8, 4)", "1.5"],
      ["comb(True, 1) + gcd(True, 3)", "2"],
    ],
    "join and repeat": [
      ["'a' + \"b\"", "ab"],
      ["3 * 'ab'", "ababab"],
      ["'3' * 8", "33333333"],
      ["[1] + [2]", "[1, 2]"],
      ["2 * [0, 'x']", "[0, 'x', 0, 'x']"],
      ["'a' * -1", ""],
      ["'tab\\t\\x41\\u0042\\'' ", "tab\tAB'"],
      ["[1, 2, 3][-1]", "3"],
      ["'abc'[1]", "b"],
      ["(1,)[0]", "1"],
    ],
    "call functions": [
      ["ceil(log2(512))", "9"],
      ["ceil(log2(513))", "10"],
      ["max(1, 2.5, 2)", "2.5"],
      ["min([3, 1, 2])", "1"],
      ["max(2, 2.0)", "2"],
      ["sum([1, 2, 0.5])", "3.5"],
      ["sum(range(1, 11))", "55"],
      ["range(5, 0, -2)", "[5, 3, 1]"],
      ["len('abc') + len([1])", "4"],
      ["prod([2, 3.0])", "6.0"],
      ["fsum([1, 2])", "3.0"],
      ["floor(-1.5)", "-2"],
      ["trunc(-1.5)", "-1"],
      ["ceil(-0.5)", "0"],
      ["abs(-3)", "3"],
      ["abs(-3.0)", "3.0"],
      ["fabs(-3)", "3.0"],
      ["round(2.5)", "2"],
      ["round(3.5)", "4"],
      ["round(-0.5)", "0"],
      ["round(0.125, 2)", "0.12"],
      ["round(0.375, 2)", "0.38"],
      ["round(2.675, 2)", "2.67"],
      ["round(1250, -2)", "1200"],
      ["round(7, 1)", "7"],
      ["pow(2, 5)", "32"],
      ["int('12') + int(3.9) + int(-3.9)", "12"],
      ["float('1e3') + float(2)", "1002.0"],
      ["float('-inf')", "-inf"],
      ["str(4 / 2) + str(1) + str(True) + str(1e-7)", "2.01True1e-07"],
      [
        "str(0.0001) + str(-1.5e-5) + str(1e16) + str(123456789012345680.0)",
        "0.0001-1.5e-051e+161.2345678901234568e+17",
      ],
      ["str(2.0 ** 53) + str(1e300) + str(-0.0)", "9007199254740992.01e+300-0.0"],
      ["bool('')", "False"],
      ["list('ab') + list((1, 2))", "['a', 'b', 1, 2]"],
      ["tuple()", "[]"],
      ["enumerate(['x'])", "[[0, 'x']]"],
      ["comb(5, 2) + perm(5, 2) + perm(3) + factorial(5)", "156"],
      ["comb(2, 5) + perm(2, 5)", "0"],
      ["gcd(12, 18) + isqrt(17)", "10"],
      ["isqrt(9007199134650224)", "94906264"],
      ["copysign(3, -0.5)", "-3.0"],
      ["copysign(3, -0.0)", "-3.0"],
      ["log(3)", "1.0986122886681098"],
      ["log(81, 3)", "4.0"],
      ["log(1000, 10)", "2.9999999999999996"],
      ["log(2 ** 29, 2)", "29.000000000000004"],
      ["log(5e-324)", "-744.4400719213812"],
      ["log(1.7976931348623157e308)", "709.782712893384"],
      ["fmod(-7, 3)", "-1.0"],
      ["remainder(5, 2)", "1.0"],
      ["hypot(3, 4) + dist([0, 0], [3, 4])", "10.0"],
      ["frexp(8)", "[0.5, 4]"],
      ["frexp(0)", "[0.0, 0]"],
      ["modf(2.5)", "[0.5, 2.0]"],
      ["ldexp(0.5, 4)", "8.0"],
      ["log(8, 2) + log(100, 10) + log(e)", "6.0"],
      ["degrees(pi) + radians(180) - pi", "180.0"],
      ["isclose(0.1 + 0.2, 0.3) and isfinite(1) and isinf(inf) and isnan(nan)", "True"],
      ["isclose(1, inf) or isclose(inf, nan) or not isclose(inf, inf)", "False"],
      ["round(True, 1)", "1"],
      ["gamma(5) + tau - 2 * pi", "24.0"],
      ["getcwd() + '/cell_configs/x.cell'", "/some/models/cell_configs/x.cell"],
    ],
  };
  for (const [name, cases] of Object.entries(groups))
    it(name, () => {
      for (const [text, expected] of cases) assert.equal(shown(text), expected, text);
    });

  it("agree with known values of special functions", () => {
    const known: readonly (readonly [string, number])[] = [
      ["erf(0.5)", 0.5204998778130465],
      ["erf(-3)", -0.9999779095030014],
      ["erfc(0.5)", 0.4795001221869535],
      ["erfc(2.5)", 0.0004069520174449589],
      ["erfc(5)", 1.5374597944280351e-12],
      ["erfc(30)", 0],
      ["gamma(0.5)", 1.7724538509055159],
      ["gamma(-1.5)", 2.3632718012073544],
      ["lgamma(100.5)", 361.4355404677766],
      ["lgamma(0.25)", 1.2880225246980772],
      ["sinh(1) + cosh(1) + tanh(1)", 3.47987598441481],
      ["asinh(1) + acosh(2) + atanh(0.5)", 2.7476376282784143],
      ["asin(0.5) + acos(0.5) + atan(0.5) + atan2(1, -1)", 4.3906384259880475],
      ["sin(1) + cos(1) + tan(1)", 2.939181015330939],
      ["exp(1) + expm1(1) + log1p(1) + log10(5) + sqrt(2)", 7.242894404187149],
    ];
    for (const [text, expected] of known) {
      const value = evaluateText(text, emptyScope, options);
      const number = value instanceof IntegralFloat ? value.value : (value as number);
      assert.ok(Math.abs(number - expected) <= 1e-13 * Math.max(1, Math.abs(expected)), `${text}: ${number}`);
    }
  });

  it("look names up in the scope before constants and functions, and see null", () => {
    assert.equal(shown("e", { e: 5 }), "5");
    assert.equal(shown("max + 1", { max: 2 }), "3");
    assert.equal(shown("x", { x: null }), "None");
    assert.equal(shown("x is None", { x: null }), "True");
    assert.equal(shown("pi == pi"), "True");
  });
});

describe("written values", () => {
  const evaluated = (value: WrittenValue): Value => evaluateExpression(value, scopeOf({ X: 4 }), options);

  it("in quotes are texts, plain ones are evaluated", () => {
    assert.equal(evaluated("X / 2"), "X / 2");
    assert.equal(evaluated({ expression: "X / 2" }), 2);
    assert.equal(evaluated({ expression: " 012 " }), 12);
    assert.equal(evaluated({ expression: "-3" }), -3);
    assert.equal(evaluated({ expression: "TRUE" }), true);
    assert.equal(evaluated({ expression: "faLse" }), false);
    assert.equal(evaluated(2.5), 2.5);
    assert.equal(evaluated(null), null);
    assert.deepEqual(evaluated(["X", 1]), ["X", 1]);
    assert.deepEqual(evaluated({ expression: "[X / 4, X]" }), [1, 4]);
  });

  it("see those before them, which hide names further out", () => {
    const scope = evaluateInOrder(
      [
        ["a", { expression: "X * 2" }],
        ["X", 1],
        ["b", { expression: "a + X" }],
      ],
      scopeOf({ X: 4 }),
      options,
    );
    assert.deepEqual(toTable(scope), { a: 8, X: 1, b: 9 });
    assert.deepEqual(scope.names(), ["a", "X", "b"]);
    assert.throws(
      () =>
        evaluateInOrder(
          [
            ["a", { expression: "b" }],
            ["b", 1],
          ],
          null,
          options,
        ),
      {
        code: "expression",
        message: /The name "b" is not known here/,
      },
    );
  });

  it("report every mistake, but not those that follow from one", () => {
    const entries: [string, WrittenValue][] = [
      ["a", { expression: "missing" }],
      ["b", { expression: "a + 1" }],
      ["c", { expression: "1 / 0" }],
      ["d", 3],
    ];
    assert.throws(
      () => evaluateInOrder(entries, null, options),
      (error: Error) => {
        assert.match(error.message, /^2 problems were found/);
        assert.match(error.message, /"missing" is not known/);
        assert.match(error.message, /Division by zero/);
        return true;
      },
    );
  });
});
