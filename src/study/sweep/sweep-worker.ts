import type { Registrations } from "../../components/registry";
import type { Workspace } from "../../spec/workspace";
import { Surroundings } from "../surroundings";
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

/** The work of a helping thread: the number of a chunk in, its rows out. */
export default function chunksWork({
  plan,
  workspace,
  registered,
  accuracy,
}: SweepWorkerData): (chunk: number) => readonly SweepRow[] {
  const context = { ...prepareSweep(plan, workspace, new Surroundings(registered)), accuracy };
  const evaluate = createPointsEvaluator(context);
  return (chunk) => evaluateChunk(plan, chunk, evaluate);
}
