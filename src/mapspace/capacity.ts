import { exceeds, fitsRoom, tileRoom } from "../model/fit";
import type { TileRoom } from "../model/fit";
import type { Hardware } from "../model/hardware";
import { tensorSize } from "../model/problem";
import { createFeatureTables, tileFeature } from "./features";
import type { Feature, FeatureTables } from "./features";
import type { MapSpace } from "./map-space";
import type { SearchLayout } from "./search-layout";

/** Which tensors each level (from the inside) holds. */
export type KeepTable = readonly (readonly boolean[])[];

/** The sizes of tiles that could exceed a level's capacity, ready for a search's inner loop. */
export interface CapacityTables {
  readonly products: FeatureTables;
  /** Edge lengths to which several varying dimensions contribute. */
  readonly extents: FeatureTables;
  readonly checks: readonly CapacityCheck[];
}

export interface CapacityCheck extends TileRoom {
  /** Room of the same level on the smaller hardware that is looked at as well. */
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

/**
 * The hardware with no more room in any level than mappings of the space can ask for: as many children as all loops that may
 * stand there, as many words as the largest tiles. The same mappings fit. For spaces that leave no data space undecided.
 */
export function roomWithinReach(space: MapSpace): Hardware {
  const { problem, hardware, rules, slots, choices } = space;
  const levels = hardware.levels.map((hardwareLevel, level) => {
    const slot = slots.find((each) => each.level === level && each.kind === "space");
    const children =
      slot?.factors.reduce(
        (product, factor, dimension) => product * (factor || choices[dimension].quotient),
        1,
      ) ?? 1;
    const spans = largestSpans(space, level);
    const largest = problem.tensors.reduce(
      (words, tensor, index) => words + (rules[level].keep[index] === "keep" ? tensorSize(tensor, spans) : 0),
      0,
    );
    const { fanX, fanY, capacityWords, minUtilization } = hardwareLevel;
    return {
      ...hardwareLevel,
      fanX: Math.min(fanX, children),
      fanY: Math.min(fanY, children),
      capacityWords: minUtilization > 0 ? capacityWords : Math.min(capacityWords, largest),
    };
  });
  return { ...hardware, levels };
}

/** Whether all mappings that fit one hardware fit another one with the same levels. */
export function fitsInto({ levels }: Hardware, { levels: others }: Hardware): boolean {
  return levels.every(({ fanX, fanY, capacityWords, minUtilization }, index) => {
    const other = others[index];
    const isSame = capacityWords === other.capacityWords;
    const hasRoom = isSame || (capacityWords < other.capacityWords && minUtilization === 0);
    return fanX <= other.fanX && fanY <= other.fanY && hasRoom;
  });
}

/** Levels whose tiles always fit are left out. */
export function createCapacityTables(
  layout: SearchLayout,
  keep: KeepTable,
  smallerHardware: readonly Hardware[] = [],
): CapacityTables {
  const { problem, hardware } = layout.space;
  const products: Feature[] = [];
  const extents: Feature[] = [];
  const checks: CapacityCheck[] = [];
  hardware.levels.forEach((hardwareLevel, level) => {
    const room = tileRoom(hardwareLevel);
    const held = problem.tensors.filter((_, tensor) => keep[level][tensor]);
    const spans = largestSpans(layout.space, level);
    const largest = held.reduce((words, tensor) => words + tensorSize(tensor, spans), 0);
    const smaller = smallerHardware.map(({ levels }) => tileRoom(levels[level]));
    const alwaysFits = [room, ...smaller].every((each) => !exceeds(each, largest) && each.minimumWords === 0);
    if (alwaysFits) return;
    const tiles = held.map((tensor) => {
      const { product, sharedExtents } = tileFeature(layout, tensor, level);
      return {
        column: products.push(product) - 1,
        extents: sharedExtents.map((extent) => extents.push(extent) - 1),
      };
    });
    checks.push({ ...room, smaller, tiles });
  });
  return {
    products: createFeatureTables(layout, products, "products"),
    extents: createFeatureTables(layout, extents, "sums"),
    checks,
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
