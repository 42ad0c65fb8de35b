/**
 * Sweeps over thousands of designs: their plans, folders and fronts.
 * @module raella/sweep
 */

export { sweep } from "./study/sweep/sweep";
export type { SweepOptions, SweepProgress, SweepResult } from "./study/sweep/sweep";
export type {
  RandomDesign,
  SweepDescription,
  SweepObjective,
  SweepThroughput,
  SweepValue,
  SweepValues,
  ValueRange,
} from "./study/sweep/sweep-description";
export { parseSweep, planSweep } from "./study/sweep/plan-sweep";
export { countDesigns, countPoints, pointAt } from "./study/sweep/sweep-plan";
export type { Shard, SweepAxis, SweepPlan, SweepPoint } from "./study/sweep/sweep-plan";
export { groupColumnName } from "./study/sweep/sweep-row";
export type { PointStatus, SweepColumn } from "./study/sweep/sweep-row";
export { frontsByDnn, frontObjectives } from "./study/sweep/objectives";
export type { SweepRecord } from "./study/sweep/objectives";
export { paretoFront } from "./study/sweep/pareto-front";
export type { FrontObjective } from "./study/sweep/pareto-front";
export { mainEffects, oneAtATime } from "./study/sweep/sensitivity";
export type { Sensitivity } from "./study/sweep/sensitivity";
export { sweepToFolder } from "./report/sweep/sweep-to-folder";
export type { SweepToFolderOptions, SweepToFolderSummary } from "./report/sweep/sweep-to-folder";
export { mergeSweep, openSweep, readSweep } from "./report/sweep/merged-sweep";
export type { MergeOptions, MergeSummary, StoredSweep } from "./report/sweep/merged-sweep";
