import {
  checkedLater,
  listOf,
  name,
  names,
  optional,
  optionsOf,
  requireArgument,
  requireOnce,
  requireOptions,
} from "../arguments";
import { listed, RaellaError, throwAll } from "../errors";
import { freeze, frozenCopy } from "../memory";
import { loadComponentGroups } from "../spec/component-groups";
import { findLayer, unknownLayer } from "../spec/find-layer";
import { choicesAmong } from "../spec/model-choices";
import {
  findArchitecture,
  findDnn,
  givenWorkspace,
  listArchitectures,
  listDnns,
  listLayers,
} from "../spec/workspace";
import type { ComponentGroup } from "./component-groups";
import type { LayerResult } from "./layer-result";
import { mergeManifests } from "./manifest";
import type { Manifest } from "./manifest";
import { gatherWarnings, networkTotals } from "./network-result";
import type { AblationResult, NetworkResult } from "./network-result";
import {
  comparedArea,
  needlessTileAreas,
  pipelineWarnings,
  replicate,
  requireOneBudget,
  throughputEntries,
  tileOptions,
  tilesWithin,
} from "./pipeline";
import type { ReplicableLayer, ThroughputOptions } from "./pipeline";
import type { Outcome } from "./run-jobs";
import { mapPatiently, runJobs } from "./run-jobs";
import type { LayerRequest } from "./run-layer";
import { requireFullSearch, runEntries, studyEntries, withDefaults } from "./study-options";
import type { RunOptions, StudyOptions } from "./study-options";
import { Surroundings } from "./surroundings";

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

/** How every DNN is run on every architecture; see {@link runAll}. */
export interface AllOptions extends Omit<AblationOptions, "layers"> {
  /** All DNNs if left out. */
  readonly dnns?: readonly string[];
}

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
export const allSchema = optionsOf({ ...ablationEntries, dnns: optional(names) });

/**
 * Runs layers of one DNN on one architecture.
 * @returns Results in the order of `layers`, each with its manifest.
 * @throws RaellaError for names or numbers that do not exist, layers that do not fit (all of them are named), or
 *   `aborted`.
 * @example
 * ```ts
 * const layers = await runLayers({ architecture: "raella", dnn: "resnet18", layers: [0, 10, 20] });
 * console.log(layers.map(({ energyPj }) => energyPj.total));
 * ```
 */
export async function runLayers(options: LayersOptions): Promise<readonly LayerResult[]> {
  requireOptions(layersSchema, options, "runLayers");
  requireFullSearch(options);
  const jobs = jobsOf(options, options.architecture, options.dnn, options.layers);
  return freeze(await runToEnd(jobs, options, new Surroundings()));
}

/**
 * Runs all (or some) layers of a DNN on one architecture and sums them up. Errors as {@link runLayers}.
 * @example
 * ```ts
 * const { totals } = await runNetwork({ architecture: "raella", dnn: "resnet18", variables: { N_ADC_PER_BANK: 8 } });
 * console.log(totals.energyPj.total, totals.throughputBatchesPerSecond);
 * ```
 */
export async function runNetwork(options: NetworkOptions): Promise<NetworkResult> {
  requireOptions(networkSchema, options, "runNetwork");
  const { architecture, dnn, layers } = options;
  const [ablation] = await runStudies([{ dnn, layers }], { ...options, architectures: [architecture] });
  return ablation.networks[0];
}

/**
 * Runs a DNN, or some of its layers, on several architectures: what each idea brings to each component. Errors as
 * {@link runLayers}.
 * @example
 * ```ts
 * const { networks } = await runAblation("resnet18", { layers: [0, 10, 20] });
 * for (const { architecture, totals } of networks)
 *   console.log(architecture, totals.energyPj.total, totals.throughputBatchesPerSecond);
 * ```
 */
export async function runAblation(dnn: string, options: AblationOptions = {}): Promise<AblationResult> {
  requireArgument(name, dnn, "the DNN of runAblation");
  requireOptions(ablationSchema, options, "runAblation");
  const [ablation] = await runStudies([{ dnn, layers: options.layers }], options);
  return ablation;
}

/**
 * Runs every DNN on every architecture; one ablation per DNN. Errors as {@link runLayers}.
 * @example
 * ```ts
 * const ablations = await runAll({ dnns: ["resnet18", "resnet50"], architectures: ["isaac_like", "raella"] });
 * console.log(ablations.map(({ dnn, networks }) => [dnn, networks[1].totals.topsPerWatt]));
 * ```
 */
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
  const jobs = studies.map(({ dnn, layers }) => {
    requireOnce("the layers", layers === undefined ? [] : numbersOf(layers, dnn, options));
    return architectures.map((architecture) => jobsOf(options, architecture, dnn, layers));
  });
  requireOnce(
    "the architectures",
    jobs[0].map(([{ architecture }]) => architecture),
  );
  requireOnce(
    "the DNNs",
    jobs.map(([[{ dnn }]]) => dnn),
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
      return networkOf(ofStudy[index], own, budget, options, groups, layersOfNetworks.length === 1);
    });
    const { dnn, nTiles, batchSize } = networks[0];
    return freeze({
      dnn,
      architectures: networks.map(({ architecture }) => architecture),
      ...{ nTiles, batchSize, networks },
    });
  });
}

/** Numbers in place of names, by which JavaScript may call layers, too. */
function numbersOf(layers: readonly unknown[], dnn: string, { workspace }: StudyOptions): readonly unknown[] {
  if (layers.length < 2) return layers;
  const own = givenWorkspace(workspace);
  return layers.map((layer) => (typeof layer === "string" ? findLayer(own, { dnn, layer }).layer : layer));
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
export function jobsOf(
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
  const errors = new Map<string, FailedJob>();
  const misfits: RaellaError[] = [];
  outcomes.forEach((outcome, index) => {
    if (!(outcome instanceof RaellaError)) return;
    if (outcome.code === "no-mapping") misfits.push(ofLayer(outcome, jobs[index]));
    else if (!errors.has(outcome.message)) errors.set(outcome.message, { error: outcome, job: jobs[index] });
  });
  return [
    ...unitedErrors([...errors.values()]),
    ...misfits.map((error, index) => (index < misfits.length - 1 ? shorten(error) : error)),
  ];
}

interface FailedJob {
  readonly error: RaellaError;
  readonly job: LayerRequest;
}

/** What is missing for several architectures in the same way, no place in a file, is told once, with all of them. */
function unitedErrors(failed: readonly FailedJob[]): readonly RaellaError[] {
  const groups = new Map<string, FailedJob[]>();
  for (const one of failed) {
    const { code, summary, location, remedy, message } = one.error;
    const key = location === undefined ? [code, summary, remedy].join("\n") : message;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [{ error }] = group;
    if (group.length === 1) return error;
    const all = [...new Set(group.map(({ job }) => `${job.dnn} on ${job.architecture}`))];
    return new RaellaError({
      ...error.toJSON(),
      expected: error.expected === undefined ? undefined : `${error.expected}, and so for each`,
      details: [`This is so for ${listed(all)}.`, ...error.details],
    });
  });
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
  isOnly: boolean,
): NetworkResult {
  const results = layers.map(({ result }) => result);
  const { nTiles, batchSize } = results[0];
  const { architecture, dnn } = jobs[0];
  const replication = replicate(layers, budget, options);
  const warnings = [
    ...(isOnly ? needlessTileAreas(options) : []),
    ...pipelineWarnings(`${dnn} on ${architecture}`, replication, jobs, results),
    ...gatherWarnings(results),
  ];
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

/** The layers of a DNN share its manifest. */
function withoutManifest(layer: LayerResult): LayerResult {
  const bare = { ...layer };
  delete (bare as { manifest?: Manifest }).manifest;
  return bare;
}
