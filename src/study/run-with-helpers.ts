import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Piscina } from "piscina";
import { receiveOutcome, type SentOutcome } from "./layer-worker";
import { attempt, progressOf, throwIfAborted, type Outcome } from "./run-jobs";
import type { LayerOptions, RunOptions } from "./study-options";

/** Jobs sent to a thread at a time: enough to make the messages cheap, few enough to share the work evenly. */
const chunkSize = 20;

/**
 * Runs jobs on this thread and `helpers` others. Whoever is free takes the next chunk; outcomes stand in the order
 * of the jobs. The threads are ended with the run, also when it is stopped.
 */
export async function runWithHelpers(
  jobs: readonly LayerOptions[],
  helpers: number,
  { onProgress, signal }: RunOptions,
): Promise<readonly Outcome[]> {
  const pool = new Piscina<readonly LayerOptions[], readonly SentOutcome[]>({
    // The extension of this file: .ts when run from sources, .js when built.
    filename: join(__dirname, `layer-worker${__filename.slice(-3)}`),
    minThreads: helpers,
    maxThreads: helpers,
    concurrentTasksPerWorker: 1,
  });
  const outcomes = new Array<Outcome>(jobs.length);
  let taken = 0;
  let done = 0;
  const take = (size: number): { readonly from: number; readonly chunk: readonly LayerOptions[] } => {
    const from = taken;
    taken = Math.min(jobs.length, taken + size);
    return { from, chunk: jobs.slice(from, taken) };
  };
  const finish = (from: number, finished: readonly Outcome[]): void => {
    finished.forEach((outcome, index) => (outcomes[from + index] = outcome));
    done += finished.length;
    if (finished.length > 0) {
      onProgress?.(progressOf(jobs[from + finished.length - 1], done, jobs.length));
    }
  };
  const helper = async (): Promise<void> => {
    while (taken < jobs.length) {
      const { from, chunk } = take(chunkSize);
      finish(from, (await pool.run(chunk, { signal })).map(receiveOutcome));
    }
  };
  const here = async (): Promise<void> => {
    while (taken < jobs.length) {
      // Lets messages of the other threads, progress and interruptions through.
      await setImmediate();
      if (signal) throwIfAborted(signal);
      const { from, chunk } = take(4);
      finish(from, chunk.map(attempt));
    }
  };
  try {
    await Promise.all([here(), ...Array.from({ length: helpers }, helper)]);
  } catch (error) {
    if (signal) throwIfAborted(signal);
    throw error;
  } finally {
    await pool.destroy();
  }
  return outcomes;
}
