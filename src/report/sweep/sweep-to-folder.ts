import {
  count,
  index,
  isObject,
  name,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../../arguments";
import { RaellaError } from "../../errors";
import type { LayersWarning } from "../../study/network-result";
import type { Workspace } from "../../spec/workspace";
import { displayPath } from "../../spec/yaml/source-text";
import { packageIdentity } from "../../study/manifest";
import { planSweep } from "../../study/sweep/plan-sweep";
import { sweepRunEntries } from "../../study/sweep/sweep";
import type { SweepProgress } from "../../study/sweep/sweep";
import { accuracyOfSweep } from "../../study/sweep/sweep-accuracy";
import { sweepChunks } from "../../study/sweep/sweep-chunks";
import { prepareSweep, sweepSources } from "../../study/sweep/sweep-context";
import type { SweepContext, SweepRunOptions } from "../../study/sweep/sweep-context";
import type { SweepDescription } from "../../study/sweep/sweep-description";
import { chunkRange, chunksOfShard } from "../../study/sweep/sweep-plan";
import type { Shard, SweepPlan } from "../../study/sweep/sweep-plan";
import { removeLeftovers } from "../write-atomically";
import { mergeSweep } from "./merged-sweep";
import {
  chunkPath,
  examineChunks,
  openSweepFolder,
  readAccuracy,
  writeAccuracy,
  writeChunk,
} from "./sweep-folder";
import type { SweepManifest } from "./sweep-folder";

/** How a sweep is run into a folder, or a part of it. */
export interface SweepToFolderOptions extends SweepRunOptions {
  readonly workspace?: Workspace;
  /** Compute only this part of the sweep; default: all of it. */
  readonly shard?: Shard;
  /** Called at the start and whenever a chunk of points has been stored. */
  readonly onProgress?: (progress: SweepProgress) => void;
}

/** What a run into a folder has done. */
export interface SweepToFolderSummary {
  readonly folder: string;
  /** Points of this shard. */
  readonly points: number;
  /** Those that this run computed; the others were there already. */
  readonly computed: number;
  /** Files of chunks that were there, damaged or of another sweep, and have been computed anew. */
  readonly replaced: readonly string[];
  /** The merged result, once all points of the sweep are there; null while some are missing. */
  readonly result: string | null;
  /** What the models have to say of the first design on every architecture. */
  readonly warnings: readonly LayersWarning[];
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
 * @example
 * ```ts
 * const sweepOf = { architectures: "raella", dnns: "resnet18", variables: { ADC_RESOLUTION: [6, 7, 8] } };
 * const { folder } = await sweepToFolder(sweepOf, "adc.sweep"); // goes on where it was interrupted
 * const { file, rows } = await mergeSweep([folder]);
 * ```
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
  const prepared = prepareSweep(plan, options.workspace);
  const folder = openSweepFolder(folderPath, manifestOf(prepared));
  const accuracy = await accuracyOfSweep(prepared, options, readAccuracy(folder), (table) =>
    writeAccuracy(folder, table),
  );
  const context = { ...prepared, accuracy };
  const mine = chunksOfShard(plan, options.shard);
  removeLeftovers(mine.map((chunk) => chunkPath(folder, chunk)));
  const { finished, broken } = examineChunks(folder);
  const isFinished = new Set(finished);
  const missing = mine.filter((chunk) => !isFinished.has(chunk));
  const replaced = missing.filter((chunk) => broken.includes(chunk)).map((chunk) => chunkPath(folder, chunk));
  const total = countPointsIn(plan, mine);
  const computed = countPointsIn(plan, missing);
  let done = total - computed;
  options.onProgress?.({ done, total });
  for await (const { chunk, rows } of sweepChunks(context, missing, options)) {
    checkUnchanged(context);
    await writeChunk(folder, chunk, rows);
    done += rows.length;
    options.onProgress?.({ done, total });
  }
  const isWhole = (options.shard?.count ?? 1) === 1;
  const result = isWhole ? (await mergeSweep([folderPath])).file : null;
  return { folder: folderPath, points: total, computed, replaced, result, warnings: context.warnings };
}

/** All chunks are of the same files: what was computed from others is not stored. */
function checkUnchanged({ look }: SweepContext): void {
  const file = look.firstChange();
  if (file === undefined) return;
  throw new RaellaError({
    code: "usage",
    message: `The file ${displayPath(file)} was changed while the sweep was running.`,
    value: file,
    remedy:
      "What is stored belongs to the file as it was. Put it back and run the same command again, or choose another folder with --out.",
  });
}

function countPointsIn(plan: SweepPlan, chunks: readonly number[]): number {
  return chunks.map((chunk) => chunkRange(plan, chunk)).reduce((sum, { start, end }) => sum + end - start, 0);
}

function manifestOf(context: SweepContext): SweepManifest {
  const { name, version } = packageIdentity();
  return {
    format: "raella-sweep",
    formatVersion: 2,
    package: name,
    version,
    plan: context.plan,
    columns: context.columns,
    ...sweepSources(context),
  };
}
