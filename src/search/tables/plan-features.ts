import {
  createFeature,
  extentFeature,
  instancesFeature,
  iterationsFeature,
  multiplyCustom,
  multiplyFactor,
  multiplyFeature,
  partitionFeature,
  tileFeature,
} from "../../mapspace/features";
import type { Feature } from "../../mapspace/features";
import type { SearchLayout } from "../../mapspace/search-layout";
import type { LinearForm } from "../../model/problem";
import { isPlain, loopsOnAxis, timeDimensionsFrom } from "./time-loops";
import type { ActiveSlot } from "./time-loops";

/** Number of different values of `i * a + j * b + …` with `0 <= i < f`, `0 <= j < g`, …; strides are positive. */
export function distinctSums(loops: readonly { readonly factor: number; readonly stride: number }[]): number {
  const proper = loops.filter(({ factor }) => factor > 1);
  if (proper.length === 0) return 1;
  if (proper.length === 1) return proper[0].factor;
  if (proper.length === 2) {
    const [{ factor: f, stride: a }, { factor: g, stride: b }] = proper;
    const divisor = greatestCommonDivisor(a, b);
    // Pairs (i, j) that equal a pair with larger i and smaller j are counted there.
    return f * g - Math.max(0, f - b / divisor) * Math.max(0, g - a / divisor);
  }
  let sums = new Set([0]);
  for (const { factor, stride } of proper) {
    const next = new Set<number>();
    for (let iteration = 0; iteration < factor; iteration += 1)
      for (const sum of sums) next.add(sum + iteration * stride);
    sums = next;
  }
  return sums.size;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [left, right] = [a, b];
  while (right !== 0) [left, right] = [right, left % right];
  return left;
}

/** A tile size: a column of the products, times columns of the extents. */
export interface TileColumns {
  readonly column: number;
  readonly extents: readonly number[];
}

/** Words received where tiles overlap or stay in place. */
export interface LoopsPlan {
  readonly tile: TileColumns;
  /** The time loops of these levels and further out lie outside the tile. */
  readonly fromLevel: number;
  /** Per axis: the extents column of its edge length, -1 where no loop outside moves along it. */
  readonly extents: readonly number[];
}

/** How the words that a level receives are found; at most one of the two. */
export interface ReceivedPlan {
  /** Every step outside fetches the whole tile: its words times the steps. */
  readonly whole: TileColumns | null;
  readonly loops: LoopsPlan | null;
}

/** Collects the columns that a plan asks for, each once. */
export interface PlanFeatures {
  readonly products: readonly Feature[];
  /** Sums: edge lengths of axes and the like. */
  readonly extents: readonly Feature[];
  /** Edge length of an axis of a level's tile. */
  extent(rank: LinearForm, level: number): number;
  sum(feature: Feature): number;
  /** Product of the time factors outside a level; -1 for all. */
  iterations(level: number): number;
  /** Used instances of a level. */
  instances(level: number): number;
  /** Words of a tensor that one instance is responsible for over the run. */
  partition(tensor: number, level: number): number;
  /** Groups of children with different words, over all fan-outs of a range of levels. */
  groups(tensor: number, from: number, to: number): number;
  received(tensor: number, level: number): ReceivedPlan;
}

export function createPlanFeatures(layout: SearchLayout, active: readonly ActiveSlot[]): PlanFeatures {
  const { problem, rules } = layout.space;
  const products: Feature[] = [];
  const extents: Feature[] = [];
  const known = new Map<string, number>();
  const product = (key: string, make: () => Feature): number => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const column = products.push(make()) - 1;
    known.set(key, column);
    return column;
  };
  /** Levels with the same loops outside (inside) share their columns. */
  const outside = (level: number, kind: "space" | "time"): number => {
    let count = 0;
    for (const slot of active) if (slot.kind === kind && slot.level > level) count += 1;
    return count;
  };
  const inside = (level: number): number => {
    let count = 0;
    for (const slot of active) if (slot.level <= level) count += 1;
    return count;
  };
  const tiles = new Map<string, TileColumns>();
  /** Per tensor, its axes without the dimensions that have no loop in any mapping. */
  const looped = problem.tensors.map(({ ranks }) => ranks.map((rank) => withoutUnits(rank, problem.bounds)));

  const iterations = (level: number): number =>
    product(level < 0 ? "all iterations" : `iterations ${outside(level, "time")}`, () =>
      iterationsFeature(layout, level),
    );

  const tileColumns = (
    key: string,
    tensor: number,
    level: number,
    steps?: (level: number) => Feature,
  ): TileColumns => {
    const before = tiles.get(key);
    if (before !== undefined) return before;
    const { product: feature, sharedExtents } = tileFeature(layout, problem.tensors[tensor], level);
    if (steps) multiplyFeature(feature, steps(level));
    const made = {
      column: products.push(feature) - 1,
      extents: sharedExtents.map((shared) => extents.push(shared) - 1),
    };
    tiles.set(key, made);
    return made;
  };
  const tile = (tensor: number, level: number): TileColumns =>
    tileColumns(`${tensor} ${inside(level)}`, tensor, level);
  const wholeTiles = (tensor: number, level: number): TileColumns =>
    tileColumns(`${tensor} ${inside(level)} ${outside(level, "time")}`, tensor, level, (from) =>
      iterationsFeature(layout, from),
    );

  const sum = (feature: Feature): number => extents.push(feature) - 1;
  const extentColumns = new Map<LinearForm, Map<number, number>>();
  const extent = (rank: LinearForm, level: number): number => {
    let columns = extentColumns.get(rank);
    if (!columns) extentColumns.set(rank, (columns = new Map<number, number>()));
    const loops = inside(level);
    const before = columns.get(loops);
    if (before !== undefined) return before;
    const column = sum(extentFeature(layout, rank, level));
    columns.set(loops, column);
    return column;
  };
  const movingFrom: ReadonlySet<number>[] = [];

  return {
    products,
    extents,
    extent,
    sum,
    iterations,
    instances: (level) =>
      product(`instances ${outside(level, "space")}`, () => instancesFeature(layout, level)),
    partition: (tensor, level) =>
      product(`partition ${tensor} ${outside(level, "space")}`, () =>
        partitionFeature(layout, problem.tensors[tensor], level),
      ),
    groups: (tensor, from, to) => {
      const slots = active.filter(({ kind, level }) => kind === "space" && level >= from && level <= to);
      if (slots.length === 0) return product("one", () => createFeature(layout, 1));
      return product(`groups ${tensor} ${slots[0].index} ${slots.length}`, () => {
        const feature = createFeature(layout, 1);
        for (const slot of slots) multiplyGroups(layout, feature, tensor, slot);
        return feature;
      });
    },
    received: (tensor, level) => {
      const shape = problem.tensors[tensor];
      const moving = (movingFrom[level + 1] ??= timeDimensionsFrom(active, level + 1));
      const moves = (rank: LinearForm): boolean => rank.dimensions.some((dimension) => moving.has(dimension));
      const isFetchedWhole =
        rules[level].noTemporalReuse[tensor] ||
        ([...moving].every((dimension) => shape.uses[dimension]) &&
          isPlain(looped[tensor].filter(moves), false));
      if (isFetchedWhole) return { whole: wholeTiles(tensor, level), loops: null };
      const axisExtents = shape.ranks.map((rank) => (moves(rank) ? extent(rank, level) : -1));
      return {
        whole: null,
        loops: { tile: tile(tensor, level), fromLevel: level + 1, extents: axisExtents },
      };
    },
  };
}

function withoutUnits({ dimensions, coefficients }: LinearForm, bounds: readonly number[]): LinearForm {
  const hasLoops = (_: number, term: number): boolean => bounds[dimensions[term]] > 1;
  return { dimensions: dimensions.filter(hasLoops), coefficients: coefficients.filter(hasLoops) };
}

/** Multiplies the number of groups of one fan-out into a feature. */
function multiplyGroups(layout: SearchLayout, feature: Feature, tensor: number, slot: ActiveSlot): void {
  const { problem, rules } = layout.space;
  if (rules[slot.level].noMulticastNoReduction[tensor]) {
    for (const dimension of slot.dimensions) multiplyFactor(layout, feature, dimension, slot.index);
    return;
  }
  for (const rank of problem.tensors[tensor].ranks) {
    const dimensions = loopsOnAxis(slot, rank);
    const varying = dimensions.filter((dimension) => layout.positions[dimension] >= 0).length;
    // Where several vary, mappings with more than one proper loop among them are priced as a whole.
    if (dimensions.length === 1 || varying > 1)
      for (const dimension of dimensions) multiplyFactor(layout, feature, dimension, slot.index);
    else if (dimensions.length > 1) multiplyDistinctSums(layout, feature, rank, dimensions, slot);
  }
}

/** Several loops along one axis: of these dimensions at most one varies. */
function multiplyDistinctSums(
  layout: SearchLayout,
  feature: Feature,
  rank: LinearForm,
  dimensions: readonly number[],
  slot: ActiveSlot,
): void {
  const { factors, fixed, levels, positions, varying } = layout;
  const coefficientOf = (dimension: number): number => rank.coefficients[rank.dimensions.indexOf(dimension)];
  const fixedLoops = dimensions
    .filter((dimension) => positions[dimension] < 0)
    .map((dimension) => ({
      factor: factors[slot.index * positions.length + dimension],
      stride:
        coefficientOf(dimension) * (slot.level === 0 ? 1 : fixed.span[dimension * levels + slot.level - 1]),
    }));
  const owner = dimensions.find((dimension) => positions[dimension] >= 0);
  if (owner === undefined) {
    feature.base *= distinctSums(fixedLoops);
    return;
  }
  const at = varying[positions[owner]].slots.indexOf(slot.index);
  const coefficient = coefficientOf(owner);
  multiplyCustom(feature, positions[owner], ({ factors: own, spans }) =>
    distinctSums([...fixedLoops, { factor: own[at], stride: coefficient * spans[at] }]),
  );
}
