import type { Slot } from "./slots";

/** Largest and smallest factor of each free slot, innermost first. */
export interface FactorLimits {
  readonly most: readonly number[];
  readonly least: readonly number[];
}

function allows({ most, least }: FactorLimits, slot: number, factor: number): boolean {
  return factor <= most[slot] && factor >= least[slot];
}

/** All ways to write a number as an ordered product of one factor per free slot. */
export interface CofactorList {
  readonly count: number;
  /** Factors of one way, innermost slot first; `count * slots` numbers in all. */
  readonly factors: Float64Array;
}

/**
 * Divisors of a bound in the order Timeloop visits them: 1, B, 2, B/2, 3, B/3, …; it decides the numbers that
 * mappings have.
 */
export function divisorsInMapperOrder(bound: number): readonly number[] {
  const divisors: number[] = [];
  for (let divisor = 1; divisor * divisor <= bound; divisor += 1) {
    if (bound % divisor !== 0) continue;
    divisors.push(divisor);
    if (divisor * divisor !== bound) divisors.push(bound / divisor);
  }
  return divisors;
}

/**
 * Number of ways to write `quotient` as an ordered product of `slots` factors, each within its limit.
 * Without limits it is the product over its prime powers p^e of `binomial(e + slots - 1, slots - 1)`.
 */
export function countCofactors(quotient: number, slots: number, limits: FactorLimits | null): bigint {
  if (slots === 0) return quotient === 1 ? 1n : 0n;
  if (limits !== null) return countWithin(quotient, slots, limits, new Map());
  let count = 1n;
  let rest = quotient;
  for (let prime = 2; prime * prime <= rest; prime += 1) {
    let exponent = 0;
    for (; rest % prime === 0; rest /= prime) exponent += 1;
    if (exponent > 0) count *= binomial(exponent + slots - 1, slots - 1);
  }
  return rest > 1 ? count * BigInt(slots) : count;
}

function countWithin(
  quotient: number,
  slots: number,
  limits: FactorLimits,
  known: Map<number, bigint>,
): bigint {
  if (slots === 0) return quotient === 1 ? 1n : 0n;
  const key = quotient * 64 + slots;
  const before = known.get(key);
  if (before !== undefined) return before;
  let count = 0n;
  for (const factor of divisorsInMapperOrder(quotient))
    if (allows(limits, slots - 1, factor)) count += countWithin(quotient / factor, slots - 1, limits, known);
  known.set(key, count);
  return count;
}

function binomial(n: number, k: number): bigint {
  let result = 1n;
  for (let index = 1; index <= k; index += 1) result = (result * BigInt(n - k + index)) / BigInt(index);
  return result;
}

/**
 * Every way to write `quotient` as an ordered product of `slots` factors, in Timeloop's order: the outermost slot
 * varies slowest, each slot through the divisors of the full `bound` in their own order.
 */
export function listCofactors(
  bound: number,
  quotient: number,
  slots: number,
  limits: FactorLimits | null,
): CofactorList {
  const count = Number(countCofactors(quotient, slots, limits));
  const divisors = divisorsInMapperOrder(bound);
  const factors = new Float64Array(count * slots);
  const current = new Float64Array(slots);
  let next = 0;
  const split = (rest: number, slot: number): void => {
    if (slot < 0 ? rest !== 1 : slot === 0 && limits !== null && !allows(limits, 0, rest)) return;
    if (slot <= 0) {
      if (slot === 0) current[0] = rest;
      factors.set(current, next);
      next += slots;
      return;
    }
    for (const factor of divisors) {
      if (rest % factor !== 0 || (limits !== null && !allows(limits, slot, factor))) continue;
      current[slot] = factor;
      split(rest / factor, slot - 1);
    }
  };
  split(quotient, slots - 1);
  return { count, factors };
}

/** The way number `index` of {@link listCofactors}, without listing the others. */
export function cofactorsAt(
  bound: number,
  quotient: number,
  slots: number,
  limits: FactorLimits | null,
  index: bigint,
): number[] {
  const factors = new Array<number>(slots).fill(1);
  let rest = quotient;
  let left = index;
  for (let slot = slots - 1; slot > 0; slot -= 1) {
    for (const factor of divisorsInMapperOrder(bound)) {
      if (rest % factor !== 0 || (limits !== null && !allows(limits, slot, factor))) continue;
      const inside = countCofactors(rest / factor, slot, limits);
      if (left < inside) {
        factors[slot] = factor;
        rest /= factor;
        break;
      }
      left -= inside;
    }
  }
  if (slots > 0) factors[0] = rest;
  return factors;
}

/** How one dimension may be split: what the constraints fix and what is left for the free slots. */
export interface DimensionChoices {
  readonly bound: number;
  /** Bound divided by all fixed factors. */
  readonly quotient: number;
  /** Slots without a fixed factor, from the inside out. */
  readonly freeSlots: readonly number[];
  /** Null without any limit. */
  readonly limits: FactorLimits | null;
  /** Ordered products of `quotient` over the free slots; exact up to 2^53. */
  readonly count: number;
}

/** The choices of one dimension; none (`count` 0) where its fixed factors do not fit its bound. */
export function describeChoices(bound: number, dimension: number, slots: readonly Slot[]): DimensionChoices {
  let fixed = 1;
  let fits = true;
  let limited = false;
  const freeSlots: number[] = [];
  const most: number[] = [];
  const least: number[] = [];
  for (let index = 0; index < slots.length; index += 1) {
    const slot = slots[index];
    const factor = slot.factors[dimension];
    const limit = slot.limits === null ? Infinity : slot.limits[dimension];
    const lower = slot.least === null ? 1 : slot.least[dimension];
    if (factor === 0) {
      freeSlots.push(index);
      most.push(limit);
      least.push(lower);
      limited ||= limit < bound || lower > 1;
    } else {
      fixed *= factor;
      fits &&= factor <= limit && factor >= lower;
    }
  }
  const quotient = bound / fixed;
  const possible = fits && Number.isInteger(quotient);
  const effective = limited ? { most, least } : null;
  const count = possible ? Number(countCofactors(quotient, freeSlots.length, effective)) : 0;
  return { bound, quotient, freeSlots, limits: effective, count };
}
