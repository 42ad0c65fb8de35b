import assert from "node:assert/strict";
import fc from "fast-check";
import { designFigures } from "../../../src/study/sweep/design-figures";
import type { NetworkFigures } from "../../../src/study/sweep/design-figures";
import { paretoFront } from "../../../src/study/sweep/pareto-front";
import type { FrontObjective } from "../../../src/study/sweep/pareto-front";
import { mainEffects, oneAtATime } from "../../../src/study/sweep/sensitivity";

type Item = readonly number[];

function objectivesOf(goals: readonly ("minimize" | "maximize")[]): FrontObjective<Item>[] {
  return goals.map((goal, index) =>
    goal === "minimize" ? { minimize: (item) => item[index] } : { maximize: (item) => item[index] },
  );
}

describe("Pareto front", () => {
  it("equals the definition, for any number of objectives", () => {
    const goal = fc.constantFrom("minimize" as const, "maximize" as const);
    const cases = fc
      .integer({ min: 1, max: 4 })
      .chain((dimensions) =>
        fc.tuple(
          fc.array(goal, { minLength: dimensions, maxLength: dimensions }),
          fc.array(
            fc.array(fc.integer({ min: 0, max: 6 }), { minLength: dimensions, maxLength: dimensions }),
            { maxLength: 60 },
          ),
        ),
      );
    fc.assert(
      fc.property(cases, ([goals, items]) => {
        const cost = (item: Item): number[] =>
          item.map((value, index) => (goals[index] === "minimize" ? value : -value));
        const beats = (a: Item, b: Item): boolean =>
          cost(a).every((value, index) => value <= cost(b)[index]) &&
          cost(a).some((value, index) => value < cost(b)[index]);
        const expected = items.filter((item) => !items.some((other) => beats(other, item)));
        assert.deepEqual(paretoFront(items, objectivesOf(goals)), expected);
      }),
      { numRuns: 500 },
    );
  });

  it("leaves out items without a figure", () => {
    const objectives: FrontObjective<number | null>[] = [{ minimize: (item) => item }];
    assert.deepEqual(paretoFront([null, 3, Number.NaN, 2, 2], objectives), [2, 2]);
  });

  it("finds nothing without objectives", () => assert.deepEqual(paretoFront([1, 2], []), []));
});

describe("sensitivity", () => {
  const grid = [1, 2, 3].flatMap((a) =>
    [10, 20].flatMap((b) => ["x", "y"].map((c) => ({ a, b, c, energy: 100 * a + b }))),
  );

  it("changes one variable at a time", () => {
    const bars = oneAtATime(grid, ["a", "b", "c"], "energy", { a: 2, b: 10, c: "x" });
    assert.deepEqual(
      bars.map(({ variable, lowest, lowestAt, highest, highestAt, baseline }) => [
        variable,
        lowestAt,
        lowest,
        highestAt,
        highest,
        baseline,
      ]),
      [
        ["a", 1, 110, 3, 310, 210],
        ["b", 10, 210, 20, 220, 210],
        ["c", "x", 210, "x", 210, 210],
      ],
    );
  });

  it("has no answer where the baseline was not computed", () => {
    assert.deepEqual(oneAtATime(grid, ["a"], "energy", { a: 9 }), []);
  });

  it("leaves infeasible points out", () => {
    const rows = [...grid.filter(({ a }) => a > 1), { a: 1, b: 10, c: "x", energy: null }];
    assert.equal(oneAtATime(rows, ["a", "b", "c"], "energy", { a: 2, b: 10, c: "x" })[0].lowest, 210);
  });

  it("averages over everything else and says how much of the variance a variable explains", () => {
    const effects = mainEffects(grid, ["a", "b", "c"], "energy");
    assert.deepEqual(
      effects.map(({ variable, lowest, highest }) => [variable, lowest, highest]),
      [
        ["a", 115, 315],
        ["b", 210, 220],
        ["c", 215, 215],
      ],
    );
    // Variances 100^2 * 2/3 and 25 add up, since the figure is a sum.
    const total = (1e4 * 2) / 3 + 25;
    assert.ok(Math.abs((effects[0].varianceShare ?? 0) - (1e4 * 2) / 3 / total) < 1e-12);
    assert.ok(Math.abs((effects[1].varianceShare ?? 0) - 25 / total) < 1e-12);
    assert.equal(effects[2].varianceShare, 0);
  });

  it("reads rows whose columns are getters, and no others", () => {
    class Row {
      constructor(private readonly cells: (typeof grid)[number]) {}
      get a(): number {
        return this.cells.a;
      }
    }
    class RowOfFigures extends Row {
      get energy(): number {
        return this.a * 100;
      }
    }
    const rows = grid.map((cells) => new RowOfFigures(cells));
    const plain = rows.map(({ a, energy }) => ({ a, energy }));
    assert.deepEqual(mainEffects(rows as never, ["a"], "energy"), mainEffects(plain, ["a"], "energy"));
    assert.deepEqual(
      oneAtATime(rows as never, ["a"], "energy", { a: 1 }),
      oneAtATime(plain, ["a"], "energy", { a: 1 }),
    );
    assert.throws(() => mainEffects(rows as never, ["a"], "enery"), /no column "enery"\.\n.*"energy"/);
    for (const column of ["constructor", "toString", "__proto__"])
      assert.throws(() => mainEffects(rows as never, ["a"], column), /no column/, column);
    for (const row of [new Map([["a", 1]]), new Date(0), new (class {})()])
      assert.throws(() => mainEffects([row] as never, ["a"], "a"), { code: "usage" });
  });

  it("cuts a variable of many values into intervals", () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ a: index / 1000, energy: index }));
    const [effect] = mainEffects(rows, ["a"], "energy");
    assert.equal(effect.lowest, 49.5);
    assert.equal(effect.highest, 949.5);
    assert.ok((effect.varianceShare ?? 0) > 0.98);
  });
});

describe("figures of a design", () => {
  const network: NetworkFigures = {
    layers: 2,
    nTiles: 4,
    batchSize: 8,
    macs: 4e9,
    energyPj: 2e9,
    cycles: [1e6, 2e6],
    chipAreaUm2: 8e6,
    tileOptions: null,
  };
  const budget = { areaBudgetMm2: 30, aggregateTiles: 1, scheme: "doubling" } as const;

  it("follows the definitions", () => {
    const figures = designFigures(network, budget, Number.NaN);
    assert.ok(!("reason" in figures));
    // Tiles of 2 mm^2: 15 fit. Layers start with 4 each; the second is doubled to 8; doubling the first would take 16.
    assert.equal(figures.tileBudget, 15);
    assert.equal(figures.tilesUsed, 12);
    assert.equal(figures.pipelineAreaMm2, 24);
    assert.equal(figures.inferencesPerSecond, 1000 * 8);
    // 2 operations for each of 4e9 MACs, 1000 batches a second.
    assert.equal(figures.tops, 8);
    assert.equal(figures.topsPerMm2, 8 / 24);
    assert.equal(figures.topsPerWatt, 4);
    assert.equal(figures.powerW, 2);
    assert.ok(Math.abs(figures.tops / figures.powerW - figures.topsPerWatt) < 1e-12);
    assert.equal(figures.energyPerInferencePj, 2.5e8);
    assert.equal(figures.energyPerMacPj, 0.5);
    assert.equal(figures.macsPerInference, 5e8);
    assert.equal(figures.cyclesTotal, 3e6);
    assert.equal(figures.cyclesSlowestLayer, 2e6);
    assert.equal(figures.chipAreaMm2, 8);
    assert.equal(figures.unreplicatedAreaMm2, 16);
    assert.ok(Math.abs(figures.unreplicatedTops - 4) < 1e-12);
    assert.ok(Math.abs(figures.unreplicatedTopsPerMm2 - 4 / 16) < 1e-12);
  });

  it("takes the silicon from the reference when none is given", () => {
    const figures = designFigures(
      network,
      { areaBudgetMm2: null, aggregateTiles: 48, scheme: "doubling" },
      4e6,
    );
    assert.ok(!("reason" in figures));
    assert.equal(figures.tileBudget, 24);
  });

  it("replicates by increment with the options of each layer", () => {
    const tileOptions = [
      [{ tiles: 4, cycles: 1e6 }],
      [
        { tiles: 1, cycles: 7e6 },
        { tiles: 4, cycles: 2e6 },
      ],
    ];
    const figures = designFigures(
      { ...network, tileOptions },
      { ...budget, scheme: "increment" },
      Number.NaN,
    );
    assert.ok(!("reason" in figures));
    assert.ok(figures.inferencesPerSecond >= 8000);
    assert.ok(figures.tilesUsed <= 15);
  });

  it("says why a pipeline does not fit on the silicon", () => {
    const figures = designFigures(network, { ...budget, areaBudgetMm2: 14 }, Number.NaN);
    assert.deepEqual(figures, {
      reason: "The 2 layers need 8 tiles, but only 7 fit on the silicon of the sweep.",
    });
  });
});
