import { count, oneOf, optional, positive } from "../arguments";
import { counted, RaellaError } from "../errors";
import { loadPublishedFigures } from "../spec/published-figures";
import type { Warning } from "../spec/specification";
import { unlessNothingFits } from "./full-search";
import type { LayerResult } from "./layer-result";
import { areaOfChip } from "./network-result";
import type { Replication, ReplicationScheme, TileAreas, TileOption } from "./replication";
import { defaultAggregateTiles, replicateByDoubling, replicateByIncrement, tileBudget } from "./replication";
import { cyclesOfRequest } from "./layer-figures";
import type { LayerRequest } from "./run-layer";
import { defaultTiles } from "./study-options";
import type { StudyOptions } from "./study-options";

/** How the layers of a DNN share the tiles of a pipeline. */
export interface ThroughputOptions {
  /** Tiles of the whole pipeline for the first architecture; others get as many as fit on the same area. */
  readonly aggregateTiles?: number;
  /** Instead of `aggregateTiles`: silicon for the tiles of the pipeline, mm^2, the same for every architecture. */
  readonly areaBudgetMm2?: number;
  /**
   * What a tile takes where areas are compared: what the model comes to (`modelled`, the default), or what is published of
   * the architecture. Areas in results are the model's with either.
   */
  readonly tileAreas?: TileAreas;
  /** Default `doubling`, the tutorial's scheme. `increment` is finer, never worse, and maps the layers a few times more. */
  readonly replication?: ReplicationScheme;
  /** Area of one chip that areas are normalised to, um^2 (default: the first architecture's). */
  readonly baseAreaUm2?: number;
}

export const throughputEntries = {
  aggregateTiles: optional(count),
  areaBudgetMm2: optional(positive),
  tileAreas: optional(oneOf(["modelled", "published"])),
  replication: optional(oneOf(["doubling", "increment"])),
  baseAreaUm2: optional(positive),
};

/** A layer, and the ways to map it that replication may choose from. */
export interface ReplicableLayer {
  readonly result: LayerResult;
  readonly tileOptions: readonly TileOption[];
}

/**
 * The ways to map a layer that replication may choose from: on the fewest tiles that it fits on, and on the number
 * that it has been mapped to.
 * @param result The layer mapped to the usual number of tiles.
 */
export function tileOptions(
  layer: LayerRequest,
  result: Pick<LayerResult, "nTiles" | "cycles">,
): TileOption[] {
  const usual = { tiles: result.nTiles ?? 1, cycles: result.cycles };
  // A full search would find faster mappings, but for every number of tiles it takes too long.
  const quick = layer.search === "full" ? ({ search: "optimal" } as const) : {};
  const fewest = fewestTiles(usual.tiles, (nTiles) => cyclesOfRequest({ ...layer, nTiles, ...quick }));
  return fewest === undefined || fewest.tiles === usual.tiles ? [usual] : [fewest, usual];
}

/**
 * The smallest number of tiles below `limit` on which a layer can be mapped, and how fast it is there; undefined if
 * there is none. Every number is tried, since which factors fit does not only depend on how much room there is.
 */
export function fewestTiles(limit: number, cyclesOn: (tiles: number) => number): TileOption | undefined {
  for (let tiles = 1; tiles < limit; tiles += 1) {
    const cycles = unlessNothingFits(() => cyclesOn(tiles));
    if (cycles !== null) return { tiles, cycles };
  }
  return undefined;
}

export function replicate(
  layers: readonly ReplicableLayer[],
  budget: number,
  { replication, areaBudgetMm2, tileAreas }: ThroughputOptions,
): Replication {
  const results = layers.map(({ result }) => result);
  const allocated =
    replication === "increment"
      ? replicateByIncrement(
          layers.map((layer) => layer.tileOptions),
          budget,
        )
      : replicateByDoubling(
          results.map(({ cycles }) => cycles),
          results[0].nTiles ?? defaultTiles,
          budget,
        );
  return {
    ...(areaBudgetMm2 === undefined ? {} : { areaBudgetMm2 }),
    ...(tileAreas === "published" ? { tileAreas } : {}),
    ...allocated,
  };
}

/** Cycles of a layer with a batch twice as large; null for models without a batch, and where it does not fit. */
function cyclesOfTwice(job: LayerRequest, batch: number | null): number | null {
  if (batch === null) return null;
  const quick = job.search === "full" ? ({ search: "optimal" } as const) : {};
  try {
    return cyclesOfRequest({ ...job, ...quick, batchSize: 2 * batch });
  } catch (error) {
    if (error instanceof RaellaError) return null;
    throw error;
  }
}

/** How many times as many samples a second a layer would do with a batch twice as large. */
function gainOfTwice(job: LayerRequest, { cycles, batchSize }: LayerResult): number {
  const twice = cyclesOfTwice(job, batchSize);
  return twice === null ? 1 : (2 * cycles) / twice;
}

/** The positions of the layers that cannot share a batch out among their tiles: only where it is smaller than these are many. */
function layersShortOfSamples(
  jobs: readonly LayerRequest[],
  results: readonly LayerResult[],
): readonly number[] {
  const { nTiles, batchSize } = results[0];
  if (nTiles === null || batchSize === null || batchSize >= nTiles) return [];
  return results.flatMap((result, index) =>
    gainOfTwice(jobs[index], result) > remarkableGain ? [index] : [],
  );
}

/** @throws RaellaError `usage` where the silicon is given twice. */
export function requireOneBudget({ areaBudgetMm2, aggregateTiles, baseAreaUm2 }: ThroughputOptions): void {
  if (areaBudgetMm2 === undefined) return;
  const other =
    aggregateTiles !== undefined ? "aggregateTiles" : baseAreaUm2 !== undefined ? "baseAreaUm2" : null;
  if (other === null) return;
  throw new RaellaError({
    code: "usage",
    message: `Both areaBudgetMm2 and ${other} say how much silicon there is.`,
    value: other,
    expected: "areaBudgetMm2 or aggregateTiles",
  });
}

/**
 * Area of a chip, um^2, as areas are compared.
 * @throws RaellaError `usage` where no tile of the architecture is published.
 */
export function comparedArea(
  architecture: string,
  layers: readonly ReplicableLayer[],
  { tileAreas, workspace }: ThroughputOptions & Pick<StudyOptions, "workspace">,
): number {
  const results = layers.map(({ result }) => result);
  if (tileAreas !== "published") return areaOfChip(results);
  const published = loadPublishedFigures(workspace).filter(({ figure }) => figure === "tileArea");
  const found = published.find((figure) => figure.architecture === architecture);
  if (found !== undefined) return found.value * um2PerMm2 * (results[0].nTiles ?? 1);
  throw new RaellaError({
    code: "usage",
    message: `No area of a tile of ${architecture} is published.`,
    value: architecture,
    expected: `one of ${published.map((figure) => figure.architecture).join(", ")}`,
    remedy: "Add a line tileArea to published_figures.csv beside the models, or compare modelled areas.",
  });
}

/** For one architecture: nothing is compared with its area, unless an area is given. */
export function needlessTileAreas({
  tileAreas,
  areaBudgetMm2,
  baseAreaUm2,
}: ThroughputOptions): readonly Warning[] {
  if (tileAreas !== "published" || areaBudgetMm2 !== undefined || baseAreaUm2 !== undefined) return [];
  return [
    {
      code: "usage",
      message:
        "Published areas of tiles (--tile-areas published) have no effect: there is one architecture, whose area is " +
        "compared with none. Name several, or give the silicon (--area-budget).",
    },
  ];
}

const um2PerMm2 = 1e6;

/** Tiles that an architecture may use, for the areas of a chip of its own and of the first architecture. */
export function tilesWithin(
  { areaBudgetMm2, aggregateTiles }: ThroughputOptions,
  area: number,
  baseArea: number,
  tiles: number,
): number {
  return areaBudgetMm2 === undefined
    ? tileBudget(aggregateTiles ?? defaultAggregateTiles, area, baseArea)
    : Math.floor(areaBudgetMm2 / (area / tiles / um2PerMm2));
}

/** A larger batch is worth a warning where it makes a layer this much faster for each sample ... */
const remarkableGain = 1.25;
/** ... which is the slowest one, or one of those that together have this share of the tiles. */
const remarkableShare = 0.5;

/** The position of the layer that sets the pace of a pipeline. */
function slowestOf({ layers }: Replication): number {
  return layers.reduce(
    (slowest, { batchesPerSecond }, index) =>
      batchesPerSecond < layers[slowest].batchesPerSecond ? index : slowest,
    0,
  );
}

/**
 * What limits a pipeline and was probably not meant: silicon that does not hold its layers, or a batch with which the
 * slowest layer, or layers that have most of the tiles, cannot make use of them.
 */
export function pipelineWarnings(
  name: string,
  replication: Replication,
  jobs: readonly LayerRequest[],
  results: readonly LayerResult[],
): readonly Warning[] {
  const { tileBudget, tilesUsed } = replication;
  const warnings: Warning[] = [];
  if (tilesUsed > tileBudget)
    warnings.push({
      code: "check",
      message:
        `${name}: ${results.length === 1 ? "the layer needs" : `the ${results.length} layers need`} ` +
        `${counted(tilesUsed, "tile")} at once, but ${tileBudget === 1 ? "only 1 fits" : `only ${tileBudget} fit`} on the silicon: the ` +
        "throughput is that of more silicon than there is. Give more (--aggregate-tiles, --area-budget), or fewer tiles " +
        "a layer (--tiles, --replication increment).",
    });
  const position = slowestOf(replication);
  const slowest = results[position];
  const gain = gainOfTwice(jobs[position], slowest);
  const remedy = "Take a larger batch (--batch) or fewer tiles (--tiles).";
  if (gain > remarkableGain)
    warnings.push({
      code: "check",
      message:
        `${name}: the batch limits the throughput. The slowest layer, ${slowest.layer}, cannot share ${counted(slowest.batchSize ?? 1, "sample")} ` +
        `out among its ${counted(slowest.nTiles ?? 1, "tile")}; with a batch twice as large it would do ${gain.toFixed(2)} times as many ` +
        `a second. ${remedy}`,
    });
  else {
    const short = layersShortOfSamples(jobs, results);
    const share = short.reduce((sum, index) => sum + replication.layers[index].tiles, 0) / tilesUsed;
    if (share > remarkableShare)
      warnings.push({
        code: "check",
        message:
          `${name}: the batch limits the throughput. ${short.length} of ${counted(results.length, "layer")}, which ${short.length === 1 ? "has" : "have"} ` +
          `${(100 * share).toFixed(0)} % of the tiles, cannot share ${counted(slowest.batchSize ?? 1, "sample")} out among them. ${remedy}`,
      });
  }
  return warnings;
}
