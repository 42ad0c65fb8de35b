import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { isObject } from "../../arguments";
import { RaellaError } from "../../errors";
import { sha256 } from "../../platform";
import type { AccuracyTable } from "../../study/sweep/sweep-context";
import type { SweepSources } from "../../study/sweep/sweep-context";
import type { SweepPlan } from "../../study/sweep/sweep-plan";
import { countChunks } from "../../study/sweep/sweep-plan";
import type { SweepColumn, SweepRow } from "../../study/sweep/sweep-row";
import { explaining, makeFolders, writeFileAtomically } from "../write-atomically";
import { encodeParquet, isSealed } from "./parquet-table";

/** What a folder of results belongs to. Two runs may share a folder only if all of this is equal. */
export interface SweepManifest extends SweepSources {
  readonly format: "raella-sweep";
  readonly formatVersion: 2;
  readonly package: string;
  readonly version: string;
  readonly plan: SweepPlan;
  readonly columns: readonly SweepColumn[];
}

/** A folder that a sweep is written to: `sweep.json` and one Parquet file for each chunk of points. */
export interface SweepFolder {
  readonly path: string;
  readonly manifest: SweepManifest;
  /** Of the manifest: what every chunk belongs to. */
  readonly digest: string;
}

const manifestName = "sweep.json";
const chunksName = "chunks";
const accuracyName = "accuracy.json";

/**
 * Opens the folder of a sweep, or makes it. Several processes may do so at once.
 * @throws RaellaError `usage` if the folder holds another sweep, or results of other models or of another version.
 */
export function openSweepFolder(path: string, manifest: SweepManifest): SweepFolder {
  explaining(path, () => {
    makeFolders(resolve(path, chunksName));
    if (!statSync(join(path, chunksName)).isDirectory())
      throw Object.assign(new Error(`${chunksName} is no folder`), { code: "ENOTDIR" });
  });
  const digest = manifestHash(manifest);
  const file = join(path, manifestName);
  if (existsSync(file)) checkSame(path, readManifest(path), manifest);
  else writeFileAtomically(file, `${JSON.stringify({ ...manifest, digest }, undefined, 2)}\n`);
  return { path, manifest, digest };
}

/** Opens the folder of a sweep that has been started before. */
export function readSweepFolder(path: string): SweepFolder {
  const manifest = readManifest(path);
  return { path, manifest, digest: manifestHash(manifest) };
}

/**
 * Stores the rows of one chunk. The file appears under its name only when it is complete and on the disk, so that a
 * kill at any moment leaves either the whole chunk or none of it.
 */
export async function writeChunk(
  folder: SweepFolder,
  chunk: number,
  rows: readonly SweepRow[],
): Promise<void> {
  const { columns } = folder.manifest;
  writeFileAtomically(chunkPath(folder, chunk), await encodeParquet(columns, rows, ownerOf(folder, chunk)));
}

/** Stores the accuracy of designs as it is known so far; a sweep that goes on does not compute it again. */
export function writeAccuracy(folder: SweepFolder, table: AccuracyTable): void {
  const text = JSON.stringify({ sweep: folder.digest, table }, undefined, 1);
  writeFileAtomically(join(folder.path, accuracyName), `${text}\n`);
}

/** What is stored of the accuracy of this sweep's designs; nothing where that is of another one or damaged. */
export function readAccuracy(folder: SweepFolder): AccuracyTable {
  let text: string;
  try {
    text = readFileSync(join(folder.path, accuracyName), "utf8");
  } catch {
    return {};
  }
  const { sweep, table } = parseObject(text);
  return sweep === folder.digest && isObject(table) ? (table as AccuracyTable) : {};
}

/** A chunk belongs to its sweep and to its points. */
function ownerOf({ digest }: SweepFolder, chunk: number): string {
  return `${digest} ${chunk}`;
}

/** The chunks in a folder, ascending. */
interface StoredChunks {
  readonly finished: readonly number[];
  /** Damaged, of another sweep, or of other points of this one. */
  readonly broken: readonly number[];
}

/** Reads every chunk that is there and tells those that can be trusted. */
export function examineChunks(folder: SweepFolder): StoredChunks {
  const count = countChunks(folder.manifest.plan);
  const found = namesIn(join(folder.path, chunksName))
    .map((name) => /^chunk-(\d+)\.parquet$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .filter((chunk) => chunk < count)
    .sort((a, b) => a - b);
  const finished = new Set(found.filter((chunk) => isFinished(folder, chunk)));
  return { finished: [...finished], broken: found.filter((chunk) => !finished.has(chunk)) };
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isFinished(folder: SweepFolder, chunk: number): boolean {
  try {
    return isSealed(chunkPath(folder, chunk), ownerOf(folder, chunk)) ?? false;
  } catch {
    // A folder of that name, or a file that cannot be read.
    return false;
  }
}

export function chunkPath(folder: SweepFolder, chunk: number): string {
  return join(folder.path, chunksName, `chunk-${String(chunk).padStart(6, "0")}.parquet`);
}

function readManifest(path: string): SweepManifest {
  const file = join(path, manifestName);
  const refuse = (message: string, details: { code?: "file-not-found"; remedy?: string } = {}): RaellaError =>
    new RaellaError({
      code: "usage",
      message,
      value: path,
      expected: `a folder that "raella sweep" has written, with a ${manifestName} in it`,
      ...details,
    });
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw refuse(`There is no sweep in ${path}.`, { code: "file-not-found" });
    throw refuse(`The file ${file} cannot be read: ${(error as Error).message}.`);
  }
  const { digest, ...manifest } = parseObject(text);
  const { format, formatVersion } = manifest;
  if (digest === manifestHash(manifest) && format === "raella-sweep" && formatVersion === manifestVersion)
    return manifest as unknown as SweepManifest;
  if (format === "raella-sweep" && formatVersion !== manifestVersion && digest === undefined)
    throw refuse(`The file ${file} is of an earlier version.`, { remedy: "Choose another folder." });
  throw refuse(`The file ${file} is damaged, or is not one that "raella sweep" has written.`, {
    remedy: `Remove it and run the sweep again: what is stored of it is checked and kept.`,
  });
}

const manifestVersion: SweepManifest["formatVersion"] = 2;

/** Empty for what is no JSON object. */
function parseObject(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    return {};
  }
}

/** Hash of everything that the results depend on. */
function manifestHash(manifest: object): string {
  return sha256(JSON.stringify(manifest));
}

function checkSame(path: string, stored: SweepManifest, wanted: SweepManifest): void {
  if (manifestHash(stored) === manifestHash(wanted)) return;
  throw new RaellaError({
    code: "usage",
    message: `The folder ${path} holds results of another sweep: ${firstDifference(stored, wanted)}.`,
    value: path,
    remedy: "Choose another folder with --out, or remove this one.",
  });
}

/** Names what differs, e.g. `plan.axes`, or the model file that has changed since. */
export function firstDifference(stored: SweepManifest, wanted: SweepManifest): string {
  const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
  if (stored.version !== wanted.version)
    return `it was computed by version ${stored.version}, this is ${wanted.version}`;
  const names = Object.keys({ ...stored.plan, ...wanted.plan }) as (keyof SweepPlan)[];
  const planKey = names.find((name) => differs(stored.plan[name], wanted.plan[name]));
  if (planKey) return `"${planKey}" was different`;
  const files = Object.keys({ ...stored.files, ...wanted.files });
  const file = files.find((name) => stored.files[name] !== wanted.files[name]);
  if (file) return `the file ${file} has changed`;
  if (stored.estimators !== wanted.estimators) return "other estimators were registered";
  return "its columns were different";
}
