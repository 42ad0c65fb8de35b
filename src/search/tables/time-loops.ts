import type { KeepTable } from "../../mapspace/capacity";
import { defaultOrder } from "../../mapspace/loop-orders";
import type { LoopOrders } from "../../mapspace/loop-orders";
import type { MapSpace } from "../../mapspace/map-space";
import { createProducts, multiplySpans, readFactors } from "../../mapspace/search-layout";
import type { DimensionProducts, SearchLayout, VaryingDimension } from "../../mapspace/search-layout";
import { mayForward } from "../../model/forwarding";
import type { LinearForm, Tensor } from "../../model/problem";
import { fetchesEverything } from "../../model/traffic";

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

/** Whether neighbours below a slot may pass on words in some mapping: asks the model with all loops that may occur. */
export function someMayForward(
  { rules }: MapSpace,
  tensor: Tensor,
  index: number,
  { level, dimensions }: ActiveSlot,
  active: readonly ActiveSlot[],
): boolean {
  if (rules[level].noLinkTransfer[index]) return false;
  const moving = timeDimensionsFrom(active, level);
  const flags = (isThere: (dimension: number) => boolean): number[] =>
    tensor.moves.map((_, dimension) => (isThere(dimension) ? 1 : 0));
  return mayForward(
    tensor,
    fetchesEverything(rules, level, index),
    flags((dimension) => moving.has(dimension)),
    flags((dimension) => dimensions.includes(dimension)),
  );
}

/** Outermost level that holds a tensor, -1 if none does. */
export function outermostHolder(keep: KeepTable, tensor: number): number {
  for (let level = keep.length - 1; level >= 0; level -= 1) if (keep[level][tensor]) return level;
  return -1;
}

/** A time loop that some mappings have. */
export interface ActiveTimeLoop {
  readonly slot: number;
  readonly level: number;
  readonly dimension: number;
  /** Per tensor: the axis it moves along (-1: none) and how far per unit of stride. */
  readonly axis: readonly number[];
  readonly coefficient: readonly number[];
}

/** All time loops that occur in a space, innermost first, in the constraints' order. */
export function timeLoops({ space }: SearchLayout, active: readonly ActiveSlot[]): ActiveTimeLoop[] {
  const { tensors } = space.problem;
  return active.flatMap(({ index, level, kind, dimensions }) => {
    if (kind === "space") return [];
    const order = defaultOrder(space.slots[index]).filter((dimension) => dimensions.includes(dimension));
    return order.map((dimension) => {
      const axis = tensors.map(({ ranks }) => ranks.findIndex((rank) => rank.dimensions.includes(dimension)));
      const coefficient = tensors.map(({ ranks }, tensor) => {
        if (axis[tensor] < 0) return 0;
        const rank = ranks[axis[tensor]];
        return rank.coefficients[rank.dimensions.indexOf(dimension)];
      });
      return { slot: index, level, dimension, axis, coefficient };
    });
  });
}

/** Writes loops in nest order, innermost first, where some slots have an order of their own. */
export type LoopSequencer = (orders: LoopOrders, sequence: Int32Array) => void;

export function createLoopSequencer(loops: readonly ActiveTimeLoop[]): LoopSequencer {
  const slots = [...new Set(loops.map(({ slot }) => slot))];
  const inSlot = slots.map((slot) => loops.flatMap((loop, id) => (loop.slot === slot ? [id] : [])));
  return (orders, sequence) => {
    let next = 0;
    for (let index = 0; index < slots.length; index += 1) {
      const order = orders[slots[index]];
      const ids = inSlot[index];
      if (order === undefined) for (const id of ids) sequence[next++] = id;
      else
        for (const dimension of order)
          for (const id of ids) if (loops[id].dimension === dimension) sequence[next++] = id;
    }
  };
}

/** Factors and strides of the time loops of the mapping at hand. */
export interface LoopFigures {
  readonly factors: Float64Array;
  readonly strides: Float64Array;
  /** Per varying dimension and slot of it: the loop there, -1 where it has none. */
  readonly loopOfSlot: readonly Int32Array[];
  /** Per varying dimension: scratch space. */
  readonly products: readonly DimensionProducts[];
}

/** Figures with those loops filled in that do not vary. */
export function createLoopFigures(layout: SearchLayout, loops: readonly ActiveTimeLoop[]): LoopFigures {
  const { positions, varying, fixed, levels } = layout;
  const factors = new Float64Array(loops.length);
  const strides = new Float64Array(loops.length);
  loops.forEach(({ dimension, slot, level }, id) => {
    if (positions[dimension] >= 0) return;
    factors[id] = layout.factors[slot * positions.length + dimension];
    strides[id] = fixed.span[dimension * levels + level] / factors[id];
  });
  const loopOfSlot = varying.map(({ dimension, slots }) =>
    Int32Array.from(slots, (slot) =>
      loops.findIndex((loop) => loop.slot === slot && loop.dimension === dimension),
    ),
  );
  const products = varying.map(({ slots }) => createProducts(slots.length));
  return { factors, strides, loopOfSlot, products };
}

/** Writes the loops of one choice of a varying dimension: a loop strides over what the loops inside it span. */
export function chooseLoops(
  { factors, strides, loopOfSlot, products }: LoopFigures,
  dimension: VaryingDimension,
  position: number,
  choice: number,
): void {
  const loops = loopOfSlot[position];
  const own = products[position];
  readFactors(dimension, choice, own.factors);
  multiplySpans(own);
  for (let slot = 0; slot < loops.length; slot += 1) {
    const loop = loops[slot];
    if (loop < 0) continue;
    factors[loop] = own.factors[slot];
    strides[loop] = own.spans[slot];
  }
}
