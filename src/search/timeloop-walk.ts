import { counted, RaellaError } from "../errors";
import { factorsOfNumber, keepTable, toMapping } from "../mapspace/candidate-mapping";
import { createFitCheck } from "../mapspace/capacity";
import type { KeepTable } from "../mapspace/capacity";
import { defaultOrder, fitsMesh, splitCandidates } from "../mapspace/loop-orders";
import type { MapSpace } from "../mapspace/map-space";
import { createSearchLayout, factorInSlot, readChoice } from "../mapspace/search-layout";
import type { SearchLayout } from "../mapspace/search-layout";
import { fitsFanOut } from "../model/fit";
import { isRandomWalk } from "../spec/schema/mapper-schema";
import type { BestMapping } from "./exhaustive/find-best-mapping";
import { isBetterForTimeloop } from "./ranking";
import type { MappingFigures, Metric } from "./ranking";
import type { MappingScorer, ScorerFactory } from "./scorer";

/** The minimal standard generator of C++ (`minstd_rand0`): x <- 16807 x mod (2^31 - 1), from 1. */
const multiplier = 16807;
const modulus = 2 ** 31 - 1;
/** Largest raw draw minus the smallest. */
const rawRange = modulus - 2;

/** Largest interval that one raw draw can fill. */
export const largestDrawCount = rawRange;

/**
 * A generator of uniform whole numbers in `[0, count)` as C++'s standard library draws them from its default
 * generator in its initial state, which is what Timeloop's random search does.
 *
 * @param count - from 1 to {@link largestDrawCount}
 */
export function createRandomSequence(count: number): () => number {
  const bucket = Math.floor(rawRange / count);
  let state = 1;
  return () => {
    for (;;) {
      state = (multiplier * state) % modulus;
      const draw = state - 1;
      if (draw < bucket * count) return Math.floor(draw / bucket);
    }
  };
}

/** Stop rules of Timeloop's mapper. */
export interface WalkOptions {
  readonly metrics?: readonly Metric[];
  readonly numThreads: number;
  /** Valid mappings to find, all threads together; null or 0 for no limit. */
  readonly searchSize: number | null;
  /** Consecutive valid mappings without improvement that end a thread; null or 0 for no limit. */
  readonly victoryCondition: number | null;
  /** Consecutive invalid mappings that end a thread; 0 ends it at the first; null for no limit. */
  readonly timeout: number | null;
  /** `random_pruned` by default; others are refused. */
  readonly algorithm?: string;
}

/** Why a thread ended. */
type ThreadStop = "search_size" | "victory" | "timeout" | "empty";

interface ThreadWalk {
  readonly thread: number;
  readonly stop: ThreadStop;
  /** Mappings tried, revisits and invalid ones included. */
  readonly visited: number;
  /** Valid ones among them. */
  readonly valid: number;
}

interface WalkResult {
  readonly size: number;
  readonly visited: number;
  /** Valid mappings visited, revisits included. */
  readonly valid: number;
  /** Different mappings whose energy and cycles were computed. */
  readonly evaluated: number;
  readonly threads: readonly ThreadWalk[];
  /** The mapping that Timeloop reports; null where no thread found a valid one. */
  readonly best: BestMapping | null;
}

/**
 * Repeats the random walk of Timeloop's mapper (random-pruned search): which mapping it draws, when each thread
 * gives up, and the mapping it ends with.
 * @throws RaellaError `usage` for spaces whose walk is not settled by the constraints (free loop orders, undecided
 *   data spaces), that have more mappings per thread than its generator can tell apart, or for a walk without any
 *   rule that ends it.
 */
export function reenactTimeloopSearch(
  space: MapSpace,
  createScorer: ScorerFactory,
  options: WalkOptions,
): WalkResult {
  requireRandomWalk(options);
  refuseUnsettledWalk(space, options);
  const metrics = options.metrics ?? ["edp"];
  const layout = createSearchLayout(space);
  const judge = createJudge(layout, createScorer);
  const threads: ThreadWalk[] = [];
  let best: { readonly number: number; readonly figures: MappingFigures } | null = null;
  for (let thread = 0; thread < options.numThreads; thread += 1) {
    const walk = walkThread(space.factorizations, thread, options, metrics, judge.verdict);
    threads.push({ thread, stop: walk.stop, visited: walk.visited, valid: walk.valid });
    if (
      walk.best !== null &&
      (best === null || isBetterForTimeloop(metrics, walk.best.figures, best.figures))
    )
      best = walk.best;
  }
  return {
    size: space.size,
    visited: threads.reduce((sum, { visited }) => sum + visited, 0),
    valid: threads.reduce((sum, { valid }) => sum + valid, 0),
    evaluated: judge.evaluated(),
    threads,
    best: best === null ? null : describeBest(space, judge.keep, best.number, best.figures),
  };
}

/** @throws RaellaError `usage` for an algorithm of Timeloop's mapper that is not the random walk. */
export function requireRandomWalk({ algorithm }: Pick<WalkOptions, "algorithm">): void {
  if (algorithm === undefined || isRandomWalk(algorithm)) return;
  throw new RaellaError({
    code: "usage",
    message: `The mapper's algorithm ${algorithm} cannot be re-enacted: only Timeloop's random walk is modelled.`,
    value: algorithm,
    expected: "algorithm: random_pruned",
    remedy: "Use the exhaustive search, which finds the best mapping whatever the algorithm.",
  });
}

function refuseUnsettledWalk(
  space: MapSpace,
  { numThreads, timeout, searchSize, victoryCondition }: WalkOptions,
): void {
  const refuse = (message: string, remedy: string): never => {
    throw new RaellaError({ code: "usage", message, remedy });
  };
  if (space.undecided.length > 0 || space.size !== space.factorizations)
    refuse(
      "Timeloop's random walk cannot be re-enacted here: the constraints leave loop orders or data spaces open.",
      "Use the exhaustive search, or fix all permutations and every keep and bypass.",
    );
  if (!Number.isSafeInteger(numThreads) || numThreads < 1)
    refuse(`The mapper is told to use ${numThreads} threads.`, "Set num_threads to 1 or more.");
  if (space.factorizations / numThreads > largestDrawCount)
    refuse(
      `Timeloop's random walk cannot be re-enacted in a space of ${space.sizeText} mappings.`,
      "Use the exhaustive search, or fix more factors.",
    );
  if (timeout === null && !searchSize && !victoryCondition)
    refuse(
      "The mapper's options have no rule that ends the random walk.",
      "Set search_size, victory_condition or timeout.",
    );
}

/** What the mapper learns of one mapping, in the order in which it tries its variants. */
interface WalkVerdict {
  /** Variants (splits over the mesh's axes) that fail before one fits, all of them where none does. */
  readonly failures: number;
  /** Null where the mapping is invalid. */
  readonly figures: MappingFigures | null;
  /** Further variants that fit; they cost the same. */
  readonly repetitions: number;
}

interface Judge {
  readonly keep: KeepTable;
  readonly verdict: (number: number) => WalkVerdict;
  readonly evaluated: () => number;
}

/** Judges mappings by number; every number once. */
function createJudge(layout: SearchLayout, createScorer: ScorerFactory): Judge {
  const keep = keepTable(layout.space, 0);
  const fits = createFitCheck(layout, keep);
  const known = new Map<number, WalkVerdict>();
  const choice = new Int32Array(layout.varying.length);
  const countSplits = splitCounter(layout);
  let scorer: MappingScorer | undefined;
  let evaluated = 0;

  function judge(number: number): WalkVerdict {
    readChoice(layout, number, choice);
    const { failing, fitting } = countSplits(choice);
    if (fitting === 0) return { failures: failing, figures: null, repetitions: 0 };
    if (!fits(choice)) return { failures: failing + 1, figures: null, repetitions: 0 };
    scorer ??= createScorer(layout, keep);
    scorer.score(choice, null);
    evaluated += 1;
    const { energyPj, cycles, lastLevelAccesses } = scorer;
    return { failures: failing, figures: { energyPj, cycles, lastLevelAccesses }, repetitions: fitting - 1 };
  }

  function verdict(number: number): WalkVerdict {
    let result = known.get(number);
    if (result === undefined) known.set(number, (result = judge(number)));
    return result;
  }

  return { keep, verdict, evaluated: () => evaluated };
}

/** The number of splits over the axes that fail and that fit. */
interface SplitCounts {
  readonly failing: number;
  readonly fitting: number;
}

/** A function that counts the ways to split a choice's space loops over the axes of the mesh. */
function splitCounter(layout: SearchLayout): (choice: Int32Array) => SplitCounts {
  const { slots, hardware, choices } = layout.space;
  const spaceSlots = slots.flatMap((slot, index) => {
    if (slot.kind === "time") return [];
    const mesh = hardware.levels[slot.level];
    // Mostly everything lies along X, whatever the order.
    const isRow = mesh.fanY === 1 && slot.split !== null && slot.split >= choices.length;
    return [{ slot, index, mesh, order: defaultOrder(slot), isRow }];
  });
  return (choice) => {
    let tried = 1;
    let fitting = 1;
    for (const { slot, index, mesh, order, isRow } of spaceSlots) {
      if (isRow) {
        let product = 1;
        for (let dimension = 0; dimension < choices.length; dimension += 1)
          product *= factorInSlot(layout, index, dimension, choice);
        if (!fitsFanOut(mesh, product, 1)) fitting = 0;
        continue;
      }
      const factorOf = (dimension: number): number => factorInSlot(layout, index, dimension, choice);
      const candidates = splitCandidates(slot, order, factorOf);
      tried *= candidates.length;
      fitting *= candidates.filter((alongX) => fitsMesh(mesh, order, factorOf, alongX)).length;
    }
    return { failing: tried - fitting, fitting };
  };
}

interface ThreadResult extends Omit<ThreadWalk, "thread"> {
  readonly best: { readonly number: number; readonly figures: MappingFigures } | null;
}

/** So many invalid mappings in a row make it worth asking whether any other is there. */
const hopeless = 100_000;

/** Without a timeout the original would draw for ever in a share without any valid mapping. */
function refuseEndlessWalk(
  thread: number,
  owned: number,
  numThreads: number,
  verdict: (number: number) => WalkVerdict,
): void {
  for (let index = 0; index < owned; index += 1)
    if (verdict(index * numThreads + thread).figures !== null) return;
  throw new RaellaError({
    code: "usage",
    message: `Thread ${thread} of Timeloop's random walk would never end: none of its ${counted(owned, "mapping")} fits.`,
    expected: "a timeout in the mapper's options",
  });
}

/** One thread: it owns every `numThreads`-th mapping and draws from them with replacement. */
function walkThread(
  size: number,
  thread: number,
  options: WalkOptions,
  metrics: readonly Metric[],
  verdict: (number: number) => WalkVerdict,
): ThreadResult {
  const { numThreads, searchSize, victoryCondition, timeout } = options;
  const owned = Math.ceil((size - thread) / numThreads);
  if (owned <= 0) return { stop: "empty", visited: 0, valid: 0, best: null };
  const wanted = searchSize ? Math.ceil(searchSize / numThreads) : Infinity;
  const patience = victoryCondition ? victoryCondition : Infinity;
  const endurance = timeout ?? Infinity;
  const draw = createRandomSequence(owned);
  let best: ThreadResult["best"] = null;
  let visited = 0;
  let valid = 0;
  let withoutImprovement = 0;
  let invalidInARow = 0;
  const stopReason = (): ThreadStop | undefined => {
    if (withoutImprovement >= patience) return "victory";
    if (valid >= wanted) return "search_size";
    // A timeout of 0 still allows mappings as long as they are valid.
    return invalidInARow > 0 && invalidInARow >= endurance ? "timeout" : undefined;
  };
  for (;;) {
    const number = draw() * numThreads + thread;
    const { failures, figures, repetitions } = verdict(number);
    for (let failure = 0; failure < failures; failure += 1) {
      const stop = stopReason();
      if (stop) return { stop, visited, valid, best };
      visited += 1;
      invalidInARow += 1;
      if (invalidInARow === hopeless) refuseEndlessWalk(thread, owned, numThreads, verdict);
    }
    for (let repetition = 0; figures !== null && repetition <= repetitions; repetition += 1) {
      const stop = stopReason();
      if (stop) return { stop, visited, valid, best };
      visited += 1;
      valid += 1;
      invalidInARow = 0;
      if (best === null || isBetterForTimeloop(metrics, figures, best.figures)) {
        best = { number, figures };
        withoutImprovement = 0;
      } else {
        withoutImprovement += 1;
      }
    }
  }
}

function describeBest(
  space: MapSpace,
  keep: KeepTable,
  number: number,
  figures: MappingFigures,
): BestMapping {
  const mapping = toMapping(space, factorsOfNumber(space, number), null, keep);
  return { mapping, number, edpPjCycles: figures.energyPj * figures.cycles, ...figures };
}
