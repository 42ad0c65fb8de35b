import { callback, optional, optionsOf, requireOptions } from "../../arguments";
import { freeze } from "../../memory";
import type { LayersWarning } from "../network-result";
import { workspaceSchema } from "../../spec/workspace";
import type { Workspace } from "../../spec/workspace";
import { runEntries } from "../study-options";
import { planSweep } from "./plan-sweep";
import { accuracyOfSweep } from "./sweep-accuracy";
import { sweepChunks } from "./sweep-chunks";
import type { SweepRunOptions } from "./sweep-context";
import { prepareSweep } from "./sweep-context";
import type { SweepDescription } from "./sweep-description";
import type { SweepPlan } from "./sweep-plan";
import { chunksOfShard, countPoints } from "./sweep-plan";
import type { Cell, SweepColumn, SweepRow } from "./sweep-row";
import { rowToRecord } from "./sweep-row";

/** How far a sweep is, in points. */
export interface SweepProgress {
  readonly done: number;
  readonly total: number;
}

/** How a sweep is run; see {@link sweep}. */
export interface SweepOptions extends SweepRunOptions {
  readonly workspace?: Workspace;
  /** Called whenever a chunk of points is done. */
  readonly onProgress?: (progress: SweepProgress) => void;
}

/** A finished sweep: one row for each point, in point order. */
export interface SweepResult {
  readonly plan: SweepPlan;
  readonly columns: readonly SweepColumn[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** What the models have to say of the first design on every architecture, each once with the layers that have it. */
  readonly warnings: readonly LayersWarning[];
}

export const sweepRunEntries = {
  ...runEntries,
  workspace: optional(workspaceSchema),
  onProgress: optional(callback),
};
const sweepOptionsSchema = optionsOf(sweepRunEntries);

/**
 * Computes all points of a sweep and returns them. For large sweeps that should survive an interruption, use
 * `sweepToFolder`.
 *
 * @example
 * ```ts
 * const { rows } = await sweep({
 *   architectures: "raella",
 *   dnns: "resnet18",
 *   variables: { ADC_RESOLUTION: [5, 6, 7, 8], CIM_UNITS_PER_COLUMN: { from: 128, to: 1024, factor: 2 } },
 * });
 * ```
 * @throws RaellaError for a mistake in the description; points that turn out infeasible are rows with a reason.
 */
export async function sweep(description: SweepDescription, options: SweepOptions = {}): Promise<SweepResult> {
  requireOptions(sweepOptionsSchema, options, "sweep");
  const plan = planSweep(description);
  const prepared = prepareSweep(plan, options.workspace);
  const context = { ...prepared, accuracy: await accuracyOfSweep(prepared, options) };
  const total = countPoints(plan);
  const chunks = new Map<number, readonly SweepRow[]>();
  let done = 0;
  for await (const { chunk, rows } of sweepChunks(context, chunksOfShard(plan), options)) {
    chunks.set(chunk, rows);
    done += rows.length;
    options.onProgress?.({ done, total });
  }
  const { columns, warnings } = context;
  const rows = chunksOfShard(plan).flatMap((chunk) => chunks.get(chunk) ?? []);
  return freeze({ plan, columns, rows: rows.map((row) => rowToRecord(columns, row)), warnings });
}
