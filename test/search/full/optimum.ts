import assert from "node:assert/strict";
import { annealMappings } from "../../../src/search/annealing";
import { createNestScorer, scorerFactory } from "../../../src/search/create-scorer";
import { findBestMapping } from "../../../src/search/exhaustive/find-best-mapping";
import { searchInTurns } from "../../../src/search/full/anytime-search";
import type { Incumbent } from "../../../src/search/full/best-first";
import { createCriteria } from "../../../src/search/full/objective";
import { searchFullMapSpace } from "../../../src/search/full/search-full-map-space";
import type { MapSpace } from "../../../src/mapspace/map-space";
import { describeCosts } from "../../../src/model/access-costs";
import { evaluateMapping } from "../../../src/model/evaluate-mapping";
import { findMappingProblems } from "../../../src/model/fit";
import type { Mapping } from "../../../src/model/mapping";
import type { CaseFeatures, RandomCase } from "./cases";
import { randomCase, spaceOf } from "./cases";

/** A third each: undecided data spaces with open orders, open orders on sliding windows, meshes in two directions. */
export const thirds: readonly CaseFeatures[] = [
  { open: true },
  { open: true, windows: true },
  { meshY: true, open: true },
];

/** Everything else that a specification may have, by the bits of a number. */
function featuresOf(seed: number): CaseFeatures {
  const bits = Math.floor(seed / thirds.length);
  const has = (bit: number): boolean => ((bits >> bit) & 1) === 1;
  return {
    windows: has(0),
    ...{ directives: has(1), bandwidths: has(2), forwarding: has(3), leakage: has(4), clusters: has(5) },
    ...{ utilization: has(6), tangled: has(7), fewCosts: has(8), consumption: has(9) },
    ...thirds[seed % thirds.length],
  };
}

/** Some allow only so many time loops in all. */
function limited(given: RandomCase, seed: number): RandomCase {
  if (seed % 7 !== 6) return given;
  const specification = { ...given.specification, mapper: { mostTimeLoops: 2 + (seed % 3) } };
  return { ...given, specification };
}

function hasTooManyLoops({ mostTimeLoops }: MapSpace, { levels }: Mapping): boolean {
  return (
    mostTimeLoops !== null &&
    levels.reduce((loops, { temporal }) => loops + temporal.length, 0) > mostTimeLoops
  );
}

/** How a random specification was checked. */
export type Checked = "too large" | "nothing fits" | "same optimum";

interface ChosenCase {
  readonly given: RandomCase;
  /** Undefined where the constraints contradict each other. */
  readonly space: MapSpace | undefined;
}

/** The random specification of a seed; its features follow from the seed, the third it belongs to from `seed % 3`. */
export function caseOf(seed: number): ChosenCase {
  const given = limited(randomCase(seed, featuresOf(seed)), seed);
  return { given, space: spaceOf(given) };
}

/**
 * Compares the searches on a random specification with a visit to every mapping, each priced on its own by the model:
 * the full search to the last bit; the search by bounds without any visit, one decision about data spaces after the other, up
 * to rounding; and annealing, whose mappings fit and cost what the model says, never less than the optimum.
 */
export function checkOptimum(seed: number, largest: number): Checked {
  const { given, space } = caseOf(seed);
  if (space === undefined || space.size > largest) return "too large";
  const costs = describeCosts(space.hardware, given.energyTable);
  // Prices by tables are the model's own to the last bit (see their tests); in large spaces they save minutes.
  const scorer =
    space.size > 2_000
      ? scorerFactory(costs)
      : (...args: Parameters<ReturnType<typeof scorerFactory>>) => createNestScorer(...args, costs);
  const optimum = findBestMapping(space, scorer).best;
  const valueOf = (mapping: Mapping): number =>
    evaluateMapping(given.specification, given.energyTable, mapping).edpPjCycles;
  const criteria = createCriteria("edp");
  const annealed = annealMappings(space, costs, criteria, {
    ...{ firstSeed: seed, restarts: 2, steps: 300 },
    isOver: () => false,
  }).best;
  const byBounds = searchByBoundsAlone(given, space, costs);
  if (optimum === null) {
    assert.throws(() => searchFullMapSpace(given.specification, given.energyTable), { code: "no-mapping" });
    assert.deepEqual([annealed, byBounds], [null, null]);
    return "nothing fits";
  }
  const { certificate, mapping } = searchFullMapSpace(given.specification, given.energyTable);
  assert.ok(certificate.isProven && certificate.isExactToTheBit, `seed ${seed}: not proven`);
  assert.equal(valueOf(mapping), optimum.edpPjCycles, `seed ${seed}: full search`);
  for (const found of [mapping, optimum.mapping, byBounds?.mapping, annealed?.mapping])
    assert.ok(found === undefined || !hasTooManyLoops(space, found), `seed ${seed}: too many loops`);
  assert.ok(byBounds !== null, `seed ${seed}: bounds find nothing`);
  assert.ok(valueOf(byBounds.mapping) <= optimum.edpPjCycles * (1 + 1e-9), `seed ${seed}: bounds`);
  if (annealed !== null) {
    const problems = findMappingProblems(space.problem, space.hardware, annealed.mapping);
    assert.deepEqual(problems, [], `seed ${seed}: annealing misfits`);
    const value = valueOf(annealed.mapping);
    assert.equal(value, annealed.energyPj * annealed.cycles, `seed ${seed}: price of annealing`);
    assert.ok(value >= optimum.edpPjCycles, `seed ${seed}: annealing leaves the space`);
  }
  return "same optimum";
}

function searchByBoundsAlone(
  { specification, energyTable }: RandomCase,
  space: MapSpace,
  costs: ReturnType<typeof describeCosts>,
): Incumbent | null {
  const criteria = createCriteria("edp");
  const evaluate = (mapping: Mapping): Incumbent["evaluation"] =>
    evaluateMapping(specification, energyTable, mapping);
  const outcome = searchInTurns(
    { space, costs, criteria, metric: "edp", evaluate },
    { deadline: Infinity, workLimit: 1e7, exactWorkLimit: 0 },
    null,
    { firstLimit: 5, largestVisit: 0, mostRestarts: 0 },
  );
  assert.equal(outcome.stopReason, null);
  return outcome.best;
}
