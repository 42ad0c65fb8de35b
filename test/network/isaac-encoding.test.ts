import assert from "node:assert/strict";
import { computeInIsaac, invertedDensities, isaacAverageWeight } from "../../src/network/isaac-encoding";
import { goldenLayers, near } from "./golden-layers";

describe("ISAAC's crossbars", () => {
  it("give the golden sums, exact with eight bits, and densities", () => {
    for (const { id, layer, exact, isaac, isaacDensities, isaacAverageWeight: average } of goldenLayers()) {
      const densities = invertedDensities(layer);
      densities.forEach((density, place) => near(density, isaacDensities[place], `layer ${id}`));
      near(isaacAverageWeight(densities), average, `layer ${id}`);
      for (const { adc, sums, conversions, saturated } of isaac) {
        const result = computeInIsaac(layer, { converterBits: adc });
        assert.deepEqual(
          [...result.accumulators],
          sums === "exact" ? exact : sums,
          `layer ${id}, ${adc} bits`,
        );
        assert.deepEqual([result.conversions, result.saturated], [conversions, saturated]);
      }
    }
  });
});
