import assert from "node:assert/strict";
import fc from "fast-check";
import {
  batchesPerSecond,
  replicateByDoubling,
  replicateByIncrement,
  tileBudget,
  type TileOption,
} from "../../src/study/replication";

describe("tileBudget", () => {
  it("gives every architecture the area of the first one", () => {
    assert.equal(tileBudget(65536, 10, 10), 65536);
    assert.equal(tileBudget(65536, 20, 10), 32768);
    assert.equal(tileBudget(100, 3, 1), 33);
  });

  it("rounds down exactly where the quotient would round up to an integer", () => {
    // 1 / 0.1 is 10 in doubles, but the double 0.1 is more than a tenth.
    assert.equal(tileBudget(1, 0.1, 1), 9);
  });
});

describe("replicateByDoubling", () => {
  it("doubles the slowest layer until it no longer fits", () => {
    // 16 tiles each; layer 1 is four times as slow as layer 0 and is doubled twice; then both are equal and the
    // first one is doubled.
    const result = replicateByDoubling([100, 400], 16, 120);
    assert.deepEqual(
      result.layers.map(({ tiles, replicas }) => [tiles, replicas]),
      [
        [32, 2],
        [64, 4],
      ],
    );
    assert.equal(result.tilesUsed, 96);
    assert.equal(result.throughputBatchesPerSecond, batchesPerSecond(400) * 4);
  });

  it("stops at the slowest layer even if another one would still fit", () => {
    const result = replicateByDoubling([1000, 1], 16, 40);
    assert.deepEqual(
      result.layers.map(({ tiles }) => tiles),
      [16, 16],
    );
  });

  it("keeps the starting tiles when the budget is too small, and has nothing to do without layers", () => {
    assert.equal(replicateByDoubling([10, 10], 16, 8).tilesUsed, 32);
    assert.equal(replicateByDoubling([], 16, 8).throughputBatchesPerSecond, 0);
  });
});

const layer = fc.record({
  usual: fc.integer({ min: 1, max: 100_000 }),
  minimalTiles: fc.integer({ min: 1, max: 16 }),
  minimal: fc.integer({ min: 1, max: 1_000_000 }),
});

describe("replicateByIncrement", () => {
  it("adds one replica at a time", () => {
    const result = replicateByIncrement([[{ tiles: 2, cycles: 100 }], [{ tiles: 3, cycles: 300 }]], 14);
    // 2 + 3 at first; the second layer gets three replicas (9 tiles); then the first is the slower one by turns.
    assert.deepEqual(
      result.layers.map(({ tiles, replicas }) => [tiles, replicas]),
      [
        [4, 2],
        [9, 3],
      ],
    );
    assert.equal(result.throughputBatchesPerSecond, batchesPerSecond(300) * 3);
  });

  it("ends where giving out one step after another ends", () => {
    /** The cheapest of all copies of all options that is faster. */
    const faster = (options: readonly TileOption[], rate: number): number[] =>
      options
        .flatMap(({ tiles, cycles }) => {
          const single = batchesPerSecond(cycles);
          const least = Math.max(0, Math.floor(rate / single) - 1);
          return [1, 2, 3].map((more) => [tiles * (least + more), single * (least + more)]);
        })
        .filter(([, reached]) => reached > rate)
        .sort(([a, fast], [b, slow]) => a - b || slow - fast)[0];
    const option = fc.record({
      tiles: fc.integer({ min: 1, max: 40 }),
      cycles: fc.integer({ min: 1, max: 1e6 }),
    });
    const layerOptions = fc.array(option, { minLength: 1, maxLength: 4 });
    const pipelines = fc.array(layerOptions, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pipelines, fc.integer({ min: 0, max: 3000 }), (options, budget) => {
        const layers = options.map((choices) => faster(choices, 0));
        const used = (): number => layers.reduce((sum, [tiles]) => sum + tiles, 0);
        while (used() < budget) {
          const rates = layers.map(([, rate]) => rate);
          const slowest = rates.indexOf(Math.min(...rates));
          const next = faster(options[slowest], rates[slowest]);
          if (used() - layers[slowest][0] + next[0] > budget) break;
          layers[slowest] = next;
        }
        assert.deepEqual(
          replicateByIncrement(options, budget).layers.map(({ tiles, batchesPerSecond: rate }) => [
            tiles,
            rate,
          ]),
          layers,
        );
      }),
    );
  });

  it("is never worse than doubling when it may start from the same tiles", () => {
    fc.assert(
      fc.property(
        fc.array(layer, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 3000 }),
        (layers, extra) => {
          const budget = layers.length * 16 + extra;
          const options = layers.map(({ usual, minimalTiles, minimal }): TileOption[] => [
            { tiles: minimalTiles, cycles: minimal },
            { tiles: 16, cycles: usual },
          ]);
          const doubling = replicateByDoubling(
            layers.map(({ usual }) => usual),
            16,
            budget,
          );
          const increment = replicateByIncrement(options, budget);
          assert.ok(increment.tilesUsed <= budget);
          assert.ok(
            increment.throughputBatchesPerSecond >= doubling.throughputBatchesPerSecond * (1 - 1e-12),
          );
        },
      ),
    );
  });

  it("is the best allocation there is, by comparison with trying all of them", () => {
    const options = fc.array(
      fc.array(
        fc.record({ tiles: fc.integer({ min: 1, max: 4 }), cycles: fc.integer({ min: 1, max: 50 }) }),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(options, fc.integer({ min: 12, max: 24 }), (layers, budget) => {
        const best = bestByTrying(layers, budget);
        const found = replicateByIncrement(layers, budget).throughputBatchesPerSecond;
        assert.ok(Math.abs(found - best) <= best * 1e-9, `${found} instead of ${best}`);
      }),
      { numRuns: 300 },
    );
  });
});

/** Highest throughput of the slowest layer over all ways to hand out at most `budget` tiles. */
function bestByTrying(layers: readonly (readonly TileOption[])[], budget: number): number {
  if (layers.length === 0) return Infinity;
  const [first, ...rest] = layers;
  let best = 0;
  for (const { tiles, cycles } of first) {
    for (let replicas = 1; replicas * tiles <= budget; replicas++) {
      const own = batchesPerSecond(cycles) * replicas;
      if (own > best) best = Math.max(best, Math.min(own, bestByTrying(rest, budget - replicas * tiles)));
    }
  }
  return best;
}
