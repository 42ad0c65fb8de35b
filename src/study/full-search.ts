import { priceLevels } from "../components/estimate";
import { RaellaError } from "../errors";
import { frozenCopy } from "../memory";
import type { Evaluation } from "../model/evaluation";
import type { Mapping } from "../model/mapping";
import { createCriteria } from "../search/full/objective";
import type { FullSearchObjective } from "../search/full/objective";
import { TooManyMappings } from "../search/exhaustive/find-best-mapping";
import { requireLimit, searchFullMapSpace } from "../search/full/search-full-map-space";
import { parseMetrics } from "../search/ranking";
import { requireComputable } from "../spec/computable";
import type { Specification, Warning } from "../spec/specification";
import type { ComparedMapping, MappedLayer } from "./layer-result";
import { withWarnings } from "./layer-result";
import type { SearchKind } from "./search-kind";

/** What a full search minimises, and how long it may take. */
export interface FullSearchSettings {
  /** Default `edp`. */
  readonly objective?: FullSearchObjective;
  /** Milliseconds a layer; the result then depends on the machine. Without it the search ends with a proof. */
  readonly timeLimitMs?: number;
}

/** @throws RaellaError `usage` for an objective that is none, `out-of-range` for a time limit that is none. */
export function requireSettings({ objective = "edp", timeLimitMs = Infinity }: FullSearchSettings): void {
  createCriteria(objective);
  requireLimit("time limit (ms)", timeLimitMs);
}

/** The best mapping that the greedy steps leave, to start from and to compare with. */
interface Heuristic {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
}

const dependsOnMachine: Warning = {
  code: "usage",
  message:
    "The time limit ended the search: this result depends on the machine, and another run may find another.",
};

/**
 * Finds the provably best mapping in the whole map space of a specification (usually one without greedy steps).
 * @param heuristic - a mapping of the space, from which the search starts: the result is never worse.
 * @throws RaellaError `no-mapping` where nothing fits, `out-of-range` or `usage` for limits or objectives that are none.
 */
export function searchFully(
  specification: Specification,
  heuristic: Heuristic | null,
  { objective: given = "edp", timeLimitMs }: FullSearchSettings,
): MappedLayer {
  const objective = frozenCopy(given);
  requireComputable(specification);
  const tables = priceLevels(specification);
  const { mapping, evaluation, certificate, warnings } = searchFullMapSpace(specification, tables.energy, {
    objective,
    timeLimitMs,
    startFrom: heuristic?.mapping,
  });
  const stopped = certificate.stoppedBy === "time" ? [dependsOnMachine] : [];
  return {
    specification: withWarnings(specification, [...warnings, ...(tables.warnings ?? []), ...stopped]),
    tables,
    mapping,
    evaluation,
    mapSpace: {
      size: Number(certificate.spaceSize),
      valid: null,
      evaluated: certificate.search.evaluated,
    },
    fullSearch: {
      objective,
      certificate,
      heuristic: heuristic === null ? null : comparison(heuristic.evaluation, evaluation, objective),
    },
  };
}

function comparison(other: Evaluation, best: Evaluation, objective: FullSearchObjective): ComparedMapping {
  const value = ({ energyPj, cycles }: Evaluation): number =>
    createCriteria(objective).objective.value(energyPj, cycles);
  return {
    edp: other.edpPjCycles / 1e12,
    energyPj: other.energyPj,
    cycles: other.cycles,
    edpOverBest: other.edpPjCycles / best.edpPjCycles,
    objectiveOverBest: value(other) / value(best),
  };
}

/**
 * A specification whose mapper minimises what a full search does, to compare like with like; EDP for a weighted
 * product, which the mapper does not know.
 */
export function minimising(
  specification: Specification,
  objective: FullSearchObjective = "edp",
): Specification {
  const optimizationMetrics = [typeof objective === "string" ? objective : "edp"];
  return { ...specification, mapper: { ...specification.mapper, optimizationMetrics } };
}

/** What `find` returns, or null where nothing fits. */
export function unlessNothingFits<Result>(find: () => Result): Result | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof RaellaError && error.code === "no-mapping") return null;
    throw error;
  }
}

/** What `find` returns, or null where a search for the optimum would have to visit too many mappings. */
export function unlessTooLarge<Result>(find: () => Result, search: SearchKind): Result | null {
  try {
    return find();
  } catch (error) {
    if (search === "optimal" && error instanceof TooManyMappings) return null;
    throw error;
  }
}

/** What the mapper of a specification minimises first; ties go by EDP, and so by its second metric. */
export function ownObjective({ mapper }: Specification): Pick<FullSearchSettings, "objective"> {
  const [first] = parseMetrics(mapper.optimizationMetrics);
  if (first === "delay") return { objective: "cycles" };
  if (first !== "last-level-accesses") return { objective: first };
  throw new RaellaError({
    code: "usage",
    message: "The map space is too large to visit, and bounds of last-level accesses are not known.",
    value: first,
    expected: "edp, energy or delay as the first metric",
    remedy: "Choose another metric, or fix more factors, loop orders or data spaces in the constraints.",
  });
}
