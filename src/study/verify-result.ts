import { optional, optionsOf, requireOptions } from "../arguments";
import { RaellaError, RaellaErrors } from "../errors";
import { registrations } from "../components/registry";
import { frozenCopy } from "../memory";
import { choicesAmong } from "../spec/model-choices";
import type { Workspace } from "../spec/workspace";
import { workspaceSchema } from "../spec/workspace";
import { requireWorkers } from "../threads";
import type { Gains } from "./gains";
import { mapInputs } from "./given-mapping";
import type { LayerResult } from "./layer-result";
import { packageIdentity } from "./manifest";
import type { Manifest } from "./manifest";
import type { AblationResult, NetworkResult } from "./network-result";
import { resultOf, runRequest } from "./run-layer";
import { runGains } from "./gains";
import { runAblation } from "./run-network";
import type { AblationOptions } from "./run-network";
import { runEntries } from "./study-options";
import type { RunOptions, StudyOptions } from "./study-options";

/** A figure that differs between two results. */
interface Difference {
  /** Keys from the root, e.g. `layers[3].energyPj.pim_cell`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Every place where two results (plain data) differ, in order. Numbers must be equal to the last bit.
 * @param ignore Keys at any depth that are not compared.
 */
function compareResults(
  before: unknown,
  after: unknown,
  ignore: ReadonlySet<string> = new Set(),
  path = "",
): Difference[] {
  if (Object.is(before, after) || before === after) return [];
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    if (ignore.has(key)) return [];
    const place = Array.isArray(before) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    return compareResults(before[key], after[key], ignore, place);
  });
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Any result that the command line prints as JSON. */
export type VerifiableResult =
  | LayerResult
  | NetworkResult
  | AblationResult
  | { readonly ablations: readonly AblationResult[]; readonly gains?: readonly Gains[] };

/** How a result compares with what the same request gives now. */
export interface Verification {
  readonly equal: boolean;
  /** Figures that are not the same to the last bit. */
  readonly differences: readonly Difference[];
  /** Files that have changed, come or gone since. */
  readonly changedFiles: readonly string[];
  readonly version: { readonly then: string; readonly now: string };
}

/** How a result is recomputed. */
export interface VerifyOptions extends RunOptions {
  /** Where models, layers and statistics are now. Default: where the result says that they were. */
  readonly workspace?: Workspace;
}

const verifySchema = optionsOf({ ...runEntries, workspace: optional(workspaceSchema) });

/**
 * Recomputes a result from its manifest and compares every figure. Results of version 0.1 are read, too; what they do not
 * have yet is not compared.
 * @param given The result, parsed from JSON.
 * @throws RaellaError `usage` if it is no result or has no manifest, and whatever recomputing throws.
 * @example
 * ```ts
 * const result = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * const { differences } = await verifyResult(JSON.parse(JSON.stringify(result)));
 * console.log(differences.length); // 0
 * ```
 */
export async function verifyResult(given: unknown, options: VerifyOptions = {}): Promise<Verification> {
  requireOptions(verifySchema, options, "verifyResult");
  requireWorkers(options.workers ?? "auto");
  const result = asResult(given);
  const manifests = manifestsOf(result);
  if (manifests.length === 0) throw noResult("It has no manifest.");
  if (!manifests.every(isManifest)) throw noResult("Its manifest is damaged.");
  requireReproducible(result);
  requireEstimators(manifests);
  const { workspace, ...runOptions } = options;
  const now = await recompute(workspace === undefined ? result : inWorkspace(result, workspace), runOptions);
  const isEarlier = manifests[0].version.startsWith("0.1.");
  const differences = compareResults(result, now, new Set(["manifest"])).filter(
    ({ path, before }) => !(isEarlier && before === undefined && laterFigures.test(path)),
  );
  return frozenCopy({
    equal: differences.length === 0,
    differences,
    changedFiles: changedFiles(manifests, manifestsOf(now), isEarlier),
    version: { then: manifests[0].version, now: packageIdentity().version },
  });
}

/** Figures that results of version 0.1 do not have yet. */
const laterFigures = /(^|\.)(spatialUtilization|notes|warnings)$/;

function isManifest(given: unknown): given is Manifest {
  const { files, variables, version } = { ...(given as Partial<Manifest> | null) };
  return (
    typeof version === "string" &&
    typeof variables === "object" &&
    Array.isArray(files) &&
    files.every((entry: unknown) => {
      const { file, sha256 } = { ...(entry as Partial<Manifest["files"][number]> | null) };
      return typeof file === "string" && typeof sha256 === "string";
    })
  );
}

function noResult(why: string): RaellaError {
  return new RaellaError({
    code: "usage",
    message: `This is not a result that can be verified. ${why}`,
    expected: "what a command prints with --json, or result.json of --out",
  });
}

function asResult(given: unknown): VerifiableResult {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw noResult("It is no JSON object.");
  const keys = ["mapSpace", "totals", "networks", "ablations"];
  if (!keys.some((key) => key in given)) throw noResult(`It has none of the keys ${keys.join(", ")}.`);
  return inTodaysNames(given) as VerifiableResult;
}

/** A result of version 0.1.0, which calls `nTiles` tiles and `batchSize` batch, in the names of today. */
function inTodaysNames(result: object): object {
  const entries = Object.entries(result).map(([key, value]: [string, unknown]): [string, unknown] => {
    if (["ablations", "networks", "layers"].includes(key) && Array.isArray(value))
      return [key, value.map((item: unknown) => (isContainer(item) ? inTodaysNames(item) : item))];
    return [earlierNames.get(key) ?? key, value];
  });
  return Object.fromEntries(entries);
}

const earlierNames: ReadonlyMap<string, string> = new Map([
  ["tiles", "nTiles"],
  ["batch", "batchSize"],
]);

/** @throws RaellaError `usage` for what another run need not find again. */
function requireReproducible(result: VerifiableResult): void {
  const layers = "mapSpace" in result ? [result] : networksOf(result).flatMap((network) => network.layers);
  const stopped = layers.filter(
    ({ fullSearch }) => !["work", null, undefined].includes(fullSearch?.certificate?.stoppedBy),
  );
  if (stopped.length === 0) return;
  const which =
    stopped.length === layers.length ? "its" : `the search of ${stopped.length} of its ${layers.length}`;
  throw new RaellaError({
    code: "usage",
    message: `This result cannot be confirmed: a time limit or an interruption ended ${which === "its" ? "its search" : `${which} layers`}, so that it depends on the machine.`,
    remedy: "Run it again without a time limit to get a result that can be confirmed.",
  });
}

/** @throws RaellaError `usage` for figures of estimators that this process does not have. */
function requireEstimators(manifests: readonly Manifest[]): void {
  const present = new Set(registrations().estimators.map(({ name }) => name));
  const absent = manifests.flatMap(({ estimators = [] }) => estimators).find((name) => !present.has(name));
  if (absent === undefined) return;
  throw new RaellaError({
    code: "usage",
    message: `This result cannot be confirmed: it was computed with the estimator "${absent}", which is not registered here.`,
    remedy: "Register it in a script of your own, and call verifyResult there.",
  });
}

function networksOf(result: VerifiableResult): readonly NetworkResult[] {
  if ("ablations" in result) return result.ablations.flatMap(({ networks }) => networks);
  if ("networks" in result) return result.networks;
  return "totals" in result ? [result] : [];
}

function manifestsOf(result: VerifiableResult): Manifest[] {
  const manifests =
    "mapSpace" in result ? [result.manifest] : networksOf(result).map(({ manifest }) => manifest);
  return manifests.filter((manifest): manifest is Manifest => manifest !== undefined);
}

/** The result as if it came from another workspace. */
function inWorkspace(result: VerifiableResult, workspace: Workspace): VerifiableResult {
  const moved = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(moved);
    if (!isContainer(part)) return part;
    const entries = Object.entries(part).map(([key, value]) => [
      key,
      key === "manifest" && isContainer(value) ? { ...value, workspace } : moved(value),
    ]);
    return Object.fromEntries(entries) as unknown;
  };
  return moved(result) as VerifiableResult;
}

async function recompute(result: VerifiableResult, options: RunOptions): Promise<VerifiableResult> {
  if ("ablations" in result) {
    const ablations: AblationResult[] = [];
    for (const ablation of result.ablations) ablations.push(await recomputeAblation(ablation, options));
    if (result.gains === undefined) return { ablations };
    return { ablations, gains: await runGains(ablations, studyOf(result.ablations[0], options)) };
  }
  if ("networks" in result) return recomputeAblation(result, options);
  if ("totals" in result) {
    const { dnn, nTiles, batchSize, architecture } = result;
    const study = { dnn, nTiles, batchSize, architectures: [architecture], networks: [result] };
    return (await recomputeAblation(study, options)).networks[0];
  }
  return recomputeLayer(result);
}

function recomputeLayer(result: LayerResult): LayerResult {
  const { architecture, dnn, layer, manifest } = result;
  const options = manifest && request(manifest, result, result.fullSearch?.objective);
  const { inputs, sizes } = manifest ?? {};
  if (options && inputs) return withoutQuoting(() => resultOf(mapInputs(inputs, options), options, inputs));
  if (options && sizes) return runRequest({ ...options, architecture, layer: sizes });
  if (!options || dnn === null || layer === null) throw noResult("It does not say which layer it is of.");
  return runRequest({ ...options, architecture, dnn, layer });
}

/**
 * A manifest may name any file. Where one of them is none that can be read as a model, it is not shown what stands in it.
 */
function withoutQuoting<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof RaellaError)) throw error;
    const [first] = error instanceof RaellaErrors ? error.errors : [error];
    if (first.code === "file-not-found" && first.location === undefined)
      throw new RaellaError({
        ...first.toJSON(),
        remedy: "Files are named as seen from the folder where the result was computed: verify it there.",
      });
    if (!quoting.has(first.code)) throw error;
    const { file, line } = first.location ?? {};
    throw new RaellaError({
      code: first.code,
      message: "A file that the result was computed from can no longer be read as it was.",
      location: file === undefined ? undefined : { file, line },
      remedy: "Run the command of the result again to see what is wrong.",
    });
  }
}

const quoting: ReadonlySet<RaellaError["code"]> = new Set([
  ...(["yaml-syntax", "include", "schema", "expression", "statistics", "constraint"] as const),
  ...(["unknown-name", "out-of-range", "component", "file-not-found"] as const),
]);

async function recomputeAblation(ablation: AblationResult, options: RunOptions): Promise<AblationResult> {
  const [first] = ablation.networks;
  return runAblation(ablation.dnn, {
    ...studyOf(ablation, options),
    layers: first.layers.flatMap(({ layer }) => (layer === null ? [] : [layer])),
  });
}

function studyOf(ablation: AblationResult, options: RunOptions): Omit<AblationOptions, "layers"> {
  const [first] = ablation.networks;
  const { scheme, tileBudget, areaBudgetMm2, tileAreas } = first.replication;
  return {
    ...options,
    ...request(first.manifest, ablation, first.layers[0].fullSearch?.objective),
    architectures: ablation.architectures,
    // The first architecture's own budget is the aggregate that the others are normalised to.
    ...(areaBudgetMm2 === undefined ? { aggregateTiles: tileBudget } : { areaBudgetMm2 }),
    tileAreas,
    replication: scheme,
  };
}

/** The request that a manifest stands for; null leaves tiles and batch to the model, as they were. */
function request(
  manifest: Manifest,
  { nTiles, batchSize }: Pick<LayerResult, "nTiles" | "batchSize">,
  objective?: StudyOptions["objective"],
): StudyOptions {
  const { variables, newVariables, fidelity, typicalStatistics, search, workspace } = manifest;
  return {
    nTiles,
    batchSize,
    variables: variables as StudyOptions["variables"],
    newVariables: newVariables as StudyOptions["newVariables"],
    fidelity,
    ...choicesAmong(manifest),
    useTypicalStatistics: typicalStatistics,
    search,
    objective,
    workspace,
  };
}

/** @param isEarlier Manifests of version 0.1 do not name the files of component models. */
function changedFiles(then: readonly Manifest[], now: readonly Manifest[], isEarlier: boolean): string[] {
  const hashes = (manifests: readonly Manifest[]): Map<string, string> =>
    new Map(manifests.flatMap(({ files }) => files).map(({ file, sha256 }) => [file, sha256]));
  const [before, after] = [hashes(then), hashes(now)];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file) && (before.has(file) || !isEarlier),
  );
  // Seen from another folder, an unchanged file has another name.
  const [only, come] = [before, after].map((one, index) => {
    const other = index === 0 ? after : before;
    return new Set(changed.filter((file) => !other.has(file)).map((file) => one.get(file)));
  });
  const isRenamed = (file: string): boolean =>
    before.has(file) ? !after.has(file) && come.has(before.get(file)) : only.has(after.get(file));
  return changed.filter((file) => !isRenamed(file)).sort();
}
