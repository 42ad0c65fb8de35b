import assert from "node:assert/strict";
import type { CrossbarResult } from "../../src/network/crossbar";
import { computeInCrossbars } from "../../src/network/crossbar";
import { compareOutputs, exactAccumulators, outputCodes } from "../../src/network/integer-layer";
import { parseSlicing } from "../../src/network/slicing";
import { adcShare, averageWeight } from "../../src/network/statistics";
import type { GoldenDifference, GoldenLayer, GoldenMode } from "./golden-layers";
import { goldenLayers, near } from "./golden-layers";

describe("RAELLA's crossbars", () => {
  const layers = goldenLayers();

  it("give the exact accumulators and output codes without analog circuits", () => {
    for (const { id, layer, output, exact, outputCodes: codes } of layers) {
      assert.deepEqual([...exactAccumulators(layer)], exact, `layer ${id}`);
      assert.deepEqual([...outputCodes(exactAccumulators(layer), layer, output)], codes, `layer ${id}`);
    }
  });

  for (const signedInputs of ["recorded", "two-pass"] as const) {
    it(`give the golden sums and counts with ${signedInputs} inputs`, () => {
      for (const golden of layers) {
        for (const expected of golden.results) {
          const { slicing: name, rows, adc, centres, artifact, corrected } = expected;
          const slicing = parseSlicing(name);
          assert.ok(slicing);
          const result = computeInCrossbars(golden.layer, {
            slicing,
            rows,
            converterBits: adc,
            signedInputs,
          });
          const what = `layer ${golden.id}, ${name}, ${rows} rows, ${adc} bits`;
          assert.deepEqual(
            result.centers.map((centers) => [...centers]),
            centres,
            what,
          );
          near(averageWeight(result), expected.averageWeight, what);
          const mode = signedInputs === "recorded" || corrected === "same" ? artifact : corrected;
          checkMode(result, mode, golden, what);
        }
      }
    });
  }
});

function checkMode(
  result: CrossbarResult,
  mode: GoldenMode,
  { layer, output }: GoldenLayer,
  what: string,
): void {
  assert.deepEqual([...result.accumulators], mode.sums, what);
  assert.deepEqual([...result.accumulatorsSpeculation], mode.sumsSpeculation, what);
  assert.equal(result.passes.length, mode.passes.length, what);
  near(adcShare(result), mode.adcShare, what);
  result.passes.forEach(({ adcShare: share, ...counts }, pass) => {
    const { adcShare: expectedShare, ...expectedCounts } = mode.passes[pass];
    assert.deepEqual(counts, expectedCounts, what);
    near(share, expectedShare, what);
  });
  const exact = outputCodes(exactAccumulators(layer), layer, output);
  const differences: [Float64Array, GoldenDifference][] = [
    [result.accumulators, mode.fidelity],
    [result.accumulatorsSpeculation, mode.fidelitySpeculation],
  ];
  for (const [accumulators, expected] of differences) {
    const difference = compareOutputs(outputCodes(accumulators, layer, output), exact, output.zero);
    for (const key of ["changed", "meanAbs", "error"] as const) near(difference[key], expected[key], what);
    assert.equal(difference.sqnr === null, expected.sqnr === null, what);
    near(difference.sqnr ?? 0, expected.sqnr ?? 0, what);
  }
}
