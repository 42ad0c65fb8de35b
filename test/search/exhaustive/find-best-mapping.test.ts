import assert from "node:assert/strict";
import fc from "fast-check";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import { describeCosts } from "../../../src/model/access-costs";
import { evaluateMapping } from "../../../src/model/evaluate-mapping";
import { scorerFactory } from "../../../src/search/create-scorer";
import { findBestMapping, hasValidMapping } from "../../../src/search/exhaustive/find-best-mapping";
import { metricValue, rankingMetrics } from "../../../src/search/ranking";
import type { Metric } from "../../../src/search/ranking";
import { enumeratePlainly } from "../../mapspace/plain-enumeration";
import { randomSpecifications } from "../../mapspace/random-specification";
import type { RandomOptions, RandomSpecification } from "../../mapspace/random-specification";

const largestSpace = 1500;

function compareWithPlainEnumeration(
  { specification, energyTable }: RandomSpecification,
  metrics: readonly Metric[],
): "too large" | "none valid" | "compared" {
  const space = buildMapSpace(specification);
  if (space.size > largestSpace) return "too large";
  const scorer = scorerFactory(describeCosts(space.hardware, energyTable));
  const found = findBestMapping(space, scorer, { metrics });
  const plain = enumeratePlainly(space);
  assert.equal(found.withinFanout, plain.withinFanout);
  assert.equal(found.valid, plain.valid.length);
  assert.equal(hasValidMapping(space), found.valid > 0);
  const ranking = rankingMetrics(metrics);
  let best: { values: number[]; number: number } | undefined;
  for (const { mapping, number } of plain.valid) {
    const evaluation = evaluateMapping(specification, energyTable, mapping);
    const values = ranking.map((metric) => metricValue(metric, evaluation));
    const order = best === undefined ? -1 : compare([...values, number], [...best.values, best.number]);
    if (order < 0) best = { values, number };
  }
  assert.equal(found.best === null, best === undefined);
  if (best === undefined || found.best === null) return "none valid";
  assert.deepEqual(
    ranking.map((metric) => metricValue(metric, found.best as never)),
    best.values,
  );
  assert.equal(found.best.number, best.number);
  // The mapping returned is the one whose figures are returned.
  const evaluation = evaluateMapping(specification, energyTable, found.best.mapping);
  assert.equal(evaluation.energyPj, found.best.energyPj);
  assert.equal(evaluation.cycles, found.best.cycles);
  assert.equal(evaluation.lastLevelAccesses, found.best.lastLevelAccesses);
  return "compared";
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length; index += 1)
    if (left[index] !== right[index]) return left[index] - right[index];
  return 0;
}

describe("the exhaustive search", function () {
  this.timeout(90_000);

  const kinds: readonly (readonly [string, RandomOptions, number])[] = [
    ["fixed orders", { levels: 3, openOrders: false, undecided: false, linkTransfers: false }, 250],
    [
      "transfers between neighbours",
      { levels: 3, openOrders: false, undecided: false, linkTransfers: true },
      150,
    ],
    ["open loop orders", { levels: 2, openOrders: true, undecided: false, linkTransfers: true }, 200],
    [
      "clusters and leakage",
      {
        ...{ levels: 3, openOrders: false, undecided: false, linkTransfers: false },
        clustersAndLeakage: true,
      },
      150,
    ],
    [
      "clusters, leakage and undecided data spaces",
      {
        ...{ levels: 2, openOrders: false, undecided: true, linkTransfers: true },
        clustersAndLeakage: true,
      },
      100,
    ],
    ["undecided data spaces", { levels: 2, openOrders: false, undecided: true, linkTransfers: true }, 150],
  ];
  for (const [what, options, runs] of kinds) {
    it(`finds what plain enumeration finds, in random small spaces with ${what}`, () => {
      const outcomes = new Map<string, number>();
      fc.assert(
        fc.property(
          randomSpecifications(options),
          fc.constantFrom<Metric[]>(
            ["edp"],
            ["edp"],
            ["energy"],
            ["delay", "energy"],
            ["last-level-accesses"],
          ),
          (random, metrics) => {
            const outcome = compareWithPlainEnumeration(random, metrics);
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          },
        ),
        { numRuns: runs, seed: 6 },
      );
      assert.ok((outcomes.get("compared") ?? 0) > runs / 3, JSON.stringify([...outcomes]));
    });
  }
});
