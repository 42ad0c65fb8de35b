import type { KeepTable } from "../mapping/capacity";
import type { Tensor } from "../mapping/problem";
import type { SearchLayout } from "../mapping/search-layout";
import type { AccessCosts } from "./access-costs";
import {
  isPlain,
  loopsOnAxis,
  movesOneAxisEach,
  timeDimensionsFrom,
  type ActiveSlot,
} from "./loop-potential";

/**
 * Whether the figures of every mapping of a space fall apart into one contribution per dimension, so that a table
 * of contributions prices them. They do not where neighbours may pass words on, where two varying dimensions are
 * spread along one axis of a tensor at one level, or where groups of different sizes make a rounding visible.
 */
export function isSeparable(
  layout: SearchLayout,
  keep: KeepTable,
  costs: AccessCosts,
  active: readonly ActiveSlot[],
): boolean {
  const { problem } = layout.space;
  return problem.tensors.every((tensor, index) => {
    if (!movesOneAxisEach(tensor.ranks) || (tensor.readWrite && !isPlain(tensor.ranks, true))) return false;
    const outermost = outermostHolder(keep, index);
    return active.every((slot) => {
      if (slot.kind === "time" || slot.level > outermost) return true;
      return (
        !mayForward(layout, tensor, index, slot, active) &&
        groupsSeparate(layout, tensor, index, slot) &&
        !roundingShows(layout, keep, costs, tensor, index, slot, outermost)
      );
    });
  });
}

/** Outermost level that holds a tensor, -1 if none does. */
export function outermostHolder(keep: KeepTable, tensor: number): number {
  for (let level = keep.length - 1; level >= 0; level -= 1) if (keep[level][tensor]) return level;
  return -1;
}

/**
 * Whether a neighbour could ever have what a child needs. Never where the space loops and the time loops outside
 * move along different axes: then a child would have to need the same words twice in a row, and a tile that does
 * not move is not fetched again. (It is where nothing is reused, at the compute units, or where two dimensions
 * that move along one axis can bring a tile back to its place.)
 */
function mayForward(
  { space }: SearchLayout,
  tensor: Tensor,
  index: number,
  slot: ActiveSlot,
  active: readonly ActiveSlot[],
): boolean {
  const { level } = slot;
  if (space.rules[level].noLinkTransfer[index]) return false;
  if (level === 0 || space.rules[level - 1].noTemporalReuse[index]) return true;
  const moving = timeDimensionsFrom(active, level);
  return tensor.ranks.some((rank) => {
    const inTime = rank.dimensions.filter((dimension) => moving.has(dimension)).length;
    return inTime > 1 || (inTime > 0 && loopsOnAxis(slot, rank).length > 0);
  });
}

function groupsSeparate(
  { space, positions }: SearchLayout,
  tensor: Tensor,
  index: number,
  slot: ActiveSlot,
): boolean {
  if (space.rules[slot.level].noMulticastNoReduction[index]) return true;
  return tensor.ranks.every((rank) => {
    const loops = loopsOnAxis(slot, rank);
    return loops.length < 2 || loops.filter((dimension) => positions[dimension] >= 0).length < 2;
  });
}

/** Fills of a read-only tensor below a fan-out whose groups may differ in size. */
function roundingShows(
  { space }: SearchLayout,
  keep: KeepTable,
  costs: AccessCosts,
  tensor: Tensor,
  index: number,
  slot: ActiveSlot,
  outermost: number,
): boolean {
  const child = slot.level - 1;
  if (tensor.readWrite || child < 0 || child >= outermost || !keep[child][index]) return false;
  if (space.rules[slot.level].noMulticastNoReduction[index]) return false;
  const { writeBandwidth, sharedBandwidth } = space.hardware.levels[child];
  const fillsCount = costs.levels[child].fillPj !== 0 || writeBandwidth !== null || sharedBandwidth !== null;
  return fillsCount && tensor.ranks.some((rank) => loopsOnAxis(slot, rank).length > 1);
}
