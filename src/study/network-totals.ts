import { addUp, leakageKey, sumByGroup, totalKey, type ComponentGroup } from "./component-groups";
import type { LevelArea, LayerResult } from "./layer-result";
import type { FullSearchTotals, NetworkTotals } from "./network-result";
import type { Replication } from "./replication";
import { totalAreas } from "./summarize-layer";

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
  const { areaUm2, tiles } = layers[layers.length - 1];
  const areaUm2ByGroup = sumByGroup(totalAreas(areaUm2), groups);
  const { tileBudget } = replication;
  const fullSearch = fullSearchTotals(layers);
  return {
    energyPj,
    energyPjByGroup: sumByGroup(energyPj, groups),
    areaUm2,
    areaUm2ByGroup,
    cycles: layers.map(({ cycles }) => cycles),
    computes: addUp(layers.map(({ computes }) => computes)),
    macs: addUp(layers.map(({ macs }) => macs)),
    throughputBatchesPerSecond: replication.throughputBatchesPerSecond,
    tilesUsed: replication.tilesUsed,
    tileBudget,
    pipelineAreaUm2ByGroup: Object.fromEntries(
      Object.entries(areaUm2ByGroup).map(([group, area]) => [group, (area * tileBudget) / (tiles ?? 1)]),
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
    greedyIsBest: heuristics.filter(({ objectiveOverBest }) => objectiveOverBest === 1).length,
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
export function chipArea(layers: readonly LayerResult[]): number {
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
