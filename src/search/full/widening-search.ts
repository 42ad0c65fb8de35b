import { agreement } from "../ranking";
import type { Incumbent, SearchCounts, SearchOutcome, SearchParts } from "./best-first";
import { searchBestFirst, workOf } from "./best-first";
import { createBudget } from "./budget";
import type { Budget, StopReason } from "./budget";
import { createExpander } from "./expand";
import type { Criteria } from "./objective";
import { createPartialBounds, leaksInside, leastStretch } from "./partial-bound";
import { bareRelaxation, relax } from "./relaxation";
import type { Relaxation } from "./relaxation";
import { describeRepetitions } from "./repetitions";
import { childrenOf } from "./search-plan";
import type { SearchPlan } from "./search-plan";
import { createStageBounds, leastEnergy } from "./stage-bounds";
import type { StageBounds } from "./stage-bounds";

/** Limits of a search. */
export interface SearchLimits {
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  readonly workLimit: number;
  /** Expansions up to which ties are decided to the last bit. */
  readonly exactWorkLimit: number;
  /** Begin with all numbers of time steps that the best mapping so far does not rule out. */
  readonly isThorough?: boolean;
  readonly shouldStop?: () => boolean;
}

/** The same, and whether ties are decided to the last bit. */
export interface WideningOutcome extends SearchOutcome {
  readonly isExactToTheBit: boolean;
}

/** Points of the lattice; more would not fit the memory of an ordinary machine. */
const relaxationWorkLimit = 3_000_000;
/** Share of the time left that the relaxed problem may take. */
const relaxationShare = 0.6;
/** The first limit of steps over those that every mapping needs. */
const firstShare = 1.15;

/**
 * Searches the mappings with few time steps first. With the best of them at hand, mappings with more steps than
 * some limit can be ruled out by the energy that every mapping needs; up to that limit the search is repeated.
 */
export function searchWidening(
  plan: SearchPlan,
  criteria: Criteria,
  given: Pick<SearchParts, "root" | "evaluate">,
  limits: SearchLimits,
  counts: SearchCounts,
  start: Incumbent | null,
): WideningOutcome {
  const { objective } = criteria;
  const stageBounds = createStageBounds(plan);
  const repetitions = describeRepetitions(plan);
  const most = mostSteps(plan);
  const beyond = boundBeyond(plan, stageBounds, criteria);
  const valueOf = ({ evaluation }: Incumbent): number =>
    objective.value(evaluation.energyPj, evaluation.cycles);
  const expander = createExpander(plan);
  let best = start;
  const fewest = leastSteps(plan);
  let stepLimit = dependsOnSteps(criteria) ? Math.ceil(firstShare * fewest) : Infinity;
  if (limits.isThorough === true && best !== null && stepLimit < Infinity)
    stepLimit = widest(stepLimit, best);
  /** Every mapping with at most so many steps is known to be no better than `best`. */
  let settledSteps = fewest - 1;
  for (;;) {
    const now = performance.now();
    const budget = budgetOf(now + relaxationShare * (limits.deadline - now), relaxationWorkLimit);
    const relaxation = relax(plan, stageBounds, repetitions, budget, stepLimit < most ? stepLimit : Infinity);
    if (relaxation === undefined) return unfinished(budget.reason);
    counts.points += relaxation.points;
    counts.transitions += relaxation.transitions;
    counts.infeasiblePoints += relaxation.infeasiblePoints;
    const before: Incumbent | null = best;
    const outcome = searchTwice(partsWith(relaxation));
    const isBetter = outcome.best !== before;
    best = outcome.best;
    const outside = stepLimit < most ? beyond(stepLimit) : Infinity;
    const isProven = best === null ? stepLimit >= most : outside > valueOf(best);
    if (isProven || outcome.stopReason !== null) {
      const lowerBound = Math.min(outcome.lowerBound, outside);
      const rootBound = Math.min(outcome.rootBound, outside);
      return { ...outcome, lowerBound, rootBound };
    }
    settledSteps = stepLimit;
    const wider = best === null ? Infinity : widest(stepLimit, best);
    stepLimit = isBetter ? wider : Math.min(wider, 2 * stepLimit);
  }

  function partsWith(relaxation: Relaxation): SearchParts {
    return {
      ...given,
      plan,
      criteria,
      expander,
      bounds: createPartialBounds(plan, relaxation, repetitions, criteria),
    };
  }

  /**
   * What is known when not even the relaxed problem is solved: some mapping that fits; if it was for lack of time, what
   * is left of that goes into better ones, with bounds that are weaker.
   */
  function unfinished(reason: StopReason | null): WideningOutcome {
    const budget = budgetOf(limits.deadline, reason === "time" ? limits.workLimit : 0);
    const outcome = searchBestFirst(partsWith(bareRelaxation(plan)), "dominated", budget, counts, best);
    const rootBound = beyond(settledSteps);
    const known = outcome.best === null ? rootBound : Math.min(rootBound, valueOf(outcome.best));
    // None where the search has gone through everything.
    const isOwnReason = outcome.stopReason === null || outcome.stopReason === "request";
    return {
      best: outcome.best,
      lowerBound: Math.max(known, outcome.lowerBound),
      rootBound,
      stopReason: isOwnReason ? outcome.stopReason : reason,
      isExactToTheBit: false,
    };
  }

  /** The smallest limit of a growing series from `limit` on beyond which no mapping is better than `incumbent`. */
  function widest(limit: number, incumbent: Incumbent): number {
    const value = valueOf(incumbent);
    let wider = limit;
    while (wider < most && beyond(wider) <= value) wider = Math.ceil(wider * 1.1);
    return wider;
  }

  function budgetOf(deadline: number, workLimit: number): Budget {
    return createBudget({ deadline, workLimit, shouldStop: limits.shouldStop });
  }

  /** First so that ties are decided to the last bit; if that takes too long, up to rounding. */
  function searchTwice(parts: SearchParts): WideningOutcome {
    const exactLimit = Math.min(limits.workLimit, workOf(counts) + limits.exactWorkLimit);
    if (limits.exactWorkLimit > 0) {
      const exact = searchBestFirst(parts, "equal", budgetOf(limits.deadline, exactLimit), counts, best);
      best = exact.best;
      if (exact.stopReason !== "work" || workOf(counts) >= limits.workLimit)
        return { ...exact, isExactToTheBit: exact.stopReason === null };
    }
    const outcome = searchBestFirst(
      parts,
      "dominated",
      budgetOf(limits.deadline, limits.workLimit),
      counts,
      best,
    );
    return { ...outcome, isExactToTheBit: false };
  }
}

/** A lower bound of the objective over all mappings with more than `limit` free time steps. */
function boundBeyond(
  plan: SearchPlan,
  stageBounds: readonly StageBounds[],
  { objective }: Criteria,
): (limit: number) => number {
  const accessesPj = plan.computeEnergyPj + leastEnergy(plan, stageBounds);
  const cyclesPerStep = leastStretch(plan) * plan.stages[0].fixedTimeInside * (1 - agreement);
  const leakPj = leaksInside(plan)[plan.rowCosts.length];
  return (limit) => {
    const cycles = (Math.floor(limit) + 1) * cyclesPerStep;
    return objective.value((accessesPj + leakPj * cycles) * (1 - agreement), cycles);
  };
}

/** Free time steps that every mapping needs even with full fan-outs. */
function leastSteps(plan: SearchPlan): number {
  const left = plan.lattice.divisors.reduce(
    (product, divisors) => product * divisors[divisors.length - 1],
    1,
  );
  return Math.max(1, Math.ceil((left / childrenOf(plan.stages)) * (1 - agreement)));
}

/** Whether the objective rises with the number of time steps at all. */
function dependsOnSteps({ objective }: Criteria): boolean {
  return objective.value(1, 1) !== objective.value(1, 2);
}

/** Free time steps of a mapping that leaves everything to time. */
function mostSteps({ lattice, stages }: SearchPlan): number {
  return lattice.divisors.reduce((product, divisors, dimension) => {
    const inTime = stages.some(
      ({ choice }) => choice?.kind === "time" && choice.dimensions.includes(dimension),
    );
    return inTime ? product * divisors[divisors.length - 1] : product;
  }, 1);
}
