import assert from "node:assert/strict";
import { estimate } from "../../src/estimation/estimate";
import type { ReferenceTables } from "../../src/estimation/reference-tables";
import { ValueMemo } from "../../src/estimation/value-memo";
import { RaellaError } from "../../src/errors";
import { getSpec } from "../../src/spec/get-spec";
import type { Specification } from "../../src/spec/specification";
import { exampleSpec } from "./support";

/** The tables, or the message of the error. */
function outcome(spec: Specification, cycleTimeS?: number): ReferenceTables | string {
  try {
    return estimate(spec, cycleTimeS === undefined ? {} : { cycleTimeS });
  } catch (error) {
    assert.ok(error instanceof RaellaError);
    return error.message;
  }
}

/** The specification with one variable doubled; undefined where that makes no sense to the reader. */
function doubled(architecture: string, name: string, value: number): Specification | undefined {
  try {
    return getSpec({ architecture, dnn: "resnet18", layer: 10, variables: { [name]: 2 * value } });
  } catch (error) {
    assert.ok(error instanceof RaellaError);
    return undefined;
  }
}

describe("remembered estimates", () => {
  for (const architecture of ["raella", "isaac_like"]) {
    it(`of ${architecture} are those of a fresh start, whichever variable changes`, () => {
      const example = exampleSpec(architecture);
      const changed = Object.entries(example.variableValues).flatMap(([name, value]) => {
        const spec = typeof value === "number" && value > 0 ? doubled(architecture, name, value) : undefined;
        return spec === undefined ? [] : [{ name, spec }];
      });
      assert.ok(changed.length > 20);
      estimate(example);
      const remembered = changed.map(({ spec }) => outcome(spec));
      changed.forEach(({ name, spec }, index) => {
        // The length of the cycle has no influence with artifact fidelity, but makes an engine of its own.
        assert.deepEqual(outcome(spec, (index + 2) * 1e-9), remembered[index], name);
      });
    }).timeout(60_000);
  }

  it("tell attributes of a level apart that only an expression uses", () => {
    const example = exampleSpec();
    const change = (name: string, value: number): Specification => ({
      ...example,
      levels: example.levels.map((level) =>
        level.name === "output_register"
          ? { ...level, attributes: { ...level.attributes, [name]: value } }
          : level,
      ),
    });
    const before = estimate(example).energy.energyPj.output_register.read;
    for (const [name, value] of [
      ["n_flags", 2048],
      ["entry_bits", 8],
      ["speculation_adc_scale", 1],
      ["flag_width", 32],
    ] as const)
      assert.notEqual(estimate(change(name, value)).energy.energyPj.output_register.read, before, name);
    assert.equal(estimate(example).energy.energyPj.output_register.read, before);
  });
});

describe("memory of results by values", () => {
  it("tells values apart that look alike", () => {
    const memo = new ValueMemo<string>(100);
    const keys: readonly (readonly unknown[])[] = [
      [],
      [0],
      [-0, 1],
      [0, 1],
      ["0", 1],
      [false, 1],
      [null, 1],
      [undefined, 1],
      [1, 0],
      ["a", "b"],
      ["ab", ""],
      [Number.NaN],
    ];
    const texts = keys.map((_, index) => `${index}`);
    keys.forEach((key, index) => memo.set(key, texts[index]));
    assert.deepEqual(
      keys.map((key) => memo.get(key)),
      texts,
    );
    assert.equal(memo.get([2]), undefined);
  });

  it("does not grow without end", () => {
    const memo = new ValueMemo<number>(10);
    for (let value = 0; value < 25; value++) memo.set([value], value);
    const found = Array.from({ length: 25 }, (_, value) => memo.get([value])).filter(
      (value) => value !== undefined,
    );
    assert.ok(found.length > 0 && found.length <= 10);
    assert.equal(memo.get([24]), 24);
  });
});
