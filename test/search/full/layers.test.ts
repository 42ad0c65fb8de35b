import assert from "node:assert/strict";
import { estimate } from "../../../src/components/estimate";
import { assembleMapSpace } from "../../../src/mapspace/map-space";
import { describeCosts } from "../../../src/model/access-costs";
import { scorerFactory } from "../../../src/search/create-scorer";
import { findBestMapping } from "../../../src/search/exhaustive/find-best-mapping";
import { searchFullMapSpace } from "../../../src/search/full/search-full-map-space";
import type { FullSearchOptions, FullSearchResult } from "../../../src/search/full/search-full-map-space";
import { getSpec } from "../../../src/spec/get-spec";
import { defaultGreedySteps } from "../../../src/spec/greedy";
import type { GreedyStep } from "../../../src/spec/greedy";
import type { Specification } from "../../../src/spec/specification";

const architectures = ["isaac_like", "raella_no_speculation_2b_cells", "raella_no_speculation", "raella"];

function specificationOf(
  architecture: string,
  dnn: string,
  layer: number,
  greedySteps: readonly GreedyStep[],
): Specification {
  return getSpec({ architecture, dnn, layer, nTiles: 16, batchSize: 32, greedySteps });
}

function searchFull(specification: Specification, options?: FullSearchOptions): FullSearchResult {
  return searchFullMapSpace(specification, estimate(specification).energy, options);
}

/** The optimum by plain enumeration; null where nothing fits, undefined where there are too many mappings. */
function enumerateBest(
  specification: Specification,
  largest: number,
): { edpPjCycles: number } | null | undefined {
  const space = assembleMapSpace(specification);
  if (space.choices.some(({ count }) => count === 0)) return null;
  if (space.size > largest) return undefined;
  const costs = describeCosts(space.hardware, estimate(specification).energy);
  return findBestMapping(space, scorerFactory(costs)).best;
}

describe("full search of real layers", () => {
  it("agrees with enumeration where greedy steps keep the space small", () => {
    let compared = 0;
    for (const architecture of ["isaac_like", "raella"]) {
      for (const [dnn, layer] of [
        ["resnet18", 8],
        ["resnet18", 16],
        ["mobilenetv2", 10],
        ["inceptionv3", 33],
        ["qdqbert", 4],
      ] as const) {
        // All steps, then all but one each time.
        for (let omitted = -1; omitted < defaultGreedySteps.length; omitted += 1) {
          const steps = defaultGreedySteps.filter((_, index) => index !== omitted);
          const specification = specificationOf(architecture, dnn, layer, steps);
          const best = enumerateBest(specification, 20_000);
          if (!best) continue;
          const { evaluation, certificate } = searchFull(specification);
          assert.equal(evaluation.edpPjCycles, best.edpPjCycles);
          assert.ok(certificate.isExactToTheBit);
          compared += 1;
        }
      }
    }
    assert.ok(compared >= 40);
  });

  for (const architecture of architectures)
    it(`proves optima of ${architecture} that are never worse than with greedy steps`, () => {
      for (const layer of [0, 4, 8, 12, 16, 20]) {
        const greedy = enumerateBest(
          specificationOf(architecture, "resnet18", layer, defaultGreedySteps),
          1e6,
        );
        const { evaluation, certificate } = searchFull(specificationOf(architecture, "resnet18", layer, []));
        assert.ok(greedy);
        assert.ok(evaluation.edpPjCycles <= greedy.edpPjCycles);
        assert.ok(certificate.isExactToTheBit);
        assert.equal(certificate.lowerBound, evaluation.edpPjCycles);
        assert.ok(certificate.search.evaluated < 100);
        assert.ok(certificate.relaxation.bound <= certificate.lowerBound);
      }
    });

  it("orders the optima of the objectives as it must", () => {
    const specification = specificationOf("raella", "resnet18", 10, []);
    const edp = searchFull(specification).evaluation;
    const energy = searchFull(specification, { objective: "energy" }).evaluation;
    const cycles = searchFull(specification, { objective: "cycles" }).evaluation;
    assert.ok(energy.energyPj <= edp.energyPj && energy.energyPj <= cycles.energyPj);
    assert.ok(cycles.cycles <= edp.cycles && cycles.cycles <= energy.cycles);
    assert.ok(edp.edpPjCycles <= energy.edpPjCycles && edp.edpPjCycles <= cycles.edpPjCycles);
  });

  it("uses the time that it was given", () => {
    const specification = specificationOf("raella", "googlenet", 0, []);
    const began = performance.now();
    const { certificate } = searchFull(specification, { timeLimitMs: 200 });
    const used = performance.now() - began;
    assert.ok(used > 190 || certificate.isProven, `stopped after ${used} of 200 ms`);
    assert.ok(used < 2000);
  });

  it("stops in time with a mapping and a bound", () => {
    const specification = specificationOf("raella", "inceptionv3", 4, []);
    const optimum = searchFull(specification).evaluation.edpPjCycles;
    const { evaluation, certificate } = searchFull(specification, { timeLimitMs: 0 });
    assert.equal(certificate.stoppedBy, "time");
    assert.ok(certificate.lowerBound > 0 && certificate.lowerBound <= optimum);
    assert.ok(evaluation.edpPjCycles >= optimum && certificate.gap > 0 && certificate.gap < 1);
  });
});
