import { statSync } from "node:fs";
import type { Stats } from "node:fs";
import { join } from "node:path";
import { name, requireArgument } from "../../arguments";
import { RaellaError } from "../../errors";
import type { SweepRecord } from "../../study/sweep/objectives";
import type { SweepPlan } from "../../study/sweep/sweep-plan";
import { rowToRecord } from "../../study/sweep/sweep-row";
import type { SweepColumn } from "../../study/sweep/sweep-row";
import { resultName } from "./merge-sweep";
import { isSealed, manifestKey, readParquet, readParquetMetadata } from "./parquet-table";

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
