import { RaellaError } from "../errors";
import { estimate } from "../estimation/estimate";
import { diagnoseMisfit } from "../mapping/diagnose-misfit";
import { findBestMapping } from "../mapping/find-best-mapping";
import { buildMapSpace } from "../mapping/map-space";
import type { Mapping } from "../mapping/mapping";
import { reenactTimeloopSearch } from "../mapping/reenact-timeloop-search";
import { createScorer } from "../model/create-scorer";
import { evaluateMapping } from "../model/evaluate-mapping";
import { getSpec } from "../spec/get-spec";
import type { Specification } from "../spec/specification";
import type { LayerResult } from "./layer-result";
import { createManifest } from "./manifest";
import type { MappedLayer } from "./mapped-layer";
import type { SearchKind } from "./search-kind";
import { withDefaults, type LayerOptions, type StudyOptions } from "./study-options";
import { summarizeLayer } from "./summarize-layer";

/** How a specification is mapped. */
export type MappingOptions = Pick<StudyOptions, "search">;

/**
 * Prices a specification and finds the best mapping for it.
 * @throws RaellaError `no-mapping` with what did not fit, and what the steps before throw.
 */
export function mapSpecification(specification: Specification, options: MappingOptions = {}): MappedLayer {
  const tables = estimate(specification);
  const space = buildMapSpace(specification);
  const scorer = createScorer(specification, tables.energy);
  const metrics = parseMetrics(specification.mapper.optimizationMetrics);
  const found = search(space, scorer, options.search ?? "optimal");
  if (found.best === null) throw diagnoseMisfit(specification);
  const { mapping } = found.best;
  return {
    specification,
    tables,
    mapping,
    evaluation: evaluateMapping(specification, tables.energy, mapping),
    mapSpace: { size: found.size, valid: found.valid, evaluated: found.evaluated },
  };
}
