import type { SearchLayout } from "./search-layout";

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

export function groupBySpaceFactors(layout: SearchLayout, position: number): SpaceGroups {
  const { space, lists, varying } = layout;
  const { bound, freeSlots } = space.choices[varying[position]];
  const { count, factors } = lists[position];
  const columns = freeSlots.flatMap((slot, column) => (space.slots[slot].kind === "space" ? [column] : []));
  // A key of 2^53 or more could hide a difference, so such lists compare as text.
  const numeric = (bound + 1) ** columns.length < Number.MAX_SAFE_INTEGER;
  const groupOfKey = new Map<number | string, number>();
  const groupOf = new Int32Array(count);
  const firsts: number[] = [];
  const sizes: number[] = [];
  for (let choice = 0; choice < count; choice += 1) {
    const row = choice * freeSlots.length;
    let key: number | string = numeric ? 0 : "";
    for (const column of columns)
      key =
        typeof key === "number"
          ? key * (bound + 1) + factors[row + column]
          : `${key} ${factors[row + column]}`;
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
  for (let choice = 0; choice < count; choice += 1) members[next[groupOf[choice]]++] = choice;
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
