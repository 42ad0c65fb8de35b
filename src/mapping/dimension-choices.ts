import { countCofactors } from "./cofactors";
import type { Slot } from "./slots";

/** How one dimension may be split: what the constraints fix and what is left for the free slots. */
export interface DimensionChoices {
  readonly bound: number;
  /** Bound divided by all fixed factors. */
  readonly quotient: number;
  /** Slots without a fixed factor, from the inside out. */
  readonly freeSlots: readonly number[];
  /** Largest factor per free slot; null without any limit. */
  readonly limits: readonly number[] | null;
  /** Ordered products of `quotient` over the free slots; exact up to 2^53. */
  readonly count: number;
}

/** The choices of one dimension; none (`count` 0) where its fixed factors do not fit its bound. */
export function describeChoices(bound: number, dimension: number, slots: readonly Slot[]): DimensionChoices {
  let fixed = 1;
  let fits = true;
  let limited = false;
  const freeSlots: number[] = [];
  const limits: number[] = [];
  for (let index = 0; index < slots.length; index += 1) {
    const slot = slots[index];
    const factor = slot.factors[dimension];
    const limit = slot.limits === null ? Infinity : slot.limits[dimension];
    if (factor === 0) {
      freeSlots.push(index);
      limits.push(limit);
      limited ||= limit < bound;
    } else {
      fixed *= factor;
      fits &&= factor <= limit;
    }
  }
  const quotient = bound / fixed;
  const possible = fits && Number.isInteger(quotient);
  const effective = limited ? limits : null;
  const count = possible ? Number(countCofactors(quotient, freeSlots.length, effective)) : 0;
  return { bound, quotient, freeSlots, limits: effective, count };
}
