import * as v from "valibot";
import { dataWith, isObject } from "../arguments";
import { areReferenceTables, type ReferenceTables } from "../estimation/reference-tables";
import { isMapping, type Mapping } from "../mapping/mapping";
import type { NestCounts } from "../model/count-accesses";
import { isEvaluation, type Evaluation } from "../model/evaluation";
import { specificationSchema, type Specification, type Warning } from "../spec/specification";
import type { FullSearchSummary, MapSpaceSummary, TimeloopWalk } from "./layer-result";

/** A layer with the mapping found (or given) for it, and everything that a report may want to show of it. */
export interface MappedLayer {
  readonly specification: Specification;
  readonly tables: ReferenceTables;
  readonly mapping: Mapping;
  /** The accesses of the mapping where they are shared by all layers of the same shape, with the mapping itself. */
  readonly counts?: NestCounts;
  readonly evaluation: Evaluation;
  readonly mapSpace: MapSpaceSummary;
  /** How Timeloop's own search came to the mapping, if it was re-enacted. */
  readonly walk?: TimeloopWalk;
  /** Proof and comparison of a full search. */
  readonly fullSearch?: FullSearchSummary;
}

export function withWarnings(specification: Specification, warnings: readonly Warning[]): Specification {
  return warnings.length === 0
    ? specification
    : { ...specification, warnings: [...specification.warnings, ...warnings] };
}

export const mappedLayerSchema = dataWith("a mapped layer, as mapLayer returns it", {
  specification: (value) => v.is(specificationSchema, value),
  tables: areReferenceTables,
  mapping: isMapping,
  evaluation: isEvaluation,
  mapSpace: isObject,
});
