import assert from "node:assert/strict";
import { keysAt, plainOf } from "./support";

function part(text: string, key: string): unknown {
  return (plainOf(text) as Record<string, unknown>)[key];
}

describe("shallow merge <<", () => {
  it("adds keys, own ones win wherever << stands", () => {
    assert.deepEqual(part("b: &b {x: 1, y: 2}\nt: {y: 9, <<: *b}\n", "t"), { y: 9, x: 1 });
    assert.deepEqual(part("b: &b {x: 1, y: 2}\nt: {<<: *b, y: 9}\n", "t"), { y: 9, x: 1 });
  });
  it("of a list: an earlier map wins", () =>
    assert.deepEqual(part("a: &a {x: 1}\nb: &b {x: 2, y: 3}\nt: {<<: [*a, *b]}\n", "t"), { x: 1, y: 3 }));
  it("does not go into values", () =>
    assert.deepEqual(part("b: &b {m: {x: 1}, n: 2}\nt: {<<: *b, m: {y: 1}}\n", "t"), { m: { y: 1 }, n: 2 }));
  it("puts own keys first, then merged ones in source order", () =>
    assert.deepEqual(keysAt("b: &b {p: 1, q: 2, r: 3}\nt: {<<: *b, z: 0, q: 9}\n", "t"), [
      "z",
      "q",
      "p",
      "r",
    ]));
  it("resolves the merges of its source first", () =>
    assert.deepEqual(part("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nt: {<<: *b}\n", "t"), { y: 2, x: 1 }));
  it("is applied before <<<", () =>
    assert.deepEqual(part("a: &a {<<<: {x: 1}}\nt: {<<: *a, y: 2}\n", "t"), { y: 2, x: 1 }));
  it("works inside lists", () =>
    assert.deepEqual(part("a: &a {x: 1}\nt: [{<<: *a}, {x: 3}]\n", "t"), [{ x: 1 }, { x: 3 }]));
  it("refuses what is not a map", () => {
    assert.throws(() => plainOf("t: {<<: 3}\n"), {
      code: "schema",
      message: /main\.yaml:1:9 \(t\.<<\): "<<" cannot merge 3/,
    });
    assert.throws(() => plainOf("t: {<<: [[1]]}\n"), { code: "schema", message: /cannot merge a list/ });
  });
});

describe("hierarchical merge <<<", () => {
  const bases = "base:  &base  {a: {x: 1, y: 2}, l: [1, 2]}\nextra: &extra {y: 5, z: 6}\n";

  it("takes an inner merge written before the outer one first", () =>
    assert.deepEqual(part(`${bases}t1: {<<<: *base, a: {<<<: *extra, x: 9}}\n`, "t1"), {
      a: { x: 9, y: 2, z: 6 },
      l: [1, 2],
    }));
  it("fills a map written after it before that map's own merge", () =>
    assert.deepEqual(part(`${bases}t2: {a: {<<<: *extra, x: 9}, <<<: *base}\n`, "t2"), {
      a: { x: 9, y: 5, z: 6 },
      l: [1, 2],
    }));
  it("lets an empty list, null and a scalar win", () => {
    assert.deepEqual(part(`${bases}t3: {<<<: *base, l: []}\n`, "t3"), { l: [], a: { x: 1, y: 2 } });
    assert.deepEqual(part(`${bases}t: {<<<: *base, a: 0, l: null}\n`, "t"), { a: 0, l: null });
  });
  it("orders attributes as the models rely on", () =>
    assert.deepEqual(
      keysAt(
        [
          "stage: &stage {attributes: {depth: 1, datawidth: 1}}",
          "adc: &adc {resolution: 1, n_adcs: 1}",
          "element:",
          "  <<<: *stage",
          "  attributes: {<<<: *adc, width: 1}",
        ].join("\n"),
        "element",
        "attributes",
      ),
      ["width", "depth", "datawidth", "resolution", "n_adcs"],
    ));
  it("does not change its source", () =>
    assert.deepEqual(plainOf("s: &s {a: {x: 1}}\nt: {<<<: *s, a: {y: 2}}\nu: {<<<: *s}\n"), {
      s: { a: { x: 1 } },
      t: { a: { y: 2, x: 1 } },
      u: { a: { x: 1 } },
    }));
  it("refuses a list and scalars", () => {
    assert.throws(() => plainOf("a: &a {}\nt: {<<<: [*a]}\n"), {
      code: "schema",
      message: /cannot merge a list/,
    });
    assert.throws(() => plainOf("t: {<<<: text}\n"), { code: "schema", message: /cannot merge "text"/ });
  });
});
