import { RaellaError } from "../../errors";
import { breathe } from "../../platform";
import { processors, startThreads, threadCount } from "../../threads";
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
const maximumHeapMb = 1024;

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
  const evaluations = points * layersOfPoint(context);
  const wanted = threadCount(workers, () =>
    Math.max(1, Math.min(Math.floor(evaluations / evaluationsThatPay), processors())),
  );
  const threads = context.surroundings.fitThreads ? Math.min(wanted, chunks.length) : 1;
  if (threads > 1) yield* inThreads(context, chunks, threads, signal);
  else yield* inThisThread(context, chunks, signal);
}

/** On average. */
function layersOfPoint({ layers }: SweepContext): number {
  return [...layers.values()].flat().length / layers.size;
}

async function* inThisThread(
  context: SweepContext,
  chunks: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<FinishedChunk> {
  const evaluate = createPointsEvaluator(context);
  for (const chunk of chunks) {
    // Lets Ctrl-C and progress through.
    await breathe();
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
  const pool = startThreads<SweepWorkerData, number, readonly SweepRow[]>(
    "study/sweep/sweep-worker",
    { plan, workspace, registered: surroundings.forThreads, accuracy },
    threads,
    maximumHeapMb,
  );
  const underWay = new Map<number, Promise<FinishedChunk>>();
  const waiting = [...chunks].reverse();
  try {
    for (;;) {
      throwIfAborted(signal);
      while (underWay.size < 2 * threads) {
        const chunk = waiting.pop();
        if (chunk === undefined) break;
        const finished = pool.run(chunk, signal).then((rows) => ({ chunk, rows }));
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
    await pool.end();
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
