import { listCofactors } from "./cofactors";
import type { DimensionChoices } from "./dimension-choices";
import type { Slot } from "./slots";

/** Beyond these numbers loop orders are counted as if every free dimension had a loop everywhere. */
const listedChoices = 200_000;
const countedStates = 20_000;

/** The ways to place all factors, each counted once per order of its loops. */
export interface OrderCount {
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
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
