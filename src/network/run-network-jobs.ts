import { RaellaError } from "../errors";
import { breathe } from "../platform";
import { processors, startThreads, threadCount } from "../threads";

/** Multiply-accumulates of all jobs together from which on more threads pay. */
const workThatPays = 2e8;

/** How jobs are run, and who is told. */
export interface RunJobsOptions {
  /** Threads. Default: `auto`, up to four where the work is worth it. */
  readonly workers?: number | "auto";
  readonly signal?: AbortSignal;
  /** Called with the number of jobs that are done, of all of them, and which one it was. */
  readonly onJob?: (done: number, total: number, job: number) => void;
}

/** What is done with each job, here or in another thread. */
export interface JobKind<Job, Result> {
  /** Name of the file in this folder whose default export it is, without extension. */
  readonly file: string;
  readonly run: (job: Job) => Result | Promise<Result>;
  /** Multiply-accumulates of a job, about. */
  readonly work: (job: Job) => number;
}

/** The number of threads that jobs are run in; 1 means here. */
export function workersFor<Job, Result>(
  jobs: readonly Job[],
  kind: JobKind<Job, Result>,
  workers: number | "auto" = "auto",
): number {
  const wanted = threadCount(workers, () => {
    const pays = jobs.reduce((sum, job) => sum + kind.work(job), 0) >= workThatPays;
    return pays ? Math.min(processors(), 4) : 1;
  });
  return Math.min(wanted, jobs.length);
}

/** Runs jobs. The results stand in the order of the jobs and do not depend on the number of threads. */
export async function runNetworkJobs<Job, Result>(
  jobs: readonly Job[],
  kind: JobKind<Job, Result>,
  options: RunJobsOptions,
): Promise<readonly Result[]> {
  const works = jobs.map((job) => kind.work(job));
  const workers = workersFor(jobs, kind, options.workers);
  const results = new Array<Result>(jobs.length);
  let done = 0;
  const finish = (index: number, result: Result): void => {
    results[index] = result;
    options.onJob?.(++done, jobs.length, index);
  };
  if (workers <= 1) {
    for (const [index, job] of jobs.entries()) {
      await breathe();
      throwIfStopped(options.signal);
      finish(index, await kind.run(job));
    }
    return results;
  }
  const threads = startThreads<null, Job, Result>(`network/${kind.file}`, null, workers);
  // The longest first, so that no thread is left alone with it at the end.
  const order = jobs.map((_, index) => index).sort((first, second) => works[second] - works[first]);
  try {
    let taken = 0;
    const thread = async (): Promise<void> => {
      while (taken < order.length) {
        const index = order[taken++];
        finish(index, await threads.run(jobs[index], options.signal));
      }
    };
    await Promise.all(Array.from({ length: workers }, thread));
  } catch (error) {
    throwIfStopped(options.signal);
    throw error;
  } finally {
    await threads.end();
  }
  return results;
}

/** @throws RaellaError `aborted` */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new RaellaError({ code: "aborted", message: "The work was stopped before it was finished." });
}
