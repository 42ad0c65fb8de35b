import {
  index,
  count,
  isObject,
  name,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../../arguments";
import type { Warning } from "../../spec/specification";
import type { Workspace } from "../../spec/workspace";
import { packageIdentity } from "../../study/manifest";
import { planSweep } from "../../study/sweep/plan-sweep";
import { sweepRunEntries, type SweepProgress } from "../../study/sweep/sweep";
import { sweepChunks, type SweepRunOptions } from "../../study/sweep/sweep-chunks";
import { prepareSweep, sweepFiles, type SweepContext } from "../../study/sweep/sweep-context";
import type { SweepDescription } from "../../study/sweep/sweep-description";
import {
  chunkRange,
  chunksOfShard,
  countChunks,
  type Shard,
  type SweepPlan,
} from "../../study/sweep/sweep-plan";
import { mergeSweep } from "./merge-sweep";
import {
  finishedChunks,
  openSweepFolder,
  removeLeftovers,
  writeChunk,
  type SweepManifest,
} from "./sweep-folder";

export interface SweepToFolderOptions extends SweepRunOptions {
  readonly workspace?: Workspace;
  /** Compute only this part of the sweep; default: all of it. */
  readonly shard?: Shard;
  /** Called at the start and whenever a chunk of points has been stored. */
  readonly onProgress?: (progress: SweepProgress) => void;
}

export interface SweepToFolderSummary {
  readonly folder: string;
  /** Points of this shard. */
  readonly points: number;
  /** Those that this run computed; the others were there already. */
  readonly computed: number;
  /** The merged result, once all points of the sweep are there; null while some are missing. */
  readonly result: string | null;
  /** What the models have to say of the first design on every architecture. */
  readonly warnings: readonly Warning[];
}

const optionsSchema = optionsOf({
  ...sweepRunEntries,
  shard: optional(optionsOf({ index, count })),
});

/**
 * Computes a sweep, or a shard of it, into a folder. Every chunk of points is stored as soon as it is done; a run that
 * was interrupted, however rudely, continues where it was. When all points are there they are merged into
 * `results.parquet`, unless this is one shard of several.
 * @param sweep A description, or a plan that has been made of one.
 */
export async function sweepToFolder(
  sweep: SweepDescription | SweepPlan,
  folderPath: string,
  options: SweepToFolderOptions = {},
): Promise<SweepToFolderSummary> {
  requireArgument(name, folderPath, "the folder of sweepToFolder");
  requireOptions(optionsSchema, options, "sweepToFolder");
  const plan =
    isObject(sweep) && "axes" in sweep ? (sweep as SweepPlan) : planSweep(sweep as SweepDescription);
  const context = prepareSweep(plan, options.workspace);
  const folder = await openSweepFolder(folderPath, manifestOf(context));
  const mine = chunksOfShard(plan, options.shard);
  removeLeftovers(folder, mine);
  const finished = new Set(finishedChunks(folder));
  const missing = mine.filter((chunk) => !finished.has(chunk));
  const total = countPointsIn(plan, mine);
  const computed = countPointsIn(plan, missing);
  let done = total - computed;
  options.onProgress?.({ done, total });
  for await (const { chunk, rows } of sweepChunks(context, missing, options)) {
    await writeChunk(folder, chunk, rows);
    done += rows.length;
    options.onProgress?.({ done, total });
  }
  const isWhole = (options.shard?.count ?? 1) === 1 && finishedChunks(folder).length === countChunks(plan);
  const result = isWhole ? (await mergeSweep([folderPath])).file : null;
  return { folder: folderPath, points: total, computed, result, warnings: context.warnings };
}

function countPointsIn(plan: SweepPlan, chunks: readonly number[]): number {
  return chunks.map((chunk) => chunkRange(plan, chunk)).reduce((sum, { start, end }) => sum + end - start, 0);
}

function manifestOf(context: SweepContext): SweepManifest {
  const { name, version } = packageIdentity();
  return {
    format: "raella-sweep",
    formatVersion: 1,
    package: name,
    version,
    plan: context.plan,
    columns: context.columns,
    files: sweepFiles(context),
  };
}
