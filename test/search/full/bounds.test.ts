import assert from "node:assert/strict";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import type { MapSpace } from "../../../src/mapspace/map-space";
import { describeCosts } from "../../../src/model/access-costs";
import { evaluateNest } from "../../../src/model/evaluate-mapping";
import type { Evaluation } from "../../../src/model/evaluation";
import { nestOfMapping } from "../../../src/model/nest";
import { tensorSize } from "../../../src/model/problem";
import { createExpander } from "../../../src/search/full/expand";
import { createCriteria } from "../../../src/search/full/objective";
import { createPartialBounds } from "../../../src/search/full/partial-bound";
import { completeMapping, createRoot } from "../../../src/search/full/partial-mapping";
import type { PartialMapping } from "../../../src/search/full/partial-mapping";
import { relax } from "../../../src/search/full/relaxation";
import { describeRepetitions } from "../../../src/search/full/repetitions";
import { createSearchPlan } from "../../../src/search/full/search-plan";
import { createStageBounds, leastEnergy } from "../../../src/search/full/stage-bounds";
import { fewAndMany } from "../../support/thorough";
import { randomCase, spaceOf } from "./cases";
import type { CaseFeatures, RandomCase } from "./cases";

/** What makes bounds differ, each with random cases of its own. */
const kinds: Readonly<Record<string, CaseFeatures>> = {
  "open orders and data spaces": { open: true, directives: true },
  "sliding windows": { windows: true, directives: true },
  "sliding windows, open": { windows: true, open: true, bandwidths: true, consumption: true },
  "meshes in two directions": { windows: true, open: true, meshY: true },
  "neighbour forwarding": { windows: true, directives: true, forwarding: true },
  "neighbour forwarding on open meshes": { open: true, directives: true, forwarding: true, meshY: true },
  "dimensions along several axes": { tangled: true, windows: true, open: true, utilization: true },
  "everything on a mesh with forwarding": { tangled: true, windows: true, meshY: true, forwarding: true },
};
/** A case with words that pass between neighbours below the outermost level that holds them. */
const innermostForwarding = { seed: 10_700_461, kind: "everything on a mesh with forwarding" };
const largestSpace = 600;
/** Bounds and prices are sums in different orders. */
const agreement = 1e-9;
const objectives = (["edp", "energy", "cycles", { energyExponent: 2, cyclesExponent: 0.5 }] as const).map(
  (objective) => createCriteria(objective),
);

/** The least figures below a partial mapping: one per objective, and the EDP. */
type Least = number[];

/**
 * Goes through the whole tree of partial mappings without cutting anything off, and compares every bound with the
 * best complete mapping below.
 * @returns complete mappings seen
 */
function checkBounds(space: MapSpace, energyTable: RandomCase["energyTable"], label: string): number {
  const { problem, hardware } = space;
  const costs = describeCosts(hardware, energyTable);
  const plan = createSearchPlan(space, costs);
  const stageBounds = createStageBounds(plan);
  const repetitions = describeRepetitions(plan);
  const relaxation = relax(plan, stageBounds, repetitions, { isSpent: () => false, reason: null });
  if (relaxation === undefined) throw new Error("The relaxed problem was not solved.");
  const bounds = objectives.map((criteria) => createPartialBounds(plan, relaxation, repetitions, criteria));
  const leastPj = leastEnergy(plan, stageBounds) + plan.computeEnergyPj;
  const expander = createExpander(plan);
  let complete = 0;

  function holds(bound: number, value: number, what: string): void {
    assert.ok(bound * (1 - agreement) <= value, `${label}: the ${what} is ${bound}, above ${value}`);
  }

  function evaluate(partial: PartialMapping): Evaluation {
    const nest = nestOfMapping(problem, hardware, completeMapping(plan, partial));
    const evaluation = evaluateNest(problem, hardware, costs, nest);
    const energyPj = partial.energyPj + plan.computeEnergyPj;
    assert.ok(
      Math.abs(energyPj - evaluation.energyPj) <= agreement * evaluation.energyPj,
      `${label}: a complete mapping is priced ${energyPj} instead of ${evaluation.energyPj}`,
    );
    holds(leastPj, evaluation.energyPj, "least energy");
    return evaluation;
  }

  function leastBelow(partial: PartialMapping): Least {
    const least: Least = [...objectives.map(() => Infinity), Infinity];
    if (plan.stages[partial.stage].choice === undefined) {
      if (partial.heldOutside !== 2 ** plan.tensors.length - 1) return least;
      complete += 1;
      const { energyPj, cycles, edpPjCycles } = evaluate(partial);
      return [...objectives.map(({ objective }) => objective.value(energyPj, cycles)), edpPjCycles];
    }
    let quick: number[] = [];
    expander.expand(
      partial,
      (...place) => {
        quick = bounds.map((bound) => bound.quickBound(partial, ...place));
        return true;
      },
      (child) => {
        const expected = quick;
        leastBelow(child).forEach((value, index) => {
          if (index < expected.length) holds(expected[index], value, "quick bound");
          least[index] = Math.min(least[index], value);
        });
      },
    );
    bounds.forEach((bound, index) => {
      bound.bound(partial);
      holds(partial.bound, least[index], `bound of objective ${index}`);
      holds(partial.secondBound, least[objectives.length], "bound of the EDP");
    });
    return least;
  }

  const wholeSizes = problem.tensors.map((tensor) => tensorSize(tensor, problem.bounds));
  for (const root of expander.start(createRoot(plan, wholeSizes))) leastBelow(root);
  return complete;
}

describe("bounds of the full search", () => {
  Object.entries(kinds).forEach(([kind, features], number) => {
    for (const [cases, tag] of fewAndMany(40, 220))
      it(`never exceed what is possible: ${kind}, ${cases} cases${tag}`, () => {
        let complete = 0;
        for (let index = 0; index < cases; index += 1) {
          const seed = (number + 100) * 100_000 + index;
          const given = randomCase(seed, { ...features, fewCosts: index % 4 > 0 });
          const space = spaceOf(given);
          if (space === undefined || space.size > largestSpace) continue;
          complete += checkBounds(space, given.energyTable, `seed ${seed}`);
        }
        assert.ok(complete >= (500 / 220) * cases, String(complete));
      });
  });

  it("agree with the price where neighbours below the outermost level have nothing to pass on", () => {
    const { seed, kind } = innermostForwarding;
    const given = randomCase(seed, { ...kinds[kind], fewCosts: true });
    assert.ok(checkBounds(buildMapSpace(given.specification), given.energyTable, `seed ${seed}`) > 0);
  });
});
