import { dataWith, hasParts, isListOf, isNumber, isObject, isTableOf, isText } from "../arguments";
import { isLayerResult, type LayerResult } from "./layer-result";
import type { Manifest } from "./manifest";
import type { Replication } from "./replication";

/** What the greedy steps cost a DNN. */
export interface FullSearchTotals {
  /** Layers whose mapping is proven to be the best. */
  readonly proven: number;
  /** Layers for which the greedy steps leave a mapping as good as the best one. */
  readonly greedyIsBest: number;
  /** Sums over all layers with the best mappings that the greedy steps leave; null where they leave a layer none. */
  readonly heuristic: { readonly energyPj: number; readonly cycles: number } | null;
}

/** Sums over the layers of a DNN on one architecture. Energies are pJ, areas um^2. */
export interface NetworkTotals {
  /** Over all layers, per level, and `total`. */
  readonly energyPj: Readonly<Record<string, number>>;
  /** The same by component group; the groups add up to `total`. */
  readonly energyPjByGroup: Readonly<Record<string, number>>;
  /** Area of one chip with `tiles` tiles, per level, and `total`. */
  readonly areaUm2: LayerResult["areaUm2"];
  /** The same by component group. */
  readonly areaUm2ByGroup: Readonly<Record<string, number>>;
  /** Per layer. */
  readonly cycles: readonly number[];
  readonly computes: number;
  readonly macs: number;
  /** Throughput of the pipeline after its layers have been replicated. */
  readonly throughputBatchesPerSecond: number;
  /** Tiles that the replicated layers take. */
  readonly tilesUsed: number;
  /** Tiles that they may take: as many as fit on the area given to every architecture. */
  readonly tileBudget: number;
  /** Area of all tiles of the budget by component group, and `total`. */
  readonly pipelineAreaUm2ByGroup: Readonly<Record<string, number>>;
  /** Only with `search: "full"`. */
  readonly fullSearch?: FullSearchTotals;
}

/** A DNN on one architecture. */
export interface NetworkResult {
  readonly architecture: string;
  readonly dnn: string;
  readonly tiles: number | null;
  readonly batch: number | null;
  readonly layers: readonly LayerResult[];
  readonly totals: NetworkTotals;
  readonly replication: Replication;
  readonly manifest: Manifest;
}

/** A DNN, or some of its layers, on several architectures; areas are normalised to the first one. */
export interface AblationResult {
  readonly dnn: string;
  readonly architectures: readonly string[];
  readonly tiles: number | null;
  readonly batch: number | null;
  readonly networks: readonly NetworkResult[];
}

const areFigures = isTableOf(isNumber);

const isCount = (value: unknown): boolean => value === null || isNumber(value);

const networkParts = {
  architecture: isText,
  tiles: isCount,
  batch: isCount,
  dnn: isText,
  layers: (value: unknown) => isListOf(isLayerResult)(value) && (value as readonly unknown[]).length > 0,
  totals: (value: unknown) =>
    hasParts(value, {
      energyPj: areFigures,
      energyPjByGroup: areFigures,
      areaUm2: isObject,
      areaUm2ByGroup: areFigures,
      pipelineAreaUm2ByGroup: areFigures,
      cycles: isListOf(isNumber),
      tilesUsed: isNumber,
      tileBudget: isNumber,
      throughputBatchesPerSecond: isNumber,
    }),
  replication: (value: unknown) => hasParts(value, { layers: isListOf(isObject) }),
};

export const isNetworkResult = (value: unknown): boolean => hasParts(value, networkParts);

const ablationParts = {
  dnn: isText,
  tiles: isCount,
  batch: isCount,
  networks: (value: unknown) => isListOf(isNetworkResult)(value) && (value as readonly unknown[]).length > 0,
};

export const isAblationResult = (value: unknown): boolean => hasParts(value, ablationParts);

export const networkResultSchema = dataWith("the result of a DNN, as runNetwork returns it", networkParts);

export const ablationResultSchema = dataWith(
  "the result of an ablation, as runAblation returns it",
  ablationParts,
);
