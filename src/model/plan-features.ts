import {
  createFeature,
  extentFeature,
  multiplyInto,
  productFeature,
  tileFeature,
  type Feature,
} from "../mapping/feature-tables";
import type { SearchLayout } from "../mapping/search-layout";
import { distinctSums } from "./distinct-sums";
import { isPlain, loopsOnAxis, timeDimensionsFrom, type ActiveSlot } from "./loop-potential";
import type { ReceivedPlan, TileColumns } from "./scorer-plan";

/** Collects the columns that a plan asks for, each once. */
export interface PlanFeatures {
  readonly products: readonly Feature[];
  readonly extents: readonly Feature[];
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
  /** Levels with the same loops outside share their columns. */
  const outside = (level: number, kind: "space" | "time"): number =>
    active.filter((slot) => slot.kind === kind && slot.level > level).length;
  const inside = (level: number): number => active.filter((slot) => slot.level <= level).length;

  const iterations = (level: number): number =>
    product(`iterations ${outside(level, "time")}`, () =>
      productFeature(layout, ({ timeOutside, timeFactor }) =>
        level < 0 ? timeOutside[0] * timeFactor[0] : timeOutside[level],
      ),
    );

  const tile = (tensor: number, level: number): TileColumns => {
    const key = `tile ${tensor} ${inside(level)}`;
    const made = { sharedExtents: [] as readonly Feature[] };
    const column = product(key, () => {
      const feature = tileFeature(layout, problem.tensors[tensor], level);
      made.sharedExtents = feature.sharedExtents;
      sharedColumns.set(
        key,
        made.sharedExtents.map((extent) => extents.push(extent) - 1),
      );
      return feature.product;
    });
    return { column, extents: sharedColumns.get(key) ?? [] };
  };
  const sharedColumns = new Map<string, readonly number[]>();

  return {
    products,
    extents,
    iterations,
    instances: (level) =>
      product(`instances ${outside(level, "space")}`, () =>
        productFeature(layout, ({ spaceOutside }) => spaceOutside[level]),
      ),
    partition: (tensor, level) =>
      product(`partition ${tensor} ${outside(level, "space")}`, () =>
        productFeature(
          layout,
          ({ spaceOutside, span }) => span[span.length - 1] / spaceOutside[level],
          (dimension) => problem.tensors[tensor].uses[dimension],
        ),
      ),
    groups: (tensor, from, to) => {
      const slots = active.filter((slot) => slot.kind === "space" && slot.level >= from && slot.level <= to);
      const key = slots.map(({ index }) => index).join(" ");
      return product(slots.length === 0 ? "one" : `groups ${tensor} ${key}`, () => {
        const feature = createFeature(1);
        for (const slot of slots) multiplyGroups(layout, feature, tensor, slot);
        return feature;
      });
    },
    received: (tensor, level) => {
      const shape = problem.tensors[tensor];
      const moving = timeDimensionsFrom(active, level + 1);
      const isFetchedWhole =
        rules[level].noTemporalReuse[tensor] ||
        ([...moving].every((dimension) => shape.uses[dimension]) &&
          isPlain(
            { ...shape, ranks: shape.ranks.filter((rank) => rank.dimensions.some((d) => moving.has(d))) },
            false,
          ));
      if (isFetchedWhole)
        return { kind: "product", tile: tile(tensor, level), iterations: iterations(level) };
      return {
        kind: "loops",
        tile: tile(tensor, level),
        fromLevel: level + 1,
        extents: shape.ranks.map((rank) =>
          rank.dimensions.some((dimension) => moving.has(dimension))
            ? extents.push(extentFeature(layout, rank, level)) - 1
            : -1,
        ),
      };
    },
  };
}

/** Multiplies the number of groups of one fan-out into a feature. */
function multiplyGroups(layout: SearchLayout, feature: Feature, tensor: number, slot: ActiveSlot): void {
  const { problem, rules } = layout.space;
  const { level } = slot;
  const shape = problem.tensors[tensor];
  if (rules[level].noMulticastNoReduction[tensor]) {
    for (const dimension of slot.dimensions)
      multiplyInto(layout, feature, dimension, ({ spaceFactor }) => spaceFactor[level]);
    return;
  }
  for (const rank of shape.ranks) {
    const dimensions = loopsOnAxis(slot, rank);
    if (dimensions.length === 0) continue;
    const owner = dimensions.find((dimension) => layout.positions[dimension] >= 0) ?? dimensions[0];
    if (dimensions.length === 1) {
      multiplyInto(layout, feature, owner, ({ spaceFactor }) => spaceFactor[level]);
      continue;
    }
    const coefficientOf = (dimension: number): number =>
      rank.coefficients[rank.dimensions.indexOf(dimension)];
    multiplyInto(layout, feature, owner, (ownerView) =>
      distinctSums(
        dimensions.map((dimension) => {
          const view = dimension === owner ? ownerView : layout.fixedViews[dimension];
          const factor = view?.spaceFactor[level] ?? 1;
          const span = view === undefined ? 1 : view.childrenSpan[level] / factor;
          return { factor, stride: coefficientOf(dimension) * span };
        }),
      ),
    );
  }
}
