import {
  dataWith,
  hasParts,
  index,
  isListOf,
  isNumber,
  isObject,
  isText,
  requireArgument,
} from "../../arguments";
import type { CompleteChoices } from "../../spec/model-choices";
import type { Fidelity } from "../../spec/specification";
import type { ReplicationScheme } from "../replication";
import type { SweepObjective, SweepValue } from "./sweep-description";

const wordMask = (1n << 64n) - 1n;
const goldenGamma = 0x9e3779b97f4a7c15n;

/** Mixing function of SplitMix64. */
function mix(state: bigint): bigint {
  let z = state & wordMask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & wordMask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & wordMask;
  return z ^ (z >> 31n);
}

/**
 * Number `index` (from 0) of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA
 * 2014), 64 bits. Any number of the sequence is computed without those before it.
 */
export function splitMix64(seed: bigint, index: number): bigint {
  return mix(seed + goldenGamma * BigInt(index + 1));
}

/**
 * A pseudorandom number in [0, 1) with 53 bits, a function of its arguments alone: the `index`-th number of stream
 * `stream` of `seed`. Exact integer arithmetic, hence equal on every machine.
 */
export function randomUnit(seed: number, stream: number, index: number): number {
  const streamSeed = splitMix64(BigInt(seed), stream);
  return Number(splitMix64(streamSeed, index) >> 11n) / 2 ** 53;
}

/** One variable: the values it can take, or the interval from which random designs draw it. */
export type SweepAxis =
  | { readonly variable: string; readonly values: readonly SweepValue[] }
  | {
      readonly variable: string;
      readonly interval: { readonly from: number; readonly to: number; readonly logarithmic: boolean };
    };

/** What a sweep asks of accuracy, complete. */
export interface PlannedAccuracy {
  /** An imported network. */
  readonly dnn: string;
  readonly slicing: "kept" | "anew";
  readonly endToEnd: boolean;
  /** Both left out where there is none. */
  readonly noise?: number;
  readonly seed?: number;
}

/**
 * A checked sweep with nothing left open, as plain data. It fixes the number of every point: architectures, tiles,
 * batches, listed points and variables count like the digits of a number in this order, the DNN being the fastest.
 */
export interface SweepPlan extends CompleteChoices {
  readonly name: string;
  readonly architectures: readonly string[];
  readonly dnns: readonly string[];
  readonly nTiles: readonly number[];
  readonly batchSize: readonly number[];
  readonly typicalStatistics: boolean;
  readonly fidelity: Fidelity;
  /** At least one entry; `{}` if the sweep lists no points. */
  readonly listed: readonly Readonly<Record<string, SweepValue>>[];
  readonly axes: readonly SweepAxis[];
  /** Null: every combination of the axes. */
  readonly random: { readonly count: number; readonly seed: number } | null;
  readonly constraint: string | null;
  readonly objectives: readonly SweepObjective[];
  readonly throughput: {
    readonly areaBudgetMm2: number | null;
    readonly aggregateTiles: number;
    readonly scheme: ReplicationScheme;
  };
  readonly chunkSize: number;
  /** Left out if the sweep does not ask for it. */
  readonly accuracy?: PlannedAccuracy;
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** What functions look at that take a plan. */
const planSchema = dataWith("a plan, as planSweep and parseSweep return it", {
  name: isText,
  architectures: isList,
  dnns: isList,
  nTiles: isList,
  batchSize: isList,
  listed: isList,
  axes: isListOf((axis) => hasParts(axis, { variable: isText }) && hasRange(axis)),
  random: (value) => value === null || hasParts(value, { count: isNumber, seed: isNumber }),
  objectives: isListOf(isObject),
  throughput: isObject,
  chunkSize: isNumber,
});

function hasRange(axis: unknown): boolean {
  return (
    hasParts(axis, { values: isList }) ||
    hasParts(axis, { interval: (value) => hasParts(value, { from: isNumber, to: isNumber }) })
  );
}

/** One point of a sweep: a design and the DNN it runs. */
export interface SweepPoint {
  /** Number of the point in its sweep. */
  readonly point: number;
  /** Number of the design; points that differ only in the DNN share it. */
  readonly design: number;
  readonly architecture: string;
  readonly dnn: string;
  readonly nTiles: number;
  readonly batchSize: number;
  readonly variables: Readonly<Record<string, SweepValue>>;
}

/**
 * Points of a sweep.
 * @example
 * ```ts
 * countPoints(planSweep({ architectures: "raella", dnns: "resnet18", variables: { ADC_RESOLUTION: [6, 7, 8] } })); // 3
 * ```
 */
export function countPoints(plan: SweepPlan): number {
  requireArgument(planSchema, plan, "the plan of countPoints");
  return product(radices(plan));
}

/** Designs of a sweep. */
export function countDesigns(plan: SweepPlan): number {
  requireArgument(planSchema, plan, "the plan of countDesigns");
  return product(radices(plan).slice(1));
}

const product = (factors: readonly number[]): number => factors.reduce((all, factor) => all * factor, 1);

/** How many values there are of what tells points apart, the one that changes fastest first. */
export function radices({
  dnns,
  random,
  axes,
  listed,
  batchSize,
  nTiles,
  architectures,
}: SweepPlan): number[] {
  const drawn = random
    ? [random.count]
    : axes.flatMap((axis) => ("values" in axis ? [axis.values.length] : [])).reverse();
  return [dnns.length, ...drawn, ...[listed, batchSize, nTiles, architectures].map(({ length }) => length)];
}

/** Names of all variables that the sweep sets, in the order of their columns. */
export function variableNames(plan: SweepPlan): readonly string[] {
  return [...new Set([...plan.listed.flatMap(Object.keys), ...plan.axes.map(({ variable }) => variable)])];
}

/**
 * The point of this number, 0 to `countPoints(plan) - 1`; it depends on nothing but the plan.
 * @example
 * ```ts
 * const plan = planSweep({ architectures: "raella", dnns: "resnet18", variables: { ADC_RESOLUTION: [6, 7, 8] } });
 * console.log(pointAt(plan, 0));
 * ```
 */
export function pointAt(plan: SweepPlan, point: number): SweepPoint {
  requireArgument(planSchema, plan, "the plan of pointAt");
  requireArgument(index, point, "the number of a point");
  let rest = point;
  const digit = (radix: number): number => {
    const value = rest % radix;
    rest = (rest - value) / radix;
    return value;
  };
  const dnn = plan.dnns[digit(plan.dnns.length)];
  const design = rest;
  const drawn = plan.random
    ? drawVariables(plan.axes, plan.random.seed, digit(plan.random.count))
    : combineVariables(plan.axes, digit);
  const listed = plan.listed[digit(plan.listed.length)];
  const batchSize = plan.batchSize[digit(plan.batchSize.length)];
  const nTiles = plan.nTiles[digit(plan.nTiles.length)];
  const architecture = plan.architectures[digit(plan.architectures.length)];
  return { point, design, architecture, dnn, nTiles, batchSize, variables: { ...listed, ...drawn } };
}

/** The last variable changes fastest. */
function combineVariables(
  axes: readonly SweepAxis[],
  digit: (radix: number) => number,
): Record<string, SweepValue> {
  const chosen: (readonly [string, SweepValue])[] = [];
  for (const axis of [...axes].reverse()) {
    if ("values" in axis) chosen.push([axis.variable, axis.values[digit(axis.values.length)]]);
  }
  return Object.fromEntries(chosen.reverse());
}

function drawVariables(axes: readonly SweepAxis[], seed: number, draw: number): Record<string, SweepValue> {
  return Object.fromEntries(
    axes.map((axis, index) => [axis.variable, drawValue(axis, randomUnit(seed, draw, index))]),
  );
}

function drawValue(axis: SweepAxis, unit: number): SweepValue {
  if ("values" in axis) return axis.values[Math.floor(unit * axis.values.length)];
  const { from, to, logarithmic } = axis.interval;
  const value = logarithmic ? from * (to / from) ** unit : from + (to - from) * unit;
  // Twelve digits: the power may differ in its last bits between machines.
  return Number(Math.min(Math.max(value, from), to).toPrecision(12));
}

/** Chunks of a sweep: runs of points that are computed and stored together. */
export function countChunks(plan: SweepPlan): number {
  return Math.ceil(countPoints(plan) / plan.chunkSize);
}

/** First point of a chunk, and the first one behind it. */
export function chunkRange(plan: SweepPlan, chunk: number): { readonly start: number; readonly end: number } {
  const start = chunk * plan.chunkSize;
  return { start, end: Math.min(start + plan.chunkSize, countPoints(plan)) };
}

/** Part `index` of `count` parts of a sweep, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Chunks of a shard. They are dealt out in turn, so that every shard gets a share of the slow ones. */
export function chunksOfShard(plan: SweepPlan, shard: Shard = { index: 0, count: 1 }): readonly number[] {
  const chunks: number[] = [];
  for (let chunk = shard.index; chunk < countChunks(plan); chunk += shard.count) chunks.push(chunk);
  return chunks;
}
