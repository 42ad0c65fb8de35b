import { RaellaError } from "../errors";
import { estimate } from "../estimation/estimate";
import { findBestMapping } from "../mapping/find-best-mapping";
import { buildMapSpace, type MapSpace } from "../mapping/map-space";
import type { Mapping } from "../mapping/mapping";
import { parseMetrics } from "../mapping/metrics";
import { reenactTimeloopSearch } from "../mapping/reenact-timeloop-search";
import type { ScorerFactory } from "../mapping/scorer";
import { describeCosts } from "../model/access-costs";
import { scorerFactory } from "../model/create-scorer";
import { evaluateMapping } from "../model/evaluate-mapping";
import { getSpec } from "../spec/get-spec";
import type { Specification } from "../spec/specification";
import type { LayerResult } from "./layer-result";
import { createManifest, type Inputs } from "./manifest";
import type { MappedLayer } from "./mapped-layer";
import { requireSearchKind, type SearchKind } from "./search-kind";
import { withDefaults, type LayerOptions, type StudyOptions } from "./study-options";
import { summarizeLayer } from "./summarize-layer";

/** How a specification is mapped. */
export type MappingOptions = Pick<StudyOptions, "search" | "workspace">;

/**
 * Prices a specification and finds the best mapping for it.
 * @throws RaellaError `no-mapping` where nothing fits, `constraint` where constraints contradict each other,
 *   `component` where a level cannot be priced.
 */
export function mapSpecification(specification: Specification, options: MappingOptions = {}): MappedLayer {
  if (options.search !== undefined) requireSearchKind(options.search);
  const tables = estimate(specification, { workspace: options.workspace });
  const space = buildMapSpace(specification);
  const costs = describeCosts(space.hardware, tables.energy);
  const scorer = scorerFactory(costs);
  const found =
    options.search === "timeloop"
      ? walkSpace(specification, space, scorer)
      : searchSpace(specification, space, scorer);
  return {
    specification: withWarnings(specification, [...space.warnings, ...(tables.warnings ?? [])]),
    tables,
    evaluation: evaluateMapping(specification, tables.energy, found.mapping),
    ...found,
  };
}

type Found = Pick<MappedLayer, "mapping" | "mapSpace" | "walk">;

/** The best mapping of the space. */
function searchSpace(specification: Specification, space: MapSpace, scorer: ScorerFactory): Found {
  const metrics = parseMetrics(specification.mapper.optimizationMetrics);
  const { size, valid, evaluated, best } = findBestMapping(space, scorer, { metrics });
  if (best === null) throw noMapping(specification, size, "optimal");
  return { mapping: best.mapping, mapSpace: { size, valid, evaluated } };
}

/** The mapping that Timeloop's own search ends with, and the best one for comparison. */
function walkSpace(specification: Specification, space: MapSpace, scorer: ScorerFactory): Found {
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

function withWarnings(specification: Specification, warnings: Specification["warnings"]): Specification {
  return warnings.length === 0
    ? specification
    : { ...specification, warnings: [...specification.warnings, ...warnings] };
}

/**
 * Prices a specification and evaluates a given mapping, also one that the constraints do not allow.
 * @throws RaellaError `invalid-mapping` with the numbers where it does not fit the hardware.
 */
export function evaluateGivenMapping(specification: Specification, mapping: Mapping): MappedLayer {
  const tables = estimate(specification);
  return {
    specification: withWarnings(specification, tables.warnings ?? []),
    tables,
    mapping,
    evaluation: evaluateMapping(specification, tables.energy, mapping),
    mapSpace: { size: 1, valid: 1, evaluated: 1 },
  };
}

/** Finds the best mapping of a DNN layer on an architecture, with all that reports may show of it. */
export function mapLayer(options: LayerOptions): MappedLayer {
  return mapSpecification(getSpec(withDefaults(options)), options);
}

/** The result of a mapped layer as plain data, with its manifest. */
export function resultOf(
  mapped: MappedLayer,
  options: Pick<StudyOptions, "search" | "variables"> = {},
  inputs?: Inputs,
): LayerResult {
  const { search: kind = "optimal", variables = {} } = options;
  return {
    ...summarizeLayer(mapped),
    manifest: createManifest(mapped.specification, kind, variables, inputs),
  };
}

/** Maps a specification and returns the result as plain data. Errors as {@link mapSpecification}. */
export function evaluateSpecification(
  specification: Specification,
  options: MappingOptions & Pick<StudyOptions, "variables"> = {},
): LayerResult {
  return resultOf(mapSpecification(specification, options), options);
}

/**
 * The best mapping of a DNN layer on an architecture, and its energy, area and cycles.
 * @throws RaellaError for names that do not exist, mistakes in the files, a layer that does not fit.
 */
export function runLayer(options: LayerOptions): LayerResult {
  return resultOf(mapLayer(options), options);
}
