import type { Warning } from "../spec/specification";
import type { LayerResult } from "./layer-result";
import type { Replication } from "./replication";

/** A larger batch is worth a warning where it makes the slowest layer this much faster for each sample. */
const remarkableGain = 1.25;

/** The position of the layer that sets the pace of a pipeline. */
export function slowestOf({ layers }: Replication): number {
  return layers.reduce(
    (slowest, { batchesPerSecond }, index) =>
      batchesPerSecond < layers[slowest].batchesPerSecond ? index : slowest,
    0,
  );
}

/**
 * What limits a pipeline and was probably not meant: silicon that does not hold its layers, or a batch with which the
 * slowest layer cannot make use of its tiles.
 * @param slowest The slowest layer, and its cycles with twice the batch; null where that is not known.
 */
export function pipelineWarnings(
  name: string,
  layers: number,
  { tileBudget, tilesUsed }: Replication,
  slowest: LayerResult,
  cyclesOfTwice: number | null,
): readonly Warning[] {
  const warnings: Warning[] = [];
  if (tilesUsed > tileBudget)
    warnings.push({
      code: "check",
      message:
        `${name}: the ${layers} layers need ${tilesUsed} tiles at once, but only ${tileBudget} fit on the silicon: the ` +
        "throughput is that of more silicon than there is. Give more (--aggregate-tiles, --area-budget), or fewer tiles " +
        "a layer (--tiles, --replication increment).",
    });
  const gain = cyclesOfTwice === null ? 1 : (2 * slowest.cycles) / cyclesOfTwice;
  if (gain > remarkableGain)
    warnings.push({
      code: "check",
      message:
        `${name}: the batch limits the throughput. The slowest layer, ${slowest.layer}, cannot share ${slowest.batchSize} samples ` +
        `out among its ${slowest.nTiles} tiles; with a batch twice as large it would do ${gain.toFixed(2)} times as many ` +
        "a second. Take a larger batch (--batch) or fewer tiles (--tiles).",
    });
  return warnings;
}
