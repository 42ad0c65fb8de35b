import { fitsFanOut } from "../model/fit";
import type { HardwareLevel } from "../model/hardware";
import { listCofactors } from "./factor-choices";
import type { DimensionChoices } from "./factor-choices";
import type { Slot } from "./slots";

/** Beyond these numbers loop orders are counted as if every free dimension had a loop everywhere. */
const listedChoices = 200_000;
const countedStates = 20_000;

/** The ways to place all factors, each counted once per order of its loops. */
interface OrderCount {
  /** Null: every factorization has exactly one order. */
  readonly ordersOverAll: bigint | null;
  readonly exact: boolean;
}

/** The time loops of the innermost level always stand in declared order; every other slot follows its text. */
export function hasFreeOrder(slot: Slot): boolean {
  return slot.freeOrder.length > 1 && !(slot.level === 0 && slot.kind === "time");
}

/** Dimensions whose order a slot leaves open and that can have a loop there. */
export function orderableDimensions(choices: readonly DimensionChoices[], slot: Slot): number[] {
  if (!hasFreeOrder(slot)) return [];
  return slot.freeOrder.filter((dimension) => {
    const factor = slot.factors[dimension];
    return factor > 1 || (factor === 0 && choices[dimension].quotient > 1);
  });
}

/**
 * Counts (factorization, loop orders) pairs: a slot contributes the factorial of the number of its unlisted
 * dimensions with a factor above 1.
 */
export function countOrders(choices: readonly DimensionChoices[], slots: readonly Slot[]): OrderCount {
  const open = slots
    .map((slot, index) => ({ index, dimensions: orderableDimensions(choices, slot) }))
    .filter(({ dimensions }) => dimensions.length > 1);
  if (open.length === 0) return { ordersOverAll: null, exact: true };
  const exact = countExactly(choices, slots, open);
  if (exact !== undefined) return { ordersOverAll: exact, exact: true };
  let bound = 1n;
  for (const { count } of choices) bound *= BigInt(Math.floor(count));
  for (const { dimensions } of open) bound *= factorial(dimensions.length);
  return { ordersOverAll: bound, exact: false };
}

/** Dimension by dimension: how many choices so far leave how many loops in each open slot. */
function countExactly(
  choices: readonly DimensionChoices[],
  slots: readonly Slot[],
  open: readonly { readonly index: number; readonly dimensions: readonly number[] }[],
): bigint | undefined {
  let states = new Map<string, bigint>([[open.map(() => 0).join(), 1n]]);
  for (let dimension = 0; dimension < choices.length; dimension += 1) {
    const patterns = loopPatterns(choices[dimension], dimension, slots, open);
    if (patterns === undefined) return undefined;
    const next = new Map<string, bigint>();
    for (const [state, ways] of states) {
      const counts = state.split(",").map(Number);
      for (const [pattern, times] of patterns) {
        const key = counts.map((count, index) => count + Number(pattern[index])).join();
        next.set(key, (next.get(key) ?? 0n) + ways * BigInt(times));
      }
    }
    if (next.size > countedStates) return undefined;
    states = next;
  }
  let total = 0n;
  for (const [state, ways] of states)
    total += state.split(",").reduce((product, count) => product * factorial(Number(count)), ways);
  return total;
}

/** For one dimension: in which open slots it has a loop ("101"), and in how many of its choices. */
function loopPatterns(
  { bound, quotient, freeSlots, limits, count }: DimensionChoices,
  dimension: number,
  slots: readonly Slot[],
  open: readonly { readonly index: number; readonly dimensions: readonly number[] }[],
): Map<string, number> | undefined {
  if (count > listedChoices) return undefined;
  if (count === 0) return new Map();
  const list = listCofactors(bound, quotient, freeSlots.length, limits);
  const patterns = new Map<string, number>();
  const positions = open.map(({ index, dimensions }) =>
    dimensions.includes(dimension) ? freeSlots.indexOf(index) : -2,
  );
  for (let choice = 0; choice < count; choice += 1) {
    let pattern = "";
    for (let slot = 0; slot < open.length; slot += 1) {
      const position = positions[slot];
      const factor =
        position >= 0
          ? list.factors[choice * freeSlots.length + position]
          : position === -1
            ? slots[open[slot].index].factors[dimension]
            : 1;
      pattern += factor > 1 ? "1" : "0";
    }
    patterns.set(pattern, (patterns.get(pattern) ?? 0) + 1);
  }
  return patterns;
}

function factorial(n: number): bigint {
  let result = 1n;
  for (let factor = 2; factor <= n; factor += 1) result *= BigInt(factor);
  return result;
}

/** All orders of a list, the given order first. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

/** Per slot: its dimensions, innermost first (factors of 1 included); undefined where the constraints say it all. */
export type LoopOrders = readonly (readonly number[] | undefined)[];

/** The order a slot has without any choice: as listed, unlisted dimensions between in declared order. */
export function defaultOrder(slot: Slot): readonly number[] {
  if (slot.level === 0 && slot.kind === "time") return slot.factors.map((_, dimension) => dimension);
  return [...slot.innerOrder, ...slot.freeOrder, ...slot.outerOrder];
}

/** All orders of a slot that differ for the loops with a factor above 1, each with all dimensions. */
export function possibleOrders(slot: Slot, factorOf: (dimension: number) => number): (readonly number[])[] {
  if (!hasFreeOrder(slot)) return [defaultOrder(slot)];
  const { innerOrder, freeOrder, outerOrder } = slot;
  const loops = freeOrder.filter((dimension) => factorOf(dimension) > 1);
  const inert = freeOrder.filter((dimension) => factorOf(dimension) === 1);
  return permutations(loops).map((order) => [...innerOrder, ...inert, ...order, ...outerOrder]);
}

/**
 * How many of a space slot's loops with a factor above 1 (innermost first) may lie along X. A split counts all
 * dimensions, so where it falls among unlisted ones, those with factor 1 may use up more or fewer positions.
 */
export function splitCandidates(
  { split, innerOrder, freeOrder }: Slot,
  order: readonly number[],
  factorOf: (dimension: number) => number,
): number[] {
  const countLoops = (dimensions: readonly number[]): number =>
    dimensions.filter((dimension) => factorOf(dimension) > 1).length;
  if (split === null) return upTo(0, countLoops(order));
  const freePositions = split - innerOrder.length;
  if (freePositions <= 0 || freePositions >= freeOrder.length) return [countLoops(order.slice(0, split))];
  const loops = countLoops(freeOrder);
  const inert = freeOrder.length - loops;
  const listed = countLoops(innerOrder);
  return upTo(listed + Math.max(0, freePositions - inert), listed + Math.min(loops, freePositions));
}

function upTo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Whether the loops fit the mesh with the `alongX` innermost ones along X and the others along Y. */
export function fitsMesh(
  mesh: Pick<HardwareLevel, "fanX" | "fanY">,
  order: readonly number[],
  factorOf: (dimension: number) => number,
  alongX: number,
): boolean {
  let x = 1;
  let y = 1;
  let position = 0;
  for (const dimension of order) {
    const factor = factorOf(dimension);
    if (factor === 1) continue;
    if (position < alongX) x *= factor;
    else y *= factor;
    position += 1;
  }
  return fitsFanOut(mesh, x, y);
}

/** The smallest number of loops along X with which a space slot fits its mesh; undefined if none does. */
export function firstFittingSplit(
  slot: Slot,
  mesh: Pick<HardwareLevel, "fanX" | "fanY">,
  order: readonly number[],
  factorOf: (dimension: number) => number,
): number | undefined {
  return splitCandidates(slot, order, factorOf).find((alongX) => fitsMesh(mesh, order, factorOf, alongX));
}
