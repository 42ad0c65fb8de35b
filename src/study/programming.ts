import { optionsOf, requireArgument, requireOptions } from "../arguments";
import { pricingOf } from "../components/pricing";
import { priceLevels } from "../components/estimate";
import { createMapSpace } from "../mapspace/map-space";
import { freeze } from "../memory";
import { hasValidMapping } from "../search/exhaustive/find-best-mapping";
import { withOneLook } from "../spec/file-memo";
import { assembleSpec } from "../spec/get-spec";
import type { DataSpace, Level, Specification, Workload } from "../spec/specification";
import { addUp } from "./component-groups";
import { unlessNothingFits, unlessTooLarge } from "./full-search";
import type { LayerResult } from "./layer-result";
import { networkResultSchema } from "./network-result";
import type { NetworkResult } from "./network-result";
import { tileOptions } from "./pipeline";
import type { LayerRequest } from "./run-layer";
import { jobsOf } from "./run-network";
import { studyEntries } from "./study-options";
import type { StudyOptions } from "./study-options";

/** What it takes to write the weights of a layer once. */
interface LayerProgramming {
  /** Places of weights (CiM units) that are written. */
  readonly writes: number;
  readonly energyPj: number;
  /**
   * Row after row with a write pulse for each, all crossbars at the same time; null where no cell says how long its pulse
   * is.
   */
  readonly timeS: number | null;
}

/**
 * What it takes to write the weights of one layer once, one copy of them. Nothing of it is part of an inference.
 *
 * Prices are those of corrected fidelity, whatever is asked for: the original, which counts no writes, has the average of a
 * cell's write the wrong way round. As in the models, one device of a pair is written.
 * @returns null where no data stay in one place for the whole run
 */
function programmingOf(specification: Specification): LayerProgramming | null {
  const { workload, levels } = specification;
  const held = workload.dataSpaces
    .filter(({ readWrite }) => !readWrite)
    .map((space) => ({ space, places: levels.filter((level) => holds(level, space)) }))
    .find(({ places }) => places.length === 1);
  if (held === undefined) return null;
  const [place] = held.places;
  const options = { fidelity: "corrected" } as const;
  const { energy } = priceLevels({ ...specification, levels: [place] }, options);
  const { write = 0 } = energy.energyPj[place.name];
  const writes = Math.ceil(wordsOf(held.space, workload) / wordsOfRow(place));
  const { cell_config: cell, rows } = place.attributes;
  const pulseS =
    typeof cell === "string"
      ? pricingOf(specification, options).context.cellDescription(cell).writePulseS
      : null;
  const timeS = pulseS !== null && typeof rows === "number" ? rows * pulseS : null;
  return { writes, energyPj: writes * write, timeS };
}

function holds({ kind, constraints }: Level, { name }: DataSpace): boolean {
  return kind === "storage" && (constraints.dataspace?.keep ?? []).includes(name);
}

/** Words of a data space whose ranks are single dimensions, as those of weights are. */
function wordsOf({ ranks }: DataSpace, { bounds }: Workload): number {
  return ranks.flat().reduce((product, { dimension }) => product * bounds[dimension], 1);
}

function wordsOfRow({ attributes: { width, datawidth } }: Level): number {
  const bits = typeof width === "number" ? width : 1;
  return Math.max(1, Math.floor(bits / (typeof datawidth === "number" ? datawidth : 1)));
}

/** What it takes to bring a DNN's weights onto a chip. Nothing of it is part of an inference. */
export interface NetworkProgramming extends LayerProgramming {
  readonly architecture: string;
  readonly dnn: string;
  /** Tiles that hold every layer once, each on the fewest that it fits on. */
  readonly tilesNeeded: number;
  readonly tileBudget: number;
  /** How often the tiles of the budget are filled until all layers have run: 1 if all weights fit at once. */
  readonly loads: number;
}

/** The fewest tiles that a layer fits on, no more than it has been mapped to. How good its mappings are plays no part. */
function tilesThatHold(job: LayerRequest, result: LayerResult): number {
  const isHeld = (nTiles: number): boolean =>
    unlessNothingFits(() => hasValidMapping(createMapSpace(assembleSpec({ ...job, nTiles })))) ?? false;
  const fewest = unlessTooLarge(() => {
    let tiles = 1;
    while (tiles < (result.nTiles ?? 1) && !isHeld(tiles)) tiles += 1;
    return tiles;
  }, "optimal");
  return fewest ?? Math.min(...tileOptions(job, result).map(({ tiles }) => tiles));
}

/**
 * What it takes to write the weights of a DNN that has been run, once, and whether they fit on its silicon.
 * @param options Those of the run.
 * @returns null for a model in which weights do not stay in place
 * @example
 * ```ts
 * const network = await runNetwork({ architecture: "raella", dnn: "resnet18" });
 * const programming = programNetwork(network);
 * console.log(programming?.energyPj, programming?.loads);
 * ```
 */
export function programNetwork(
  network: NetworkResult,
  options: StudyOptions = {},
): NetworkProgramming | null {
  requireArgument(networkResultSchema, network, "the network of programNetwork");
  requireOptions(optionsOf(studyEntries), options, "programNetwork");
  return withOneLook(() => programLayers(network, options));
}

function programLayers(network: NetworkResult, options: StudyOptions): NetworkProgramming | null {
  const { architecture, dnn, layers, totals } = network;
  const numbers = layers.flatMap(({ layer }) => layer ?? []);
  const jobs = jobsOf(options, architecture, dnn, numbers);
  const parts = jobs.map((job) => programmingOf(assembleSpec(job)));
  if (!parts.every((part) => part !== null)) return null;
  const times = parts.map(({ timeS }) => timeS);
  const tilesNeeded = addUp(jobs.map((job, index) => tilesThatHold(job, layers[index])));
  const { tileBudget } = totals;
  return freeze({
    ...{ architecture, dnn, tilesNeeded, tileBudget },
    writes: addUp(parts.map(({ writes }) => writes)),
    energyPj: addUp(parts.map(({ energyPj }) => energyPj)),
    timeS: times.every((time) => time !== null) ? Math.max(...times) : null,
    loads: Math.ceil(tilesNeeded / tileBudget),
  });
}
