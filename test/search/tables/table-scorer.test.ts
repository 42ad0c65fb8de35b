import assert from "node:assert/strict";
import fc from "fast-check";
import { keepTable } from "../../../src/mapspace/candidate-mapping";
import { enumerateMappings } from "../../../src/mapspace/enumerate";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import { createSearchLayout } from "../../../src/mapspace/search-layout";
import { describeCosts } from "../../../src/model/access-costs";
import { createNestScorer, createScorer } from "../../../src/search/create-scorer";
import { distinctSums } from "../../../src/search/tables/plan-features";
import { prepareGoldenSpaces } from "../../mapspace/golden-spaces";
import { randomSpecifications } from "../../mapspace/random-specification";

describe("the scorers of a search", function () {
  this.timeout(60_000);

  for (const clustersAndLeakage of [false, true])
    it(`agree bit for bit: tables of contributions and the evaluation of whole nests${clustersAndLeakage ? ", clusters and leakage" : ""}`, () => {
      let byTables = 0;
      fc.assert(
        fc.property(
          randomSpecifications({
            ...{ levels: 3, openOrders: false, undecided: false, linkTransfers: false },
            clustersAndLeakage,
          }),
          ({ specification, energyTable }) => {
            const space = buildMapSpace(specification);
            if (space.size > 2000) return;
            const layout = createSearchLayout(space);
            const keep = keepTable(space, 0);
            const costs = describeCosts(space.hardware, energyTable);
            const scorer = createScorer(layout, keep, costs);
            const reference = createNestScorer(layout, keep, costs);
            enumerateMappings(layout, keep, {
              valid: (choice) => {
                scorer.score(choice, null);
                reference.score(choice, null);
                if (scorer.rows !== undefined) byTables += 1;
                assert.equal(scorer.energyPj, reference.energyPj);
                assert.equal(scorer.cycles, reference.cycles);
                assert.equal(scorer.lastLevelAccesses, reference.lastLevelAccesses);
              },
            });
          },
        ),
        { numRuns: 500, seed: 7 },
      );
      assert.ok(byTables > 300);
    });

  it("price the layers of the architectures by tables, with the same figures", () => {
    for (const { golden, space, costs } of prepareGoldenSpaces()) {
      if (golden.size > 1500) continue;
      const layout = createSearchLayout(space);
      const keep = keepTable(space, 0);
      const scorer = createScorer(layout, keep, costs);
      assert.notEqual(scorer.rows, undefined);
      const reference = createNestScorer(layout, keep, costs);
      let visited = 0;
      enumerateMappings(layout, keep, {
        valid: (choice) => {
          visited += 1;
          if (visited % 7 !== 1) return;
          scorer.score(choice, null);
          reference.score(choice, null);
          assert.equal(scorer.energyPj, reference.energyPj, golden.name);
          assert.equal(scorer.cycles, reference.cycles, golden.name);
          assert.equal(scorer.lastLevelAccesses, reference.lastLevelAccesses, golden.name);
        },
      });
    }
  });

  it("say no more than that the energy is infinite above the ceiling, and the truth below it", () => {
    const [{ space, costs, golden }] = prepareGoldenSpaces();
    const layout = createSearchLayout(space);
    const scorer = createScorer(layout, keepTable(space, 0), costs);
    scorer.score(
      choiceOf(
        golden.best.id,
        layout.varying.map(({ list }) => list.count),
      ),
      null,
      golden.best.edp,
    );
    assert.equal(scorer.energyPj, golden.best.energy);
    scorer.score(
      choiceOf(
        golden.best.id,
        layout.varying.map(({ list }) => list.count),
      ),
      null,
      golden.best.edp * (1 - 1e-12),
    );
    assert.equal(scorer.energyPj, Infinity);
  });

  it("hand out the rows that the energy is made of", () => {
    const { space, costs, golden } = prepareGoldenSpaces()[3];
    const layout = createSearchLayout(space);
    const keep = keepTable(space, 0);
    const scorer = createScorer(layout, keep, costs);
    scorer.rows = new Float64Array(100);
    const counts = layout.varying.map(({ list }) => list.count);
    scorer.score(choiceOf(golden.best.id, counts), null);
    let next = 0;
    const take = (): number => scorer.rows?.[next++] ?? NaN;
    const steps = take();
    let energyPj = 0;
    let cycles = steps;
    space.hardware.levels.forEach(({ readBandwidth }, level) => {
      const { readPj = 0, fillPj = 0, updatePj = 0 } = costs.levels[level];
      keep[level].forEach((isKept) => {
        if (!isKept || readPj + fillPj + updatePj === 0) return;
        const rows = take() * readPj + take() * fillPj + take() * updatePj;
        energyPj += rows * take();
      });
      if (readBandwidth === null) return;
      cycles = Math.max(cycles, steps * (take() / readBandwidth));
      take();
    });
    assert.ok(Math.abs(energyPj / golden.best.energy - 1) < 1e-12);
    assert.equal(Math.round(cycles), golden.best.cycles);
  });
});

function choiceOf(number: number, counts: readonly number[]): number[] {
  let rest = number;
  return counts.map((count) => {
    const digit = rest % count;
    rest = Math.floor(rest / count);
    return digit;
  });
}

describe("distinct sums of loop offsets", () => {
  it("are counted as listing them does", () => {
    const loop = fc.record({
      factor: fc.integer({ min: 1, max: 6 }),
      stride: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(loop, { maxLength: 4 }), (loops) => {
        let sums = [0];
        for (const { factor, stride } of loops)
          sums = sums.flatMap((sum) => Array.from({ length: factor }, (_, index) => sum + index * stride));
        assert.equal(distinctSums(loops), new Set(sums).size);
      }),
      { seed: 8 },
    );
  });
});
