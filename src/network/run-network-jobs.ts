import { RaellaError } from "../errors";
import { breathe } from "../platform";
import { processors, startThreads, threadCount } from "../threads";

/** Multiply-accumulates of all jobs together from which on more threads pay. */
const workThatPays = 2e8;

/** Where jobs are done, and whether they are still wanted. */
interface RunJobsOptions {
  /** Threads. Default: `auto`, up to four where the work is worth it. */
  readonly workers?: number | "auto";
  readonly signal?: AbortSignal;
}

/** A job of one of the kinds that threads know. */
export interface JobInThread {
  readonly kind: "layer" | "accuracy" | "cutLayer";
  readonly job: unknown;
}

/** What is done with each job, here or in another thread. */
export interface JobKind<Job, Result> {
  readonly kind: JobInThread["kind"];
  readonly run: (job: Job) => Result;
  /** Multiply-accumulates of a job, about. */
  readonly work: (job: Job) => number;
}

export function workOf<Job>(jobs: readonly Job[], kind: Pick<JobKind<Job, unknown>, "work">): number {
  return jobs.reduce((sum, job) => sum + kind.work(job), 0);
}

/** Does jobs, here or in threads. */
export interface JobRunner {
  /** Threads that share them; 1 means here. */
  readonly workers: number;
  /**
   * Results stand in the order of the jobs and do not depend on the number of threads.
   * @param onJob Called after each job, with the number of those that are done.
   */
  run<Job, Result>(
    jobs: readonly Job[],
    kind: JobKind<Job, Result>,
    onJob?: (done: number) => void,
  ): Promise<readonly Result[]>;
  /** Lets others have their turn. @throws RaellaError `aborted` */
  pause(): Promise<void>;
}

/**
 * Computes something with threads for its jobs, which end with it. They are the same for all kinds of jobs: each loads
 * its code once, and what one kind has made fast, another one finds fast.
 *
 * @param work Multiply-accumulates of all jobs, about.
 * @param jobs At most so many are there at a time.
 */
export async function withJobRunner<Result>(
  { workers = "auto", signal }: RunJobsOptions,
  { work, jobs: mostJobs }: { readonly work: number; readonly jobs: number },
  compute: (runner: JobRunner) => Promise<Result>,
): Promise<Result> {
  const wanted = threadCount(workers, () => (work >= workThatPays ? Math.min(processors(), 4) : 1));
  const count = Math.max(1, Math.min(wanted, mostJobs));
  const pause = async (): Promise<void> => {
    await breathe();
    throwIfStopped(signal);
  };
  const threads =
    count === 1 ? undefined : startThreads<null, JobInThread, unknown>("network/network-thread", null, count);
  try {
    return await compute({
      workers: count,
      pause,
      async run<Job, Answer>(
        jobs: readonly Job[],
        { kind, run, work: workOfJob }: JobKind<Job, Answer>,
        onJob?: (done: number) => void,
      ) {
        const results = new Array<Answer>(jobs.length);
        const works = jobs.map(workOfJob);
        const order = [...jobs.keys()];
        // The longest first, so that no thread is left alone with it at the end.
        if (threads !== undefined) order.sort((first, second) => works[second] - works[first]);
        const answerTo = async (job: Job): Promise<Answer> => {
          if (threads !== undefined) return (await threads.run({ kind, job }, signal)) as Answer;
          await pause();
          return run(job);
        };
        let taken = 0;
        let done = 0;
        const takeJobs = async (): Promise<void> => {
          while (taken < order.length) {
            const index = order[taken++];
            results[index] = await answerTo(jobs[index]);
            onJob?.(++done);
          }
        };
        await Promise.all(Array.from({ length: count }, takeJobs));
        return results;
      },
    });
  } catch (error) {
    throwIfStopped(signal);
    throw error;
  } finally {
    await threads?.end();
  }
}

/** @throws RaellaError `aborted` */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new RaellaError({ code: "aborted", message: "The work was stopped before it was finished." });
}
