import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { describeCosts } from "../../src/model/access-costs";
import { scorerFactory } from "../../src/search/create-scorer";
import { findBestMapping } from "../../src/search/exhaustive/find-best-mapping";
import { getSpec } from "../../src/spec/get-spec";
import type { GoldenSpace } from "../mapspace/golden-spaces";
import { readGoldenLines } from "../support/golden";

/** Recorded energies are sums of printed ones with six decimals. */
const tolerance = 1e-5;

describe("the map spaces of the architectures' own files", function () {
  this.timeout(60_000);

  it("are the recorded ones, with the recorded optimum", () => {
    for (const golden of readGoldenLines<GoldenSpace>("map-spaces")) {
      const [architecture, dnn, layer] = golden.name.split("-");
      const specification = getSpec({ architecture, dnn, layer: Number(layer), nTiles: 16, batchSize: 32 });
      const space = buildMapSpace(specification);
      const { energy } = estimate(specification);
      const scorer = scorerFactory(describeCosts(space.hardware, energy));
      const { best, ...counts } = findBestMapping(space, scorer);
      const { size, withinFanout, valid, name } = golden;
      assert.deepEqual(counts, { size, withinFanout, valid, evaluated: valid }, name);
      assert.deepEqual(space.warnings, []);
      assert.ok(best);
      assert.equal(best.number, golden.best.id, name);
      assert.equal(best.cycles, golden.best.cycles, name);
      assert.ok(Math.abs(best.energyPj / golden.best.energy - 1) < tolerance, name);
    }
  });
});
