import type { SearchLayout, VaryingDimension } from "../mapping/search-layout";
import { defaultOrder, type LoopOrders } from "../mapping/slot-orders";
import type { ActiveSlot } from "./loop-potential";

/** A time loop that some mappings have. */
export interface TimeLoop {
  readonly slot: number;
  readonly level: number;
  readonly dimension: number;
  /** Per tensor: the axis it moves along (-1: none) and how far per unit of stride. */
  readonly axis: readonly number[];
  readonly coefficient: readonly number[];
}

/** All time loops that occur in a space, innermost first, in the constraints' order. */
export function timeLoops({ space }: SearchLayout, active: readonly ActiveSlot[]): TimeLoop[] {
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

export function createLoopSequencer(loops: readonly TimeLoop[]): LoopSequencer {
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
}

/** Figures with those loops filled in that do not vary. */
export function createLoopFigures(layout: SearchLayout, loops: readonly TimeLoop[]): LoopFigures {
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
  return { factors, strides, loopOfSlot };
}

/** Writes the loops of one choice of a varying dimension. */
export function chooseLoops(
  { factors, strides, loopOfSlot }: LoopFigures,
  { list, freeSlots, fixedFactors }: VaryingDimension,
  position: number,
  choice: number,
): void {
  const loops = loopOfSlot[position];
  let next = choice * freeSlots.length;
  let stride = 1;
  for (let slot = 0; slot < loops.length; slot += 1) {
    let factor = fixedFactors[slot];
    if (factor === 0) {
      factor = list.factors[next];
      next += 1;
    }
    const loop = loops[slot];
    if (loop >= 0) {
      factors[loop] = factor;
      strides[loop] = stride;
    }
    stride *= factor;
  }
}
