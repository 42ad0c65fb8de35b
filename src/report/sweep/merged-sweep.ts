import { statSync } from "node:fs";
import type { Stats } from "node:fs";
import { join } from "node:path";
import {
  flag,
  name,
  names as pathsSchema,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../../arguments";
import { counted, RaellaError } from "../../errors";
import { chunkRange, countChunks, countPoints } from "../../study/sweep/sweep-plan";
import type { SweepRecord } from "../../study/sweep/objectives";
import type { SweepPlan } from "../../study/sweep/sweep-plan";
import type { SweepColumn, SweepRow } from "../../study/sweep/sweep-row";
import { rowToRecord } from "../../study/sweep/sweep-row";
import { csvLines } from "../tidy-columns";
import { checkPlaces, openOutput } from "../write-atomically";
import type { Output } from "../write-atomically";
import {
  isSealed,
  manifestKey,
  parquetStream,
  readParquet,
  readParquetMetadata,
  rowGroupSize,
} from "./parquet-table";
import { chunkPath, examineChunks, firstDifference, readSweepFolder } from "./sweep-folder";
import type { SweepFolder } from "./sweep-folder";

/** Name of the merged result in the folder of a sweep. */
export const resultName = "results.parquet";

/** Where a merged sweep goes, and whether it may be incomplete. */
export interface MergeOptions {
  /** Where the merged Parquet file goes; by default `results.parquet` in the first folder. */
  readonly out?: string;
  /** Also write the rows as CSV. */
  readonly csv?: string;
  /** Merge what is there, although points are missing. */
  readonly partial?: boolean;
}

const mergeSchema = optionsOf({
  out: optional(name),
  csv: optional(name),
  partial: optional(flag),
});

/** What was merged, and what was missing. */
export interface MergeSummary {
  readonly file: string;
  readonly rows: number;
  /** Points that no folder holds. */
  readonly missing: number;
  /** Files of chunks that were left out: damaged, or of another sweep. */
  readonly broken: readonly string[];
}

/**
 * Puts the chunks of a sweep together into one Parquet file, sorted by point. The file depends on the sweep alone,
 * byte for byte: not on shards, workers, interruptions or the order in which chunks arrived. Memory does not grow
 * with the number of points.
 * @param paths Folders of the same sweep, e.g. one for each shard.
 * @throws RaellaError `usage` if the folders belong to different sweeps or points are missing.
 * @example
 * ```ts
 * const { file, missing } = await mergeSweep(["part-0.sweep", "part-1.sweep"], { csv: "all.csv" });
 * ```
 */
export async function mergeSweep(
  paths: readonly string[],
  options: MergeOptions = {},
): Promise<MergeSummary> {
  requireArgument(pathsSchema, paths, "the folders of mergeSweep");
  requireOptions(mergeSchema, options, "mergeSweep");
  const folders = paths.map(readSweepFolder);
  checkSameSweep(folders);
  const [{ manifest }] = folders;
  const { plan, columns } = manifest;
  const file = options.out ?? join(folders[0].path, resultName);
  const { places, broken } = locateChunks(folders);
  checkPlaces(
    [file, options.csv],
    folders.map(({ path }) => join(path, "sweep.json")).concat([...places.values()]),
  );
  if (broken.length > 0 && !options.partial) throw damaged(broken);
  const missing = missingPoints(folders[0], places);
  if (missing > 0 && !options.partial) throw incomplete(folders[0], places, missing);
  const metadata = { [manifestKey]: JSON.stringify({ ...manifest, files: undefined }) };
  const names = columns.map(({ name }) => name);
  const outputs: Output[] = [];
  const open = (path: string): Output => {
    const output = openOutput(path);
    outputs.push(output);
    return output;
  };
  let rows = 0;
  try {
    const parquet = await parquetStream(open(file), columns, metadata);
    const csv = options.csv === undefined ? undefined : open(options.csv);
    csv?.write(csvLines([names]));
    let pending: SweepRow[] = [];
    const flush = async (least: number): Promise<void> => {
      while (pending.length >= least && pending.length > 0) {
        await parquet.write(pending.slice(0, rowGroupSize));
        pending = pending.slice(rowGroupSize);
      }
    };
    for (let chunk = 0; chunk < countChunks(plan); chunk += 1) {
      const place = places.get(chunk);
      if (place === undefined) continue;
      for await (const group of readParquet(place, names)) {
        csv?.write(csvLines(group));
        rows += group.length;
        pending = pending.concat(group);
        await flush(rowGroupSize);
      }
    }
    await flush(0);
    await parquet.finish();
    for (const output of outputs) output.commit();
  } finally {
    for (const output of outputs) output.abandon();
  }
  return { file, rows, missing, broken };
}

function checkSameSweep(folders: readonly SweepFolder[]): void {
  const [first, ...others] = folders;
  if (first === undefined)
    throw new RaellaError({
      code: "usage",
      message: "There is nothing to merge.",
      expected: "one folder or more",
    });
  for (const other of others) {
    if (other.digest === first.digest) continue;
    throw new RaellaError({
      code: "usage",
      message: `The folders ${first.path} and ${other.path} belong to different sweeps: ${firstDifference(other.manifest, first.manifest)}.`,
      value: other.path,
      expected: "folders of one sweep",
    });
  }
}

/** Chunk number to file; equal chunks of several folders are equal files, any of them will do. */
function locateChunks(folders: readonly SweepFolder[]): {
  readonly places: ReadonlyMap<number, string>;
  /** Files that cannot be used and of which there is no other copy. */
  readonly broken: readonly string[];
} {
  const places = new Map<number, string>();
  const unusable: (readonly [chunk: number, file: string])[] = [];
  for (const folder of folders) {
    const { finished, broken } = examineChunks(folder);
    for (const chunk of finished) if (!places.has(chunk)) places.set(chunk, chunkPath(folder, chunk));
    for (const chunk of broken) unusable.push([chunk, chunkPath(folder, chunk)]);
  }
  return { places, broken: unusable.filter(([chunk]) => !places.has(chunk)).map(([, file]) => file) };
}

function damaged(files: readonly string[]): RaellaError {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : "";
  return new RaellaError({
    code: "usage",
    message: `Chunks are damaged or do not belong to this sweep: ${files.slice(0, 5).join(", ")}${more}.`,
    value: files,
    remedy:
      "Run the same sweep again into that folder: it computes these chunks anew and keeps the others. To merge the others only, use --partial.",
  });
}

function missingChunks(folder: SweepFolder, places: ReadonlyMap<number, string>): number[] {
  const chunks: number[] = [];
  for (let chunk = 0; chunk < countChunks(folder.manifest.plan); chunk += 1) {
    if (!places.has(chunk)) chunks.push(chunk);
  }
  return chunks;
}

function missingPoints(folder: SweepFolder, places: ReadonlyMap<number, string>): number {
  const { plan } = folder.manifest;
  const points = missingChunks(folder, places).map((chunk) => chunkRange(plan, chunk));
  return points.reduce((sum, { start, end }) => sum + end - start, 0);
}

function incomplete(folder: SweepFolder, places: ReadonlyMap<number, string>, missing: number): RaellaError {
  const { plan } = folder.manifest;
  const ranges = missingChunks(folder, places)
    .slice(0, 5)
    .map((chunk) => chunkRange(plan, chunk))
    .map(({ start, end }) => `${start} to ${end - 1}`);
  return new RaellaError({
    code: "usage",
    message: `${missing} of ${counted(countPoints(plan), "point")} ${missing === 1 ? "has" : "have"} not been computed, among them ${ranges.join(", ")}.`,
    value: folder.path,
    remedy:
      "Run the remaining shards (a run continues where it was interrupted), or merge what is there with --partial.",
  });
}

/** A merged sweep that is read from its file. */
export interface StoredSweep {
  readonly file: string;
  readonly plan: SweepPlan;
  readonly columns: readonly SweepColumn[];
  /** The points in order, some thousand at a time. */
  readonly records: () => AsyncGenerator<readonly SweepRecord[]>;
}

/**
 * Opens a merged sweep.
 * @param path Its file, or the folder of the sweep.
 * @throws RaellaError `file-not-found` or `usage` if there is no merged sweep.
 */
export async function openSweep(path: string): Promise<StoredSweep> {
  requireArgument(name, path, "the path of a sweep");
  const file = stateOf(path)?.isDirectory() ? join(path, resultName) : path;
  const state = stateOf(file);
  if (state && !state.isFile()) throw noSweep(file);
  if (!state)
    throw new RaellaError({
      code: "file-not-found",
      message: `There is no file ${file}.`,
      value: path,
      remedy: "A sweep that ran in shards must be merged first: raella sweep merge FOLDER.",
    });
  checkSeal(file);
  const { plan, columns } = await manifestOf(file);
  const names = columns.map(({ name }) => name);
  return {
    file,
    plan,
    columns,
    records: async function* () {
      for await (const rows of readParquet(file, names)) yield rows.map((row) => rowToRecord(columns, row));
    },
  };
}

/** All points of a merged sweep at once. */
export async function readSweep(path: string): Promise<{
  readonly plan: SweepPlan;
  readonly columns: readonly SweepColumn[];
  readonly rows: SweepRecord[];
}> {
  const { plan, columns, records } = await openSweep(path);
  const rows: SweepRecord[] = [];
  for await (const some of records()) rows.push(...some);
  return { plan, columns, rows };
}

function stateOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw cannotRead(file, message);
  }
}

function cannotRead(file: string, reason: string): RaellaError {
  return new RaellaError({
    code: "file-not-found",
    message: `The file ${file} cannot be read: ${reason}.`,
    value: file,
  });
}

/** Nothing of a file is believed before it is known to be what was written. */
function checkSeal(file: string): void {
  let isWhole: boolean | undefined;
  try {
    isWhole = isSealed(file);
  } catch (error) {
    throw cannotRead(file, (error as Error).message);
  }
  if (isWhole === undefined) throw noSweep(file);
  if (isWhole) return;
  throw new RaellaError({
    code: "usage",
    message: `The file ${file} is damaged: it is not what was written.`,
    value: file,
    remedy: "Merge the folder of the sweep again: raella sweep merge FOLDER.",
  });
}

function noSweep(file: string): RaellaError {
  return new RaellaError({
    code: "usage",
    message: `The file ${file} does not hold a sweep.`,
    value: file,
    expected: `a Parquet file that "raella sweep" has written, with nothing changed in it`,
    remedy: "If it did, merge the folder of the sweep again: raella sweep merge FOLDER.",
  });
}

async function manifestOf(file: string): Promise<{ plan: SweepPlan; columns: readonly SweepColumn[] }> {
  const { [manifestKey]: text } = await readParquetMetadata(file);
  // A chunk of a sweep has a seal, but no plan.
  if (text === undefined) throw noSweep(file);
  return JSON.parse(text) as { plan: SweepPlan; columns: readonly SweepColumn[] };
}
