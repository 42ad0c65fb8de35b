import assert from "node:assert/strict";
import { attributeFactor, technologyNm } from "../../../src/components/library/technology-scaling";

describe("an entry of the component library", () => {
  const factors = (name: string, from: string, to: unknown): (number | undefined)[] =>
    (["energy", "area"] as const).map((quantity) => attributeFactor(quantity, name, from, to, "linear"));

  it("scales with what is asked for", () => {
    assert.deepEqual(factors("width", "32", 64), [2, 2]);
    assert.deepEqual(factors("width", "32", "64"), [2, 2]);
    assert.deepEqual(factors("resolution", "8", 10), [4, 4]);
    assert.deepEqual(factors("rows", "128", 256), [1, 2]);
    assert.deepEqual(factors("energy_scale", "1", 3), [3, 1]);
    assert.deepEqual(factors("depth", "100", 200), [2 ** 0.78, 2]);
    assert.deepEqual(factors("n_components", "1", true), [1, 1]);
    assert.deepEqual(factors("average_input_value", "1", false), [0, 1]);
  });

  it("does not scale without a rule, or with what is no number", () => {
    for (const [name, from, to] of [
      ["colour", "1", 2],
      ["toString", "1", 2],
      ["width", "", 2],
      ["width", "wide", 2],
      ["width", "32", " "],
      ["width", "32", "wide"],
      ["width", "32", null],
      ["width", "0", 2],
      ["resolution", "1", 5000],
    ] as const)
      assert.deepEqual(factors(name, from, to), [undefined, undefined], `${name} ${from} ${String(to)}`);
  });

  it("names its technology with or without a unit", () => {
    assert.equal(technologyNm(32), 32);
    assert.equal(technologyNm("32nm"), 32);
    assert.equal(technologyNm("32"), 32);
    assert.ok(Number.isNaN(technologyNm("nm")));
  });
});
