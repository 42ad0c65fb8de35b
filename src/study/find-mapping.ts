import { RaellaError } from "../errors";
import { findBestMapping } from "../mapping/find-best-mapping";
import { buildMapSpace, type MapSpace } from "../mapping/map-space";
import { parseMetrics } from "../mapping/metrics";
import { reenactTimeloopSearch } from "../mapping/reenact-timeloop-search";
import type { ScorerFactory } from "../mapping/scorer";
import type { Hardware } from "../mapping/hardware";
import type { AccessCosts } from "../model/access-costs";
import { scorerFactory } from "../model/create-scorer";
import type { Specification, Warning } from "../spec/specification";
import type { MappedLayer } from "./mapped-layer";
import type { SearchKind } from "./search-kind";
import { SignatureMemo } from "./sweep/signature-memo";
import { spaceSignature } from "./sweep/space-signature";

/** The mapping that a search ends with. */
export interface FoundMapping extends Pick<MappedLayer, "mapping" | "mapSpace" | "walk"> {
  /** What the map space has to say about the constraints. */
  readonly warnings: readonly Warning[];
}

/** Room for remembered mappings, in numbers: some thousands of layers, about 10 MB. */
const room = 1_500_000;
/** About as many numbers as a found mapping takes. */
const sizeOfFound = 500;

let remembered = createMemo();

function createMemo(): SignatureMemo<FoundMapping> {
  return new SignatureMemo(room, () => sizeOfFound);
}

/** Forgets all mappings found so far. Results never depend on it; measurements do. */
export function clearFoundMappings(): void {
  remembered = createMemo();
}

/**
 * The mapping for a specification whose accesses cost so much. The same question (shape, hardware, constraints,
 * energies, kind of search) is searched once.
 * @throws RaellaError `no-mapping` where nothing fits, `constraint` where constraints contradict each other.
 */
export function findMapping(
  specification: Specification,
  hardware: Hardware,
  costs: AccessCosts,
  search: SearchKind,
): FoundMapping {
  const question = questionOf(specification, hardware, costs, search);
  return remembered.get(question, () => {
    const space = buildMapSpace(specification);
    const scorer = scorerFactory(costs);
    const found =
      search === "timeloop"
        ? walkSpace(specification, space, scorer)
        : searchSpace(specification, space, scorer);
    return { ...found, warnings: space.warnings };
  });
}

/** Everything that the answer depends on, as numbers. */
function questionOf(
  specification: Specification,
  hardware: Hardware,
  costs: AccessCosts,
  search: SearchKind,
): Float64Array {
  const shape = spaceSignature(specification, hardware, costs);
  const { numThreads, searchSize, victoryCondition, timeout } = specification.mapper;
  const others = [
    costs.computePj,
    ...costs.levels.flatMap(({ readPj, fillPj, updatePj }) => [readPj, fillPj, updatePj]),
    ...(search === "timeloop" ? [numThreads, searchSize, victoryCondition, timeout] : []),
  ];
  const question = new Float64Array(shape.length + others.length);
  question.set(shape);
  others.forEach((value, index) => (question[shape.length + index] = value ?? -1));
  return question;
}

/** The best mapping of the space. */
function searchSpace(
  specification: Specification,
  space: MapSpace,
  scorer: ScorerFactory,
): Omit<FoundMapping, "warnings"> {
  const metrics = parseMetrics(specification.mapper.optimizationMetrics);
  const { size, valid, evaluated, best } = findBestMapping(space, scorer, { metrics });
  if (best === null) throw noMapping(specification, size, "optimal");
  return { mapping: best.mapping, mapSpace: { size, valid, evaluated } };
}

/** The mapping that Timeloop's own search ends with, and the best one for comparison. */
function walkSpace(
  specification: Specification,
  space: MapSpace,
  scorer: ScorerFactory,
): Omit<FoundMapping, "warnings"> {
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

function noMapping({ identity }: Specification, size: number, kind: SearchKind): RaellaError {
  return new RaellaError({
    code: "no-mapping",
    message:
      kind === "optimal"
        ? `None of the ${size} mappings that the constraints allow fits the hardware.`
        : "Timeloop's random walk finds no mapping that fits the hardware.",
    value: identity.layer,
    remedy: "`raella diagnose` says what does not fit, and what would make it fit.",
  });
}
