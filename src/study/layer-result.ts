import { dataWith, hasParts, isListOf, isNumber, isObject, isTableOf } from "../arguments";
import type { ReferenceTables } from "../estimation/reference-tables";
import type { SearchCertificate } from "../model/full-search/certificate";
import type { FullSearchObjective } from "../model/full-search/objective";
import type { SpecificationIdentity, Warning } from "../spec/specification";
import type { Manifest } from "./manifest";

/** Area of a level: one instance, how many there are, and all of them. */
export interface LevelArea {
  readonly each: number;
  readonly count: number;
  readonly total: number;
}

/** Words moved at one level for one data space, per instance. */
export interface AccessCounts {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  readonly instances: number;
}

/** A block of loops of the mapping, outermost first. */
export interface MappingBlock {
  readonly level: string;
  readonly kind: "temporal" | "spatial";
  readonly loops: readonly { readonly dimension: string; readonly factor: number }[];
}

export interface MapSpaceSummary {
  /** Mappings that the constraints allow. */
  readonly size: number;
  /** Those that pass the fan-out and capacity checks; null where they were not counted (a full search). */
  readonly valid: number | null;
  /** Those whose energy and cycles were computed. */
  readonly evaluated: number;
}

/** The random walk of Timeloop's mapper, and what it misses. */
export interface TimeloopWalk {
  /** Mappings tried, revisits and those that do not fit included. */
  readonly visited: number;
  readonly threads: readonly {
    readonly thread: number;
    /** The rule that ended it. */
    readonly stop: string;
    readonly visited: number;
    readonly valid: number;
  }[];
  /** The best mapping of the space. */
  readonly optimum: { readonly edp: number; readonly energyPj: number; readonly cycles: number };
  /** EDP of the reported mapping divided by that of the best one; 1 if the walk found it. */
  readonly edpOverOptimum: number;
}

/** Another mapping of the same layer, for comparison. */
export interface ComparedMapping {
  readonly edp: number;
  readonly energyPj: number;
  readonly cycles: number;
  /** Its EDP divided by that of the best mapping. */
  readonly edpOverBest: number;
  /** The same for what was minimised: 1 or more. */
  readonly objectiveOverBest: number;
}

/** The proof that no mapping of the full map space is better, and what the greedy heuristics would have cost. */
export interface FullSearchSummary {
  readonly objective: FullSearchObjective;
  readonly certificate: SearchCertificate;
  /**
   * The best mapping for the same objective that the greedy steps leave (for a weighted product, the one of the
   * lowest EDP); null where they leave none or are not asked for.
   */
  readonly heuristic: ComparedMapping | null;
}

/**
 * Everything about one DNN layer on one architecture, as plain data: what `raella layer --json` prints.
 * Energies are pJ, areas um^2, `edp` J x cycles; levels stand outermost first.
 */
export interface LayerResult extends Pick<
  SpecificationIdentity,
  "architecture" | "dnn" | "layer" | "layerName" | "tiles" | "batch"
> {
  readonly cycles: number;
  /** Operations of the problem (one combination of an input, a weight and an output bit each). */
  readonly computes: number;
  /** Multiply-accumulates of whole operands. */
  readonly macs: number;
  /** Share of the operations that the compute units could do in these cycles with one each per cycle. */
  readonly utilization: number;
  /** Share of the compute units that work at the same time; of crossbars, the share of their cells in use. */
  readonly spatialUtilization: number;
  /** Per level, and `total`; where leakage counts, that of all levels is an entry `leakage` of its own. */
  readonly energyPj: Readonly<Record<string, number>>;
  /** Leakage per level; only where it counts. */
  readonly leakagePj?: Readonly<Record<string, number>>;
  readonly edp: number;
  /** Per level, and the sum `total`. */
  readonly areaUm2: { readonly [level: string]: LevelArea | number; readonly total: number };
  readonly energyPerActionPj: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How far the areas and energies per action may be off; only where components are interpolated. */
  readonly errorPercent?: ReferenceTables["errorPercent"];
  readonly accesses: Readonly<Record<string, Readonly<Record<string, AccessCounts>>>>;
  readonly mapSpace: MapSpaceSummary;
  readonly mapping: readonly MappingBlock[];
  /** Only with `search: "timeloop"`. */
  readonly walk?: TimeloopWalk;
  /** Only with `search: "full"`. */
  readonly fullSearch?: FullSearchSummary;
  /** Things that were probably not meant. */
  readonly warnings: readonly Warning[];
  /** Worth knowing, although published designs do the same; left out where there is nothing to tell. */
  readonly notes?: readonly Warning[];
  /** What the result was computed from; the layers of a DNN share that of the DNN. */
  readonly manifest?: Manifest;
}

const isArea = (value: unknown): boolean =>
  isNumber(value) || hasParts(value, { each: isNumber, count: isNumber, total: isNumber });

const isCount = (value: unknown): boolean => value === null || isNumber(value);

const layerParts = {
  tiles: isCount,
  batch: isCount,
  cycles: isNumber,
  computes: isNumber,
  macs: isNumber,
  utilization: isNumber,
  energyPj: isTableOf(isNumber),
  edp: isNumber,
  areaUm2: isTableOf(isArea),
  energyPerActionPj: isTableOf(isTableOf(isNumber)),
  accesses: isTableOf(isTableOf(isObject)),
  mapSpace: isObject,
  mapping: isListOf((value) => hasParts(value, { loops: isListOf(isObject) })),
  warnings: isListOf(isObject),
};

export const isLayerResult = (value: unknown): boolean => hasParts(value, layerParts);

export const layerResultSchema = dataWith("the result of a layer, as runLayer returns it", layerParts);
