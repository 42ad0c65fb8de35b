import type { Registrations } from "../../components/registry";
import type { Workspace } from "../../spec/workspace";
import { Surroundings } from "../surroundings";
import { createPointsEvaluator, evaluateChunks } from "./evaluate-points";
import type { FinishedChunk } from "./evaluate-points";
import type { AccuracyTable } from "./sweep-accuracy";
import { prepareSweep } from "./sweep-context";
import type { SweepPlan } from "./sweep-plan";

/** What a helping thread is told when it starts. */
export interface SweepWorkerData {
  readonly plan: SweepPlan;
  readonly workspace: Workspace;
  /** What is registered where the sweep was started. */
  readonly registered: Registrations;
  readonly accuracy: AccuracyTable | undefined;
}

/** The work of a helping thread: the numbers of chunks in, their rows out. */
export default function chunksWork({
  plan,
  workspace,
  registered,
  accuracy,
}: SweepWorkerData): (chunks: readonly number[]) => readonly FinishedChunk[] {
  const context = { ...prepareSweep(plan, workspace, new Surroundings(registered)), accuracy };
  const evaluate = createPointsEvaluator(context);
  return (chunks) => {
    const work = evaluateChunks(plan, chunks, evaluate);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  };
}
