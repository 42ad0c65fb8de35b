import { RaellaError } from "../../errors";
import type { EnergyReferenceTable } from "../../estimation/reference-tables";
import { buildMapSpace } from "../../mapping/map-space";
import type { Mapping } from "../../mapping/mapping";
import { tensorSize } from "../../mapping/problem";
import type { Specification } from "../../spec/specification";
import { describeCosts } from "../access-costs";
import { evaluateNest } from "../evaluate-nest";
import type { Evaluation } from "../evaluation";
import { nestOfMapping } from "../nest";
import { bareRelaxation } from "./bare-relaxation";
import { searchBestFirst, type Incumbent, type SearchCounts, type SearchOutcome, type SearchParts } from "./best-first";
import { createBudget, type Budget } from "./budget";
import type { SearchCertificate } from "./certificate";
import { createExpander } from "./expand";
import { createCriteria, type FullSearchObjective } from "./objective";
import { createPartialBounds } from "./partial-bound";
import { createRoot } from "./partial-mapping";
import { relax, type Relaxation } from "./relaxation";
import { createSearchPlan } from "./search-plan";

export interface FullSearchOptions {
  /** What to minimise; EDP by default. Ties go by EDP, energy and cycles. */
  readonly objective?: FullSearchObjective;
  /**
   * Stop after this time and return the best mapping found so far with its gap. Without it the result depends on
   * the input alone.
   */
  readonly timeLimitMs?: number;
  /** Largest number of expanded partial mappings; 200,000 by default. */
  readonly workLimit?: number;
  /** Asked now and then; true ends the search like a time limit. */
  readonly shouldStop?: () => boolean;
  /**
   * Decide ties to the last bit (default). False looks only for the smallest objective up to rounding, which takes
   * less work where many mappings cost the same.
   */
  readonly decideTies?: boolean;
  /** A mapping of the space to start from: the result is never worse. */
  readonly startFrom?: Mapping;
}

export interface FullSearchResult {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly certificate: SearchCertificate;
}

const defaultWorkLimit = 200_000;
/** Up to here the search merges equal partial mappings only, so that ties are decided to the last bit. */
const exactWorkLimit = 20_000;
const relaxationWorkLimit = 20_000_000;
/** Share of a time limit that the relaxed problem may take. */
const relaxationTimeShare = 0.6;

/**
 * The best of all mappings that the constraints of a specification allow, with a proof: no mapping of the space has
 * a smaller objective. Made for spaces far too large to visit, such as those of an architecture without greedy
 * steps.
 *
 * @throws RaellaError `no-mapping` where the space has no valid mapping (or none was found within the limits);
 *   `usage` for an unknown objective; and what building the map space throws.
 */
export function searchFullMapSpace(
  specification: Pick<Specification, "levels" | "workload">,
  energyTable: EnergyReferenceTable,
  options: FullSearchOptions = {},
): FullSearchResult {
  const { timeLimitMs, workLimit = defaultWorkLimit, shouldStop, startFrom, decideTies = true } = options;
  const criteria = createCriteria(options.objective ?? "edp");
  const space = buildMapSpace(specification);
  const { problem, hardware } = space;
  const costs = describeCosts(hardware, energyTable);
  const plan = createSearchPlan(space, costs);
  const began = performance.now();
  const relaxation = relax(
    plan,
    createBudget({
      timeLimitMs: timeLimitMs === undefined ? undefined : timeLimitMs * relaxationTimeShare,
      workLimit: relaxationWorkLimit,
      shouldStop,
    }),
  );
  const used: Relaxation = relaxation ?? bareRelaxation(plan);
  const evaluate = (mapping: Mapping): Evaluation =>
    evaluateNest(problem, hardware, costs, nestOfMapping(problem, hardware, mapping));
  const wholeSizes = problem.tensors.map((tensor) => tensorSize(tensor, problem.bounds));
  const parts: SearchParts = {
    plan,
    criteria,
    bounds: createPartialBounds(plan, used, criteria),
    expander: createExpander(plan),
    root: () => createRoot(plan, wholeSizes),
    evaluate,
  };
  const counts: SearchCounts = {
    expanded: 0,
    created: 0,
    evaluated: 0,
    infeasible: 0,
    cutByBound: 0,
    merged: 0,
    mismatches: 0,
  };
  const left = (limit: number): Budget =>
    createBudget({
      timeLimitMs: timeLimitMs === undefined ? undefined : timeLimitMs - (performance.now() - began),
      workLimit: Math.min(limit, workLimit),
      shouldStop,
    });
  const start: Incumbent | null =
    startFrom === undefined ? null : { mapping: startFrom, evaluation: evaluate(startFrom) };
  const begin: SearchOutcome = { best: start, lowerBound: 0, isComplete: false };
  let outcome = decideTies ? searchBestFirst(parts, "equal", left(exactWorkLimit), counts, start) : begin;
  const isExactToTheBit = outcome.isComplete;
  if (!outcome.isComplete && counts.expanded < workLimit)
    outcome = searchBestFirst(parts, "dominated", left(workLimit), counts, outcome.best);
  const { best, isComplete } = outcome;
  if (best === null) throw noMapping(space.sizeText, isComplete);
  const value = criteria.objective.value(best.evaluation.energyPj, best.evaluation.cycles);
  const isProven = isComplete && counts.mismatches === 0;
  const certificate: SearchCertificate = {
    spaceSize: space.sizeText,
    spaceSizeIsExact: space.sizeIsExact,
    isProven,
    isExactToTheBit: isProven && isExactToTheBit,
    lowerBound: isProven ? value : outcome.lowerBound,
    gap: isProven || value === 0 ? 0 : (value - outcome.lowerBound) / value,
    stoppedBy: isComplete ? null : timeLimitMs === undefined && shouldStop === undefined ? "work" : "time",
    relaxation: {
      points: used.points,
      transitions: used.transitions,
      infeasible: used.infeasiblePoints,
      bound: 0,
    },
    search: { expanded: counts.expanded, created: counts.created, evaluated: counts.evaluated },
    pruned: { infeasible: counts.infeasible, bound: counts.cutByBound, merged: counts.merged },
  };
  return { mapping: best.mapping, evaluation: best.evaluation, certificate };
}

function noMapping(size: string, isComplete: boolean): RaellaError {
  return new RaellaError({
    code: "no-mapping",
    message: isComplete
      ? `None of the ${size} mappings of the space fits the fan-outs and capacities.`
      : `The search stopped before it found any of the ${size} mappings that fits.`,
    value: size,
    remedy: isComplete
      ? "Use more or larger units (tiles, macros, columns, buffers) or a smaller layer."
      : "Allow more time or work.",
  });
}
