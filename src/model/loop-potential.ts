import type { KeepTable } from "../mapping/capacity";
import type { MapSpace } from "../mapping/map-space";
import type { LinearForm } from "../mapping/problem";

/** A slot in which some mapping of the space has a loop with a factor above 1. */
export interface ActiveSlot {
  readonly index: number;
  readonly level: number;
  readonly kind: "space" | "time";
  /** Dimensions that may have a loop there. */
  readonly dimensions: readonly number[];
}

/** The slots of a map space that can hold loops at all, from the inside out. */
export function activeSlots({ slots, choices }: MapSpace): ActiveSlot[] {
  const active: ActiveSlot[] = [];
  slots.forEach(({ factors, level, kind }, index) => {
    const dimensions: number[] = [];
    for (let dimension = 0; dimension < factors.length; dimension += 1) {
      const factor = factors[dimension];
      if (factor > 1 || (factor === 0 && choices[dimension].quotient > 1)) dimensions.push(dimension);
    }
    if (dimensions.length > 0) active.push({ index, level, kind, dimensions });
  });
  return active;
}

/** Whether every axis depends on one dimension at most, and no dimension on two axes. */
export function isPlain(ranks: readonly LinearForm[], coefficientOne: boolean): boolean {
  return (
    ranks.every(
      ({ dimensions, coefficients }) =>
        dimensions.length <= 1 && (!coefficientOne || coefficients.every((coefficient) => coefficient === 1)),
    ) && movesOneAxisEach(ranks)
  );
}

/** Whether no dimension occurs in two axes. */
export function movesOneAxisEach(ranks: readonly LinearForm[]): boolean {
  const seen: number[] = [];
  for (const { dimensions } of ranks)
    for (const dimension of dimensions) {
      if (seen.includes(dimension)) return false;
      seen.push(dimension);
    }
  return true;
}

/** The dimensions of an axis that may have a loop in a slot. */
export function loopsOnAxis(slot: ActiveSlot, rank: LinearForm): number[] {
  return rank.dimensions.filter((dimension) => slot.dimensions.includes(dimension));
}

/** Dimensions that may have a time loop outside the tiles of the level below `level`. */
export function timeDimensionsFrom(active: readonly ActiveSlot[], level: number): Set<number> {
  const dimensions = new Set<number>();
  for (const slot of active)
    if (slot.kind === "time" && slot.level >= level)
      for (const dimension of slot.dimensions) dimensions.add(dimension);
  return dimensions;
}

/** Outermost level that holds a tensor, -1 if none does. */
export function outermostHolder(keep: KeepTable, tensor: number): number {
  for (let level = keep.length - 1; level >= 0; level -= 1) if (keep[level][tensor]) return level;
  return -1;
}
