import {
  checkedLater,
  count,
  listOf,
  name,
  names,
  oneOf,
  optional,
  optionsOf,
  positive,
  requireArgument,
  requireOptions,
} from "../arguments";
import { RaellaError, throwAll } from "../errors";
import { freeze, frozenCopy } from "../memory";
import { loadComponentGroups } from "../spec/component-groups";
import { unknownLayer } from "../spec/get-spec";
import { loadPublishedFigures } from "../spec/published-figures";
import { choicesAmong } from "../spec/model-choices";
import { findArchitecture, findDnn, listArchitectures, listDnns, listLayers } from "../spec/workspace";
import type { ComponentGroup } from "./component-groups";
import type { LayerResult } from "./layer-result";
import { mergeManifests } from "./manifest";
import type { Manifest } from "./manifest";
import { gainsOver } from "./gains";
import type { Gains } from "./gains";
import { areaOfChip, networkTotals } from "./network-result";
import type { AblationResult, NetworkResult } from "./network-result";
import { pipelineWarnings, slowestOf } from "./pipeline-warnings";
import type { Replication, ReplicationScheme, TileAreas, TileOption } from "./replication";
import { defaultAggregateTiles, replicateByDoubling, replicateByIncrement, tileBudget } from "./replication";
import type { Outcome } from "./run-jobs";
import { mapPatiently, runJobs } from "./run-jobs";
import { runRequest } from "./run-layer";
import type { LayerRequest } from "./run-layer";
import { defaultTiles, requireFullSearch, runEntries, studyEntries, withDefaults } from "./study-options";
import type { RunOptions, StudyOptions } from "./study-options";
import { Surroundings } from "./surroundings";

/**
 * The ways to map a layer that replication may choose from: on the fewest tiles that it fits on, and on the number
 * that it has been mapped to.
 * @param result The layer mapped to the usual number of tiles.
 */
function tileOptions(layer: LayerRequest, result: Pick<LayerResult, "nTiles" | "cycles">): TileOption[] {
  const usual = { tiles: result.nTiles ?? 1, cycles: result.cycles };
  const fewest = fewestTiles(layer, usual.tiles);
  return fewest === undefined || fewest.tiles === usual.tiles ? [usual] : [fewest, usual];
}

/**
 * The smallest number of tiles below `limit` on which a layer can be mapped, and how fast it is there; undefined if
 * there is none. Every number is tried, since which factors fit does not only depend on how much room there is.
 */
function fewestTiles(layer: LayerRequest, limit: number): TileOption | undefined {
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

export interface LayersOptions extends StudyOptions, RunOptions {
  readonly architecture: string;
  readonly dnn: string;
  /** Layer numbers; all of them if left out. */
  readonly layers?: readonly number[];
}

export interface NetworkOptions extends LayersOptions, ThroughputOptions {}

export interface AblationOptions extends StudyOptions, RunOptions, ThroughputOptions {
  /** In order; areas are normalised to the first one. All architectures if left out. */
  readonly architectures?: readonly string[];
  /** Layer numbers; all of them if left out. */
  readonly layers?: readonly number[];
}

export interface AllOptions extends Omit<AblationOptions, "layers"> {
  /** All DNNs if left out. */
  readonly dnns?: readonly string[];
}

const throughputEntries = {
  aggregateTiles: optional(count),
  areaBudgetMm2: optional(positive),
  tileAreas: optional(oneOf(["modelled", "published"])),
  replication: optional(oneOf(["doubling", "increment"])),
  baseAreaUm2: optional(positive),
};
const layersEntries = {
  ...studyEntries,
  ...runEntries,
  architecture: name,
  dnn: name,
  layers: optional(listOf(checkedLater, "a list of layer numbers")),
};
const layersSchema = optionsOf(layersEntries);
const networkSchema = optionsOf({ ...layersEntries, ...throughputEntries });
const ablationEntries = {
  ...studyEntries,
  ...runEntries,
  ...throughputEntries,
  architectures: optional(names),
};
const ablationSchema = optionsOf({ ...ablationEntries, layers: layersEntries.layers });
const allSchema = optionsOf({ ...ablationEntries, dnns: optional(names) });

/**
 * Runs layers of one DNN on one architecture.
 * @returns Results in the order of `layers`, each with its manifest.
 * @throws RaellaError for names or numbers that do not exist, layers that do not fit (all of them are named), or
 *   `aborted`.
 */
export async function runLayers(options: LayersOptions): Promise<readonly LayerResult[]> {
  requireOptions(layersSchema, options, "runLayers");
  requireFullSearch(options);
  const jobs = jobsOf(options, options.architecture, options.dnn, options.layers);
  return freeze(await runToEnd(jobs, options, new Surroundings()));
}

/** Runs all (or some) layers of a DNN on one architecture and sums them up. Errors as {@link runLayers}. */
export async function runNetwork(options: NetworkOptions): Promise<NetworkResult> {
  requireOptions(networkSchema, options, "runNetwork");
  const { architecture, dnn, layers } = options;
  const [ablation] = await runStudies([{ dnn, layers }], { ...options, architectures: [architecture] });
  return ablation.networks[0];
}

/**
 * Runs a DNN, or some of its layers, on several architectures: what each idea brings to each component. Errors as
 * {@link runLayers}.
 */
export async function runAblation(dnn: string, options: AblationOptions = {}): Promise<AblationResult> {
  requireArgument(name, dnn, "the DNN of runAblation");
  requireOptions(ablationSchema, options, "runAblation");
  const [ablation] = await runStudies([{ dnn, layers: options.layers }], options);
  return ablation;
}

/** Runs every DNN on every architecture; one ablation per DNN. Errors as {@link runLayers}. */
export async function runAll(options: AllOptions = {}): Promise<readonly AblationResult[]> {
  requireOptions(allSchema, options, "runAll");
  const dnns = options.dnns ?? listDnns(options.workspace);
  if (dnns.length === 0)
    throw new RaellaError({ code: "usage", message: "No DNN is given.", remedy: "Name at least one." });
  return freeze(
    await runStudies(
      dnns.map((dnn) => ({ dnn })),
      options,
    ),
  );
}

/**
 * What every architecture of a run gains over the first one, beside what is published of it. Where a paper says what is
 * gained, throughput is given by both schemes of replication: the layers are run once more for the finer one.
 * @param options Those of the run. Errors as {@link runLayers}.
 */
export async function runGains(
  ablations: readonly AblationResult[],
  options: AllOptions = {},
): Promise<readonly Gains[]> {
  requireOptions(allSchema, options, "runGains");
  const published = loadPublishedFigures(options.workspace);
  const gains = gainsOver(ablations, published);
  const compared = gains.filter((gain) => gain.published.length > 0);
  if (options.replication === "increment" || options.search === "full" || compared.length === 0) return gains;
  const architectures = [compared[0].base, ...compared.map(({ architecture }) => architecture)];
  const dnns = ablations.map(({ dnn }) => dnn);
  const finer = gainsOver(
    await runAll({ ...options, architectures, dnns, replication: "increment" }),
    published,
  );
  return freeze(
    gains.map((gain) => finer.find(({ architecture }) => architecture === gain.architecture) ?? gain),
  );
}

/** All layers of all studies are run as one list of jobs, so that threads never wait for each other in between. */
async function runStudies(
  studies: readonly { readonly dnn: string; readonly layers?: readonly number[] }[],
  options: AblationOptions,
): Promise<readonly AblationResult[]> {
  requireFullSearch(options);
  requireOneBudget(options);
  const architectures = options.architectures ?? listArchitectures(options.workspace).map(({ name }) => name);
  if (architectures.length === 0) {
    throw new RaellaError({
      code: "usage",
      message: "No architecture is given.",
      remedy: "Name at least one.",
    });
  }
  const jobs = studies.map(({ dnn, layers }) =>
    architectures.map((architecture) => jobsOf(options, architecture, dnn, layers)),
  );
  const layers = await runReplicableLayers(jobs.flat(2), options, new Surroundings());
  const groups = loadComponentGroups(options.workspace);
  let taken = 0;
  return jobs.map((ofStudy) => {
    const layersOfNetworks = ofStudy.map((own) => layers.slice(taken, (taken += own.length)));
    const areas = layersOfNetworks.map((own, index) =>
      comparedArea(ofStudy[index][0].architecture, own, options),
    );
    const baseArea = options.baseAreaUm2 ?? areas[0];
    const networks = layersOfNetworks.map((own, index) => {
      const budget = tilesWithin(options, areas[index], baseArea, own[0].result.nTiles ?? 1);
      return networkOf(ofStudy[index], own, budget, options, groups);
    });
    const { dnn, nTiles, batchSize } = networks[0];
    return freeze({
      dnn,
      architectures: networks.map(({ architecture }) => architecture),
      ...{ nTiles, batchSize, networks },
    });
  });
}

/** A layer, and the ways to map it that replication may choose from. */
interface ReplicableLayer {
  readonly result: LayerResult;
  readonly tileOptions: readonly TileOption[];
}

/** Runs layers, and with the finer replication also finds the fewest tiles of each. Progress counts both. */
async function runReplicableLayers(
  jobs: readonly LayerRequest[],
  options: RunOptions & ThroughputOptions,
  surroundings: Surroundings,
): Promise<readonly ReplicableLayer[]> {
  if (options.replication !== "increment") {
    return (await runToEnd(jobs, options, surroundings)).map((result) => ({ result, tileOptions: [] }));
  }
  const counting =
    (before: number): RunOptions["onProgress"] =>
    (progress) =>
      options.onProgress?.({ ...progress, done: before + progress.done, total: 2 * jobs.length });
  const results = await runToEnd(jobs, { ...options, onProgress: counting(0) }, surroundings);
  return mapPatiently(
    jobs,
    (job, index) => ({ result: results[index], tileOptions: tileOptions(job, results[index]) }),
    { signal: options.signal, onProgress: counting(jobs.length) },
    surroundings,
  );
}

/** Layers to run; architecture and DNN are called as the lists call them, whatever the case they were given in. */
function jobsOf(
  options: StudyOptions,
  givenArchitecture: string,
  givenDnn: string,
  layers: readonly number[] | undefined,
): readonly LayerRequest[] {
  const { useTypicalStatistics, nTiles, batchSize, variables, newVariables, greedySteps } = options;
  const { fidelity, workspace, search, objective, timeLimitMs, strict } = options;
  const dnn = findDnn(givenDnn, workspace);
  const architecture = findArchitecture(givenArchitecture, workspace).name;
  const known = listLayers(dnn, workspace);
  const chosen = layers ?? known;
  const unknown = chosen.find((layer) => typeof layer === "number" && !known.includes(layer));
  if (unknown !== undefined) throw unknownLayer(dnn, unknown, known);
  if (chosen.length === 0) {
    throw new RaellaError({ code: "usage", message: "No layer is given.", remedy: "Name at least one." });
  }
  // As they are now: the run takes its time, and its caller may go on editing them.
  const common = frozenCopy(
    withDefaults({
      ...{ architecture, dnn, useTypicalStatistics, nTiles, batchSize, variables, newVariables },
      ...{ greedySteps, fidelity, workspace, search, objective, timeLimitMs, strict },
      ...choicesAmong(options),
    }),
  );
  return chosen.map((layer) => ({ ...common, layer }));
}

/** Runs jobs to the end; if any fails, all errors are thrown together. */
async function runToEnd(
  jobs: readonly LayerRequest[],
  options: RunOptions,
  surroundings: Surroundings,
): Promise<readonly LayerResult[]> {
  const outcomes = await runJobs(jobs, options, surroundings);
  throwAll(distinctErrors(outcomes, jobs));
  return outcomes.filter((outcome): outcome is LayerResult => !(outcome instanceof RaellaError));
}

/** The same mistake in a file shows in every layer that reads it: it is told once. What does not fit has a place. */
function distinctErrors(outcomes: readonly Outcome[], jobs: readonly LayerRequest[]): RaellaError[] {
  const errors = new Map<string, RaellaError>();
  const misfits: RaellaError[] = [];
  outcomes.forEach((outcome, index) => {
    if (!(outcome instanceof RaellaError)) return;
    if (outcome.code === "no-mapping") misfits.push(ofLayer(outcome, jobs[index]));
    else if (!errors.has(outcome.message)) errors.set(outcome.message, outcome);
  });
  return [
    ...errors.values(),
    ...misfits.map((error, index) => (index < misfits.length - 1 ? shorten(error) : error)),
  ];
}

function ofLayer(error: RaellaError, { architecture, dnn, layer }: LayerRequest): RaellaError {
  return new RaellaError({
    ...error.toJSON(),
    message: `${dnn}, layer ${layer} on ${architecture}: ${error.summary}`,
  });
}

/** Of many layers that do not fit, the last one says what to do. */
function shorten(error: RaellaError): RaellaError {
  return new RaellaError({ ...error.toJSON(), expected: undefined, remedy: undefined });
}

function networkOf(
  jobs: readonly LayerRequest[],
  layers: readonly ReplicableLayer[],
  budget: number,
  options: ThroughputOptions,
  groups: readonly ComponentGroup[],
): NetworkResult {
  const results = layers.map(({ result }) => result);
  const { nTiles, batchSize } = results[0];
  const { architecture, dnn } = jobs[0];
  const replication = replicate(layers, budget, options);
  const slowest = slowestOf(replication);
  const warnings = pipelineWarnings(
    `${dnn} on ${architecture}`,
    results.length,
    replication,
    results[slowest],
    cyclesOfTwice(jobs[slowest], batchSize),
  );
  return {
    architecture,
    dnn,
    nTiles,
    batchSize,
    layers: results.map(withoutManifest),
    totals: networkTotals(results, replication, groups),
    replication,
    ...(warnings.length > 0 ? { warnings } : {}),
    manifest: mergeManifests(
      results.map(({ manifest }) => manifest).filter((manifest): manifest is Manifest => !!manifest),
    ),
  };
}

/** Cycles of a layer with a batch twice as large; null for models without a batch, and where it does not fit. */
function cyclesOfTwice(job: LayerRequest, batch: number | null): number | null {
  if (batch === null) return null;
  const quick = job.search === "full" ? ({ search: "optimal" } as const) : {};
  try {
    return runRequest({ ...job, ...quick, batchSize: 2 * batch }).cycles;
  } catch (error) {
    if (error instanceof RaellaError) return null;
    throw error;
  }
}

/** The layers of a DNN share its manifest. */
function withoutManifest(layer: LayerResult): LayerResult {
  const bare = { ...layer };
  delete (bare as { manifest?: Manifest }).manifest;
  return bare;
}

function replicate(
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

/** @throws RaellaError `usage` where the silicon is given twice. */
function requireOneBudget({ areaBudgetMm2, aggregateTiles, baseAreaUm2 }: ThroughputOptions): void {
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
function comparedArea(
  architecture: string,
  layers: readonly ReplicableLayer[],
  { tileAreas, workspace }: AblationOptions,
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

const um2PerMm2 = 1e6;

/** Tiles that an architecture may use, for the areas of a chip of its own and of the first architecture. */
function tilesWithin(
  { areaBudgetMm2, aggregateTiles }: ThroughputOptions,
  area: number,
  baseArea: number,
  tiles: number,
): number {
  return areaBudgetMm2 === undefined
    ? tileBudget(aggregateTiles ?? defaultAggregateTiles, area, baseArea)
    : Math.floor(areaBudgetMm2 / (area / tiles / um2PerMm2));
}
