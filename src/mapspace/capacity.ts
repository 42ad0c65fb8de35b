import { exceeds, fitsRoom, tileRoom } from "../model/fit";
import type { TileRoom } from "../model/fit";
import { tensorSize } from "../model/problem";
import { createFeatureTables, extendFigures, tileFeature } from "./features";
import type { Feature, FeatureTables } from "./features";
import type { MapSpace } from "./map-space";
import type { Room } from "./room";
import { countTimeLoops } from "./search-layout";
import type { SearchLayout } from "./search-layout";

/** Which tensors each level (from the inside) holds. */
export type KeepTable = readonly (readonly boolean[])[];

/** The sizes of tiles that could exceed a level's capacity, ready for a search's inner loop. */
export interface CapacityTables {
  readonly products: FeatureTables;
  /** Edge lengths to which several varying dimensions contribute. */
  readonly extents: FeatureTables;
  readonly checks: readonly CapacityCheck[];
  /** Per level: words of the largest tiles that mappings may have there. */
  readonly largest: readonly number[];
}

export interface CapacityCheck extends TileRoom {
  readonly level: number;
  /** Less room of the same level that is looked at as well. */
  readonly smaller: readonly TileRoom[];
  /** Per tensor held: its column of the products, and columns of the extents that multiply it. */
  readonly tiles: readonly { readonly column: number; readonly extents: readonly number[] }[];
}

/** The largest tile that a level can have of each dimension: all that is not fixed further out. */
function largestSpans({ slots, choices }: MapSpace, level: number): readonly number[] {
  const inside = slots.filter((slot) => slot.level <= level);
  return choices.map(({ quotient }, dimension) => {
    const factors = inside.map((slot) => slot.factors[dimension]);
    const fixed = factors.reduce((product, factor) => product * (factor || 1), 1);
    return factors.includes(0) ? fixed * quotient : fixed;
  });
}

/** Levels whose tiles always fit are left out. */
export function createCapacityTables(
  layout: SearchLayout,
  keep: KeepTable,
  smallerRooms: readonly (readonly Room[])[] = [],
): CapacityTables {
  const { problem, hardware } = layout.space;
  const products: Feature[] = [];
  const extents: Feature[] = [];
  const checks: CapacityCheck[] = [];
  const largestOfLevels = hardware.levels.map((hardwareLevel, level) => {
    const held = problem.tensors.filter((_, tensor) => keep[level][tensor]);
    // Most levels only stand for a fan-out.
    if (held.length === 0 && hardwareLevel.minUtilization === 0) return 0;
    const room = tileRoom(hardwareLevel);
    const spans = largestSpans(layout.space, level);
    const largest = held.reduce((words, tensor) => words + tensorSize(tensor, spans), 0);
    const smaller = smallerRooms.map((levels) => tileRoom(levels[level]));
    const alwaysFits = [room, ...smaller].every((each) => !exceeds(each, largest) && each.minimumWords === 0);
    if (alwaysFits) return largest;
    const tiles = held.map((tensor) => {
      const { product, sharedExtents } = tileFeature(layout, tensor, level);
      return {
        column: products.push(product) - 1,
        extents: sharedExtents.map((extent) => extents.push(extent) - 1),
      };
    });
    checks.push({ ...room, level, smaller, tiles });
    return largest;
  });
  return {
    products: createFeatureTables(layout, products, "products"),
    extents: createFeatureTables(layout, extents, "sums"),
    checks,
    largest: largestOfLevels,
  };
}

/** Words of the tiles that one check adds up, from figures that start at `atProducts` and `atExtents`. */
function tileWords(
  { tiles }: CapacityCheck,
  products: Float64Array,
  atProducts: number,
  extents: Float64Array,
  atExtents: number,
): number {
  let words = 0;
  for (let tile = 0; tile < tiles.length; tile += 1) {
    const { column, extents: columns } = tiles[tile];
    let size = products[atProducts + column];
    for (let index = 0; index < columns.length; index += 1) size *= extents[atExtents + columns[index]];
    words += size;
  }
  return words;
}

/** Whether a mapping with these figures holds its tiles everywhere (and fills the levels that must be filled). */
export function fitsCapacities(
  checks: readonly CapacityCheck[],
  products: Float64Array,
  atProducts: number,
  extents: Float64Array,
  atExtents: number,
): boolean {
  for (let index = 0; index < checks.length; index += 1) {
    const check = checks[index];
    if (!fitsRoom(check, tileWords(check, products, atProducts, extents, atExtents))) return false;
  }
  return true;
}

/** A check of one mapping after the other: whether its tiles fit the levels, and its time loops are not too many. */
export function createFitCheck(
  layout: SearchLayout,
  keep: KeepTable,
): (choice: ArrayLike<number>) => boolean {
  const { products, extents, checks } = createCapacityTables(layout, keep);
  const { mostTimeLoops } = layout.space;
  const productFigures = new Float64Array(products.width);
  const extentFigures = new Float64Array(extents.width);
  return (choice) => {
    if (mostTimeLoops !== null && countTimeLoops(layout, choice) > mostTimeLoops) return false;
    productFigures.set(products.base);
    extentFigures.set(extents.base);
    for (let position = 0; position < choice.length; position += 1) {
      extendFigures(products, position, choice[position], productFigures, 0, 0);
      extendFigures(extents, position, choice[position], extentFigures, 0, 0);
    }
    return fitsCapacities(checks, productFigures, 0, extentFigures, 0);
  };
}
