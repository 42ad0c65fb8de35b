import type { LinearForm, Tensor } from "./problem";
import type { SearchLayout } from "./search-layout";

/** Loops of one dimension under one choice, from the inside out. */
export interface ChoiceFigures {
  /** Per slot of the dimension. */
  readonly factors: Float64Array;
  /** Products of the factors of the first 0, 1, 2, … slots. */
  readonly spans: Float64Array;
  /** Products of the space (time) factors of the slots from number 0, 1, 2, … outwards. */
  readonly spaceOutside: Float64Array;
  readonly timeOutside: Float64Array;
}

/** What one varying dimension contributes to a figure; `at` counts its slots from the inside. */
export type Term =
  | { readonly kind: "extent"; readonly at: number; readonly base: number; readonly coefficient: number }
  | { readonly kind: "spaceOutside" | "timeOutside" | "factor"; readonly at: number }
  | { readonly kind: "owned"; readonly at: number; readonly bound: number }
  | { readonly kind: "custom"; readonly evaluate: (figures: ChoiceFigures) => number };

/**
 * A figure of a mapping that falls apart into one contribution per dimension, multiplied (or, for sums, added).
 * Dimensions with a single choice are already in `base`.
 */
export interface Feature {
  base: number;
  /** Per varying dimension (by position). */
  readonly terms: Term[][];
}

export function createFeature(layout: SearchLayout, base: number): Feature {
  return { base, terms: layout.varying.map(() => []) };
}

/** Product of the time factors outside a level; of all time factors for level -1. */
export function iterationsFeature(layout: SearchLayout, level: number): Feature {
  const { fixed, varying, space } = layout;
  if (level >= 0) {
    const feature = createFeature(layout, fixed.allTimeOutside[level]);
    varying.forEach(({ slotsThrough }, position) =>
      feature.terms[position].push({ kind: "timeOutside", at: slotsThrough[level] }),
    );
    return feature;
  }
  let innermost = 1;
  space.slots.forEach(({ level: slotLevel, kind }, slot) => {
    if (slotLevel !== 0 || kind !== "time") return;
    layout.positions.forEach((position, dimension) => {
      if (position < 0) innermost *= layout.factors[slot * layout.positions.length + dimension];
    });
  });
  const feature = createFeature(layout, fixed.allTimeOutside[0] * innermost);
  varying.forEach((_, position) => feature.terms[position].push({ kind: "timeOutside", at: 0 }));
  return feature;
}

/** Used instances of a level: the product of the space factors outside it. */
export function instancesFeature(layout: SearchLayout, level: number): Feature {
  const feature = createFeature(layout, layout.fixed.allSpaceOutside[level]);
  layout.varying.forEach(({ slotsThrough }, position) =>
    feature.terms[position].push({ kind: "spaceOutside", at: slotsThrough[level] }),
  );
  return feature;
}

/** Words of a plain tensor divided by the space factors outside a level that divide it. */
export function partitionFeature(layout: SearchLayout, tensor: Tensor, level: number): Feature {
  const { space, fixed, levels, positions, varying } = layout;
  const feature = createFeature(layout, 1);
  positions.forEach((position, dimension) => {
    if (!tensor.uses[dimension]) return;
    const bound = space.problem.bounds[dimension];
    if (position < 0) feature.base *= bound / fixed.spaceOutside[dimension * levels + level];
    else feature.terms[position].push({ kind: "owned", at: varying[position].slotsThrough[level], bound });
  });
  return feature;
}

/** Multiplies another feature into a feature. */
export function multiplyFeature(feature: Feature, other: Feature): void {
  feature.base *= other.base;
  other.terms.forEach((terms, position) => feature.terms[position].push(...terms));
}

/** Multiplies the factor of a dimension in a slot into a feature. */
export function multiplyFactor(
  layout: SearchLayout,
  feature: Feature,
  dimension: number,
  slot: number,
): void {
  const position = layout.positions[dimension];
  if (position < 0) {
    feature.base *= layout.factors[slot * layout.positions.length + dimension];
    return;
  }
  const at = layout.varying[position].slots.indexOf(slot);
  if (at >= 0) feature.terms[position].push({ kind: "factor", at });
}

/** Multiplies a contribution of its own into a feature, for a varying dimension. */
export function multiplyCustom(
  feature: Feature,
  position: number,
  evaluate: (figures: ChoiceFigures) => number,
): void {
  feature.terms[position].push({ kind: "custom", evaluate });
}

/** Adds to a sum what a dimension's loop in a slot amounts to, given its factor and the span of the loops inside. */
export function addLoopTerm(
  layout: SearchLayout,
  feature: Feature,
  dimension: number,
  slot: { readonly index: number; readonly level: number },
  evaluate: (factor: number, spanInside: number) => number,
): void {
  const { positions, varying, fixed, levels, factors } = layout;
  const position = positions[dimension];
  if (position < 0) {
    const span = slot.level === 0 ? 1 : fixed.span[dimension * levels + slot.level - 1];
    feature.base += evaluate(factors[slot.index * positions.length + dimension], span);
    return;
  }
  const at = varying[position].slots.indexOf(slot.index);
  if (at < 0) return;
  multiplyCustom(feature, position, ({ factors: own, spans }) => evaluate(own[at], spans[at]));
}

/** Edge length of an axis at a level, as a sum of contributions. */
export function extentFeature(layout: SearchLayout, rank: LinearForm, level: number): Feature {
  const { positions, fixed, levels, varying } = layout;
  const feature = createFeature(layout, 1);
  for (let term = 0; term < rank.dimensions.length; term += 1) {
    const dimension = rank.dimensions[term];
    const coefficient = rank.coefficients[term];
    const position = positions[dimension];
    if (position < 0) feature.base += coefficient * (fixed.span[dimension * levels + level] - 1);
    else {
      const at = varying[position].slotsThrough[level];
      feature.terms[position].push({ kind: "extent", at, base: 0, coefficient });
    }
  }
  return feature;
}

/** Words of a tile: a product, times the lengths of axes to which several varying dimensions contribute. */
export interface TileFeature {
  readonly product: Feature;
  readonly sharedExtents: readonly Feature[];
}

export function tileFeature(layout: SearchLayout, tensor: Tensor, level: number): TileFeature {
  const { positions, fixed, levels, varying } = layout;
  const product = createFeature(layout, 1);
  const sharedExtents: Feature[] = [];
  for (const rank of tensor.ranks) {
    const { dimensions, coefficients } = rank;
    let base = 1;
    let varyingTerms = 0;
    let owner = -1;
    for (let term = 0; term < dimensions.length; term += 1) {
      if (positions[dimensions[term]] >= 0) {
        varyingTerms += 1;
        owner = term;
      } else {
        base += coefficients[term] * (fixed.span[dimensions[term] * levels + level] - 1);
      }
    }
    if (varyingTerms === 0) product.base *= base;
    else if (varyingTerms > 1) sharedExtents.push(extentFeature(layout, rank, level));
    else {
      const position = positions[dimensions[owner]];
      const at = varying[position].slotsThrough[level];
      product.terms[position].push({ kind: "extent", at, base, coefficient: coefficients[owner] });
    }
  }
  return { product, sharedExtents };
}
