import assert from "node:assert/strict";
import { RaellaError } from "../../../src/errors";
import type { MapSpace } from "../../../src/mapspace/map-space";
import { describeCosts } from "../../../src/model/access-costs";
import { evaluateMapping } from "../../../src/model/evaluate-mapping";
import { scorerFactory } from "../../../src/search/create-scorer";
import { findBestMapping } from "../../../src/search/exhaustive/find-best-mapping";
import type { BestMapping } from "../../../src/search/exhaustive/find-best-mapping";
import { createCriteria } from "../../../src/search/full/objective";
import { searchFullMapSpace } from "../../../src/search/full/search-full-map-space";
import type { Metric } from "../../../src/search/ranking";
import { fewAndMany } from "../../support/thorough";
import { randomCase, spaceOf } from "./cases";
import type { CaseFeatures, RandomCase } from "./cases";

/** What makes spaces differ; every kind of space has its own random cases. */
const kinds: Readonly<Record<string, CaseFeatures>> = {
  "plain loops": {},
  "sliding windows": { windows: true },
  directives: { directives: true },
  "windows and directives": { windows: true, directives: true },
  "open orders and data spaces": { open: true },
  "open spaces with windows and directives": { windows: true, open: true, directives: true },
  "meshes in two directions": { meshY: true, open: true },
  "limited bandwidths": { bandwidths: true, windows: true },
  "words that use bandwidths differently": { bandwidths: true, consumption: true, windows: true, open: true },
  "minimum utilization": { utilization: true },
  "dimensions along several axes": { tangled: true },
  "all kinds of axes, open": { tangled: true, directives: true, windows: true, open: true },
  "neighbour forwarding": { forwarding: true },
  "forwarding with windows and directives": { forwarding: true, windows: true, directives: true },
  "forwarding on open meshes": { forwarding: true, meshY: true, open: true, windows: true },
  everything: {
    windows: true,
    directives: true,
    open: true,
    meshY: true,
    bandwidths: true,
    utilization: true,
  },
  clusters: { clusters: true, windows: true },
  "clusters on open meshes with directives": { clusters: true, meshY: true, open: true, directives: true },
  leakage: { leakage: true, windows: true },
  "leakage in open spaces with bandwidths": { leakage: true, open: true, bandwidths: true, directives: true },
  "leakage of levels whose accesses are mostly free": { leakage: true, fewCosts: true, open: true },
  "leakage and clusters, everything": {
    ...{ leakage: true, clusters: true, windows: true, directives: true, open: true, meshY: true },
    ...{ bandwidths: true, utilization: true },
  },
  "leakage with neighbour forwarding": { leakage: true, clusters: true, forwarding: true, windows: true },
  "accesses that are mostly free": { fewCosts: true, open: true, bandwidths: true },
};
const objectives = ["edp", "energy", "cycles"] as const;
type Objective = (typeof objectives)[number];
const largestEnumeration = 2_000;

function enumerateBest(
  space: MapSpace,
  { energyTable }: RandomCase,
  objective: Objective,
): BestMapping | null {
  const metrics: Metric[] = [objective === "cycles" ? "delay" : objective];
  const createScorer = scorerFactory(describeCosts(space.hardware, energyTable));
  return findBestMapping(space, createScorer, { metrics }).best;
}

interface SmallCase {
  readonly given: RandomCase;
  readonly space: MapSpace;
  readonly objective: Objective;
  readonly best: BestMapping | null;
}

/** Random cases of a kind whose space is small enough to look at every mapping. */
function smallCases(features: CaseFeatures, firstSeed: number, count: number): SmallCase[] {
  const cases: SmallCase[] = [];
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
    const given = randomCase(seed, features);
    const space = spaceOf(given);
    if (space === undefined || space.size > largestEnumeration) continue;
    const objective = objectives[seed % objectives.length];
    cases.push({ given, space, objective, best: enumerateBest(space, given, objective) });
  }
  return cases;
}

function valueOf(objective: Objective, { energyPj, cycles }: { energyPj: number; cycles: number }): number {
  return objective === "edp" ? energyPj * cycles : objective === "energy" ? energyPj : cycles;
}

describe("full search of small spaces", () => {
  Object.entries(kinds).forEach(([kind, features], number) => {
    for (const [count, tag] of fewAndMany(12, 30))
      describe(`${kind}, ${count} cases${tag}`, () => {
        let cases: SmallCase[] = [];
        before(() => {
          cases = smallCases(features, number * 100_000, count);
        });

        it("finds the optimum of plain enumeration to the last bit, and proves it", () => {
          for (const { given, objective, best } of cases) {
            if (best === null) {
              assert.throws(() => searchFullMapSpace(given.specification, given.energyTable, { objective }), {
                code: "no-mapping",
              });
              continue;
            }
            const { mapping, evaluation, certificate } = searchFullMapSpace(
              given.specification,
              given.energyTable,
              { objective },
            );
            const { energyPj, cycles } = evaluation;
            assert.deepEqual({ energyPj, cycles }, { energyPj: best.energyPj, cycles: best.cycles });
            assert.equal(certificate.method, "bounds");
            assert.ok(certificate.isProven && certificate.isExactToTheBit);
            assert.deepEqual(evaluateMapping(given.specification, given.energyTable, mapping), evaluation);
          }
          assert.ok(cases.filter(({ best }) => best !== null).length >= count / 6);
        });

        it("finds the smallest objective when it drops all that others dominate", () => {
          for (const { given, objective, best } of cases) {
            if (best === null) continue;
            const { evaluation, certificate } = searchFullMapSpace(given.specification, given.energyTable, {
              objective,
              decideTies: false,
            });
            const optimum = valueOf(objective, best);
            assert.ok(Math.abs(valueOf(objective, evaluation) - optimum) <= 1e-12 * optimum);
            assert.ok(certificate.isProven && !certificate.isExactToTheBit);
          }
        });

        it("never claims a bound above the optimum, wherever it is stopped", () => {
          let stopped = 0;
          for (const { given, objective, best } of cases) {
            if (best === null) continue;
            const optimum = valueOf(objective, best);
            for (const questions of [1, 4]) {
              let asked = 0;
              const shouldStop = (): boolean => (asked += 1) > questions;
              let result;
              try {
                result = searchFullMapSpace(given.specification, given.energyTable, {
                  objective,
                  shouldStop,
                });
              } catch (error) {
                assert.ok(error instanceof RaellaError && error.code === "no-mapping");
                continue;
              }
              const { evaluation, certificate } = result;
              const found = valueOf(objective, evaluation);
              assert.ok(found >= optimum);
              assert.ok(certificate.lowerBound <= optimum);
              if (certificate.isProven) continue;
              stopped += 1;
              assert.equal(certificate.stoppedBy, "request");
              assert.equal(certificate.gap, found === 0 ? 0 : (found - certificate.lowerBound) / found);
            }
          }
          assert.ok(stopped > 0);
        });
      });
  });

  it("minimises weighted products", () => {
    const objective = { energyExponent: 2, cyclesExponent: 0.5 };
    const product = (energyPj: number, cycles: number): number => energyPj ** 2 * cycles ** 0.5;
    let compared = 0;
    for (let seed = 0; seed < 40; seed += 1) {
      const given = randomCase(seed, { windows: true, directives: true });
      const space = spaceOf(given);
      if (space === undefined || space.size > largestEnumeration) continue;
      let least = Infinity;
      const createScorer = scorerFactory(describeCosts(space.hardware, given.energyTable));
      findBestMapping(space, (layout, keep) => {
        const scorer = createScorer(layout, keep);
        return {
          get energyPj() {
            least = Math.min(least, product(scorer.energyPj, scorer.cycles));
            return scorer.energyPj;
          },
          get cycles() {
            return scorer.cycles;
          },
          get lastLevelAccesses() {
            return scorer.lastLevelAccesses;
          },
          score: (choice, orders) => scorer.score(choice, orders),
        };
      });
      if (least === Infinity) continue;
      const { evaluation } = searchFullMapSpace(given.specification, given.energyTable, { objective });
      assert.equal(product(evaluation.energyPj, evaluation.cycles), least);
      compared += 1;
    }
    assert.ok(compared >= 15);
  });
});

describe("objectives of a full search", () => {
  it("are refused where powers could overflow, with the same objective in smaller ones", () => {
    for (const [energyExponent, cyclesExponent, expected] of [
      [50, 1, /energy\^6\*cycles\^0\.12\./],
      [20, 20, /energy\^6\*cycles\^6\./],
      [0, 1e5, /energy\^0\*cycles\^6\./],
    ] as const)
      assert.throws(() => createCriteria({ energyExponent, cyclesExponent }), expected);
    const { objective } = createCriteria({ energyExponent: 6, cyclesExponent: 6 });
    assert.ok(Number.isFinite(objective.value(1e25, 1e25)));
  });
});

describe("full search, options", () => {
  /** A case whose space is not settled at once. */
  const given = randomCase(600_004, kinds["meshes in two directions"]);

  it("visits a small space that its work limit does not settle", () => {
    const { certificate, evaluation } = searchFullMapSpace(given.specification, given.energyTable, {
      workLimit: 1,
    });
    const whole = searchFullMapSpace(given.specification, given.energyTable);
    assert.equal(certificate.method, "visit");
    assert.ok(certificate.isProven && certificate.gap === 0 && certificate.stoppedBy === null);
    assert.equal(evaluation.edpPjCycles, whole.evaluation.edpPjCycles);
  });

  it("gives the same result and certificate every time", () => {
    const run = (): unknown => searchFullMapSpace(given.specification, given.energyTable);
    assert.deepEqual(run(), run());
  });

  it("is never worse than the mapping it starts from", () => {
    const { mapping, evaluation } = searchFullMapSpace(given.specification, given.energyTable);
    const stopped = searchFullMapSpace(given.specification, given.energyTable, {
      startFrom: mapping,
      shouldStop: () => true,
    });
    assert.equal(stopped.evaluation.edpPjCycles, evaluation.edpPjCycles);
    assert.equal(stopped.certificate.stoppedBy, "request");
  });

  it("refuses objectives that are none", () => {
    const search = (objective: unknown): unknown =>
      searchFullMapSpace(given.specification, given.energyTable, { objective: objective as "edp" });
    assert.throws(() => search("enrgy"), { code: "usage", remedy: /energy/ });
    assert.throws(() => search({ energyExponent: -1, cyclesExponent: 1 }), { code: "usage" });
    assert.throws(() => search({ energyExponent: 0, cyclesExponent: 0 }), { code: "usage" });
  });
});
