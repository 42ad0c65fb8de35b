import { rowsWith, type FeatureTables } from "./feature-tables";
import type { SpaceGroups } from "./space-groups";

/** Writes `row` of `rows` combined with the figures behind it into the figures at `depth`. */
export function extendByRow(
  { isSum, width }: FeatureTables,
  rows: Float64Array,
  row: number,
  figures: Float64Array,
  depth: number,
): void {
  const to = depth * width;
  const from = to + width;
  for (let column = 0; column < width; column += 1) {
    const value = rows[row * width + column];
    figures[to + column] = isSum ? figures[from + column] + value : figures[from + column] * value;
  }
}

/** Per varying dimension: for every group of choices the smallest figure of each column. */
export function smallestOfGroups(tables: FeatureTables, groups: readonly SpaceGroups[]): Float64Array[] {
  const { width } = tables;
  return groups.map(({ count, starts, members }, position) => {
    const smallest = new Float64Array(count * width);
    if (width === 0) return smallest;
    for (let group = 0; group < count; group += 1) {
      const to = group * width;
      for (let column = 0; column < width; column += 1) smallest[to + column] = Infinity;
      for (let member = starts[group]; member < starts[group + 1]; member += 1) {
        const rows = rowsWith(tables, position, members[member]);
        const from = members[member] * width;
        for (let column = 0; column < width; column += 1)
          if (rows[from + column] < smallest[to + column]) smallest[to + column] = rows[from + column];
      }
    }
    return smallest;
  });
}
