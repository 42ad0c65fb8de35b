import { RaellaError } from "../errors";
import type { LayerResult } from "./layer-result";
import type { TileOption } from "./replication";
import { runRequest, type LayerRequest } from "./run-layer";

/**
 * The ways to map a layer that replication may choose from: on the fewest tiles that it fits on, and on the number
 * that it has been mapped to.
 * @param result The layer mapped to the usual number of tiles.
 */
export function tileOptions(
  layer: LayerRequest,
  result: Pick<LayerResult, "tiles" | "cycles">,
): TileOption[] {
  const usual = { tiles: result.tiles ?? 1, cycles: result.cycles };
  const fewest = fewestTiles(layer, usual.tiles);
  return fewest === undefined || fewest.tiles === usual.tiles ? [usual] : [fewest, usual];
}

/**
 * The smallest number of tiles below `limit` on which a layer can be mapped, and how fast it is there; undefined if
 * there is none. Every number is tried, since which factors fit does not only depend on how much room there is.
 */
export function fewestTiles(layer: LayerRequest, limit: number): TileOption | undefined {
  // A full search would find faster mappings, but for every number of tiles it takes too long.
  const quick = layer.search === "full" ? ({ search: "optimal" } as const) : {};
  for (let tiles = 1; tiles < limit; tiles += 1) {
    try {
      return { tiles, cycles: runRequest({ ...layer, nTiles: tiles, ...quick }).cycles };
    } catch (error) {
      if (!(error instanceof RaellaError) || error.code !== "no-mapping") throw error;
    }
  }
  return undefined;
}
