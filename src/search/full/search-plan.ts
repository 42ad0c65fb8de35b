import type { MapSpace } from "../../mapspace/map-space";
import type { Slot } from "../../mapspace/slots";
import type { AccessCosts } from "../../model/access-costs";
import { accessRule } from "../../model/access-counts";
import type { AccessRule } from "../../model/access-counts";
import { hasBandwidth } from "../../model/bandwidth";
import type { HardwareLevel } from "../../model/hardware";
import { countOperations } from "../../model/problem";
import type { Tensor } from "../../model/problem";
import { activeSlots, someMayForward } from "../tables/time-loops";
import type { DivisorLattice } from "./factor-steps";
import { createDivisorLattice, largestProduct } from "./factor-steps";

/** Loops that the constraints fix, as [dimension, factor], innermost first, factors above 1. */
type FixedLoops = readonly (readonly [dimension: number, factor: number])[];

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
  /** How many of the dimensions, from the first on, no time choice inside can take. */
  readonly spaceOnlyCount: number;
  readonly forced: readonly boolean[];
  /** Largest factor per dimension of `dimensions`. */
  readonly limits: readonly number[];
  /** Smallest factor, likewise. */
  readonly least: readonly number[];
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

/** Children that the space choices of some stages can have together. */
export function childrenOf(stages: readonly PlanStage[]): number {
  return stages.reduce(
    (product, { choice }) => (choice?.kind === "space" ? product * choice.capacity : product),
    1,
  );
}

/** Dimensions that none of the time choices of some stages can take. */
export function spaceOnlyIn(stages: readonly PlanStage[], { divisors }: DivisorLattice): readonly number[] {
  const inTime = new Set(stages.flatMap(({ choice }) => (choice?.kind === "time" ? choice.dimensions : [])));
  return divisors.flatMap((_, dimension) => (inTime.has(dimension) ? [] : [dimension]));
}

/**
 * The stages of a map space from the outside in.
 * @param isFree - whether a slot may take a factor above 1 of a dimension by choice
 */
function createStages(
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
          spaceOnlyCount: part.filter((dimension) => !inTime(dimension)).length,
          forced: part.map(isForced),
          limits: part.map((dimension) => slot.limits?.[dimension] ?? Infinity),
          least: part.map((dimension) => slot.least?.[dimension] ?? 1),
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

/** Energy of one row access, pJ. */
interface RowCost {
  readonly readPj: number;
  readonly fillPj: number;
  readonly updatePj: number;
}

/** What a search has to know of one tensor. */
interface PlanTensor {
  readonly tensor: Tensor;
  /**
   * `simple`: no axis adds up two dimensions, so that tiles never overlap and every count is a product.
   * `windowed`: some axis does (a sliding window), but every dimension moves along one axis only.
   * `tangled`: everything else.
   */
  readonly shape: "simple" | "windowed" | "tangled";
  /** Tiles are equal parts of the tensor: every dimension counts words along one axis of its own. */
  readonly dividesEvenly: boolean;
}

/** A map space as a sequence of choices from the outermost slot inwards. */
export interface SearchPlan {
  readonly space: MapSpace;
  /** Energy of one row access per level (from the inside), pJ; 0 where the table has no such action. */
  readonly rowCosts: readonly RowCost[];
  /** Per level (from the inside): energy that one instance loses in a cycle, pJ; null where leakage does not count. */
  readonly leaks: readonly number[] | null;
  /** Energy of all operations, pJ; the same for every mapping. */
  readonly computeEnergyPj: number;
  readonly tensors: readonly PlanTensor[];
  /** What is left of every dimension for the free slots. */
  readonly lattice: DivisorLattice;
  readonly stages: readonly PlanStage[];
  /** Levels (from the inside) with a limited bandwidth. */
  readonly limitedLevels: readonly number[];
  /** Per level and tensor: which accesses the level has if it holds the tensor. */
  readonly accessRules: readonly (readonly AccessRule[])[];
  /** Per level and tensor: whether accesses cost anything (or use up bandwidth) if the level holds the tensor. */
  readonly matters: readonly (readonly { readonly content: boolean; readonly fills: boolean }[])[];
  /**
   * Per level and tensor: whether the bound on what the level gets from outside grows with every repetition that
   * loops outside add (see {@link RepetitionRules}); it does not where the bound counts all repetitions already.
   */
  readonly repeats: readonly (readonly boolean[])[];
  /** The same for the bound on what the level exchanges with its inside. */
  readonly contentRepeats: readonly (readonly boolean[])[];
  /** Per level and tensor: whether neighbours below that level may pass words of the tensor on. */
  readonly forwards: readonly (readonly boolean[])[];
  /** Per level and dimension: whether a free time slot outside the level may take a part of the dimension. */
  readonly freeTimeOutside: readonly (readonly boolean[])[];
  /** Per level and dimension: product of the fixed time factors outside the level. */
  readonly fixedTimeOutside: readonly (readonly number[])[];
}

export function createSearchPlan(space: MapSpace, costs: AccessCosts): SearchPlan {
  const { problem, choices, rules } = space;
  const quotients = choices.map(({ quotient }) => quotient);
  const isFree = (slot: Slot, dimension: number): boolean =>
    slot.factors[dimension] === 0 && quotients[dimension] > 1 && (slot.limits?.[dimension] ?? Infinity) > 1;
  const timeSlots = space.slots.filter(({ kind }) => kind === "time");
  const freeTimeOutside = rules.map((_, level) =>
    problem.bounds.map((_bound, dimension) =>
      timeSlots.some((slot) => slot.level > level && isFree(slot, dimension)),
    ),
  );
  const fixedTimeOutside = rules.map((_, level) =>
    problem.bounds.map((_bound, dimension) =>
      timeSlots.reduce(
        (product, slot) => (slot.level > level ? product * Math.max(1, slot.factors[dimension]) : product),
        1,
      ),
    ),
  );
  const tensors = problem.tensors.map((tensor) => describeTensor(tensor, problem.bounds));
  const active = activeSlots(space);
  const forwards = rules.map((_, level) => {
    const slot = active.find((candidate) => candidate.level === level && candidate.kind === "space");
    return tensors.map(
      ({ tensor }, index) => slot !== undefined && someMayForward(space, tensor, index, slot, active),
    );
  });
  const repeats = rules.map(({ noTemporalReuse }, level) =>
    tensors.map(
      ({ shape }, index) =>
        shape !== "tangled" && !noTemporalReuse[index] && forwards[level + 1]?.[index] !== true,
    ),
  );
  const rowCosts = costs.levels.map(({ readPj = 0, fillPj = 0, updatePj = 0 }) => ({
    readPj,
    fillPj,
    updatePj,
  }));
  const lattice = createDivisorLattice(quotients);
  return {
    space,
    rowCosts,
    leaks: costs.levels.some(({ leakPj }) => leakPj !== undefined)
      ? costs.levels.map(({ leakPj = 0 }) => leakPj)
      : null,
    computeEnergyPj: countOperations(problem) * costs.computePj,
    tensors,
    lattice,
    stages: createStages(space, lattice, isFree),
    accessRules: rules.map(({ passthrough, rmwOnFirstWriteback }) =>
      tensors.map(({ tensor }, index) =>
        accessRule(tensor.readWrite, passthrough[index], rmwOnFirstWriteback[index]),
      ),
    ),
    matters: rules.map((_, level) =>
      tensors.map(({ tensor }) => {
        const { readPj, fillPj, updatePj } = rowCosts[level];
        const isLimited = hasBandwidth(space.hardware.levels[level]);
        const fills = fillPj > 0 || isLimited;
        return { fills, content: readPj > 0 || isLimited || (tensor.readWrite && (updatePj > 0 || fills)) };
      }),
    ),
    limitedLevels: rules.flatMap((_, level) => (hasBandwidth(space.hardware.levels[level]) ? [level] : [])),
    forwards,
    repeats,
    contentRepeats: rules.map((_, level) =>
      tensors.map((_tensor, index) => sourceRepeats(space, repeats, level, index)),
    ),
    freeTimeOutside,
    fixedTimeOutside,
  };
}

function describeTensor(tensor: Tensor, bounds: readonly number[]): PlanTensor {
  const axes = bounds.map(() => 0);
  let isSimple = true;
  for (const { dimensions } of tensor.ranks) {
    const moving = dimensions.filter((dimension) => bounds[dimension] > 1);
    if (moving.length > 1) isSimple = false;
    for (const dimension of moving) axes[dimension] += 1;
  }
  const shape = isSimple ? "simple" : axes.every((count) => count <= 1) ? "windowed" : "tangled";
  const isPlain = tensor.ranks.every(({ dimensions, coefficients }) =>
    dimensions.every((dimension, term) => bounds[dimension] === 1 || coefficients[term] === 1),
  );
  return { tensor, shape, dividesEvenly: isSimple && isPlain && axes.every((count) => count <= 1) };
}

/** Whether all levels inside that the words of a level may come from have bounds that grow with repetitions. */
function sourceRepeats(
  { rules }: MapSpace,
  repeats: readonly (readonly boolean[])[],
  level: number,
  tensor: number,
): boolean {
  for (let inner = level - 1; inner >= 0; inner -= 1) {
    const { keep, passthrough } = rules[inner];
    if (keep[tensor] === "bypass" || passthrough[tensor]) continue;
    if (!repeats[inner][tensor]) return false;
    if (keep[tensor] === "keep") return true;
  }
  return false;
}
