import { dataWith, hasParts, isListOf, isNumber, isObject, isTableOf, isText } from "../arguments";
import { contentOf } from "../memory";
import { addUp, leakageKey, sumByGroup, totalKey } from "./component-groups";
import type { ComponentGroup } from "./component-groups";
import { efficiency, isBest, isCount, isLayerResult, totalAreas } from "./layer-result";
import type { LayerResult, LevelArea } from "./layer-result";
import type { Warning } from "../spec/specification";
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
  /** Per multiply-accumulate of whole operands. */
  readonly energyPerMacPj: number;
  /** Operations per joule, two for each multiply-accumulate. Throughput plays no part. */
  readonly topsPerWatt: number;
  /** Analog-to-digital conversions, and how many come on a multiply-accumulate; null where no level has converters. */
  readonly conversions: number | null;
  readonly conversionsPerMac: number | null;
  /** Mean over the layers, weighted by their multiply-accumulates, of the share of the places (crossbar cells) in use. */
  readonly spatialUtilization: number;
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

/** A warning, and the numbers of the layers that have it; without them it is about the whole. */
export interface LayersWarning extends Warning {
  readonly layers?: readonly number[];
}

/** The warnings of several layers, each once. */
export function gatherWarnings(
  layers: readonly { readonly layer: number | null; readonly warnings: readonly Warning[] }[],
): readonly LayersWarning[] {
  const found = new Map<string, { readonly warning: Warning; readonly layers: Set<number> }>();
  for (const { layer, warnings } of layers)
    for (const warning of warnings) {
      const key = contentOf(warning);
      const known = found.get(key) ?? { warning, layers: new Set() };
      found.set(key, known);
      if (layer !== null) known.layers.add(layer);
    }
  return [...found.values()].map(({ warning, layers: numbers }) => ({ ...warning, layers: [...numbers] }));
}

/** A DNN on one architecture. */
export interface NetworkResult {
  readonly architecture: string;
  readonly dnn: string;
  readonly nTiles: number | null;
  readonly batchSize: number | null;
  readonly layers: readonly LayerResult[];
  readonly totals: NetworkTotals;
  readonly replication: Replication;
  /**
   * What was probably not meant: of the pipeline, and of its layers, each once with the layers that have it. Left out where
   * there is nothing to tell.
   */
  readonly warnings?: readonly LayersWarning[];
  readonly manifest: Manifest;
}

/** A DNN, or some of its layers, on several architectures; areas are normalised to the first one. */
export interface AblationResult {
  readonly dnn: string;
  readonly architectures: readonly string[];
  readonly nTiles: number | null;
  readonly batchSize: number | null;
  readonly networks: readonly NetworkResult[];
}

const areFigures = isTableOf(isNumber);

const networkParts = {
  architecture: isText,
  nTiles: isCount,
  batchSize: isCount,
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
  nTiles: isCount,
  batchSize: isCount,
  networks: (value: unknown) => isListOf(isNetworkResult)(value) && (value as readonly unknown[]).length > 0,
};

export const isAblationResult = (value: unknown): boolean => hasParts(value, ablationParts);

export const networkResultSchema = dataWith("the result of a DNN, as runNetwork returns it", networkParts);

export const ablationResultSchema = dataWith(
  "the result of an ablation, as runAblation returns it",
  ablationParts,
);

/**
 * Sums the layers of a DNN: energies over all layers; area of one chip (that of the last layer, since all layers run
 * on the same chip); cycles layer by layer.
 * @param layers At least one.
 */
export function networkTotals(
  layers: readonly LayerResult[],
  replication: Replication,
  groups: readonly ComponentGroup[],
): NetworkTotals {
  const energyPj = sumOverLayers(layers.map((layer) => layer.energyPj));
  const { areaUm2, nTiles } = layers[layers.length - 1];
  const areaUm2ByGroup = sumByGroup(totalAreas(areaUm2), groups);
  const { tileBudget } = replication;
  const fullSearch = fullSearchTotals(layers);
  const macs = addUp(layers.map((layer) => layer.macs));
  return {
    energyPj,
    energyPjByGroup: sumByGroup(energyPj, groups),
    areaUm2,
    areaUm2ByGroup,
    cycles: layers.map(({ cycles }) => cycles),
    computes: addUp(layers.map(({ computes }) => computes)),
    macs,
    ...efficiency(
      energyPj[totalKey],
      macs,
      layers.some(({ conversions }) => conversions === null)
        ? null
        : addUp(layers.map(({ conversions }) => conversions ?? 0)),
    ),
    spatialUtilization: addUp(layers.map((layer) => layer.spatialUtilization * layer.macs)) / macs,
    throughputBatchesPerSecond: replication.throughputBatchesPerSecond,
    tilesUsed: replication.tilesUsed,
    tileBudget,
    pipelineAreaUm2ByGroup: Object.fromEntries(
      Object.entries(areaUm2ByGroup).map(([group, area]) => [group, (area * tileBudget) / (nTiles ?? 1)]),
    ),
    ...(fullSearch ? { fullSearch } : {}),
  };
}

function fullSearchTotals(layers: readonly LayerResult[]): FullSearchTotals | undefined {
  const searches = layers.flatMap(({ fullSearch }) => fullSearch ?? []);
  if (searches.length < layers.length) return undefined;
  const heuristics = searches.flatMap(({ heuristic }) => heuristic ?? []);
  return {
    proven: searches.filter(({ certificate }) => certificate.isProven).length,
    greedyIsBest: heuristics.filter(isBest).length,
    heuristic:
      heuristics.length < layers.length
        ? null
        : {
            energyPj: addUp(heuristics.map(({ energyPj }) => energyPj)),
            cycles: addUp(heuristics.map(({ cycles }) => cycles)),
          },
  };
}

/** Sums by level in layer order, `total` last. */
function sumOverLayers(layers: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  let total = 0;
  for (const layer of layers) {
    for (const level in layer) {
      if (level === totalKey) total += layer[level];
      else sums[level] = (sums[level] ?? 0) + layer[level];
    }
  }
  return { ...sums, [totalKey]: total };
}

/** Area of one chip, um^2. */
export function areaOfChip(layers: readonly LayerResult[]): number {
  return layers[layers.length - 1].areaUm2.total;
}

const noArea: LevelArea = { each: 0, count: 0, total: 0 };

/** Area of one instance and of all instances of a level. Only the entry `total` is a number; leakage has no area. */
export function areaOfLevel(areaUm2: LayerResult["areaUm2"], level: string): LevelArea {
  return Object.hasOwn(areaUm2, level) ? (areaUm2[level] as LevelArea) : noArea;
}

/** What has an area or an energy of its own in a result: the levels in their order, and leakage where it counts. */
export function componentsOf({ areaUm2, energyPj }: Pick<LayerResult, "areaUm2" | "energyPj">): string[] {
  const levels = Object.keys(areaUm2).filter((name) => name !== totalKey);
  return Object.hasOwn(energyPj, leakageKey) ? [...levels, leakageKey] : levels;
}
