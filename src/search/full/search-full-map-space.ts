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
import type { MappedPart, MapSpace } from "../../mapspace/map-space";
import { createMapSpace } from "../../mapspace/map-space";
import { freeze, frozenCopy } from "../../memory";
import { describeCosts } from "../../model/access-costs";
import { evaluateNest } from "../../model/evaluate-mapping";
import type { Evaluation } from "../../model/evaluation";
import type { Mapping } from "../../model/mapping";
import { mappingSchema } from "../../model/mapping";
import { nestOfMapping } from "../../model/nest";
import { energyTableSchema } from "../../spec/reference-tables";
import type { EnergyReferenceTable } from "../../spec/reference-tables";
import { nestSchema } from "../../spec/specification";
import type { Warning } from "../../spec/specification";
import { roundingShare } from "../ranking";
import type { Metric } from "../ranking";
import type { AnytimeOutcome } from "./anytime-search";
import { searchInTurns } from "./anytime-search";
import type { Criteria, FullSearchObjective } from "./objective";
import { createCriteria } from "./objective";

/** What a full search did, and what follows from it. */
export interface SearchCertificate {
  /** Mappings of the space: factors, loop orders and choices of what to hold where. */
  readonly spaceSize: string;
  /** False where loop orders could only be bounded from above. */
  readonly spaceSizeIsExact: boolean;
  /**
   * `bounds`: everything else was cut off by bounds. `visit`: a small space that the bounds did not settle within
   * the work limit was visited mapping by mapping.
   */
  readonly method: "bounds" | "visit";
  /** Nothing in the space has a smaller objective than the mapping found (up to rounding, see below). */
  readonly isProven: boolean;
  /**
   * Also ties down to the last bit are decided (by EDP, energy, cycles): no mapping has an objective that is
   * smaller even by rounding. Without it, one may be better by less than a part in 10^9.
   */
  readonly isExactToTheBit: boolean;
  /** No mapping of the space has a smaller objective than this. */
  readonly lowerBound: number;
  /** How far the bound lies below the objective found, as a share of the latter; 0 if proven. */
  readonly gap: number;
  /** Why the search ended without a proof. */
  readonly stoppedBy: "time" | "work" | "request" | null;
  readonly relaxation: {
    /** Points of the lattice of what is left to place, solved in relaxed form. */
    readonly points: number;
    readonly transitions: number;
    /** Points that cannot be completed (fan-outs, capacities). */
    readonly infeasible: number;
    /** The bound that it gives for the whole space. */
    readonly bound: number;
  };
  readonly search: {
    /** Partial mappings whose continuations were listed. */
    readonly expanded: number;
    /** Partial mappings made and priced. */
    readonly created: number;
    /** Complete mappings evaluated by the model. */
    readonly evaluated: number;
    /** Mappings that annealing has tried, where it has been asked for good ones. */
    readonly annealed: number;
  };
  /** Continuations cut off, by rule. */
  readonly pruned: {
    /** They cannot be completed within the fan-outs and capacities. */
    readonly infeasible: number;
    /** Their bound is no better than the best mapping known. */
    readonly bound: number;
    /** Another one with the same continuations is as good. */
    readonly merged: number;
  };
}

/** What a search of the full map space minimises, and for how long. */
export interface FullSearchOptions {
  /** What to minimise; EDP by default. Ties go by EDP, energy and cycles. */
  readonly objective?: FullSearchObjective;
  /**
   * Stop after this time and return the best mapping found so far with its gap. Without it the result depends on
   * the input alone.
   */
  readonly timeLimitMs?: number;
  /** Largest number of expanded partial mappings (ten made count as one expanded); 1,000,000 by default. */
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

/** The best mapping of the full map space, with the proof that it is the best. */
export interface FullSearchResult {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly certificate: SearchCertificate;
  /** What the map space has to say about the constraints. */
  readonly warnings: readonly Warning[];
}

/** Partial mappings that a search expands at most, unless told otherwise. */
export const defaultWorkLimit = 1_000_000;
const exactWorkLimit = 20_000;

/**
 * The best of all mappings that the constraints of a specification allow, with a proof: no mapping of the space has
 * a smaller objective. Made for spaces far too large to visit, such as those of an architecture without greedy
 * steps.
 *
 * @throws RaellaError `no-mapping` where the space has no valid mapping (or none was found within the limits);
 *   `usage` for an unknown objective; `out-of-range` for limits below 0; and what building the map space throws.
 * @example
 * ```ts
 * const specification = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10, greedySteps: [] });
 * const { evaluation, certificate } = searchFullMapSpace(specification, estimate(specification).energy);
 * console.log(evaluation.energyPj, certificate.isProven);
 * ```
 */
export function searchFullMapSpace(
  specification: MappedPart,
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
  const evaluate = (mapping: Mapping): Evaluation =>
    evaluateNest(problem, hardware, costs, nestOfMapping(problem, hardware, mapping));
  const outcome = searchInTurns(
    { space, costs, criteria, metric: metricOf(objective), evaluate },
    {
      deadline: began + timeLimitMs,
      workLimit,
      exactWorkLimit: decideTies ? exactWorkLimit : 0,
      shouldStop,
    },
    startFrom === undefined ? null : { mapping: startFrom, evaluation: evaluate(startFrom) },
  );
  if (outcome.best === null)
    throw noMapping(space.sizeText, outcome.isVisited || outcome.stopReason === null);
  const { mapping, evaluation } = outcome.best;
  const certificate = certify(space, criteria, outcome, evaluation);
  return freeze({ mapping, evaluation, certificate, warnings: space.warnings });
}

/** The metric of an objective by name; null for a weighted product. */
function metricOf(objective: FullSearchObjective): Metric | null {
  if (typeof objective === "object") return null;
  return objective === "cycles" ? "delay" : objective;
}

function certify(
  { sizeText, sizeIsExact }: MapSpace,
  { objective }: Criteria,
  outcome: AnytimeOutcome,
  { energyPj, cycles }: Evaluation,
): SearchCertificate {
  const { counts, stopReason, isVisited } = outcome;
  const value = objective.value(energyPj, cycles);
  const isReached = outcome.lowerBound >= value * (1 - roundingShare);
  const isProven = isVisited || ((stopReason === null || isReached) && counts.mismatches === 0);
  return {
    spaceSize: sizeText,
    spaceSizeIsExact: sizeIsExact,
    method: isVisited ? "visit" : "bounds",
    isProven,
    isExactToTheBit: isVisited || (isProven && stopReason === null && outcome.isExactToTheBit),
    lowerBound: isProven ? value : outcome.lowerBound,
    gap: isProven || value === 0 ? 0 : (value - outcome.lowerBound) / value,
    stoppedBy: isVisited ? null : stopReason,
    relaxation: {
      points: counts.points,
      transitions: counts.transitions,
      infeasible: counts.infeasiblePoints,
      bound: outcome.rootBound,
    },
    search: {
      expanded: counts.expanded,
      created: counts.created,
      evaluated: counts.evaluated,
      annealed: counts.annealed,
    },
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
      ? size === "1"
        ? "The one mapping of the space does not fit the fan-outs and capacities."
        : `None of the ${size} mappings of the space fits the fan-outs and capacities.`
      : `The search stopped before it found a mapping that fits, of ${size}.`,
    value: size,
    remedy: isComplete
      ? "Use more or larger units (tiles, macros, columns, buffers) or a smaller layer."
      : "Allow more time or work.",
  });
}
