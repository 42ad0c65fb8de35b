import type { Registrations } from "../../components/registry";
import { RaellaError } from "../../errors";
import { breathe } from "../../platform";
import { Surroundings } from "../surroundings";
import { processors, startThreads, threadCount } from "../../threads";
import { createPointsEvaluator, evaluateChunks } from "./evaluate-points";
import type { FinishedChunk } from "./evaluate-points";
import type { SweepContext, SweepRunOptions } from "./sweep-context";
import { prepareSweep } from "./sweep-context";
import { chunkRange, radices } from "./sweep-plan";
import type { SweepPlan } from "./sweep-plan";

/** Evaluations of layers, some seconds' worth, for which a thread of its own pays: it starts cold and shares nothing. */
const evaluationsThatPay = 10_000;

/**
 * Limit of a thread's heap. A twentieth of it is enough; with the gigabytes that V8 grants otherwise it also lets several
 * times as much garbage gather as there is in use.
 */
const maximumHeapMb = 1024;

/** Points that are computed together, about: an interruption costs some seconds. */
const pointsTogether = 128;

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
  // As many rounds as it takes, and in each of them a batch for every thread.
  const rounds = Math.ceil(points / (threads * pointsTogether));
  const batches = chunksTogether(context.plan, chunks, Math.ceil(points / (threads * rounds)));
  yield* inThreads(context, batches, Math.max(threads, 1) - 1, signal);
}

/**
 * Chunks to compute at once, layer by layer: designs that differ only in prices share a map space, which is searched
 * once if they come soon after each other. A batch runs through all values of the variables that change fastest, of as
 * many variables as `wanted` points hold, and as often as it takes to hold them.
 */
function chunksTogether(
  plan: SweepPlan,
  chunks: readonly number[],
  wanted: number,
): readonly (readonly number[])[] {
  let period = 1;
  for (const radix of radices(plan)) {
    if (period * radix > wanted) break;
    period *= radix;
  }
  const length = period * Math.ceil(wanted / period);
  const batches = new Map<number, number[]>();
  for (const chunk of chunks) {
    const batch = Math.floor(chunkRange(plan, chunk).start / length);
    batches.set(batch, [...(batches.get(batch) ?? []), chunk]);
  }
  return [...batches.values()];
}

/** On average. */
function layersOfPoint({ layers }: SweepContext): number {
  return [...layers.values()].flat().length / layers.size;
}

/** What a helping thread is told when it starts. */
interface ThreadTask extends Pick<SweepContext, "plan" | "workspace" | "accuracy"> {
  /** What is registered where the sweep was started. */
  readonly registered: Registrations;
}

/** The work of a helping thread: the numbers of chunks in, their rows out. */
export default function chunksWork({
  plan,
  workspace,
  registered,
  accuracy,
}: ThreadTask): (chunks: readonly number[]) => readonly FinishedChunk[] {
  const context = { ...prepareSweep(plan, workspace, new Surroundings(registered)), accuracy };
  const evaluate = createPointsEvaluator(context);
  return (chunks) => {
    const work = evaluateChunks(plan, chunks, evaluate);
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  };
}

/**
 * This thread computes as well: the helping ones start cold. Of them every one has one batch in hand and, while many are
 * left, one waiting, so that none is idle while this one is busy.
 */
async function* inThreads(
  context: SweepContext,
  batches: readonly (readonly number[])[],
  helpers: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<FinishedChunk> {
  const { plan, workspace, surroundings, accuracy } = context;
  const pool =
    helpers === 0
      ? undefined
      : startThreads<ThreadTask, readonly number[], readonly FinishedChunk[]>(
          "study/sweep/sweep-chunks",
          { plan, workspace, registered: surroundings.forThreads, accuracy },
          helpers,
          maximumHeapMb,
        );
  const evaluate = createPointsEvaluator(context);
  const end = new AbortController();
  const computeHere = async (batch: readonly number[]): Promise<readonly FinishedChunk[]> => {
    const work = evaluateChunks(plan, batch, evaluate);
    for (;;) {
      // Lets Ctrl-C, progress and messages of the other threads through.
      await breathe();
      throwIfAborted(signal);
      throwIfAborted(end.signal);
      const { done, value } = work.next();
      if (done) return value;
    }
  };
  const waiting = [...batches].reverse();
  const underWay = new Map<readonly number[], Promise<readonly FinishedChunk[]>>();
  let here: readonly number[] | undefined;
  const take = (compute: (batch: readonly number[]) => Promise<readonly FinishedChunk[]>): typeof here => {
    const batch = waiting.pop();
    if (batch === undefined) return undefined;
    const finished = compute(batch);
    // A failure is reported where the batch is awaited.
    finished.catch(() => undefined);
    underWay.set(batch, finished);
    return batch;
  };
  try {
    for (;;) {
      throwIfAborted(signal);
      const inPool = (): number => underWay.size - (here === undefined ? 0 : 1);
      while (pool && waiting.length > 0 && inPool() < (waiting.length > helpers ? 2 : 1) * helpers)
        take((batch) => pool.run(batch, signal));
      here ??= take(computeHere);
      if (underWay.size === 0) return;
      const [batch, finished] = await Promise.race(
        [...underWay].map(async ([batch, chunks]) => [batch, await chunks] as const),
      );
      underWay.delete(batch);
      if (batch === here) here = undefined;
      yield* unlessAborted(finished, signal);
    }
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    end.abort();
    await pool?.end();
  }
}

/** Whoever takes a chunk may want no more of them. */
function* unlessAborted(
  chunks: readonly FinishedChunk[],
  signal: AbortSignal | undefined,
): Generator<FinishedChunk> {
  for (const chunk of chunks) {
    throwIfAborted(signal);
    yield chunk;
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
