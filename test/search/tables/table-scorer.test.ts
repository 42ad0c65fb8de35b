import assert from "node:assert/strict";
import fc from "fast-check";
import { factorsOfChoice, keepTable, toMapping } from "../../../src/mapspace/candidate-mapping";
import { enumerateMappings } from "../../../src/mapspace/enumerate";
import { extendFigures } from "../../../src/mapspace/features";
import type { FeatureTables } from "../../../src/mapspace/features";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import { createSearchLayout } from "../../../src/mapspace/search-layout";
import { describeCosts } from "../../../src/model/access-costs";
import { describeGeometry, nestOfMapping } from "../../../src/model/nest";
import { rankExtent, tensorSize } from "../../../src/model/problem";
import { fanOutOf, receivedAt } from "../../../src/model/traffic";
import { createNestScorer, createScorer } from "../../../src/search/create-scorer";
import { createSearchPlan } from "../../../src/search/full/search-plan";
import { distinctSums } from "../../../src/search/tables/plan-features";
import { canUseTables, planScorer } from "../../../src/search/tables/scorer-plan";
import { mightForward, receivedThroughLoops } from "../../../src/search/tables/table-scorer";
import {
  activeSlots,
  chooseLoops,
  createLoopFigures,
  outermostHolder,
  timeLoops,
} from "../../../src/search/tables/time-loops";
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

/** Figures of one mapping by tables. */
function figuresOf(tables: FeatureTables, choice: ArrayLike<number>): Float64Array {
  const figures = tables.base.slice();
  for (let position = 0; position < choice.length; position += 1)
    extendFigures(tables, position, choice[position], figures, 0, 0);
  return figures;
}

describe("what the tables say in another shape than the model", function () {
  this.timeout(60_000);

  it("receivedThroughLoops gives the words of receivedWords, and neighbours forward nothing that a search rules out", () => {
    let received = 0;
    let ruledOut = 0;
    let forwarding = 0;
    fc.assert(
      fc.property(
        randomSpecifications({ levels: 3, openOrders: false, undecided: false, linkTransfers: true }),
        ({ specification, energyTable }) => {
          const space = buildMapSpace(specification);
          const layout = createSearchLayout(space);
          if (space.size > 300 || !canUseTables(layout)) return;
          const { problem, hardware } = space;
          const keep = keepTable(space, 0);
          const costs = describeCosts(hardware, energyTable);
          const active = activeSlots(space);
          const plan = planScorer(layout, keep, costs, active);
          const { forwards } = createSearchPlan(space, costs);
          const loops = timeLoops(layout, active);
          const sequence = Int32Array.from(loops, (_, loop) => loop);
          const loopFigures = createLoopFigures(layout, loops);
          enumerateMappings(layout, keep, {
            valid: (choice) => {
              const mapping = toMapping(space, factorsOfChoice(layout, choice), null, keep);
              const nest = nestOfMapping(problem, hardware, mapping);
              const geometry = describeGeometry(problem, nest);
              const extents = figuresOf(plan.extents, choice);
              layout.varying.forEach((dimension, position) =>
                chooseLoops(loopFigures, dimension, position, choice[position]),
              );
              for (const { steps } of plan.levels)
                for (const { loops: loopsPlan, tensor: index } of steps) {
                  if (loopsPlan === null) continue;
                  const level = loopsPlan.fromLevel - 1;
                  const tensor = problem.tensors[index];
                  const tile = tensorSize(tensor, geometry.spans, level * geometry.dimensions);
                  loopsPlan.extents.forEach((column, axis) => {
                    if (column < 0) return;
                    const from = level * geometry.dimensions;
                    assert.equal(extents[column], rankExtent(tensor.ranks[axis], geometry.spans, from));
                  });
                  assert.equal(
                    receivedThroughLoops(loopsPlan, index, loops, sequence, loopFigures, tile, extents, 0),
                    receivedAt(nest, geometry, tensor, index, level, tile),
                  );
                  received += 1;
                }
              nest.forEach(({ noLinkTransfer }, level) =>
                problem.tensors.forEach((tensor, index) => {
                  if (noLinkTransfer[index] || level > outermostHolder(keep, index)) return;
                  const guard = plan.guards.forwards.find(
                    ({ tensor: guarded, fromLevel }) => guarded === index && fromLevel === level,
                  );
                  const moved = new Float64Array(tensor.ranks.length);
                  const mayByTables =
                    guard !== undefined &&
                    mightForward(guard, loops, sequence, loopFigures, extents, 0, moved);
                  const { forwarded } = fanOutOf(hardware, nest, geometry, tensor, index, level);
                  if (forwarded === undefined) {
                    ruledOut += mayByTables ? 0 : 1;
                    return;
                  }
                  forwarding += 1;
                  assert.ok(mayByTables, "mightForward");
                  assert.ok(forwards[level][index], "forwards of the full search");
                }),
              );
            },
          });
        },
      ),
      { numRuns: 600, seed: 11 },
    );
    assert.ok(
      received > 1000 && ruledOut > 1000 && forwarding > 100,
      `${received} ${ruledOut} ${forwarding}`,
    );
  });

  it("the products of every dimension are those of the nest", () => {
    fc.assert(
      fc.property(
        randomSpecifications({ levels: 3, openOrders: false, undecided: false, linkTransfers: false }),
        ({ specification, energyTable }) => {
          const space = buildMapSpace(specification);
          const layout = createSearchLayout(space);
          if (space.size > 300 || !canUseTables(layout)) return;
          const { problem, hardware } = space;
          const keep = keepTable(space, 0);
          const active = activeSlots(space);
          const plan = planScorer(layout, keep, describeCosts(hardware, energyTable), active);
          const loops = timeLoops(layout, active);
          const loopFigures = createLoopFigures(layout, loops);
          enumerateMappings(layout, keep, {
            valid: (choice) => {
              const mapping = toMapping(space, factorsOfChoice(layout, choice), null, keep);
              const geometry = describeGeometry(problem, nestOfMapping(problem, hardware, mapping));
              assert.equal(figuresOf(plan.products, choice)[plan.steps], geometry.steps);
              layout.varying.forEach((dimension, position) =>
                chooseLoops(loopFigures, dimension, position, choice[position]),
              );
              for (let loop = geometry.timeLoops[0]; loop !== null; loop = loop.outer) {
                const { dimension, factor, stride } = loop;
                const isListed = loops.some(
                  (one, id) =>
                    one.dimension === dimension &&
                    loopFigures.factors[id] === factor &&
                    loopFigures.strides[id] === stride,
                );
                assert.ok(isListed);
              }
            },
          });
        },
      ),
      { numRuns: 200, seed: 12 },
    );
  });
});

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
