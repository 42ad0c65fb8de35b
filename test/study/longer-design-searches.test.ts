import assert from "node:assert/strict";
import { priceLevels } from "../../src/components/estimate";
import { searchFullMapSpace } from "../../src/search/full/search-full-map-space";
import { loadSpecification } from "../../src/spec/load-specification";
import { designFiles } from "../support/designs";

/** EDP in J x cycle with the tables that stand beside the designs: the least known, and what was reported with them. */
const best: readonly (readonly [id: string, best: number, reported: number])[] = [
  ["simple_weight_stationary_asrun", 62.884411435914714, 136.98325225957387],
  ["simba_like_asrun", 20.462686486335574, 53.997290643996244],
  ["tut2024_noreg", 71885073.3280237, 71920406.38630031],
];

describe("longer searches of public designs @thorough", function () {
  this.timeout(600_000);
  const fileOf = designFiles();

  for (const [id, most, reported] of best)
    it(`find the best mapping known of ${id} in a share of the usual work, with an honest gap`, () => {
      const specification = loadSpecification({ files: [fileOf(id)], greedySteps: [] });
      const { energy } = priceLevels(specification);
      const { evaluation, mapping, certificate } = searchFullMapSpace(specification, energy, {
        workLimit: 100_000,
      });
      const edp = evaluation.edpPjCycles / 1e12;
      assert.ok(edp <= most * (1 + 1e-9) && edp < reported, `${edp}`);
      assert.ok(certificate.lowerBound > 0 && certificate.lowerBound <= evaluation.edpPjCycles);
      const loops = mapping.levels.reduce((sum, { temporal }) => sum + temporal.length, 0);
      assert.ok(loops <= (specification.mapper.mostTimeLoops ?? Infinity), `${loops} time loops`);
    });
});
