import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { RaellaError } from "../errors";

/** Multiply-accumulates of all jobs together from which on more threads pay. */
const workThatPays = 2e8;

/** How jobs are run, and who is told. */
export interface RunJobsOptions {
  /** Threads. Default: `auto`, up to four where the work is worth it. */
  readonly workers?: number | "auto";
  readonly signal?: AbortSignal;
  readonly onJob?: (done: number, total: number) => void;
}

/** What is done with each job, here or in another thread. */
export interface JobKind<Job, Result> {
  /** Name of the file in this folder whose default export it is, without extension. */
  readonly file: string;
  readonly run: (job: Job) => Result | Promise<Result>;
  /** Multiply-accumulates of a job, about. */
  readonly work: (job: Job) => number;
}

/** Runs jobs. The results stand in the order of the jobs and do not depend on the number of threads. */
export async function runNetworkJobs<Job, Result>(
  jobs: readonly Job[],
  kind: JobKind<Job, Result>,
  options: RunJobsOptions,
): Promise<readonly Result[]> {
  const works = jobs.map((job) => kind.work(job));
  const workers = threadCount(works, options.workers ?? "auto");
  const results = new Array<Result>(jobs.length);
  let done = 0;
  const finish = (index: number, result: Result): void => {
    results[index] = result;
    options.onJob?.(++done, jobs.length);
  };
  if (workers <= 1) {
    for (const [index, job] of jobs.entries()) {
      await setImmediate();
      throwIfStopped(options.signal);
      finish(index, await kind.run(job));
    }
    return results;
  }
  const { Piscina } = await import("piscina");
  const pool = new Piscina<Job, Result>({
    // The extension of this file: .ts when run from sources, .js when built.
    filename: join(__dirname, `${kind.file}${__filename.slice(-3)}`),
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
  });
  // The longest first, so that no thread is left alone with it at the end.
  const order = jobs.map((_, index) => index).sort((first, second) => works[second] - works[first]);
  try {
    let taken = 0;
    const thread = async (): Promise<void> => {
      while (taken < order.length) {
        const index = order[taken++];
        finish(index, await pool.run(jobs[index], { signal: options.signal }));
      }
    };
    await Promise.all(Array.from({ length: workers }, thread));
  } catch (error) {
    throwIfStopped(options.signal);
    throw error;
  } finally {
    await pool.destroy();
  }
  return results;
}

function threadCount(works: readonly number[], workers: number | "auto"): number {
  if (workers === "auto") {
    const pays = works.reduce((sum, work) => sum + work, 0) >= workThatPays;
    return pays ? Math.min(availableParallelism(), 4, works.length) : 1;
  }
  if (Number.isSafeInteger(workers) && workers >= 1) return Math.min(workers, works.length);
  throw new RaellaError({
    code: "out-of-range",
    message: `There cannot be ${workers} workers.`,
    value: workers,
    expected: 'a whole number of at least 1, or "auto"',
  });
}

/** @throws RaellaError `aborted` */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new RaellaError({ code: "aborted", message: "The work was stopped before it was finished." });
}
