import { rowsWith } from "./features";
import type { FeatureTables } from "./features";
import type { VaryingDimension } from "./search-layout";
import type { Slot } from "./slots";

/** The choices of one dimension, grouped by the factors they put into space slots. */
export interface SpaceGroups {
  /** Free space slots of the dimension, from the inside out. */
  readonly slots: readonly number[];
  readonly count: number;
  /** Per group: one factor per slot of `slots`. */
  readonly factors: Float64Array;
  /** Group `g` has the choices `members[starts[g]]` to `members[starts[g + 1] - 1]`, ascending. */
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

export function groupBySpaceFactors(slots: readonly Slot[], dimension: VaryingDimension): SpaceGroups {
  const { bound, freeSlots, list } = dimension;
  const { count, factors } = list;
  const columns = freeSlots.flatMap((slot, column) => (slots[slot].kind === "space" ? [column] : []));
  // A key of 2^53 or more could hide a difference, so such lists compare as text.
  const isNumeric = (bound + 1) ** columns.length < Number.MAX_SAFE_INTEGER;
  const groupOfKey = new Map<number | string, number>();
  const groupOf = new Int32Array(count);
  const firsts: number[] = [];
  const sizes: number[] = [];
  for (let choice = 0; choice < count; choice += 1) {
    const row = choice * freeSlots.length;
    const key = isNumeric
      ? columns.reduce((number, column) => number * (bound + 1) + factors[row + column], 0)
      : columns.map((column) => factors[row + column]).join(" ");
    let group = groupOfKey.get(key);
    if (group === undefined) {
      group = firsts.length;
      groupOfKey.set(key, group);
      firsts.push(choice);
      sizes.push(0);
    }
    groupOf[choice] = group;
    sizes[group] += 1;
  }
  const starts = new Int32Array(firsts.length + 1);
  sizes.forEach((size, group) => (starts[group + 1] = starts[group] + size));
  const next = starts.slice();
  const members = new Int32Array(count);
  for (let choice = 0; choice < count; choice += 1) {
    members[next[groupOf[choice]]] = choice;
    next[groupOf[choice]] += 1;
  }
  const groupFactors = new Float64Array(firsts.length * columns.length);
  firsts.forEach((choice, group) => {
    columns.forEach((column, index) => {
      groupFactors[group * columns.length + index] = factors[choice * freeSlots.length + column];
    });
  });
  return {
    slots: columns.map((column) => freeSlots[column]),
    count: firsts.length,
    factors: groupFactors,
    starts,
    members,
  };
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
