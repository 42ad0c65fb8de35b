import { listCofactors } from "./factor-choices";
import type { CofactorList } from "./factor-choices";
import type { MapSpace } from "./map-space";

/**
 * Products of the factors that one dimension has in its slots, from the inside out. A tile spans the product of the
 * factors inside it, a loop strides over the span inside it, and a level has as many instances (steps) as the space
 * (time) factors outside it of all dimensions multiply to. `describeGeometry` of the model has the same figures for
 * one complete nest.
 */
export interface DimensionProducts {
  /** Per slot of the dimension. */
  readonly factors: Float64Array;
  /** Products of the factors of the first 0, 1, 2, … slots. */
  readonly spans: Float64Array;
  /** Products of the space (time) factors of the slots from number 0, 1, 2, … outwards. */
  readonly spaceOutside: Float64Array;
  readonly timeOutside: Float64Array;
}

export function createProducts(slots: number): DimensionProducts {
  return {
    factors: new Float64Array(slots),
    spans: new Float64Array(slots + 1),
    spaceOutside: new Float64Array(slots + 1),
    timeOutside: new Float64Array(slots + 1),
  };
}

/** Sets the spans from the factors. */
export function multiplySpans({ factors, spans }: DimensionProducts): void {
  spans[0] = 1;
  for (let slot = 0; slot < factors.length; slot += 1) spans[slot + 1] = spans[slot] * factors[slot];
}

/** Sets all products from the factors. */
export function multiplyOut(products: DimensionProducts, isSpace: readonly boolean[]): void {
  const { factors, spaceOutside, timeOutside } = products;
  multiplySpans(products);
  const last = factors.length;
  spaceOutside[last] = 1;
  timeOutside[last] = 1;
  for (let slot = last - 1; slot >= 0; slot -= 1) {
    spaceOutside[slot] = isSpace[slot] ? spaceOutside[slot + 1] * factors[slot] : spaceOutside[slot + 1];
    timeOutside[slot] = isSpace[slot] ? timeOutside[slot + 1] : timeOutside[slot + 1] * factors[slot];
  }
}

/** A dimension with several choices, prepared for enumeration. */
export interface VaryingDimension {
  readonly dimension: number;
  readonly bound: number;
  /** All cofactor tuples over the free slots. */
  readonly list: CofactorList;
  readonly freeSlots: readonly number[];
  /** Slots in which the dimension may have a loop, from the inside out. */
  readonly slots: readonly number[];
  /** Per slot of `slots`: the fixed factor, or 0 where the next factor of the tuple stands. */
  readonly fixedFactors: readonly number[];
  readonly isSpace: readonly boolean[];
  /** Per level: how many of `slots` lie at this level or further in. */
  readonly slotsThrough: Int32Array;
}

/** Figures of the dimensions with a single choice; the others count as 1. Matrices are `[dimension * levels + level]`. */
interface FixedFigures {
  /** Consecutive values that a tile of the level spans. */
  readonly span: Float64Array;
  /** Product of the space factors outside the level. */
  readonly spaceOutside: Float64Array;
  /** Per level: product of the space (time) factors of all these dimensions outside it. */
  readonly allSpaceOutside: Float64Array;
  readonly allTimeOutside: Float64Array;
  /** Product of all their time factors. */
  readonly allTime: number;
}

/**
 * A map space prepared for enumeration: the dimensions that vary, with all their cofactor tuples, and the others
 * with the figures of their only choice.
 */
export interface SearchLayout {
  readonly space: MapSpace;
  readonly levels: number;
  /** Dimensions with more than one choice, in declared order. */
  readonly varying: readonly VaryingDimension[];
  /** Per dimension: its position in `varying`, -1 for the others. */
  readonly positions: readonly number[];
  /** `[slot * dimensions + dimension]`: the factor, 0 where it depends on the choice. */
  readonly factors: Float64Array;
  readonly fixed: FixedFigures;
}

export function createSearchLayout(space: MapSpace): SearchLayout {
  const { choices, slots, rules } = space;
  const levels = rules.length;
  const count = choices.length;
  const varying: VaryingDimension[] = [];
  const positions: number[] = [];
  const factors = new Float64Array(slots.length * count);
  for (let slot = 0; slot < slots.length; slot += 1)
    for (let dimension = 0; dimension < count; dimension += 1)
      factors[slot * count + dimension] = slots[slot].factors[dimension];
  for (let dimension = 0; dimension < count; dimension += 1) {
    if (choices[dimension].count > 1) {
      positions.push(varying.length);
      varying.push(describeVarying(space, dimension, levels));
      continue;
    }
    positions.push(-1);
    writeOnlyChoice(space, dimension, factors);
  }
  return { space, levels, varying, positions, factors, fixed: fixedFigures(space, positions, factors) };
}

/** Fills in the factors of a dimension with a single choice; of one without any, ones. */
function writeOnlyChoice({ choices, slots }: MapSpace, dimension: number, factors: Float64Array): void {
  const { bound, quotient, freeSlots, limits, count } = choices[dimension];
  if (freeSlots.length === 0) return;
  const isTrivial = quotient === 1 || count === 0;
  const only = isTrivial ? null : listCofactors(bound, quotient, freeSlots.length, limits).factors;
  const stride = factors.length / slots.length;
  freeSlots.forEach((slot, index) => (factors[slot * stride + dimension] = only === null ? 1 : only[index]));
}

function describeVarying({ choices, slots }: MapSpace, dimension: number, levels: number): VaryingDimension {
  const { bound, quotient, freeSlots, limits } = choices[dimension];
  const active: number[] = [];
  const fixedFactors: number[] = [];
  const isSpace: boolean[] = [];
  const slotsThrough = new Int32Array(levels);
  for (let index = 0; index < slots.length; index += 1) {
    const slot = slots[index];
    const factor = slot.factors[dimension];
    if (factor !== 1) {
      active.push(index);
      fixedFactors.push(factor);
      isSpace.push(slot.kind === "space");
    }
    slotsThrough[slot.level] = active.length;
  }
  const list = listCofactors(bound, quotient, freeSlots.length, limits);
  return { dimension, bound, list, freeSlots, slots: active, fixedFactors, isSpace, slotsThrough };
}

function fixedFigures(
  { slots, choices, rules }: MapSpace,
  positions: readonly number[],
  factors: Float64Array,
): FixedFigures {
  const count = choices.length;
  const levels = rules.length;
  const span = new Float64Array(count * levels).fill(1);
  const spaceOutside = new Float64Array(count * levels).fill(1);
  const allSpaceOutside = new Float64Array(levels).fill(1);
  const allTimeOutside = new Float64Array(levels).fill(1);
  let allTime = 1;
  const isSpace = slots.map(({ kind }) => kind === "space");
  const products = createProducts(slots.length);
  for (let dimension = 0; dimension < count; dimension += 1) {
    if (positions[dimension] >= 0) continue;
    for (let slot = 0; slot < slots.length; slot += 1)
      products.factors[slot] = factors[slot * count + dimension];
    multiplyOut(products, isSpace);
    allTime *= products.timeOutside[0];
    for (let slot = 0; slot < slots.length; slot += 1) {
      const { level } = slots[slot];
      if (slots[slot + 1]?.level === level) continue;
      span[dimension * levels + level] = products.spans[slot + 1];
      spaceOutside[dimension * levels + level] = products.spaceOutside[slot + 1];
      allSpaceOutside[level] *= products.spaceOutside[slot + 1];
      allTimeOutside[level] *= products.timeOutside[slot + 1];
    }
  }
  return { span, spaceOutside, allSpaceOutside, allTimeOutside, allTime };
}

/** The factor of a dimension in one slot under a choice. */
export function factorInSlot(
  { factors, varying, positions }: SearchLayout,
  slot: number,
  dimension: number,
  choice: ArrayLike<number>,
): number {
  const fixed = factors[slot * positions.length + dimension];
  if (fixed !== 0) return fixed;
  const position = positions[dimension];
  const { list, freeSlots } = varying[position];
  return list.factors[choice[position] * freeSlots.length + freeSlots.indexOf(slot)];
}

/** Time loops with a factor above 1 of all dimensions. */
export function countTimeLoops(layout: SearchLayout, choice: ArrayLike<number>): number {
  const { slots } = layout.space;
  let loops = 0;
  for (let slot = 0; slot < slots.length; slot += 1) {
    if (slots[slot].kind === "space") continue;
    for (let dimension = 0; dimension < layout.positions.length; dimension += 1)
      if (factorInSlot(layout, slot, dimension, choice) > 1) loops += 1;
  }
  return loops;
}

/** Writes the factors of a varying dimension's choice, one per slot of its `slots`. */
export function readFactors(
  { list, freeSlots, fixedFactors }: VaryingDimension,
  choice: number,
  into: Float64Array,
): void {
  let next = choice * freeSlots.length;
  for (let index = 0; index < fixedFactors.length; index += 1)
    into[index] = fixedFactors[index] === 0 ? list.factors[next++] : fixedFactors[index];
}

/** Per varying dimension: what one step of its choice adds to the number of a mapping's factors in the map space. */
export function numberStrides({ space, varying }: SearchLayout): readonly number[] {
  let stride = 1;
  return varying.map(({ dimension }) => {
    const before = stride;
    stride *= space.choices[dimension].count;
    return before;
  });
}

/** Writes the choices of the varying dimensions that a number of factors stands for; the number must be exact. */
export function readChoice({ space, varying }: SearchLayout, number: number, into: Int32Array): void {
  let rest = number;
  for (let position = 0; position < varying.length; position += 1) {
    const { count } = space.choices[varying[position].dimension];
    into[position] = rest % count;
    rest = (rest - into[position]) / count;
  }
}
