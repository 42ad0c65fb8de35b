import type { LinearForm, Tensor } from "../model/problem";
import type { DimensionProducts, SearchLayout, VaryingDimension } from "./search-layout";
import { createProducts, multiplyOut, readFactors } from "./search-layout";

/** What one varying dimension contributes to a figure; `at` counts its slots from the inside. */
type Term =
  | { readonly kind: "extent"; readonly at: number; readonly base: number; readonly coefficient: number }
  | { readonly kind: "spaceOutside" | "timeOutside" | "factor"; readonly at: number }
  | { readonly kind: "owned"; readonly at: number; readonly bound: number }
  | { readonly kind: "custom"; readonly evaluate: (figures: DimensionProducts) => number };

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
  const { fixed, varying } = layout;
  const feature = createFeature(layout, level < 0 ? fixed.allTime : fixed.allTimeOutside[level]);
  varying.forEach(({ slotsThrough }, position) =>
    feature.terms[position].push({ kind: "timeOutside", at: level < 0 ? 0 : slotsThrough[level] }),
  );
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
  evaluate: (figures: DimensionProducts) => number,
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
interface TileFeature {
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

/**
 * Features of the choices of the varying dimensions as numbers. The figures of a mapping are `base` times (for sums:
 * plus) one row per varying dimension. Rows are filled when they are first asked for: of long lists of choices few
 * pass the fan-out and capacity checks.
 */
export interface FeatureTables {
  readonly isSum: boolean;
  readonly width: number;
  readonly base: Float64Array;
  /** Per varying dimension. */
  readonly dimensions: readonly DimensionTable[];
}

interface DimensionTable {
  readonly dimension: VaryingDimension;
  readonly columns: readonly number[];
  readonly terms: readonly Term[];
  /** One row per choice, if filled. */
  readonly rows: Float64Array;
  readonly isFilled: Uint8Array;
  /** Scratch space. */
  readonly figures: DimensionProducts;
}

export function createFeatureTables(
  layout: SearchLayout,
  features: readonly Feature[],
  combine: "products" | "sums",
): FeatureTables {
  return {
    isSum: combine === "sums",
    width: features.length,
    base: Float64Array.from(features, ({ base }) => base),
    dimensions: layout.varying.map((dimension, position) => createTable(dimension, position, features)),
  };
}

function createTable(
  dimension: VaryingDimension,
  position: number,
  features: readonly Feature[],
): DimensionTable {
  const columns: number[] = [];
  const terms: Term[] = [];
  features.forEach((feature, column) => {
    for (const term of feature.terms[position]) {
      columns.push(column);
      terms.push(term);
    }
  });
  const { count } = dimension.list;
  return {
    dimension,
    columns,
    terms,
    rows: new Float64Array(count * features.length),
    isFilled: new Uint8Array(count),
    figures: createProducts(dimension.slots.length),
  };
}

/** The rows of a dimension, with that of `choice` filled. */
export function rowsWith(
  { dimensions, width, isSum }: FeatureTables,
  position: number,
  choice: number,
): Float64Array {
  const table = dimensions[position];
  if (table.isFilled[choice] === 0) fillRow(table, choice, width, isSum);
  return table.rows;
}

function fillRow(table: DimensionTable, choice: number, width: number, isSum: boolean): void {
  const { dimension, columns, terms, rows, isFilled, figures } = table;
  isFilled[choice] = 1;
  readFactors(dimension, choice, figures.factors);
  multiplyOut(figures, dimension.isSpace);
  const row = choice * width;
  if (!isSum) for (let column = 0; column < width; column += 1) rows[row + column] = 1;
  for (let index = 0; index < terms.length; index += 1) {
    const value = evaluateTerm(terms[index], figures);
    if (isSum) rows[row + columns[index]] += value;
    else rows[row + columns[index]] *= value;
  }
}

function evaluateTerm(term: Term, figures: DimensionProducts): number {
  switch (term.kind) {
    case "extent":
      return term.base + term.coefficient * (figures.spans[term.at] - 1);
    case "spaceOutside":
      return figures.spaceOutside[term.at];
    case "timeOutside":
      return figures.timeOutside[term.at];
    case "factor":
      return figures.factors[term.at];
    case "owned":
      return term.bound / figures.spaceOutside[term.at];
    case "custom":
      return term.evaluate(figures);
  }
}

/** Extends the figures of the dimensions before `position` (at `from`) by one row (to `to`). */
export function extendFigures(
  tables: FeatureTables,
  position: number,
  choice: number,
  figures: Float64Array,
  from: number,
  to: number,
): void {
  const { width } = tables;
  if (width === 0) return;
  const rows = rowsWith(tables, position, choice);
  const row = choice * width;
  if (tables.isSum) {
    for (let column = 0; column < width; column += 1)
      figures[to + column] = figures[from + column] + rows[row + column];
  } else {
    for (let column = 0; column < width; column += 1)
      figures[to + column] = figures[from + column] * rows[row + column];
  }
}
