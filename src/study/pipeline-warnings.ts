import type { Warning } from "../spec/specification";
import { addUp, totalKey } from "./component-groups";
import type { LayerResult } from "./layer-result";
import type { Replication } from "./replication";

/** Below this share of tiles at work, a pipeline wastes more than its coarse steps explain. */
const leastShareAtWork = 0.8;

/**
 * Of the tiles that a layer is mapped to, the share that works: tiles without a copy of the weights to run samples or
 * rows on stay idle. 1 for models without tiles.
 */
export function tilesAtWork({ nTiles, areaUm2, accesses }: LayerResult): number {
  if (nTiles === null) return 1;
  const ofTile = Object.entries(accesses).find(([level, counts]) => {
    const area = areaUm2[level];
    return (
      level !== totalKey &&
      typeof area === "object" &&
      area.count === nTiles &&
      Object.keys(counts).length > 0
    );
  });
  if (ofTile === undefined) return 1;
  return Math.max(...Object.values(ofTile[1]).map(({ instances }) => instances)) / nTiles;
}

/** What limits a pipeline and was probably not meant. */
export function pipelineWarnings(
  name: string,
  layers: readonly LayerResult[],
  { tileBudget, tilesUsed, layers: allocations }: Replication,
): readonly Warning[] {
  const warnings: Warning[] = [];
  if (tilesUsed > tileBudget)
    warnings.push({
      code: "check",
      message: `${name}: the ${layers.length} layers need ${tilesUsed} tiles at once, but only ${tileBudget} fit on the silicon: the throughput is that of more silicon than there is. Give more (--aggregate-tiles, --area-budget), or fewer tiles a layer (--tiles, --replication increment).`,
    });
  const atWork =
    addUp(layers.map((layer, index) => tilesAtWork(layer) * allocations[index].tiles)) / tilesUsed;
  if (atWork < leastShareAtWork) {
    const [{ nTiles, batchSize }] = layers;
    warnings.push({
      code: "check",
      message: `${name}: only ${Math.round(100 * atWork)} % of the pipeline's tiles work. A batch of ${batchSize} samples does not fill ${nTiles} tiles in every layer; take a larger batch (--batch) or fewer tiles (--tiles).`,
    });
  }
  return warnings;
}
