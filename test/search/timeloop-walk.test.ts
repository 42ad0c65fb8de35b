import assert from "node:assert/strict";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { describeCosts } from "../../src/model/access-costs";
import { scorerFactory } from "../../src/search/create-scorer";
import { isBetterForTimeloop } from "../../src/search/ranking";
import type { MappingFigures } from "../../src/search/ranking";
import {
  createRandomSequence,
  largestDrawCount,
  reenactTimeloopSearch,
} from "../../src/search/timeloop-walk";
import type { WalkOptions } from "../../src/search/timeloop-walk";
import { smallEnergies, smallSpecification } from "../mapspace/small-specification";
import type { SmallLevel } from "../mapspace/small-specification";

const levels: SmallLevel[] = [{ name: "outer" }, { name: "inner", attributes: { depth: 12 } }];

function walk(
  options: Partial<WalkOptions>,
  bounds: Record<string, number> = { C: 4, M: 4 },
  architecture: readonly SmallLevel[] = levels,
): ReturnType<typeof reenactTimeloopSearch> {
  const specification = smallSpecification(bounds, architecture);
  const space = buildMapSpace(specification);
  const scorer = scorerFactory(describeCosts(space.hardware, smallEnergies(specification)));
  return reenactTimeloopSearch(space, scorer, {
    numThreads: 1,
    searchSize: null,
    victoryCondition: null,
    timeout: null,
    ...options,
  });
}

describe("the random numbers of the walk", () => {
  it("are those of the standard library's default generator", () => {
    // Raw draws of minstd_rand0 from its initial state are 16807, 282475249, 1622650073, 984943658, …
    const dice = createRandomSequence(6);
    assert.deepEqual(Array.from({ length: 8 }, dice), [0, 0, 4, 2, 3, 1, 0, 4]);
    const coin = createRandomSequence(1);
    assert.deepEqual([coin(), coin()], [0, 0]);
    // The C++ standard demands 1043618065 as the ten-thousandth.
    const raw = createRandomSequence(largestDrawCount);
    assert.equal(Array.from({ length: 10_000 }, raw).at(-1), 1_043_618_065 - 1);
  });
});

describe("the comparison of the original mapper", () => {
  const figures = (energyPj: number, cycles: number): MappingFigures => ({
    energyPj,
    cycles,
    lastLevelAccesses: 0,
  });

  it("takes any improvement of a single metric", () => {
    assert.equal(isBetterForTimeloop(["edp"], figures(99_999, 1), figures(100_000, 1)), true);
    assert.equal(isBetterForTimeloop(["edp"], figures(100_000, 1), figures(100_000, 1)), false);
    assert.equal(isBetterForTimeloop(["energy"], figures(0, 1), figures(0, 1)), false);
    assert.equal(isBetterForTimeloop(["energy"], figures(5, 1), figures(0, 1)), false);
  });

  it("asks the next metric where the first differs by little", () => {
    const incumbent = figures(100_000, 1000);
    assert.equal(isBetterForTimeloop(["energy", "delay"], figures(100_050, 500), incumbent), true);
    assert.equal(isBetterForTimeloop(["energy", "delay"], figures(99_950, 2000), incumbent), false);
    assert.equal(isBetterForTimeloop(["energy", "delay"], figures(99_950, 1000), incumbent), true);
    assert.equal(isBetterForTimeloop(["energy", "delay"], figures(50_000, 2000), incumbent), true);
  });
});

describe("the re-enacted walk", () => {
  it("ends a thread by each of its rules", () => {
    assert.equal(walk({ searchSize: 5 }).threads[0].stop, "search_size");
    assert.equal(walk({ searchSize: 5 }).threads[0].valid, 5);
    assert.equal(walk({ victoryCondition: 3 }).threads[0].stop, "victory");
    const misfit: SmallLevel[] = [{ name: "outer" }, { name: "inner", attributes: { depth: 2 } }];
    const timedOut = walk({ timeout: 7 }, { C: 4, M: 4 }, misfit);
    assert.deepEqual(timedOut.threads, [{ thread: 0, stop: "timeout", visited: 7, valid: 0 }]);
    assert.equal(timedOut.best, null);
    assert.equal(walk({ timeout: 0 }, { C: 4, M: 4 }, misfit).visited, 1);
    // 0 means no limit, except for the timeout.
    assert.equal(walk({ searchSize: 0, victoryCondition: 0, timeout: 0 }).threads[0].stop, "timeout");
  });

  it("shares the mappings out over the threads", () => {
    const { threads } = walk({ numThreads: 12, victoryCondition: 1, timeout: 5 });
    assert.deepEqual(
      threads.map(({ stop }) => stop === "empty"),
      [...Array.from({ length: 9 }, () => false), true, true, true],
    );
  });

  it("counts undecided splits over the axes as mappings that fail first", () => {
    const architecture = (split: number | null): SmallLevel[] => [
      { name: "outer", fan: [4, 1], spatial: "C=2 M=2 P=1", split, temporal: "C=1 M=1 P=1" },
      { name: "inner", temporal: "C=1 M=1 P=1" },
    ];
    const bounds = { C: 2, M: 2 };
    // One mapping; with the split open, none and one of its two loops along X fail before both do.
    assert.deepEqual(walk({ searchSize: 2 }, bounds, architecture(999)).threads[0], {
      thread: 0,
      stop: "search_size",
      visited: 2,
      valid: 2,
    });
    assert.deepEqual(walk({ searchSize: 2 }, bounds, architecture(null)).threads[0], {
      thread: 0,
      stop: "search_size",
      visited: 6,
      valid: 2,
    });
  });

  it("counts mappings that leave a buffer too empty as failures", () => {
    const buffer = (attributes: Record<string, number>): SmallLevel[] => [
      { name: "outer" },
      { name: "inner", keep: ["Weights"], attributes: { depth: 8, ...attributes } },
    ];
    const [anyWay] = walk({ searchSize: 40 }, { C: 8 }, buffer({})).threads;
    assert.deepEqual([anyWay.visited, anyWay.valid], [40, 40]);
    // Of 1, 2, 4 and 8 words in a buffer of 8, the first two are too few.
    const result = walk({ searchSize: 40 }, { C: 8 }, buffer({ min_utilization: 0.5 }));
    assert.equal(result.valid, 40);
    assert.ok(result.visited > 40);
    assert.equal(result.evaluated, 2);
  });

  it("is refused where the constraints do not settle it", () => {
    const open: SmallLevel[] = [{ name: "outer", order: "" }, { name: "inner" }];
    assert.throws(() => walk({ timeout: 5 }, { C: 4, M: 4 }, open), /leave loop orders or data spaces open/);
    const misfit: SmallLevel[] = [{ name: "outer" }, { name: "inner", attributes: { depth: 2 } }];
    assert.throws(
      () => walk({ searchSize: 5 }, { C: 4, M: 4 }, misfit),
      /Thread 0 of Timeloop's random walk would never end: none of its 9 mappings fits/,
    );
    assert.throws(() => walk({}), /no rule that ends the random walk/);
    assert.throws(() => walk({ timeout: 5, numThreads: 0 }), /told to use 0 threads/);
    const wide: SmallLevel[] = Array.from({ length: 30 }, (_, index) => ({ name: `level${index}` }));
    assert.throws(() => walk({ timeout: 5 }, { C: 2 ** 16 }, wide), /in a space of \d+ mappings/);
  });
});
