import type { Registrations } from "../components/registry";
import { RaellaError, RaellaErrors } from "../errors";
import type { ErrorDetails } from "../errors";
import { freeze } from "../memory";
import { breathe } from "../platform";
import { startThreads } from "../threads";
import type { LayerResult } from "./layer-result";
import { attempt, progressOf, throwIfAborted } from "./run-jobs";
import type { Outcome } from "./run-jobs";
import type { LayerRequest } from "./run-layer";
import type { RunOptions } from "./study-options";
import { Surroundings } from "./surroundings";

/** An outcome that can be sent between threads: errors as plain data, several found at once as a list. */
export type SentOutcome =
  | { readonly result: LayerResult }
  | { readonly error: ErrorDetails }
  | { readonly errors: readonly ErrorDetails[] };

/** The work of a helping thread: layers in, outcomes out, in the same order. All that it finds stays until it ends. */
export default function layersWork(
  registered: Registrations,
): (jobs: readonly LayerRequest[]) => readonly SentOutcome[] {
  const surroundings = new Surroundings(registered);
  return (jobs) =>
    jobs.map((job) => {
      const outcome = surroundings.during(() => attempt(job));
      if (outcome instanceof RaellaErrors) return { errors: outcome.errors.map((error) => error.toJSON()) };
      return outcome instanceof RaellaError ? { error: outcome.toJSON() } : { result: outcome };
    });
}

/** Turns an outcome that was sent back into one; what was frozen is a fresh copy by then. */
export function receiveOutcome(sent: SentOutcome): Outcome {
  if ("result" in sent) return freeze(sent.result);
  if ("error" in sent) return new RaellaError(sent.error);
  return new RaellaErrors(sent.errors.map((error) => new RaellaError(error)));
}

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
    "study/run-with-helpers",
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
