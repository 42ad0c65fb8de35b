import type { Registrations } from "../components/registry";
import { breathe } from "../platform";
import { startThreads } from "../threads";
import { receiveOutcome } from "./layer-worker";
import type { SentOutcome } from "./layer-worker";
import { attempt, progressOf, throwIfAborted } from "./run-jobs";
import type { Outcome } from "./run-jobs";
import type { LayerRequest } from "./run-layer";
import type { RunOptions } from "./study-options";
import type { Surroundings } from "./surroundings";

/** Jobs sent to a thread at a time: enough to make the messages cheap, few enough to share the work evenly. */
const chunkSize = 20;
/** Smaller on this thread, which has to listen to the others in between. */
const chunkSizeHere = 4;

/**
 * Runs jobs on this thread and `helpers` others. Whoever is free takes the next chunk; outcomes stand in the order
 * of the jobs. The threads are ended with the run, also when it is stopped.
 */
export async function runWithHelpers(
  jobs: readonly LayerRequest[],
  helpers: number,
  { onProgress, signal }: RunOptions,
  surroundings: Surroundings,
): Promise<readonly Outcome[]> {
  const threads = startThreads<Registrations, readonly LayerRequest[], readonly SentOutcome[]>(
    "study/layer-worker",
    surroundings.forThreads,
    helpers,
  );
  const order = byWorkload(jobs);
  const outcomes = new Array<Outcome>(jobs.length);
  let taken = 0;
  let done = 0;
  const take = (size: number): readonly number[] => {
    const from = taken;
    taken = Math.min(jobs.length, taken + size);
    return order.slice(from, taken);
  };
  const finish = (indices: readonly number[], finished: readonly Outcome[]): void => {
    finished.forEach((outcome, position) => (outcomes[indices[position]] = outcome));
    done += finished.length;
    const last = indices.at(-1);
    if (last !== undefined) onProgress?.(progressOf(jobs[last], done, jobs.length));
  };
  const helper = async (): Promise<void> => {
    while (taken < jobs.length) {
      const indices = take(chunkSize);
      const chunk = indices.map((index) => jobs[index]);
      finish(indices, (await threads.run(chunk, signal)).map(receiveOutcome));
    }
  };
  const here = async (): Promise<void> => {
    while (taken < jobs.length) {
      // Lets messages of the other threads, progress and interruptions through.
      await breathe();
      if (signal) throwIfAborted(signal);
      const indices = take(chunkSizeHere);
      finish(
        indices,
        surroundings.during(() => indices.map((index) => attempt(jobs[index]))),
      );
    }
  };
  try {
    await Promise.all([here(), ...Array.from({ length: helpers }, helper)]);
  } catch (error) {
    if (signal) throwIfAborted(signal);
    throw error;
  } finally {
    await threads.end();
  }
  return outcomes;
}

/**
 * The jobs' numbers with those of one layer next to each other, so that one thread reads its file for all
 * architectures.
 */
function byWorkload(jobs: readonly LayerRequest[]): number[] {
  const places = new Map<string, number>();
  const place = jobs.map(({ dnn, layer }) => {
    const key = `${dnn}\n${layer}`;
    const known = places.get(key) ?? places.size;
    places.set(key, known);
    return known;
  });
  return jobs.map((_, index) => index).sort((a, b) => place[a] - place[b] || a - b);
}
