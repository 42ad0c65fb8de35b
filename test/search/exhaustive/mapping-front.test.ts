import assert from "node:assert/strict";
import fc from "fast-check";
import { fitsInto, holdsRoom, roomTowards } from "../../../src/mapspace/room";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import { describeCosts } from "../../../src/model/access-costs";
import type { AccessCosts } from "../../../src/model/access-costs";
import type { Hardware } from "../../../src/model/hardware";
import { scorerFactory } from "../../../src/search/create-scorer";
import { findBestMapping } from "../../../src/search/exhaustive/find-best-mapping";
import {
  bestOfFront,
  countValidMappings,
  findMappingFront,
} from "../../../src/search/exhaustive/mapping-front";
import type { KnownFront } from "../../../src/search/exhaustive/mapping-front";
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
              assert.equal(front.valid ?? countValidMappings(space), valid);
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

  it("is the same for any prices where fronts of less room help, and for all room that it says the same mappings fit", () => {
    const sizes = fc.array(fc.constantFrom(1, 2, 4, 60, 400, 1000, 1000), { minLength: 9, maxLength: 9 });
    const changes = fc.array(fc.constantFrom(0.5, 1, 1, 1, 1.5, 2, 3), { minLength: 9, maxLength: 9 });
    const prices = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 9, maxLength: 9 });
    let helped = 0;
    let spared = 0;
    let less = 0;
    let more = 0;
    fc.assert(
      fc.property(
        randomSpecifications({
          ...{ levels: 3, openOrders: false, undecided: false, linkTransfers: false },
          clustersAndLeakage: true,
        }),
        fc.constantFrom<Metric[]>(["edp"], ["energy"], ["delay", "energy"]),
        fc.array(sizes, { minLength: 1, maxLength: 3 }),
        fc.array(changes, { minLength: 6, maxLength: 6 }),
        fc.array(prices, { minLength: 2, maxLength: 2 }),
        ({ specification, energyTable }, chosen, lists, variants, factors) => {
          const space = buildMapSpace(specification);
          if (space.size > 3000) return;
          const costs = describeCosts(space.hardware, energyTable);
          const known: (KnownFront & Pick<Hardware, "levels">)[] = [];
          const helping = ({ levels }: Hardware): KnownFront[] =>
            known.flatMap(({ levels: own, front }) => {
              const towards = roomTowards(front.range, own, levels);
              assert.ok(towards === null || fitsInto(towards, levels));
              return towards === null ? [] : [{ levels: towards, front }];
            });
          for (const list of lists) {
            const hardware = shrunk(space.hardware, list);
            const front = findMappingFront({ ...space, hardware }, costs, chosen, helping(hardware));
            if (front !== null) known.push({ levels: hardware.levels, front });
          }
          const smaller = helping(space.hardware);
          const front = findMappingFront(space, costs, chosen, smaller);
          if (front === null || smaller.length === 0) return;
          helped += 1;
          if (smaller.some((other) => other.front.numbers.length > 0)) spared += 1;
          for (const list of [costs, ...factors.map((each) => changed(costs, each))]) {
            const options = { metrics: chosen };
            const { best, valid } = findBestMapping(space, scorerFactory(list), options);
            const found = bestOfFront(front, space.hardware, list, chosen);
            assert.equal(countValidMappings(space), valid);
            assert.equal(found?.number, best?.number);
            assert.equal(found?.energyPj, best?.energyPj);
            assert.equal(found?.cycles, best?.cycles);
          }
          for (const { levels, front: other } of [...known, { levels: space.hardware.levels, front }])
            for (const variant of variants) {
              const hardware = resized({ ...space.hardware, levels }, variant);
              if (!holdsRoom(other.range, hardware.levels)) continue;
              if (!fitsInto(levels, hardware.levels)) less += 1;
              if (!fitsInto(hardware.levels, levels)) more += 1;
              const expected = findBestMapping({ ...space, hardware }, scorerFactory(costs), {
                metrics: chosen,
              });
              const found = bestOfFront(other, hardware, costs, chosen);
              assert.equal(
                countValidMappings({ ...space, hardware: { ...hardware, levels } }),
                expected.valid,
              );
              assert.equal(found?.number, expected.best?.number);
              assert.equal(found?.energyPj, expected.best?.energyPj);
            }
        },
      ),
      { numRuns: 1500, seed: 13 },
    );
    assert.ok(helped > 700);
    assert.ok(spared > 150);
    assert.ok(less > 150);
    assert.ok(more > 150);
  });
});

/** The same levels with less room, as far as mappings do not have to fill them. */
function shrunk({ levels, ...others }: Hardware, sizes: readonly number[]): Hardware {
  return {
    ...others,
    levels: levels.map((level, index) => ({
      ...level,
      fanX: Math.min(level.fanX, sizes[3 * index]),
      fanY: Math.min(level.fanY, sizes[3 * index + 1]),
      capacityWords:
        level.minUtilization > 0 ? level.capacityWords : Math.min(level.capacityWords, sizes[3 * index + 2]),
    })),
  };
}

/** The same levels with other room; where there is one child, there is one. */
function resized({ levels, ...others }: Hardware, changes: readonly number[]): Hardware {
  const children = (fan: number, change: number): number =>
    fan === 1 ? 1 : Math.max(2, Math.round(fan * change));
  return {
    ...others,
    levels: levels.map((level, index) => ({
      ...level,
      fanX: children(level.fanX, changes[3 * index]),
      fanY: children(level.fanY, changes[3 * index + 1]),
      capacityWords: level.capacityWords * changes[3 * index + 2],
    })),
  };
}
