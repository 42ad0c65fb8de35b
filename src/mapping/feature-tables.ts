import type { LinearForm, Tensor } from "./problem";
import { createView, fillView, type DimensionView, type SearchLayout } from "./search-layout";

/** What one dimension contributes to a figure. */
export type Contribution = (view: DimensionView) => number;

/**
 * A figure of a mapping that falls apart into one contribution per dimension, multiplied or added up. Dimensions
 * with a single choice are already in `base`.
 */
export interface Feature {
  base: number;
  /** Per varying dimension (by position): contributions to multiply (or add). */
  readonly parts: (Contribution[] | undefined)[];
}

export function createFeature(base: number): Feature {
  return { base, parts: [] };
}

/** Multiplies (or adds) a dimension's contribution into a feature; `combine` does so for a fixed dimension. */
function contribute(
  layout: SearchLayout,
  feature: Feature,
  dimension: number,
  contribution: Contribution,
  combine: (left: number, right: number) => number,
): void {
  const position = layout.positions[dimension];
  const view = layout.fixedViews[dimension];
  if (view) feature.base = combine(feature.base, contribution(view));
  else (feature.parts[position] ??= []).push(contribution);
}

const multiply = (left: number, right: number): number => left * right;
const add = (left: number, right: number): number => left + right;

/** The product over all dimensions of `contribution`. */
export function productFeature(
  layout: SearchLayout,
  contribution: Contribution,
  dimensionCounts: (dimension: number) => boolean = () => true,
): Feature {
  const feature = createFeature(1);
  layout.positions.forEach((_, dimension) => {
    if (dimensionCounts(dimension)) contribute(layout, feature, dimension, contribution, multiply);
  });
  return feature;
}

/** Multiplies further contributions of one dimension into a product. */
export function multiplyInto(
  layout: SearchLayout,
  feature: Feature,
  dimension: number,
  contribution: Contribution,
): void {
  contribute(layout, feature, dimension, contribution, multiply);
}

/** Edge length of an axis at a level, as a sum of contributions. */
export function extentFeature(layout: SearchLayout, rank: LinearForm, level: number): Feature {
  const feature = createFeature(1);
  rank.dimensions.forEach((dimension, term) => {
    const coefficient = rank.coefficients[term];
    contribute(layout, feature, dimension, ({ span }) => coefficient * (span[level] - 1), add);
  });
  return feature;
}

/** Words of a tile: a product, times the lengths of axes to which several varying dimensions contribute. */
export interface TileFeature {
  readonly product: Feature;
  readonly sharedExtents: readonly Feature[];
}

export function tileFeature(layout: SearchLayout, tensor: Tensor, level: number): TileFeature {
  const product = createFeature(1);
  const sharedExtents: Feature[] = [];
  for (const rank of tensor.ranks) {
    const varying = rank.dimensions.filter((dimension) => layout.positions[dimension] >= 0);
    const extent = extentFeature(layout, rank, level);
    if (varying.length > 1) {
      sharedExtents.push(extent);
    } else if (varying.length === 1) {
      const { base } = extent;
      const coefficient = rank.coefficients[rank.dimensions.indexOf(varying[0])];
      multiplyInto(layout, product, varying[0], ({ span }) => base + coefficient * (span[level] - 1));
    } else {
      product.base *= extent.base;
    }
  }
  return { product, sharedExtents };
}

/**
 * Features of all choices of the varying dimensions as numbers. A row holds the products first, then the sums; the
 * figures of a mapping are `base` times (plus) one row per varying dimension.
 */
export interface FeatureTables {
  readonly products: number;
  readonly width: number;
  readonly base: Float64Array;
  /** Per varying dimension: one row per choice. */
  readonly rows: readonly Float64Array[];
}

export function createFeatureTables(
  layout: SearchLayout,
  products: readonly Feature[],
  sums: readonly Feature[],
): FeatureTables {
  const width = products.length + sums.length;
  const base = Float64Array.from([...products, ...sums], (feature) => feature.base);
  const view = createView(layout.space);
  const rows = layout.varying.map((dimension, position) => {
    const { count } = layout.lists[position];
    const table = new Float64Array(count * width);
    const active = [...products, ...sums].map(({ parts }) => parts[position]);
    for (let choice = 0; choice < count; choice += 1) {
      fillView(layout, dimension, choice, view);
      const row = choice * width;
      for (let column = 0; column < width; column += 1) {
        const contributions = active[column];
        const isProduct = column < products.length;
        let value = isProduct ? 1 : 0;
        if (contributions !== undefined)
          for (const contribution of contributions)
            value = isProduct ? value * contribution(view) : value + contribution(view);
        table[row + column] = value;
      }
    }
    return table;
  });
  return { products: products.length, width, base, rows };
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
  const { products, width } = tables;
  const rows = tables.rows[position];
  const row = choice * width;
  for (let column = 0; column < products; column += 1)
    figures[to + column] = figures[from + column] * rows[row + column];
  for (let column = products; column < width; column += 1)
    figures[to + column] = figures[from + column] + rows[row + column];
}
