import { rankExtent, tensorSize } from "../../model/problem";
import type { LinearForm, Tensor } from "../../model/problem";
import type { DivisorLattice } from "./factor-steps";
import type { SearchPlan } from "./search-plan";

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

function evaluateExtent({ dimensions, tables }: DigitExtent, digits: Int32Array): number {
  let value = 1;
  for (let index = 0; index < dimensions.length; index += 1)
    value += tables[index][digits[dimensions[index]]];
  return value;
}

/** What one dimension contributes to a product, from the values it spans inside the place in question. */
type SpanFigure = (span: number, dimension: number) => number;

/** The product over all dimensions of `figure`; `inside` is the fixed part of every dimension's span. */
function productOverDimensions(
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
function extentOf(
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
  const alone = tensor.ranks.filter((rank) => !isShared(rank, bounds));
  const spans = bounds.map(() => 1);
  return {
    product: productOverDimensions(lattice, inside, 1, (span, dimension) => {
      spans[dimension] = span;
      let words = 1;
      for (const rank of alone) if (rank.dimensions.includes(dimension)) words *= rankExtent(rank, spans);
      spans[dimension] = 1;
      return words;
    }),
    extents: tensor.ranks
      .filter((rank) => isShared(rank, bounds))
      .map((rank) => extentOf(lattice, inside, rank)),
  };
}

export function evaluateTile({ product, extents }: TileSize, digits: Int32Array): number {
  let words = evaluateProduct(product, digits);
  for (let index = 0; index < extents.length; index += 1) words *= evaluateExtent(extents[index], digits);
  return words;
}

/** An axis along which several dimensions add up: tiles may overlap there from one step to the next. */
interface SlidingAxis {
  readonly extent: DigitExtent;
  /** Values of the axis's dimensions that lie outside the tile. */
  readonly outside: DigitProduct;
  /** How far a tile moves at least when a time loop outside advances: one table per dimension that may have one. */
  readonly steps: DigitExtent;
  /** Whether a loop that does not move the tile may lie inside those that do. */
  readonly mayRest: boolean;
  /** Digits per dimension of the lattice. */
  readonly digitCounts: readonly number[];
}

/** A lower bound on the words that all instances of a level receive of a tensor over the whole run. */
export interface TrafficBound {
  readonly product: DigitProduct;
  readonly extents: readonly DigitExtent[];
  readonly axes: readonly SlidingAxis[];
}

/**
 * The bound for `I * A` (instances in use times words received by each) given only the span of the tile.
 *
 * All tiles together cover the tensor once, and once more for every instance that irrelevant space loops outside
 * add. Dimensions with a time loop outside may be such without any cost (the tile stays), so only those count that
 * must lie in space. On a sliding axis consecutive tiles may overlap: every step fetches at least as much as the
 * smallest possible movement, and only the axis of the innermost moving loop can profit. See {@link axisWords} for
 * the exception.
 */
export function trafficBound(
  plan: SearchPlan,
  tensorIndex: number,
  level: number,
  inside: ArrayLike<number>,
): TrafficBound {
  const { lattice, space, tensors, freeTimeOutside, fixedTimeOutside } = plan;
  const { bounds } = space.problem;
  const { tensor, shape } = tensors[tensorIndex];
  const forced = (span: number, dimension: number): number =>
    freeTimeOutside[level][dimension] ? 1 : bounds[dimension] / span / fixedTimeOutside[level][dimension];
  const all = (span: number, dimension: number): number => bounds[dimension] / span;
  const tile = tileSizeOf(lattice, inside, tensor, bounds);
  const scaled = (figure: (span: number, dimension: number) => number): DigitProduct =>
    multiply(tile.product, productOverDimensions(lattice, inside, 1, figure));
  if (level + 1 < plan.forwards.length && plan.forwards[level + 1][tensorIndex])
    return { product: { coefficient: 0, dimensions: [], tables: [] }, extents: [], axes: [] };
  if (space.rules[level].noTemporalReuse[tensorIndex])
    return { product: scaled(all), extents: tile.extents, axes: [] };
  if (shape === "tangled") return { product: scaled(forced), extents: tile.extents, axes: [] };
  const shared = tensor.ranks.filter((rank) => isShared(rank, bounds));
  const sliding = (dimension: number): boolean => shared.some((rank) => rank.dimensions.includes(dimension));
  const product = scaled((span, dimension) =>
    sliding(dimension) ? 1 : tensor.uses[dimension] ? all(span, dimension) : forced(span, dimension),
  );
  return { product, extents: [], axes: shared.map((rank) => slidingAxis(plan, level, inside, tensor, rank)) };
}

function isShared({ dimensions }: LinearForm, bounds: readonly number[]): boolean {
  return dimensions.filter((dimension) => bounds[dimension] > 1).length > 1;
}

function slidingAxis(
  { lattice, space, freeTimeOutside, fixedTimeOutside }: SearchPlan,
  level: number,
  inside: ArrayLike<number>,
  tensor: Tensor,
  rank: LinearForm,
): SlidingAxis {
  const { bounds } = space.problem;
  const mayLoop = (dimension: number): boolean =>
    freeTimeOutside[level][dimension] || fixedTimeOutside[level][dimension] > 1;
  const outside = productOverDimensions(lattice, inside, 1, (span, dimension) =>
    rank.dimensions.includes(dimension) ? bounds[dimension] / span : 1,
  );
  const dimensions: number[] = [];
  const tables: Float64Array[] = [];
  rank.dimensions.forEach((dimension, term) => {
    if (!mayLoop(dimension)) return;
    dimensions.push(dimension);
    tables.push(
      Float64Array.from(lattice.divisors[dimension], (left) => {
        const span = left * inside[dimension];
        return span < bounds[dimension] ? rank.coefficients[term] * span : Infinity;
      }),
    );
  });
  return {
    extent: extentOf(lattice, inside, rank),
    outside,
    steps: { dimensions, tables },
    mayRest: bounds.some((_, dimension) => !tensor.uses[dimension] && mayLoop(dimension)),
    digitCounts: lattice.divisors.map(({ length }) => length),
  };
}

export function evaluateTraffic({ product, extents, axes }: TrafficBound, digits: Int32Array): number {
  let words = evaluateProduct(product, digits);
  for (let index = 0; index < extents.length; index += 1) words *= evaluateExtent(extents[index], digits);
  let bestReuse = 1;
  for (let index = 0; index < axes.length; index += 1) {
    const whole = evaluateExtent(axes[index].extent, digits) * evaluateProduct(axes[index].outside, digits);
    words *= whole;
    bestReuse = Math.min(bestReuse, axisWords(axes[index], digits) / whole);
  }
  return words * bestReuse;
}

/**
 * Words along an axis if every step fetches only what the smallest movement brings.
 *
 * Where the innermost loop rests, the model takes every step for free that rests as well: also that of a loop which
 * moves the tile as far as the loops inside it, those being sampled at their second iteration. The first loop that
 * moves the tile is never such, and has two iterations at least: half of the tiles are fetched, and one more.
 */
export function axisWords({ extent, outside, steps, mayRest }: SlidingAxis, digits: Int32Array): number {
  const edge = evaluateExtent(extent, digits);
  const tiles = evaluateProduct(outside, digits);
  let step = edge;
  let moving = 0;
  for (let term = 0; term < steps.dimensions.length; term += 1) {
    const distance = steps.tables[term][digits[steps.dimensions[term]]];
    if (distance < Infinity) moving += 1;
    step = Math.min(step, distance);
  }
  const words = edge + (tiles - 1) * step;
  return mayRest && moving > 1 ? Math.min(words, edge * (1 + tiles / 2)) : words;
}

/** An upper bound on the words that all instances of a level together are responsible for (partial sums). */
export function partitionBound(
  { lattice, space, tensors, fixedTimeOutside }: SearchPlan,
  tensorIndex: number,
  level: number,
  inside: ArrayLike<number>,
): DigitProduct {
  const { bounds } = space.problem;
  const { tensor, shape } = tensors[tensorIndex];
  const words = tensorSize(tensor, bounds);
  const isExact = (dimension: number): boolean =>
    shape !== "tangled" &&
    tensor.ranks.some((rank) => rank.dimensions.includes(dimension) && !isShared(rank, bounds));
  return productOverDimensions(lattice, inside, words, (span, dimension) =>
    isExact(dimension) ? 1 : bounds[dimension] / span / fixedTimeOutside[level][dimension],
  );
}

/** The product of two products. */
function multiply(left: DigitProduct, right: DigitProduct): DigitProduct {
  const dimensions = [...left.dimensions];
  const tables: Float64Array[] = left.tables.map((table) => Float64Array.from(table));
  right.dimensions.forEach((dimension, index) => {
    const known = dimensions.indexOf(dimension);
    if (known < 0) {
      dimensions.push(dimension);
      tables.push(right.tables[index]);
      return;
    }
    for (let digit = 0; digit < tables[known].length; digit += 1)
      tables[known][digit] *= right.tables[index][digit];
  });
  return { coefficient: left.coefficient * right.coefficient, dimensions, tables };
}
