import { availableParallelism } from "node:os";
import { join } from "node:path";
import { RaellaError } from "../../errors";
import { createPointsEvaluator, evaluateChunk } from "./evaluate-points";
import type { SweepContext } from "./sweep-context";
import { chunkRange } from "./sweep-plan";
import type { SweepRow } from "./sweep-row";
import type { SweepWorkerData } from "./sweep-worker";

/** The rows of a chunk, in point order. */
export interface FinishedChunk {
  readonly chunk: number;
  readonly rows: readonly SweepRow[];
}

export interface SweepRunOptions {
  /** Threads that compute; `auto` (default) takes up to one for each processor, as many as have enough to do. */
  readonly workers?: number | "auto";
  /** Ends the run early with a RaellaError `aborted`. */
  readonly signal?: AbortSignal;
}

/** Evaluations of layers, some seconds' worth, for which a thread of its own pays: it starts cold and shares nothing. */
const evaluationsThatPay = 10_000;

/**
 * Limit of a thread's heap. A twentieth of it is enough; with the gigabytes that V8 grants otherwise it also lets several
 * times as much garbage gather as there is in use.
 */
const maxOldGenerationSizeMb = 1024;

/**
 * Computes chunks of a sweep and hands each over as soon as it is done. The order in which they come depends on the
 * threads; their contents do not.
 */
export async function* sweepChunks(
  context: SweepContext,
  chunks: readonly number[],
  { workers = "auto", signal }: SweepRunOptions = {},
): AsyncGenerator<FinishedChunk> {
  const points = chunks.reduce((sum, chunk) => {
    const { start, end } = chunkRange(context.plan, chunk);
    return sum + end - start;
  }, 0);
  const wanted = threadCount(workers, points * layersOfPoint(context));
  const threads = context.surroundings.fitThreads ? Math.min(wanted, chunks.length) : 1;
  if (threads > 1) yield* inThreads(context, chunks, threads, signal);
  else yield* inThisThread(context, chunks, signal);
}

/** On average. */
function layersOfPoint({ layers }: SweepContext): number {
  return [...layers.values()].flat().length / layers.size;
}

function threadCount(workers: number | "auto", evaluations: number): number {
  if (workers === "auto")
    return Math.max(1, Math.min(Math.floor(evaluations / evaluationsThatPay), availableParallelism()));
  if (Number.isSafeInteger(workers) && workers >= 1) return workers;
  throw new RaellaError({
    code: "out-of-range",
    message: `There cannot be ${workers} workers.`,
    value: workers,
    expected: 'a whole number of at least 1, or "auto"',
  });
}

async function* inThisThread(
  context: SweepContext,
  chunks: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<FinishedChunk> {
  const evaluate = createPointsEvaluator(context);
  for (const chunk of chunks) {
    // Lets Ctrl-C and progress through.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfAborted(signal);
    yield { chunk, rows: evaluateChunk(context.plan, chunk, evaluate) };
  }
}

/** Every thread has one chunk in hand and one waiting, so that none is idle while results are stored. */
async function* inThreads(
  { plan, workspace, surroundings, accuracy }: SweepContext,
  chunks: readonly number[],
  threads: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<FinishedChunk> {
  const { Piscina } = await import("piscina");
  const pool = new Piscina<number, readonly SweepRow[]>({
    // The extension of this file: .ts when run from sources, .js when built.
    filename: join(__dirname, `sweep-worker${__filename.slice(-3)}`),
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    workerData: { plan, workspace, registered: surroundings.forThreads, accuracy } satisfies SweepWorkerData,
    resourceLimits: { maxOldGenerationSizeMb },
  });
  const underWay = new Map<number, Promise<FinishedChunk>>();
  const waiting = [...chunks].reverse();
  try {
    for (;;) {
      throwIfAborted(signal);
      while (underWay.size < 2 * threads) {
        const chunk = waiting.pop();
        if (chunk === undefined) break;
        const finished = pool.run(chunk, { signal }).then((rows) => ({ chunk, rows }));
        // A failure is reported where the chunk is awaited.
        finished.catch(() => undefined);
        underWay.set(chunk, finished);
      }
      if (underWay.size === 0) return;
      const next = await Promise.race(underWay.values());
      underWay.delete(next.chunk);
      yield next;
    }
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    await pool.destroy();
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new RaellaError({
    code: "aborted",
    message: "The sweep was stopped before it was finished.",
    remedy: "What is stored is kept: the same command continues from there.",
  });
}
