import { RaellaError } from "../errors";
import { createMapSpace } from "../mapspace/map-space";
import type { MapSpace } from "../mapspace/map-space";
import { freeze, Memo } from "../memory";
import type { AccessCosts } from "../model/access-costs";
import { countAccesses } from "../model/access-counts";
import type { NestCounts } from "../model/access-counts";
import type { Hardware } from "../model/hardware";
import { scorerFactory } from "../search/create-scorer";
import { examineSpace, mappingOfFront, searchKey } from "../search/exhaustive/examine-space";
import type { ExaminedSpace } from "../search/exhaustive/examine-space";
import { findBestMapping, quickVisit } from "../search/exhaustive/find-best-mapping";
import { bestOfFront } from "../search/exhaustive/mapping-front";
import { parseMetrics } from "../search/ranking";
import type { Metric } from "../search/ranking";
import type { ScorerFactory } from "../search/scorer";
import { reenactTimeloopSearch, requireRandomWalk } from "../search/timeloop-walk";
import type { Specification, Warning } from "../spec/specification";
import type { MappedLayer } from "./layer-result";
import type { SearchKind } from "./search-kind";

/** The mapping that a search ends with. */
interface FoundMapping extends Pick<MappedLayer, "mapping" | "mapSpace" | "walk"> {
  readonly counts: NestCounts;
  /** What the map space has to say about the constraints. */
  readonly warnings: readonly Warning[];
}

/** Room for remembered mappings, in numbers: some thousands of layers, about 10 MB. */
const room = 1_500_000;
/** About as many numbers as a found mapping takes. */
const sizeOfFound = 500;

const remembered = new Memo<FoundMapping>(room, () => sizeOfFound);

/**
 * The mapping for a specification whose accesses cost so much. Specifications that differ only in costs and in how fast
 * their levels are share one search where that is possible; else the same question (shape, hardware, bandwidths,
 * constraints, energies, kind of search) is searched once.
 * @throws RaellaError `no-mapping` where nothing fits, `constraint` where constraints contradict each other;
 *   TooManyMappings where a visit to all of them would take long.
 */
export function findMapping(
  specification: Specification,
  hardware: Hardware,
  costs: AccessCosts,
  search: SearchKind,
): FoundMapping {
  if (search === "timeloop") requireRandomWalk(specification.mapper);
  if (search === "optimal") {
    const metrics = parseMetrics(specification.mapper.optimizationMetrics);
    const known = examineSpace(specification, hardware, costs, metrics, true);
    if (known !== null) return chooseMapping(specification, hardware, costs, metrics, known);
  }
  // The optimum depends on nothing of the mapper's options but the metrics, which the space names.
  const options = search === "optimal" ? null : specification.mapper;
  const question = searchKey(specification, hardware, costs, [search, options]);
  return remembered.get(question, () => freeze(searchAnew(specification, hardware, costs, search)));
}

function chooseMapping(
  specification: Specification,
  hardware: Hardware,
  costs: AccessCosts,
  metrics: readonly Metric[],
  known: ExaminedSpace,
): FoundMapping {
  const { front, size, warnings } = known;
  const best = bestOfFront(front, hardware, costs, metrics);
  if (best === null) throw noMapping(specification, size, "optimal");
  const { mapping, counts, valid } = mappingOfFront(specification, known, best.number);
  return { mapping, counts, mapSpace: { size, valid, evaluated: valid }, warnings };
}

/** The plain way, without anything that is remembered. */
export function searchAnew(
  specification: Specification,
  hardware: Hardware,
  costs: AccessCosts,
  search: SearchKind,
): FoundMapping {
  const space = createMapSpace(specification);
  const scorer = scorerFactory(costs);
  const found =
    search === "timeloop"
      ? walkSpace(specification, space, scorer)
      : searchSpace(specification, space, scorer);
  const counts = countAccesses(space.problem, hardware, found.mapping);
  return { ...found, counts, warnings: space.warnings };
}

/** The best mapping of the space. */
function searchSpace(
  specification: Specification,
  space: MapSpace,
  scorer: ScorerFactory,
): Omit<FoundMapping, "counts" | "warnings"> {
  const metrics = parseMetrics(specification.mapper.optimizationMetrics);
  const isOpen = space.undecided.length > 0 || space.size !== space.factorizations;
  const limit = isOpen ? quickVisit.open : quickVisit.ordered;
  const { size, valid, evaluated, best } = findBestMapping(space, scorer, { metrics, limit });
  if (best === null) throw noMapping(specification, size, "optimal");
  return { mapping: best.mapping, mapSpace: { size, valid, evaluated } };
}

/** The mapping that Timeloop's own search ends with, and the best one for comparison. */
function walkSpace(
  specification: Specification,
  space: MapSpace,
  scorer: ScorerFactory,
): Omit<FoundMapping, "counts" | "warnings"> {
  const { mapper } = specification;
  const metrics = parseMetrics(mapper.optimizationMetrics);
  const optimum = findBestMapping(space, scorer, { metrics });
  const walk = reenactTimeloopSearch(space, scorer, { metrics, ...mapper });
  if (walk.best === null || optimum.best === null) throw noMapping(specification, space.size, "timeloop");
  const { edpPjCycles, energyPj, cycles } = optimum.best;
  return {
    mapping: walk.best.mapping,
    mapSpace: { size: walk.size, valid: optimum.valid, evaluated: walk.evaluated },
    walk: {
      visited: walk.visited,
      threads: walk.threads,
      optimum: { edp: edpPjCycles / 1e12, energyPj, cycles },
      edpOverOptimum: walk.best.edpPjCycles / edpPjCycles,
    },
  };
}

/** The error for a map space in which no mapping is valid. */
export function noMapping({ identity }: Specification, size: number, kind: SearchKind): RaellaError {
  return new RaellaError({
    code: "no-mapping",
    message:
      kind === "optimal"
        ? size === 1
          ? "The one mapping that the constraints allow does not fit the hardware."
          : `None of the ${size} mappings that the constraints allow fits the hardware.`
        : "Timeloop's random walk finds no mapping that fits the hardware.",
    value: identity.layer,
    remedy: "`raella diagnose` says what does not fit, and what would make it fit.",
  });
}
