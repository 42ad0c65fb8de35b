import { listCofactors, type CofactorList } from "./cofactors";
import type { MapSpace } from "./map-space";

/** What the loops of one dimension amount to at every level, for one choice of its factors. */
export interface DimensionView {
  /** Consecutive values that a tile of the level spans. */
  readonly span: Float64Array;
  /** Values that all children of one instance span together. */
  readonly childrenSpan: Float64Array;
  readonly spaceFactor: Float64Array;
  readonly timeFactor: Float64Array;
  /** Product of the space factors outside the level. */
  readonly spaceOutside: Float64Array;
  /** Product of the time factors outside the level. */
  readonly timeOutside: Float64Array;
}

/**
 * A map space prepared for enumeration: the dimensions that vary, with all their cofactor tuples, and the others
 * with the figures of their only choice.
 */
export interface SearchLayout {
  readonly space: MapSpace;
  /** Dimensions with more than one choice, in declared order. */
  readonly varying: readonly number[];
  /** Per dimension: its position in `varying`, -1 for the others. */
  readonly positions: readonly number[];
  /** Per varying dimension. */
  readonly lists: readonly CofactorList[];
  /** Per dimension; undefined for the varying ones. */
  readonly fixedViews: readonly (DimensionView | undefined)[];
}

export function createSearchLayout(space: MapSpace): SearchLayout {
  const { choices, problem } = space;
  const varying: number[] = [];
  const lists: CofactorList[] = [];
  const positions = choices.map(({ bound, quotient, freeSlots, limits, count }, dimension) => {
    if (count <= 1) return -1;
    lists.push(listCofactors(bound, quotient, freeSlots.length, limits));
    return varying.push(dimension) - 1;
  });
  const layout = { space, varying, positions, lists, fixedViews: [] };
  const fixedViews = problem.bounds.map((_, dimension) => {
    if (positions[dimension] >= 0) return undefined;
    const view = createView(space);
    fillView(layout, dimension, 0, view);
    return view;
  });
  return { ...layout, fixedViews };
}

export function createView({ rules }: MapSpace): DimensionView {
  const array = (): Float64Array => new Float64Array(rules.length);
  return {
    span: array(),
    childrenSpan: array(),
    spaceFactor: array(),
    timeFactor: array(),
    spaceOutside: array(),
    timeOutside: array(),
  };
}

/** All cofactor tuples of a dimension, one after the other, over its free slots. */
export function cofactorsOf(
  layout: Pick<SearchLayout, "space" | "positions" | "lists">,
  dimension: number,
): ArrayLike<number> {
  const position = layout.positions[dimension];
  if (position >= 0) return layout.lists[position].factors;
  const { bound, quotient, freeSlots, limits } = layout.space.choices[dimension];
  return listCofactors(bound, quotient, freeSlots.length, limits).factors;
}

/** Writes the figures of a dimension's choice number `choice` into `view`. */
export function fillView(layout: SearchLayout, dimension: number, choice: number, view: DimensionView): void {
  const { slots } = layout.space;
  const { span, childrenSpan, spaceFactor, timeFactor, spaceOutside, timeOutside } = view;
  const { freeSlots } = layout.space.choices[dimension];
  const list = cofactorsOf(layout, dimension);
  let next = choice * freeSlots.length;
  let product = 1;
  for (let index = 0; index < slots.length; index += 1) {
    const slot = slots[index];
    let factor = slot.factors[dimension];
    if (factor === 0) {
      factor = list[next];
      next += 1;
    }
    const { level } = slot;
    product *= factor;
    if (slot.kind === "space") {
      spaceFactor[level] = factor;
      childrenSpan[level] = product;
      continue;
    }
    if (index === 0 || slots[index - 1].level !== level) {
      spaceFactor[level] = 1;
      childrenSpan[level] = product / factor;
    }
    timeFactor[level] = factor;
    span[level] = product;
  }
  let space = 1;
  let time = 1;
  for (let level = span.length - 1; level >= 0; level -= 1) {
    spaceOutside[level] = space;
    timeOutside[level] = time;
    space *= spaceFactor[level];
    time *= timeFactor[level];
  }
}
