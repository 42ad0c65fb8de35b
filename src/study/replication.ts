import { freeze } from "../memory";
import * as v from "valibot";
import { count, dataWith, listOf, notNegative, positive, requireArgument } from "../arguments";
import { floorDivide } from "../spec/expression/operations";

/** How replicas are handed out, see {@link replicateByDoubling} and {@link replicateByIncrement}. */
export type ReplicationScheme = "doubling" | "increment";

/** One way to run a layer: so many tiles, so many cycles per batch. */
export interface TileOption {
  readonly tiles: number;
  readonly cycles: number;
}

const tileOptionsSchema = listOf(
  v.pipe(
    listOf(
      dataWith("{tiles, cycles}", { tiles: isPositive, cycles: isPositive }),
      "ways {tiles, cycles} to map a layer",
    ),
    v.minLength(1, "at least one way to map a layer"),
  ),
  "ways to map every layer",
);

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

/** The share of one layer of a pipeline. */
export interface LayerAllocation {
  readonly tiles: number;
  /** Copies of the layer's weights, each on `tiles / replicas` tiles. */
  readonly replicas: number;
  readonly batchesPerSecond: number;
}

/** What a tile takes where areas are compared: what the model comes to, or what is published. */
export type TileAreas = "modelled" | "published";

/** Tiles handed out to the layers of a DNN that run as a pipeline. */
export interface Replication {
  /** Silicon for the pipeline, mm^2; only where it was given. */
  readonly areaBudgetMm2?: number;
  /** Only where they are the published ones. */
  readonly tileAreas?: TileAreas;
  readonly scheme: ReplicationScheme;
  /** Tiles that could be used. */
  readonly tileBudget: number;
  readonly tilesUsed: number;
  /** Throughput of the slowest layer, which is that of the pipeline. */
  readonly throughputBatchesPerSecond: number;
  /** In layer order. */
  readonly layers: readonly LayerAllocation[];
}

/** Tiles of the whole pipeline, for the architecture that areas are normalised to. */
export const defaultAggregateTiles = 65536;

/** Batches per second of a layer; a cycle is a nanosecond. Written as the original computes it. */
export function batchesPerSecond(cycles: number): number {
  requireArgument(positive, cycles, "the cycles of batchesPerSecond");
  return (1 / cycles) * 1e9;
}

/**
 * Tiles of an architecture that take no more area than `aggregateTiles` of the first architecture.
 * @param area Area of one chip of the architecture.
 * @param baseArea Area of one chip, with the same number of tiles, of the first architecture.
 */
export function tileBudget(aggregateTiles: number, area: number, baseArea: number): number {
  requireArgument(positive, aggregateTiles, "the tiles of tileBudget");
  requireArgument(notNegative, area, "the area of tileBudget");
  requireArgument(notNegative, baseArea, "the base area of tileBudget");
  if (!(area > 0) || !(baseArea > 0)) return aggregateTiles;
  return floorDivide(aggregateTiles, area / baseArea);
}

/**
 * The tutorial's scheme: every layer starts with `tilesPerLayer` tiles; as long as the slowest layer's tiles can be
 * doubled within the budget, they are. The first of equally slow layers is taken.
 * @param cycles Cycles per batch of every layer, mapped to `tilesPerLayer` tiles.
 */
export function replicateByDoubling(
  cycles: readonly number[],
  tilesPerLayer: number,
  budget: number,
): Replication {
  requireArgument(listOf(positive, "cycles of every layer"), cycles, "the cycles of replicateByDoubling");
  requireArgument(count, tilesPerLayer, "the tiles per layer of replicateByDoubling");
  requireArgument(notNegative, budget, "the budget of replicateByDoubling");
  const layers = cycles.map((count) => ({
    tiles: tilesPerLayer,
    replicas: 1,
    batchesPerSecond: batchesPerSecond(count),
  }));
  let used = tilesPerLayer * layers.length;
  while (used < budget) {
    const slowest = slowestLayer(layers);
    if (slowest === undefined || used + slowest.tiles > budget) break;
    used += slowest.tiles;
    slowest.tiles *= 2;
    slowest.replicas *= 2;
    slowest.batchesPerSecond *= 2;
  }
  return summary("doubling", budget, layers);
}

/**
 * The finer scheme: every layer starts with as few tiles as it can be mapped to; the slowest layer is given the
 * fewest further tiles that make it faster, one replica at a time, as long as they fit. Every allocation on the way
 * is the cheapest one for its throughput, therefore no allocation of the same options within the budget has a
 * slowest layer that is faster. With the start of {@link replicateByDoubling} among the options it is never worse.
 * @param options For every layer the ways to map it, e.g. on the minimal and on the usual number of tiles. Copies of
 *   a layer are all mapped in the same way.
 */
export function replicateByIncrement(
  options: readonly (readonly TileOption[])[],
  budget: number,
): Replication {
  requireArgument(tileOptionsSchema, options, "the options of replicateByIncrement");
  requireArgument(notNegative, budget, "the budget of replicateByIncrement");
  const layers = allocateWithin(options, budget);
  let used = countTiles(layers);
  while (used < budget) {
    const slowest = slowestLayer(layers);
    if (slowest === undefined) break;
    const index = layers.indexOf(slowest);
    const next = cheapestFasterThan(options[index], slowest.batchesPerSecond);
    if (used - slowest.tiles + next.tiles > budget) break;
    used += next.tiles - slowest.tiles;
    layers[index] = next;
  }
  return summary("increment", budget, layers);
}

/**
 * Where every layer takes the fewest tiles that get it beyond the same throughput: a state that is passed on the way
 * of {@link replicateByIncrement}, close to its end, or its beginning where not even that fits.
 */
function allocateWithin(options: readonly (readonly TileOption[])[], budget: number): LayerAllocation[] {
  const beyond = (throughput: number): LayerAllocation[] =>
    options.map((layer) => cheapestFasterThan(layer, throughput));
  let reached = beyond(0);
  if (reached.length === 0 || countTiles(reached) >= budget) return reached;
  let low = 0;
  let high = Math.max(...reached.map((layer) => layer.batchesPerSecond));
  while (countTiles(beyond(high)) <= budget) high *= 2;
  for (let halving = 0; halving < 30; halving += 1) {
    const middle = (low + high) / 2;
    const layers = beyond(middle);
    if (countTiles(layers) > budget) high = middle;
    else [low, reached] = [middle, layers];
  }
  return reached;
}

/** Fewest tiles with which a layer gets beyond `throughput` batches per second; the faster of equal ones. */
function cheapestFasterThan(options: readonly TileOption[], throughput: number): LayerAllocation {
  let best: LayerAllocation | undefined;
  for (const { tiles, cycles } of options) {
    const single = batchesPerSecond(cycles);
    let replicas = Math.max(1, Math.floor(throughput / single));
    while (single * replicas <= throughput) replicas += 1;
    const candidate = { tiles: tiles * replicas, replicas, batchesPerSecond: single * replicas };
    const better =
      best === undefined ||
      candidate.tiles < best.tiles ||
      (candidate.tiles === best.tiles && candidate.batchesPerSecond > best.batchesPerSecond);
    if (better) best = candidate;
  }
  if (best === undefined) throw new RangeError("A layer needs at least one way to be mapped.");
  return best;
}

function slowestLayer<T extends { readonly batchesPerSecond: number }>(layers: readonly T[]): T | undefined {
  let slowest = layers.at(0);
  for (const layer of layers) {
    if (slowest && layer.batchesPerSecond < slowest.batchesPerSecond) slowest = layer;
  }
  return slowest;
}

function summary(scheme: ReplicationScheme, budget: number, layers: readonly LayerAllocation[]): Replication {
  return freeze({
    scheme,
    tileBudget: budget,
    tilesUsed: countTiles(layers),
    throughputBatchesPerSecond: slowestLayer(layers)?.batchesPerSecond ?? 0,
    layers,
  });
}

function countTiles(layers: readonly LayerAllocation[]): number {
  return layers.reduce((sum, { tiles }) => sum + tiles, 0);
}
