// The one place that starts threads. Who computes in them does not show in any result.
import type * as PiscinaModule from "piscina";
import { shown } from "./arguments";
import { RaellaError } from "./errors";
import type { Remembering } from "./memory";
import { presentRemembering, setRemembering } from "./memory";
import { codeFolder, join, nodeModule } from "./platform";

/** Threads that all do the same work. */
export interface Threads<Task, Answer> {
  /**
   * Has whichever is free do a task.
   * @param taken Buffers of the task that move there, where others are copied.
   */
  run(task: Task, signal: AbortSignal | undefined, taken?: readonly ArrayBuffer[]): Promise<Answer>;
  /** Ends them, whatever they are doing. */
  end(): Promise<void>;
}

/**
 * The default export of a module whose work threads can do.
 * @param data What a thread is told when it starts: data that can be cloned.
 */
type Work<Data, Task, Answer> = (data: Data) => (task: Task) => Answer;

interface ThreadData {
  readonly module: string;
  readonly data: unknown;
  readonly remembering: Remembering;
}

/** Processors to share work among; one where there are no threads. */
export function processors(): number {
  return nodeModule("node:os")?.availableParallelism() ?? 1;
}

/** @throws RaellaError `out-of-range` for what is no number of workers. */
export function requireWorkers(workers: unknown): void {
  if (workers === "auto" || (Number.isSafeInteger(workers) && (workers as number) >= 1)) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `There cannot be ${typeof workers === "string" ? workers : shown(workers)} workers.`,
    value: workers,
    expected: 'a whole number of at least 1, or "auto"',
  });
}

/**
 * The number of threads to compute in, this one included: as many as are wanted, where there are threads at all.
 * @throws RaellaError `out-of-range` for what is no number of workers.
 */
export function threadCount(workers: number | "auto", whenAuto: () => number): number {
  requireWorkers(workers);
  const wanted = workers === "auto" ? whenAuto() : workers;
  return nodeModule("node:worker_threads") === undefined ? 1 : wanted;
}

function load(path: string): unknown {
  return nodeModule("node:module")?.createRequire(__filename)(path);
}

/**
 * Starts threads. Their library is loaded here, so that whoever needs none does not wait for it.
 * @param module Where their work is: a path below the folder of the code, without extension.
 * @param maximumHeapMb Limit of the memory of each.
 */
export function startThreads<Data, Task, Answer>(
  module: string,
  data: Data,
  count: number,
  maximumHeapMb?: number,
): Threads<Task, Answer> {
  const { Piscina } = load("piscina") as typeof PiscinaModule;
  const pool = new Piscina<Task, Answer>({
    filename: __filename,
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 1,
    workerData: { module, data, remembering: presentRemembering() } satisfies ThreadData,
    ...(maximumHeapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maximumHeapMb } }),
  });
  return {
    run(task, signal, taken = []) {
      // Each task that waits listens to it, and there may be more of them than Node takes for a mistake.
      if (signal !== undefined) nodeModule("node:events")?.setMaxListeners(0, signal);
      return pool.run(task, { signal, transferList: [...taken] });
    },
    end: () => pool.destroy(),
  };
}

/** The work of this thread, if it is one of those started here. */
let work: ((task: unknown) => unknown) | undefined;

/** What such a thread does with each task. */
export default function doTask(task: unknown): unknown {
  if (work === undefined) {
    const told = nodeModule("node:worker_threads")?.workerData as ThreadData;
    setRemembering(told.remembering);
    const loaded = load(join(codeFolder, told.module)) as { default: Work<unknown, unknown, unknown> };
    work = loaded.default(told.data);
  }
  return work(task);
}
