import assert from "node:assert/strict";
import fc from "fast-check";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import { describeCosts } from "../../../src/model/access-costs";
import type { AccessCosts } from "../../../src/model/access-costs";
import { scorerFactory } from "../../../src/search/create-scorer";
import { findBestMapping } from "../../../src/search/exhaustive/find-best-mapping";
import { bestOfFront, findMappingFront } from "../../../src/search/exhaustive/mapping-front";
import type { Metric } from "../../../src/search/ranking";
import { randomSpecifications } from "../../mapspace/random-specification";

/** The same table with other prices; what is free stays free. */
function changed(costs: AccessCosts, factors: readonly number[]): AccessCosts {
  const scale = (price: number | undefined, index: number): number | undefined =>
    price === undefined ? undefined : price * factors[index % factors.length];
  return {
    levels: costs.levels.map(({ readPj, fillPj, updatePj, leakPj }, level) => ({
      ...(leakPj === undefined ? {} : { leakPj: scale(leakPj, level) }),
      readPj: scale(readPj, 3 * level),
      fillPj: scale(fillPj, 3 * level + 1),
      updatePj: scale(updatePj, 3 * level + 2),
    })),
    computePj: costs.computePj,
  };
}

describe("the front of a map space", function () {
  this.timeout(60_000);

  for (const clustersAndLeakage of [false, true])
    it(`holds the best mapping for any prices, to the last bit and with the same number${clustersAndLeakage ? ", with clusters and leakage" : ""}`, () => {
      const metrics = fc.constantFrom<Metric[]>(["edp"], ["energy"], ["delay", "energy"]);
      const prices = fc.array(
        fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 9, maxLength: 9 }),
        {
          minLength: 3,
          maxLength: 3,
        },
      );
      let fronts = 0;
      let larger = 0;
      fc.assert(
        fc.property(
          randomSpecifications({
            ...{ levels: 3, openOrders: false, undecided: false, linkTransfers: false },
            clustersAndLeakage,
          }),
          metrics,
          prices,
          ({ specification, energyTable }, chosen, lists) => {
            const space = buildMapSpace(specification);
            if (space.size > 3000) return;
            const costs = describeCosts(space.hardware, energyTable);
            const front = findMappingFront(space, costs, chosen);
            if (front === null) return;
            fronts += 1;
            if (front.numbers.length > 1) larger += 1;
            for (const list of [costs, ...lists.map((factors) => changed(costs, factors))]) {
              const { best, valid } = findBestMapping(space, scorerFactory(list), { metrics: chosen });
              const found = bestOfFront(front, space.hardware, list, chosen);
              assert.equal(front.valid, valid);
              assert.equal(found?.number, best?.number);
              assert.equal(found?.energyPj, best?.energyPj);
              assert.equal(found?.cycles, best?.cycles);
            }
          },
        ),
        { numRuns: 1000, seed: 11 },
      );
      assert.ok(fronts > 500);
      assert.ok(larger > 100);
    });
});
