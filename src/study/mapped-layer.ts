import type { ReferenceTables } from "../estimation/reference-tables";
import type { Mapping } from "../mapping/mapping";
import { freeze, publish } from "../memory";
import type { Evaluation } from "../model/evaluation";
import type { Specification, Warning } from "../spec/specification";
import type { FullSearchSummary, MapSpaceSummary, TimeloopWalk } from "./layer-result";

/** A layer with the mapping found (or given) for it, and everything that a report may want to show of it. Frozen. */
export interface MappedLayer {
  readonly specification: Specification;
  readonly tables: ReferenceTables;
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly mapSpace: MapSpaceSummary;
  /** How Timeloop's own search came to the mapping, if it was re-enacted. */
  readonly walk?: TimeloopWalk;
  /** Proof and comparison of a full search. */
  readonly fullSearch?: FullSearchSummary;
}

/** Finishes a layer that leaves the package. */
export function publishLayer(layer: MappedLayer): MappedLayer {
  publish(layer.specification);
  return freeze(layer);
}

export function withWarnings(specification: Specification, warnings: readonly Warning[]): Specification {
  return warnings.length === 0
    ? specification
    : { ...specification, warnings: [...specification.warnings, ...warnings] };
}
