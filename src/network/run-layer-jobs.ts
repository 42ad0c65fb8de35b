import { RaellaError } from "../errors";
import { breathe } from "../platform";
import { processors, startThreads, threadCount } from "../threads";
import { runLayerJob } from "./layer-job";
import type { LayerJob, LayerJobResult } from "./layer-job";

/** Multiply-accumulates of all layers together from which on more threads pay. */
const workThatPays = 2e8;

/** How jobs are run, and who is told. */
export interface RunJobsOptions {
  /** Threads. Default: `auto`, up to four where the work is worth it. */
  readonly workers?: number | "auto";
  readonly signal?: AbortSignal;
  readonly onLayer?: (done: number, total: number) => void;
}

/** Runs the integer parts of layers. The result does not depend on the number of threads. */
export async function runLayerJobs(
  jobs: readonly LayerJob[],
  options: RunJobsOptions,
): Promise<readonly LayerJobResult[]> {
  const works = jobs.map(({ layer }) => layer.groups * layer.rows * layer.filters * layer.samples);
  const wanted = threadCount(options.workers ?? "auto", () => {
    const pays = works.reduce((sum, work) => sum + work, 0) >= workThatPays;
    return pays ? Math.min(processors(), 4) : 1;
  });
  const workers = Math.min(wanted, works.length);
  const results = new Array<LayerJobResult>(jobs.length);
  let done = 0;
  const finish = (index: number, result: LayerJobResult): void => {
    results[index] = result;
    options.onLayer?.(++done, jobs.length);
  };
  if (workers <= 1) {
    for (const [index, job] of jobs.entries()) {
      await breathe();
      throwIfStopped(options.signal);
      finish(index, runLayerJob(job));
    }
    return results;
  }
  const threads = startThreads<null, LayerJob, LayerJobResult>("network/layer-job", null, workers);
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
    throw new RaellaError({ code: "aborted", message: "The import was stopped before it was finished." });
}
