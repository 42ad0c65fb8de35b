import assert from "node:assert/strict";
import { plainOf } from "./support";

describe("YAML scalars", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["", null],
    ["~", null],
    ["null", null],
    ["NULL", null],
    ["true", true],
    ["False", false],
    ["TRUE", true],
    ["12", 12],
    ["-3", -3],
    ["+3", 3],
    ["012", 12],
    ["0o17", 15],
    ["0x1F", 31],
    ["1e-9", 1e-9],
    ["1.0e-9", 1e-9],
    [".5", 0.5],
    ["5.", 5],
    ["1E5", 1e5],
    [".inf", Infinity],
    ["-.inf", -Infinity],
    ["yes", "yes"],
    ["no", "no"],
    ["on", "on"],
    ["off", "off"],
    ["N", "N"],
    ["Y", "Y"],
    ["1:30", "1:30"],
    ["1_000", "1_000"],
    ["2024-01-01", "2024-01-01"],
    ["A + B * 2", "A + B * 2"],
    ["'12'", '"12"'],
    ['"A + B"', '"A + B"'],
    ["'it''s'", '"it\'s"'],
  ];
  for (const [text, value] of cases)
    it(`${JSON.stringify(text)} is ${JSON.stringify(value)}`, () =>
      assert.deepEqual(plainOf(`x: ${text}\n`), { x: value }));

  it(".nan is not a number", () => {
    const { x } = plainOf("x: .nan\n") as { x: number };
    assert.ok(Number.isNaN(x));
  });

  it("in blocks are plain text", () =>
    assert.deepEqual(plainOf("x: >-\n  A +\n  B\ny: |\n  C\n"), { x: "A + B", y: "C\n" }));

  it("keys stay as they are written", () =>
    assert.deepEqual(plainOf("N: 1\n012: 2\n'q': 3\nnull: 4\n1.50: 5\n"), {
      N: 1,
      "012": 2,
      q: 3,
      null: 4,
      "1.50": 5,
    }));

  it("a byte order mark and carriage returns do no harm", () =>
    assert.deepEqual(plainOf("\uFEFFx: 1\r\ny: [a,\r\n  b]\r\n"), { x: 1, y: ["a", "b"] }));

  it("may be followed by a comment without a blank where only a comment can stand", () => {
    assert.deepEqual(plainOf("a: [L=1]# text\nb: {x: 1}# text\nc: \"y\"# text\nd: 'z'# it's text\n"), {
      a: ["L=1"],
      b: { x: 1 },
      c: '"y"',
      d: '"z"',
    });
    assert.deepEqual(plainOf("a: x# no comment\nb: 'x # y'\n"), { a: "x# no comment", b: '"x # y"' });
  });
});
