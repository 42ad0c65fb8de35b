import assert from "node:assert/strict";
import { plainOf } from "./support";

describe("anchors", () => {
  it("may be defined again; an alias means the last one before it", () =>
    assert.deepEqual(plainOf("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"), { a: 1, b: 1, c: 2, d: 2 }));
  it("of lists and maps can be used as values", () =>
    assert.deepEqual(plainOf("a: &x [1, {y: 2}]\nb: {c: *x}\n"), {
      a: [1, { y: 2 }],
      b: { c: [1, { y: 2 }] },
    }));
  it("must be defined before they are used", () =>
    assert.throws(() => plainOf("a: *x\nb: &x 1\n"), {
      code: "yaml-syntax",
      message: /main\.yaml:1:4: The alias \*x stands for nothing/,
    }));
  it("cannot stand inside themselves", () =>
    assert.throws(() => plainOf("a: &x {b: [*x]}\n"), {
      code: "yaml-syntax",
      message: /The alias \*x stands inside what it stands for/,
    }));
  it("that unfold without end are refused at once", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level <= 30; level++)
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`);
    const start = performance.now();
    assert.throws(() => plainOf(lines.join("\n")), {
      code: "yaml-syntax",
      message: /aliases unfold to more than 1000000 values/,
    });
    assert.ok(performance.now() - start < 2000);
  });
  it("that unfold through merges are refused, too", () => {
    const lines = ["a0: &a0 {k: 1}"];
    for (let level = 1; level <= 40; level++)
      lines.push(`a${level}: &a${level} {p: {<<<: *a${level - 1}}, q: {<<<: *a${level - 1}}}`);
    assert.throws(() => plainOf(lines.join("\n")), { message: /unfold to more than/ });
  });
});

describe("YAML syntax errors", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["a duplicate key", "a: 1\na: 2\n", /main\.yaml:2:1: The key "\S+" occurs twice/],
    [
      "a duplicate merge key",
      "a: &a {}\nt:\n  <<: *a\n  <<: *a\n",
      /main\.yaml:4:3: The key "\S+" occurs twice/,
    ],
    ["an unclosed list", "a: [1, 2\nb: 3\n", /main\.yaml:/],
    ["a tab as indentation", "a:\n\tb: 1\n", /Tabs are not allowed/],
    ["a key that is a list", "? [1]\n: 2\n", /main\.yaml:1:\d+: A key must be plain text/],
    ["a key that is an alias", "a: &a x\n*a : 2\n", /A key must be plain text/],
    ["the key __proto__", "a: {__proto__: 1}\n", /main\.yaml:1:5: "__proto__" cannot be a key/],
    ["an include as a value", "a: !include b.yaml\n", /"!include" works only at the beginning of a line/],
    ["an include of a folder as a value", "a: !includedir b\n", /"!includedir" works only/],
    ["thousands of brackets", `a: ${"[".repeat(5000)}`, /nested/],
    ["deep nesting", `a: ${"[".repeat(300)}${"]".repeat(300)}`, /nested more than 200 levels deep/],
  ];
  for (const [name, text, message] of cases)
    it(name, () => assert.throws(() => plainOf(text), { code: "yaml-syntax", message }));

  it("several are reported at once", () =>
    assert.throws(() => plainOf("a: 1\na: 2\nb: 1\nb: 2\n"), { message: /^2 problems were found/ }));
});
