import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { computeInCrossbars } from "../../src/network/crossbar";
import { invertedDensities, isaacAverageWeight } from "../../src/network/isaac-encoding";
import { exactAccumulators } from "../../src/network/integer-layer";
import { allSlicings, slicingName } from "../../src/network/slicing";
import { averageInput, averageWeight, inputHistogram } from "../../src/network/statistics";
import { goldenFolder, near } from "./golden-layers";

interface WorkedExample {
  readonly weights: readonly number[];
  readonly inputs: readonly (readonly number[])[];
  readonly z: number;
  readonly exact: readonly number[];
  readonly averageInput: number;
  readonly averageInputSpeculation: number;
  readonly isaacDensities: readonly number[];
  readonly isaacAverageWeight: number;
  readonly slicings: Readonly<
    Record<
      string,
      {
        readonly centre: number;
        readonly averageWeight: number;
        readonly failed: readonly number[];
        readonly adcShare: number;
        readonly conversions: number;
        readonly conversionsSpeculation: number;
        readonly sums: readonly number[];
        readonly sumsSpeculation: readonly number[];
      }
    >
  >;
}

describe("A filter of eight rows", () => {
  const worked = JSON.parse(readFileSync(join(goldenFolder, "worked.json"), "utf8")) as WorkedExample;
  const layer = {
    groups: 1,
    rows: worked.weights.length,
    filters: 1,
    samples: worked.inputs.length,
    weights: Int8Array.from(worked.weights),
    inputs: Uint8Array.from(worked.inputs.flat()),
    inputZero: worked.z,
  };

  it("is computed as by hand with each of the 108 slicings", () => {
    assert.deepEqual(
      allSlicings.map((slicing) => slicing.join("")).sort(),
      Object.keys(worked.slicings).sort(),
    );
    assert.deepEqual([...exactAccumulators(layer)], worked.exact);
    for (const slicing of allSlicings) {
      const what = slicingName(slicing);
      const expected = worked.slicings[slicing.join("")];
      const result = computeInCrossbars(layer, { slicing });
      assert.equal(result.centers[0][0], expected.centre, what);
      near(averageWeight(result), expected.averageWeight, what);
      const [pass] = result.passes;
      assert.deepEqual(pass.failed, expected.failed, what);
      near(pass.adcShare, expected.adcShare, what);
      assert.equal(pass.conversions, expected.conversions, what);
      assert.equal(pass.conversionsSpeculation, expected.conversionsSpeculation, what);
      assert.deepEqual([...result.accumulators], expected.sums, what);
      assert.deepEqual([...result.accumulatorsSpeculation], expected.sumsSpeculation, what);
    }
  });

  it("has the statistics that follow", () => {
    const histogram = inputHistogram(layer);
    near(averageInput(histogram, 0, { speculation: false }), worked.averageInput, "input");
    near(averageInput(histogram, 0, { speculation: true }), worked.averageInputSpeculation, "input");
    assert.deepEqual([...invertedDensities(layer)], worked.isaacDensities);
    near(isaacAverageWeight(worked.isaacDensities), worked.isaacAverageWeight, "weight");
  });
});
