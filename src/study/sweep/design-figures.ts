import { counted } from "../../errors";
import type { TileOption } from "../replication";
import { batchesPerSecond, replicateByDoubling, replicateByIncrement, tileBudget } from "../replication";
import type { SweepPlan } from "./sweep-plan";

/** What a DNN costs on one design, before anything is derived from it. */
export interface NetworkFigures {
  readonly layers: number;
  /** Tiles of the chip, all of which each layer is mapped to. */
  readonly nTiles: number;
  /** Samples of a batch. */
  readonly batchSize: number;
  /** Multiply-accumulates of all layers for one batch. */
  readonly macs: number;
  /** All layers, one batch. */
  readonly energyPj: number;
  /** Layer by layer, one batch. */
  readonly cycles: readonly number[];
  /** One chip. */
  readonly chipAreaUm2: number;
  /** Ways to map each layer, for replication by increment; null for doubling. */
  readonly tileOptions: readonly (readonly TileOption[])[] | null;
}

/**
 * Figures of a design that follow from those of its layers. One multiply-accumulate counts as two operations, as in
 * every published TOPS figure, and a cycle is a nanosecond.
 *
 * The pipeline keeps the weights of all layers in crossbars at once: every layer has tiles of its own. Replicated,
 * slow layers have several copies, as many as fit on the silicon of the sweep; unreplicated, each has one.
 */
export interface DesignFigures {
  readonly layers: number;
  readonly macsPerInference: number;
  readonly energyPj: number;
  readonly energyPerInferencePj: number;
  readonly energyPerMacPj: number;
  /** Operations per joule, in TOPS/W. Energy is that of a batch, leakage included where it counts: throughput plays no part. */
  readonly topsPerWatt: number;
  /** Sum over the layers: one batch through an empty pipeline. */
  readonly cyclesTotal: number;
  readonly cyclesSlowestLayer: number;
  readonly chipAreaMm2: number;
  /** Tiles that fit on the silicon of the sweep. */
  readonly tileBudget: number;
  readonly tilesUsed: number;
  /** Silicon of the tiles used. */
  readonly pipelineAreaMm2: number;
  readonly inferencesPerSecond: number;
  readonly tops: number;
  readonly topsPerMm2: number;
  /** Energy times throughput. */
  readonly powerW: number;
  readonly unreplicatedAreaMm2: number;
  readonly unreplicatedInferencesPerSecond: number;
  readonly unreplicatedTops: number;
  readonly unreplicatedTopsPerMm2: number;
}

/** A design that cannot run the DNN, and why. */
interface Infeasible {
  readonly reason: string;
}

const um2PerMm2 = 1e6;
const operationsPerMac = 2;

/**
 * Derives throughput, efficiency and density.
 * @param referenceAreaUm2 Area of the first architecture's chip, as it is in the models and with as many tiles; the
 *   silicon of the pipeline is `aggregateTiles` of its tiles, unless the sweep gives it in mm^2.
 * @returns The figures, or why the DNN does not fit on the silicon.
 */
export function designFigures(
  network: NetworkFigures,
  throughput: SweepPlan["throughput"],
  referenceAreaUm2: number,
): DesignFigures | Infeasible {
  const { layers, nTiles, batchSize, macs, energyPj, cycles, chipAreaUm2 } = network;
  const tileAreaMm2 = chipAreaUm2 / nTiles / um2PerMm2;
  const budget =
    throughput.areaBudgetMm2 === null
      ? tileBudget(throughput.aggregateTiles, chipAreaUm2, referenceAreaUm2)
      : Math.floor(throughput.areaBudgetMm2 / tileAreaMm2);
  const fewestTiles = network.tileOptions?.map((options) =>
    Math.min(...options.map((option) => option.tiles)),
  );
  const tilesNeeded = fewestTiles?.reduce((sum, count) => sum + count, 0) ?? nTiles * layers;
  if (tilesNeeded > budget)
    return {
      reason: `${needTiles(layers, tilesNeeded)}, but ${budget === 1 ? "only 1 fits" : `only ${budget} fit`} on the silicon of the sweep.`,
    };
  const replication = network.tileOptions
    ? replicateByIncrement(network.tileOptions, budget)
    : replicateByDoubling(cycles, nTiles, budget);
  const cyclesSlowestLayer = Math.max(...cycles);
  const operations = operationsPerMac * macs;
  const topsAt = (batches: number): number => (operations * batches) / 1e12;
  const pipelineAreaMm2 = tileAreaMm2 * replication.tilesUsed;
  const tops = topsAt(replication.throughputBatchesPerSecond);
  const unreplicatedAreaMm2 = tileAreaMm2 * nTiles * layers;
  const unreplicatedBatches = batchesPerSecond(cyclesSlowestLayer);
  const unreplicatedTops = topsAt(unreplicatedBatches);
  return {
    layers,
    macsPerInference: macs / batchSize,
    energyPj,
    energyPerInferencePj: energyPj / batchSize,
    energyPerMacPj: energyPj / macs,
    topsPerWatt: operations / energyPj,
    cyclesTotal: cycles.reduce((sum, count) => sum + count, 0),
    cyclesSlowestLayer,
    chipAreaMm2: chipAreaUm2 / um2PerMm2,
    tileBudget: budget,
    tilesUsed: replication.tilesUsed,
    pipelineAreaMm2,
    inferencesPerSecond: replication.throughputBatchesPerSecond * batchSize,
    tops,
    topsPerMm2: tops / pipelineAreaMm2,
    powerW: energyPj * 1e-12 * replication.throughputBatchesPerSecond,
    unreplicatedAreaMm2,
    unreplicatedInferencesPerSecond: unreplicatedBatches * batchSize,
    unreplicatedTops,
    unreplicatedTopsPerMm2: unreplicatedTops / unreplicatedAreaMm2,
  };
}

function needTiles(layers: number, tiles: number): string {
  return `${layers === 1 ? "The layer needs" : `The ${layers} layers need`} ${counted(tiles, "tile")}`;
}
