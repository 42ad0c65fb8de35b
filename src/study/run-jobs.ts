import { RaellaError } from "../errors";
import { breathe } from "../platform";
import { processors, threadCount } from "../threads";
import type { LayerResult } from "./layer-result";
import { runRequest } from "./run-layer";
import type { LayerRequest } from "./run-layer";
import type { Progress, RunOptions } from "./study-options";
import { Surroundings } from "./surroundings";

/** What is reported after a layer of a study. */
export function progressOf(
  { architecture, dnn, layer }: LayerRequest,
  done: number,
  total: number,
): Progress {
  return { done, total, architecture, dnn, layer };
}

/** @throws RaellaError `aborted` */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new RaellaError({ code: "aborted", message: "The run was stopped before it was finished." });
}

/** A result, or why there is none. */
export type Outcome = LayerResult | RaellaError;

/** Runs one layer; a mistake of the user becomes the outcome, a fault of the program is thrown. */
export function attempt(job: LayerRequest): Outcome {
  try {
    return runRequest(job);
  } catch (error) {
    if (error instanceof RaellaError) return error;
    throw error;
  }
}

/** Longest time between two looks at the signal and at other events, ms. */
const breath = 40;

/**
 * Layers from which a second thread pays: every thread has to compile its own code and to read the models again, which
 * takes it seconds of computing, while most layers take half a millisecond once that is done. All DNNs on all
 * architectures (1,640 layers) are still far from it, see `bench/workers.ts`.
 */
const layersThatPay = 8_000;

/**
 * Runs layers and returns their outcomes in the order of the jobs, whatever the number of workers. This thread
 * computes, too; it comes up for air often enough for progress, abortion and Ctrl-C.
 * @param surroundings Files and registrations as all jobs see them.
 */
export async function runJobs(
  jobs: readonly LayerRequest[],
  options: RunOptions = {},
  surroundings = new Surroundings(),
): Promise<readonly Outcome[]> {
  const wanted = helperCount(jobs, options.workers ?? "auto");
  const helpers = surroundings.fitThreads ? wanted : 0;
  if (helpers === 0) return mapPatiently(jobs, attempt, options, surroundings);
  const { runWithHelpers } = await import("./run-with-helpers.js");
  return runWithHelpers(jobs, helpers, options, surroundings);
}

function helperCount(jobs: readonly LayerRequest[], workers: number | "auto"): number {
  const threads = threadCount(workers, () => {
    // A full search takes as long as hundreds of usual ones.
    const pays = jobs.length >= (jobs.at(0)?.search === "full" ? 2 : layersThatPay);
    return pays ? Math.min(processors(), 4) : 1;
  });
  return workers === "auto" ? threads - 1 : Math.min(threads - 1, Math.max(0, jobs.length - 1));
}

/**
 * Calls a function for one job after the other, with air in between for progress, interruption and other events.
 * @throws RaellaError `aborted`, and whatever the function throws.
 */
export async function mapPatiently<Result>(
  jobs: readonly LayerRequest[],
  compute: (job: LayerRequest, index: number) => Result,
  { onProgress, signal }: RunOptions,
  surroundings: Surroundings,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let breathedAt = performance.now();
  for (const job of jobs) {
    if (signal) throwIfAborted(signal);
    results.push(surroundings.during(() => compute(job, results.length)));
    onProgress?.(progressOf(job, results.length, jobs.length));
    if (performance.now() - breathedAt > breath) {
      await breathe();
      breathedAt = performance.now();
    }
  }
  return results;
}
