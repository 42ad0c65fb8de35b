import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

import { RaellaError } from "../../errors";
import type { SweepPlan } from "../../study/sweep/sweep-plan";
import { countChunks } from "../../study/sweep/sweep-plan";
import type { SweepColumn, SweepRow } from "../../study/sweep/sweep-row";
import { makeFolders } from "../write-atomically";
import { encodeParquet } from "./parquet-table";

/** What a folder of results belongs to. Two runs may share a folder only if all of this is equal. */
export interface SweepManifest {
  readonly format: "raella-sweep";
  readonly formatVersion: 1;
  readonly package: string;
  readonly version: string;
  readonly plan: SweepPlan;
  readonly columns: readonly SweepColumn[];
  /** Content hashes of the models, layers and statistics, by file. */
  readonly files: Readonly<Record<string, string>>;
}

/** A folder that a sweep is written to: `sweep.json` and one Parquet file for each chunk of points. */
export interface SweepFolder {
  readonly path: string;
  readonly manifest: SweepManifest;
}

const manifestName = "sweep.json";
const chunksName = "chunks";

/**
 * Opens the folder of a sweep, or makes it. Several processes may do so at once.
 * @throws RaellaError `usage` if the folder holds another sweep, or results of other models or of another version.
 */
export async function openSweepFolder(path: string, manifest: SweepManifest): Promise<SweepFolder> {
  try {
    makeFolders(resolve(path, chunksName));
  } catch (error) {
    throw cannotWrite(path, error);
  }
  if (existsSync(join(path, manifestName))) {
    checkSame(path, readManifest(path), manifest);
  } else {
    await replaceFile(join(path, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  return { path, manifest };
}

/** Opens the folder of a sweep that has been started before. */
export function readSweepFolder(path: string): SweepFolder {
  return { path, manifest: readManifest(path) };
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
  await replaceFile(chunkPath(folder, chunk), await encodeParquet(columns, rows));
}

/** Numbers of the chunks that are complete, ascending. */
export function finishedChunks(folder: SweepFolder): readonly number[] {
  const count = countChunks(folder.manifest.plan);
  return readdirSync(join(folder.path, chunksName))
    .map((name) => /^chunk-(\d+)\.parquet$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .filter((chunk) => chunk < count && isComplete(chunkPath(folder, chunk)))
    .sort((a, b) => a - b);
}

export function chunkPath(folder: SweepFolder, chunk: number): string {
  return join(folder.path, chunksName, `chunk-${String(chunk).padStart(6, "0")}.parquet`);
}

/** Removes what an interrupted process may have left of these chunks. Only the process that owns them may do so. */
export function removeLeftovers(folder: SweepFolder, chunks: Iterable<number>): void {
  const owned = new Set([...chunks].map((chunk) => basename(chunkPath(folder, chunk))));
  const directory = join(folder.path, chunksName);
  for (const name of readdirSync(directory)) {
    const target = /^\.(chunk-\d+\.parquet)\.[0-9a-f]+$/.exec(name)?.[1];
    if (target !== undefined && owned.has(target)) rmSync(join(directory, name), { force: true });
  }
}

/** Writes a file beside its place and moves it there after it has reached the disk. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw cannotWrite(dirname(path), error);
  }
}

/** A name beside `path` that nobody else uses. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
}

/** A Parquet file ends with its four-letter mark. */
function isComplete(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const mark = Buffer.alloc(4);
    return size > 8 && readSync(file, mark, 0, 4, size - 4) === 4 && mark.toString("latin1") === "PAR1";
  } finally {
    closeSync(file);
  }
}

function readManifest(path: string): SweepManifest {
  const file = join(path, manifestName);
  let manifest: Partial<SweepManifest>;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8")) as Partial<SweepManifest>;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new RaellaError({
      code: isMissing ? "file-not-found" : "usage",
      message: isMissing ? `There is no sweep in ${path}.` : `The file ${file} cannot be read.`,
      value: path,
      expected: `a folder that "raella sweep" has written, with a ${manifestName} in it`,
    });
  }
  if (manifest.format === "raella-sweep" && manifest.formatVersion === 1) return manifest as SweepManifest;
  throw new RaellaError({
    code: "usage",
    message: `The file ${file} does not describe a sweep of this version.`,
    value: path,
    expected: "format raella-sweep, version 1",
  });
}

/** Hash of everything that the results depend on. */
export function manifestHash(manifest: SweepManifest): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
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
  return file ? `the file ${file} has changed` : "its columns were different";
}

function cannotWrite(path: string, error: unknown): RaellaError {
  return new RaellaError({
    code: "usage",
    message: `Cannot write to ${path}: ${(error as Error).message}.`,
    value: path,
    remedy: "Choose a folder that you may write to.",
  });
}
