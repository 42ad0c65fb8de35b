import assert from "node:assert/strict";
import { mappingAt } from "../../../src/mapspace/candidate-mapping";
import { findBestMapping } from "../../../src/search/exhaustive/find-best-mapping";
import { reenactTimeloopSearch } from "../../../src/search/timeloop-walk";
import { prepareGoldenSpaces } from "../../mapspace/golden-spaces";
import type { PreparedSpace } from "../../mapspace/golden-spaces";

describe("searches in recorded map spaces", () => {
  let spaces: readonly PreparedSpace[];
  before(() => (spaces = prepareGoldenSpaces()));

  it("count the choices of every dimension and of all together", () => {
    assert.equal(spaces.length, 100);
    for (const { golden, space } of spaces) {
      const counts = space.choices.map(({ count }, index) => [space.problem.dimensions[index], count]);
      assert.deepEqual(Object.fromEntries(counts), golden.choices, golden.name);
      assert.equal(space.size, golden.size, golden.name);
      assert.equal(space.sizeText, String(golden.size));
    }
  });

  it("find the recorded optimum, and as many mappings within the fan-outs and valid", () => {
    for (const { golden, space, scorer } of spaces) {
      const { best, ...counts } = findBestMapping(space, scorer);
      const { name, size, withinFanout, valid } = golden;
      assert.deepEqual(counts, { size, withinFanout, valid, evaluated: valid }, name);
      assert.ok(best);
      const { number, edpPjCycles, energyPj, cycles } = best;
      assert.deepEqual({ id: number, edp: edpPjCycles, energy: energyPj, cycles }, golden.best, name);
      assert.deepEqual(best.mapping, mappingAt(space, number), name);
    }
  });

  it("re-enact the original's walk, thread by thread, and end with its mapping, never below the optimum", () => {
    for (const { golden, space, scorer } of spaces) {
      const { best, threads, evaluated, visited, valid } = reenactTimeloopSearch(space, scorer, {
        numThreads: 16,
        searchSize: 500,
        victoryCondition: 16,
        timeout: 500,
      });
      assert.deepEqual(threads, golden.walk.threads, golden.name);
      assert.ok(best);
      assert.deepEqual([best.number, best.edpPjCycles], [golden.walk.id, golden.walk.edp], golden.name);
      assert.ok(best.edpPjCycles >= golden.best.edp);
      assert.ok(evaluated <= valid && valid <= visited);
      assert.equal(Number(best.edpPjCycles.toPrecision(15)), Number(golden.mapperEdp.toPrecision(15)));
    }
  });
});
