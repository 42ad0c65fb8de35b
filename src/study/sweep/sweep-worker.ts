import { workerData } from "node:worker_threads";
import type { Registrations } from "../../components/registry";
import type { Workspace } from "../../spec/workspace";
import { Surroundings } from "../surroundings";
import type { PointsEvaluator } from "./evaluate-points";
import { createPointsEvaluator, evaluateChunk } from "./evaluate-points";
import type { AccuracyTable } from "./sweep-accuracy";
import { prepareSweep } from "./sweep-context";
import type { SweepPlan } from "./sweep-plan";
import type { SweepRow } from "./sweep-row";

/** What a helping thread is told when it starts. */
export interface SweepWorkerData {
  readonly plan: SweepPlan;
  readonly workspace: Workspace;
  /** What is registered where the sweep was started. */
  readonly registered: Registrations;
  readonly accuracy: AccuracyTable | undefined;
}

let evaluator: { readonly plan: SweepPlan; readonly evaluate: PointsEvaluator } | undefined;

/** The work of a helping thread: the number of a chunk in, its rows out. */
export default function evaluateChunkHere(chunk: number): readonly SweepRow[] {
  const { plan, workspace, registered, accuracy } = workerData as SweepWorkerData;
  evaluator ??= {
    plan,
    evaluate: createPointsEvaluator({
      ...prepareSweep(plan, workspace, new Surroundings(registered)),
      accuracy,
    }),
  };
  return evaluateChunk(plan, chunk, evaluator.evaluate);
}
