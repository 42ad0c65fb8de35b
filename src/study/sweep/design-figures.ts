import { counted } from "../../errors";
import { priceLevels } from "../../components/estimate";
import { describeCosts } from "../../model/access-costs";
import { describeHardware } from "../../model/hardware";
import type { Hardware } from "../../model/hardware";
import { examineSpace } from "../../search/exhaustive/examine-space";
import { bestOfFront } from "../../search/exhaustive/mapping-front";
import type { PricedMapping } from "../../search/exhaustive/mapping-front";
import { parseMetrics } from "../../search/ranking";
import { assembleQuietly } from "../../spec/get-spec";
import { addUp, leakageKey, totalKey } from "../component-groups";
import { noMapping } from "../find-mapping";
import { chipArea, multiplyAccumulates, requireFiniteFigures, summarizeLayer } from "../layer-result";
import type { TileOption } from "../replication";
import { batchesPerSecond, replicateByDoubling, replicateByIncrement, tileBudget } from "../replication";
import { mapAssembled } from "../run-layer";
import type { LayerRequest } from "../run-layer";
import type { SweepPlan } from "./sweep-plan";

/** What a sweep needs to know of a layer. */
export interface LayerFigures {
  /** By level, with `total`; one batch. */
  readonly energyPj: Readonly<Record<string, number>>;
  readonly cycles: number;
  readonly macs: number;
  /** One chip. */
  readonly areaUm2: number;
}

/**
 * Maps a layer and returns the figures that a sweep sums up, equal to those of `runLayer` bit for bit. Where only
 * prices differ from a design before (another converter, another cell), nothing is searched again: the mappings that
 * can be best at any prices are remembered with their counts.
 * @throws RaellaError if the layer does not fit on the design, or the design cannot be built.
 */
export function layerFigures(request: LayerRequest): LayerFigures {
  const specification = assembleQuietly(request);
  const tables = priceLevels(specification);
  const hardware = describeHardware(specification);
  const costs = describeCosts(hardware, tables.energy);
  const metrics = parseMetrics(specification.mapper.optimizationMetrics);
  // Checks of a level need the counts of the whole mapping.
  const isChecked = specification.checks?.some(({ severity }) => severity !== "note") ?? false;
  const known = isChecked ? null : examineSpace(specification, hardware, costs, metrics);
  if (known === null) {
    const { energyPj, cycles, macs, areaUm2 } = summarizeLayer(
      mapAssembled(specification),
      undefined,
      request.strict,
    );
    return { energyPj, cycles, macs, areaUm2: areaUm2.total };
  }
  const best = bestOfFront(known.front, hardware, costs, metrics);
  if (best === null) throw noMapping(specification, known.size, "optimal");
  const energyPj = energiesByLevel(best, hardware);
  const areaUm2 = chipArea(specification, tables.area.areaUm2);
  const { cycles } = best;
  requireFiniteFigures(specification, { energyPj: energyPj[totalKey], cycles, areaUm2 }, () =>
    Object.entries(energyPj),
  );
  return { energyPj, cycles, macs: multiplyAccumulates(specification, known.front.computes), areaUm2 };
}

/** By name, outermost level first, with the total. */
function energiesByLevel(
  { levelsPj, leakagePj, computePj, energyPj: total }: PricedMapping,
  hardware: Hardware,
): Record<string, number> {
  const energyPj: Record<string, number> = {};
  for (let level = levelsPj.length - 1; level >= 0; level -= 1)
    energyPj[hardware.levels[level].name] = levelsPj[level];
  energyPj[hardware.compute.name] = computePj;
  if (leakagePj !== null) energyPj[leakageKey] = addUp([...leakagePj].reverse());
  energyPj[totalKey] = total;
  return energyPj;
}

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
