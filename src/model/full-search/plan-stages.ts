import type { DivisorLattice } from "../../mapping/full-search/divisor-lattice";
import { largestProduct } from "../../mapping/full-search/largest-product";
import type { HardwareLevel } from "../../mapping/hardware";
import type { MapSpace } from "../../mapping/map-space";
import type { Slot } from "../../mapping/slots";

/** Loops that the constraints fix, as [dimension, factor], innermost first, factors above 1. */
export type FixedLoops = readonly (readonly [dimension: number, factor: number])[];

/**
 * What happens between two choices, from the outside in. `inside` is, per dimension, the product of the fixed
 * factors inside that place: of the level's own tile for `enter`, of everything inside the slot for loops.
 */
export type PlanEvent =
  | { readonly kind: "enter"; readonly level: number; readonly inside: Float64Array }
  | {
      readonly kind: "time" | "space";
      readonly level: number;
      readonly slot: number;
      readonly loops: FixedLoops;
      readonly inside: Float64Array;
    };

/** A choice that the constraints leave: all factors of a space slot, or one factor of a time slot. */
export interface PlanChoice {
  readonly kind: "time" | "space";
  /** Index of the slot in the map space. */
  readonly slot: number;
  readonly level: number;
  /**
   * Dimensions to choose. Space slots: first those without a later slot, because they must take all that is left;
   * then those that no time slot inside can take; then the others. Time slots: one at a time, first those listed as
   * innermost loops in their order, then the unlisted ones, then those listed as outermost.
   */
  readonly dimensions: readonly number[];
  /** How many of the dimensions, from the first on, no time slot inside can take. */
  readonly spaceOnlyCount: number;
  readonly forced: readonly boolean[];
  /** Largest factor per dimension of `dimensions`. */
  readonly limits: readonly number[];
  /** Largest product of the chosen factors. */
  readonly capacity: number;
  /** Time slots are chosen dimension by dimension: whether the slot is complete, so that its order is due. */
  readonly completesSlot: boolean;
  /** Time slots: whether the loop's place is listed among the innermost, open, or listed among the outermost. */
  readonly orderPart: "inner" | "free" | "outer";
  readonly fixed: FixedLoops;
  /** See {@link PlanEvent}, inside the slot. */
  readonly inside: Float64Array;
}

/** What happens before a choice (from the outside in), and the choice; the last stage has none. */
export interface PlanStage {
  readonly events: readonly PlanEvent[];
  readonly choice: PlanChoice | undefined;
  /** Product of the fixed time factors in the choice's slot and everything inside it. */
  readonly fixedTimeInside: number;
}

/**
 * The stages of a map space from the outside in.
 * @param isFree - whether a slot may take a factor above 1 of a dimension by choice
 */
export function createStages(
  { slots, problem, hardware }: MapSpace,
  { divisors }: DivisorLattice,
  isFree: (slot: Slot, dimension: number) => boolean,
): PlanStage[] {
  const outermostFirst = slots.map((slot, index) => ({ slot, index })).reverse();
  const inside = problem.bounds.map((_, dimension) =>
    slots.reduce((product, { factors }) => product * Math.max(1, factors[dimension]), 1),
  );
  let fixedTime = 1;
  for (const { kind, factors } of slots) if (kind === "time") fixedTime *= productOf(factors);
  /** The largest product of free factors that the fan-out of a slot has room for. */
  const roomInFanOut = ({ fanX, fanY }: HardwareLevel, slot: Slot, free: readonly number[]): number => {
    const options = free.map((dimension) =>
      divisors[dimension].filter((factor) => factor <= (slot.limits?.[dimension] ?? Infinity)),
    );
    const fixed = slot.factors.filter((factor) => factor > 1);
    const room = largestProduct([...options, ...fixed.map((factor) => [factor])], fanX, fanY);
    return Math.max(1, room / productOf(fixed));
  };
  const stages: PlanStage[] = [];
  let events: PlanEvent[] = [];
  let level = hardware.levels.length;
  outermostFirst.forEach(({ slot, index }, position) => {
    if (slot.level !== level) {
      level = slot.level;
      events.push({ kind: "enter", level, inside: Float64Array.from(inside) });
    }
    const fixed = fixedLoops(slot);
    const timeInside = fixedTime;
    if (slot.kind === "time") fixedTime /= productOf(slot.factors);
    for (const [dimension, factor] of fixed) inside[dimension] /= factor;
    const here = { slot: index, level, inside: Float64Array.from(inside), fixed };
    const dimensions = problem.bounds.flatMap((_, dimension) => (isFree(slot, dimension) ? [dimension] : []));
    if (dimensions.length === 0) {
      const { kind } = slot;
      if (fixed.length > 0) events.push({ kind, level, slot: index, loops: fixed, inside: here.inside });
      return;
    }
    const later = outermostFirst.slice(position + 1);
    const isForced = (dimension: number): boolean => !later.some((other) => isFree(other.slot, dimension));
    const inTime = (dimension: number): boolean =>
      later.some((other) => other.slot.kind === "time" && isFree(other.slot, dimension));
    const spaceOnly = dimensions.filter((dimension) => !inTime(dimension));
    const ordered = [
      ...spaceOnly.filter(isForced),
      ...spaceOnly.filter((dimension) => !isForced(dimension)),
      ...dimensions.filter(inTime),
    ];
    const inTurn = orderedLoops(slot).filter(([dimension]) => dimensions.includes(dimension));
    const parts = slot.kind === "space" ? [ordered] : inTurn.map(([dimension]) => [dimension]);
    parts.forEach((part, number) => {
      stages.push({
        events,
        fixedTimeInside: timeInside,
        choice: {
          kind: slot.kind,
          ...here,
          dimensions: part,
          spaceOnlyCount: part.filter((dimension) => spaceOnly.includes(dimension)).length,
          forced: part.map(isForced),
          limits: part.map((dimension) => slot.limits?.[dimension] ?? Infinity),
          capacity: slot.kind === "time" ? Infinity : roomInFanOut(hardware.levels[level], slot, part),
          completesSlot: number === parts.length - 1,
          orderPart: slot.kind === "space" ? "free" : inTurn[number][1],
        },
      });
      events = [];
    });
  });
  stages.push({ events, choice: undefined, fixedTimeInside: 1 });
  return stages;
}

function productOf(factors: readonly number[]): number {
  return factors.reduce((product, factor) => product * Math.max(1, factor), 1);
}

/** All dimensions of a slot, innermost first as far as the order is given, and how it is given. */
function orderedLoops({
  factors,
  kind,
  level,
  innerOrder,
  freeOrder,
  outerOrder,
}: Slot): (readonly [dimension: number, part: PlanChoice["orderPart"]])[] {
  if (kind === "time" && level === 0) return factors.map((_, dimension) => [dimension, "inner"] as const);
  return [
    ...innerOrder.map((dimension) => [dimension, "inner"] as const),
    ...freeOrder.map((dimension) => [dimension, "free"] as const),
    ...outerOrder.map((dimension) => [dimension, "outer"] as const),
  ];
}

/** Fixed loops of a slot in the order in which they stand if nothing else does. */
function fixedLoops(slot: Slot): FixedLoops {
  const { factors } = slot;
  return orderedLoops(slot).flatMap(([dimension]) =>
    factors[dimension] > 1 ? [[dimension, factors[dimension]] as const] : [],
  );
}
