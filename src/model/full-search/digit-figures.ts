import { rankExtent, type LinearForm, type Tensor } from "../../mapping/problem";
import type { DivisorLattice } from "../../mapping/full-search/divisor-lattice";

/** A product of one figure per dimension, looked up by the dimension's digit. */
export interface DigitProduct {
  readonly coefficient: number;
  readonly dimensions: readonly number[];
  readonly tables: readonly Float64Array[];
}

export function evaluateProduct(
  { coefficient, dimensions, tables }: DigitProduct,
  digits: Int32Array,
): number {
  let value = coefficient;
  for (let index = 0; index < dimensions.length; index += 1)
    value *= tables[index][digits[dimensions[index]]];
  return value;
}

/** `1 + sum` of one figure per dimension: the edge length of an axis. */
export interface DigitExtent {
  readonly dimensions: readonly number[];
  readonly tables: readonly Float64Array[];
}

export function evaluateExtent({ dimensions, tables }: DigitExtent, digits: Int32Array): number {
  let value = 1;
  for (let index = 0; index < dimensions.length; index += 1)
    value += tables[index][digits[dimensions[index]]];
  return value;
}

/** What one dimension contributes to a product, from the values it spans inside the place in question. */
export type SpanFigure = (span: number, dimension: number) => number;

/** The product over all dimensions of `figure`; `inside` is the fixed part of every dimension's span. */
export function productOverDimensions(
  lattice: DivisorLattice,
  inside: ArrayLike<number>,
  coefficient: number,
  figure: SpanFigure,
): DigitProduct {
  let constant = coefficient;
  const dimensions: number[] = [];
  const tables: Float64Array[] = [];
  lattice.divisors.forEach((divisors, dimension) => {
    const table = Float64Array.from(divisors, (left) => figure(left * inside[dimension], dimension));
    if (table.every((value) => value === table[0])) {
      constant *= table[0];
      return;
    }
    dimensions.push(dimension);
    tables.push(table);
  });
  return { coefficient: constant, dimensions, tables };
}

/** Edge length of an axis. */
export function extentOf(
  lattice: DivisorLattice,
  inside: ArrayLike<number>,
  { dimensions, coefficients }: LinearForm,
): DigitExtent {
  return {
    dimensions,
    tables: dimensions.map((dimension, term) =>
      Float64Array.from(
        lattice.divisors[dimension],
        (left) => coefficients[term] * (left * inside[dimension] - 1),
      ),
    ),
  };
}

/** Words of a tile. */
export interface TileSize {
  readonly product: DigitProduct;
  /** Axes along which several dimensions add up. */
  readonly extents: readonly DigitExtent[];
}

export function tileSizeOf(
  lattice: DivisorLattice,
  inside: ArrayLike<number>,
  tensor: Tensor,
  bounds: readonly number[],
): TileSize {
  const isShared = ({ dimensions }: LinearForm): boolean =>
    dimensions.filter((dimension) => bounds[dimension] > 1).length > 1;
  const alone = tensor.ranks.filter((rank) => !isShared(rank));
  const spans = bounds.map(() => 1);
  return {
    product: productOverDimensions(lattice, inside, 1, (span, dimension) => {
      spans[dimension] = span;
      let words = 1;
      for (const rank of alone) if (rank.dimensions.includes(dimension)) words *= rankExtent(rank, spans);
      spans[dimension] = 1;
      return words;
    }),
    extents: tensor.ranks.filter(isShared).map((rank) => extentOf(lattice, inside, rank)),
  };
}

export function evaluateTile({ product, extents }: TileSize, digits: Int32Array): number {
  let words = evaluateProduct(product, digits);
  for (let index = 0; index < extents.length; index += 1) words *= evaluateExtent(extents[index], digits);
  return words;
}
