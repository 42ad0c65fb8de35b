import { createFeatureTables, tileFeature, type Feature, type FeatureTables } from "./feature-tables";
import { tensorSize } from "./problem";
import type { SearchLayout } from "./search-layout";

/** Which tensors each level (from the inside) holds. */
export type KeepTable = readonly (readonly boolean[])[];

/** The sizes of tiles that could exceed a level's capacity, ready for a search's inner loop. */
export interface CapacityTables {
  readonly tables: FeatureTables;
  readonly checks: readonly CapacityCheck[];
}

interface CapacityCheck {
  readonly level: number;
  readonly capacityWords: number;
  readonly minimumWords: number;
  /** Per tensor held: its column, and columns of further factors. */
  readonly tiles: readonly { readonly column: number; readonly extents: readonly number[] }[];
}

/** Levels whose tiles always fit are left out. */
export function createCapacityTables(layout: SearchLayout, keep: KeepTable): CapacityTables {
  const { problem, hardware } = layout.space;
  const products: Feature[] = [];
  const sums: Feature[] = [];
  const pending: { level: number; tiles: { column: number; sums: number[] }[] }[] = [];
  hardware.levels.forEach(({ capacityWords, minUtilization }, level) => {
    const held = problem.tensors.filter((_, tensor) => keep[level][tensor]);
    const largest = held.reduce((words, tensor) => words + tensorSize(tensor, problem.bounds), 0);
    if (largest <= capacityWords && minUtilization === 0) return;
    const tiles = held.map((tensor) => {
      const { product, sharedExtents } = tileFeature(layout, tensor, level);
      return {
        column: products.push(product) - 1,
        sums: sharedExtents.map((extent) => sums.push(extent) - 1),
      };
    });
    pending.push({ level, tiles });
  });
  return {
    tables: createFeatureTables(layout, products, sums),
    checks: pending.map(({ level, tiles }) => {
      const { capacityWords, minUtilization } = hardware.levels[level];
      return {
        level,
        capacityWords,
        minimumWords: minUtilization > 0 ? capacityWords * minUtilization : 0,
        tiles: tiles.map(({ column, sums: extents }) => ({
          column,
          extents: extents.map((sum) => products.length + sum),
        })),
      };
    }),
  };
}

/** Whether a mapping with these figures (from `at` on) holds its tiles everywhere. */
export function fitsCapacities(checks: readonly CapacityCheck[], figures: Float64Array, at: number): boolean {
  for (let index = 0; index < checks.length; index += 1) {
    const check = checks[index];
    const { tiles } = check;
    let words = 0;
    for (let tile = 0; tile < tiles.length; tile += 1) {
      const { column, extents } = tiles[tile];
      let size = figures[at + column];
      for (let extent = 0; extent < extents.length; extent += 1) size *= figures[at + extents[extent]];
      words += size;
    }
    if (words > check.capacityWords || words < check.minimumWords) return false;
  }
  return true;
}
