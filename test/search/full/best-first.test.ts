import assert from "node:assert/strict";
import { describeCosts } from "../../../src/model/access-costs";
import { evaluateNest } from "../../../src/model/evaluate-mapping";
import { nestOfMapping } from "../../../src/model/nest";
import { tensorSize } from "../../../src/model/problem";
import { searchBestFirst } from "../../../src/search/full/best-first";
import { createExpander } from "../../../src/search/full/expand";
import { createCriteria } from "../../../src/search/full/objective";
import { createPartialBounds } from "../../../src/search/full/partial-bound";
import { createRoot } from "../../../src/search/full/partial-mapping";
import { relax } from "../../../src/search/full/relaxation";
import { describeRepetitions } from "../../../src/search/full/repetitions";
import { createSearchPlan } from "../../../src/search/full/search-plan";
import { createStageBounds } from "../../../src/search/full/stage-bounds";
import { randomCase, spaceOf } from "./cases";

describe("the best-first search", () => {
  it("does not go on with partial mappings that another one has made superfluous", () => {
    const criteria = createCriteria("edp");
    const endless = { isSpent: () => false, reason: null };
    let merged = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const given = randomCase(seed, { open: true, directives: true, meshY: true, clusters: seed % 2 > 0 });
      const space = spaceOf(given);
      if (space === undefined) continue;
      const { problem, hardware } = space;
      const costs = describeCosts(hardware, given.energyTable);
      const plan = createSearchPlan(space, costs);
      const repetitions = describeRepetitions(plan);
      const relaxation = relax(plan, createStageBounds(plan), repetitions, endless);
      assert.ok(relaxation !== undefined);
      const expander = createExpander(plan);
      const counts = {
        ...{ points: 0, transitions: 0, infeasiblePoints: 0, expanded: 0, created: 0, infeasible: 0 },
        ...{ cutByBound: 0, merged: 0, evaluated: 0, annealed: 0, mismatches: 0 },
      };
      const sizes = problem.tensors.map((tensor) => tensorSize(tensor, problem.bounds));
      const parts = {
        ...{ plan, criteria, bounds: createPartialBounds(plan, relaxation, repetitions, criteria) },
        expander: {
          ...expander,
          expand: (...[partial, ...others]: Parameters<typeof expander.expand>): void => {
            assert.ok(!partial.isDropped, `seed ${seed}`);
            expander.expand(partial, ...others);
          },
        },
        root: () => createRoot(plan, sizes),
        evaluate: (mapping: Parameters<typeof nestOfMapping>[2]) =>
          evaluateNest(problem, hardware, costs, nestOfMapping(problem, hardware, mapping)),
      };
      searchBestFirst(parts, "dominated", endless, counts, null);
      merged += counts.merged;
    }
    assert.ok(merged > 300, String(merged));
  });
});
