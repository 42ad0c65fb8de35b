import { freeze, frozenCopy } from "../../memory";
import {
  callback,
  checkedLater,
  flag,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
  shown,
} from "../../arguments";
import { RaellaError } from "../../errors";
import { energyTableSchema, type EnergyReferenceTable } from "../../estimation/reference-tables";
import { createMapSpace, type MapSpace } from "../../mapping/map-space";
import { mappingSchema, type Mapping } from "../../mapping/mapping";
import { tensorSize } from "../../mapping/problem";
import { nestSchema, type Specification, type Warning } from "../../spec/specification";
import { describeCosts } from "../access-costs";
import { evaluateNest } from "../evaluate-nest";
import type { Evaluation } from "../evaluation";
import { nestOfMapping } from "../nest";
import type { SearchCertificate } from "./certificate";
import { createCriteria, type Criteria, type FullSearchObjective } from "./objective";
import { createRoot } from "./partial-mapping";
import { createSearchPlan } from "./search-plan";
import { visitSpace } from "./visit-space";
import { searchWidening, type WideningOutcome } from "./widening-search";

export interface FullSearchOptions {
  /** What to minimise; EDP by default. Ties go by EDP, energy and cycles. */
  readonly objective?: FullSearchObjective;
  /**
   * Stop after this time and return the best mapping found so far with its gap. Without it the result depends on
   * the input alone.
   */
  readonly timeLimitMs?: number;
  /** Largest number of expanded partial mappings; 50,000 by default. */
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

const fullSearchSchema = optionsOf({
  objective: checkedLater,
  timeLimitMs: checkedLater,
  workLimit: checkedLater,
  shouldStop: optional(callback),
  decideTies: optional(flag),
  startFrom: optional(mappingSchema),
});

export interface FullSearchResult {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly certificate: SearchCertificate;
  /** What the map space has to say about the constraints. */
  readonly warnings: readonly Warning[];
}

const defaultWorkLimit = 50_000;
const exactWorkLimit = 20_000;

/**
 * The best of all mappings that the constraints of a specification allow, with a proof: no mapping of the space has
 * a smaller objective. Made for spaces far too large to visit, such as those of an architecture without greedy
 * steps.
 *
 * @throws RaellaError `no-mapping` where the space has no valid mapping (or none was found within the limits);
 *   `usage` for an unknown objective; `out-of-range` for limits below 0; and what building the map space throws.
 */
export function searchFullMapSpace(
  specification: Pick<Specification, "levels" | "workload" | "sparse" | "placeholders">,
  energyTable: EnergyReferenceTable,
  options: FullSearchOptions = {},
): FullSearchResult {
  requireArgument(nestSchema, specification, "the specification of searchFullMapSpace");
  requireArgument(energyTableSchema, energyTable, "the energy table of searchFullMapSpace");
  requireOptions(fullSearchSchema, options, "searchFullMapSpace");
  const { timeLimitMs = Infinity, workLimit = defaultWorkLimit, shouldStop, decideTies = true } = options;
  const startFrom = frozenCopy(options.startFrom);
  const began = performance.now();
  requireLimit("time limit (ms)", timeLimitMs);
  requireLimit("work limit", workLimit);
  const objective = frozenCopy(options.objective ?? "edp");
  const criteria = createCriteria(objective);
  const space = createMapSpace(specification);
  const { problem, hardware } = space;
  const costs = describeCosts(hardware, energyTable);
  const plan = createSearchPlan(space, costs);
  const wholeSizes = problem.tensors.map((tensor) => tensorSize(tensor, problem.bounds));
  const evaluate = (mapping: Mapping): Evaluation =>
    evaluateNest(problem, hardware, costs, nestOfMapping(problem, hardware, mapping));
  const outcome = searchWidening(
    plan,
    criteria,
    { root: () => createRoot(plan, wholeSizes), evaluate },
    {
      deadline: began + timeLimitMs,
      workLimit,
      exactWorkLimit: decideTies ? exactWorkLimit : 0,
      shouldStop,
    },
    startFrom === undefined ? null : { mapping: startFrom, evaluation: evaluate(startFrom) },
  );
  const visited = outcome.stopReason === "work" ? visitSpace(space, costs, objective) : undefined;
  if (visited === null) throw noMapping(space.sizeText, true);
  if (visited !== undefined) {
    const evaluation = evaluate(visited);
    const certificate = certify(space, criteria, outcome, evaluation, true);
    return freeze({ mapping: visited, evaluation, certificate, warnings: space.warnings });
  }
  if (outcome.best === null) throw noMapping(space.sizeText, outcome.stopReason === null);
  const { mapping, evaluation } = outcome.best;
  const certificate = certify(space, criteria, outcome, evaluation, false);
  return freeze({ mapping, evaluation, certificate, warnings: space.warnings });
}

function certify(
  { sizeText, sizeIsExact }: MapSpace,
  { objective }: Criteria,
  outcome: WideningOutcome,
  { energyPj, cycles }: Evaluation,
  isVisited: boolean,
): SearchCertificate {
  const { counts, stopReason } = outcome;
  const value = objective.value(energyPj, cycles);
  const isProven = isVisited || (stopReason === null && counts.mismatches === 0);
  return {
    spaceSize: sizeText,
    spaceSizeIsExact: sizeIsExact,
    method: isVisited ? "visit" : "bounds",
    isProven,
    isExactToTheBit: isVisited || (isProven && outcome.isExactToTheBit),
    lowerBound: isProven ? value : outcome.lowerBound,
    gap: isProven || value === 0 ? 0 : (value - outcome.lowerBound) / value,
    stoppedBy: isVisited ? null : stopReason,
    relaxation: {
      points: outcome.points,
      transitions: outcome.transitions,
      infeasible: outcome.infeasiblePoints,
      bound: outcome.rootBound,
    },
    search: { expanded: counts.expanded, created: counts.created, evaluated: counts.evaluated },
    pruned: { infeasible: counts.infeasible, bound: counts.cutByBound, merged: counts.merged },
  };
}

/** @throws RaellaError `out-of-range` for what is no limit. */
export function requireLimit(name: string, limit: unknown): void {
  if (typeof limit === "number" && limit >= 0) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `The ${name} of the search is ${shown(limit)}.`,
    value: limit,
    expected: "a number of 0 or more",
  });
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
