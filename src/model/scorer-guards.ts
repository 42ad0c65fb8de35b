import type { KeepTable } from "../mapping/capacity";
import { addLoopTerm, createFeature, type Feature } from "../mapping/feature";
import type { LinearForm, Tensor } from "../mapping/problem";
import type { SearchLayout } from "../mapping/search-layout";
import type { AccessCosts } from "./access-costs";
import {
  isPlain,
  loopsOnAxis,
  movesOneAxisEach,
  outermostHolder,
  timeDimensionsFrom,
  type ActiveSlot,
} from "./loop-potential";
import type { PlanFeatures } from "./plan-features";

/**
 * Whether tables of contributions can price mappings at all: every dimension moves at most one axis of a tensor, and
 * read-write tensors have one dimension per axis.
 */
export function canUseTables({ space }: SearchLayout): boolean {
  return space.problem.tensors.every(
    ({ ranks, readWrite }) => movesOneAxisEach(ranks) && (!readWrite || isPlain(ranks, true)),
  );
}

/** Neighbours that might pass on words of a tensor below one level. */
export interface ForwardGuard {
  readonly tensor: number;
  /** The time loops of this level and further out lie outside the children's tiles. */
  readonly fromLevel: number;
  /** Children fetch their whole tile at every step. */
  readonly everything: boolean;
  /** Per axis: the column of the tile's edge length, -1 for single words. */
  readonly extents: readonly number[];
  /** Per axis: the column of the largest displacement between two children. */
  readonly reach: readonly number[];
  /** Column of the number of loops that can leave two children in the same place. */
  readonly coinciding: number;
}

/** Conditions on a mapping under which its figures do not fall apart; columns are those of the extents. */
export interface ScorerGuards {
  /** Numbers of loops along one axis at one level: two or more have to be looked at together. */
  readonly coupled: readonly number[];
  readonly forwards: readonly ForwardGuard[];
}

/** The guards that some mapping of a space may need; most spaces need none. */
export function planGuards(
  layout: SearchLayout,
  keep: KeepTable,
  costs: AccessCosts,
  active: readonly ActiveSlot[],
  features: PlanFeatures,
): ScorerGuards {
  const coupled: number[] = [];
  const forwards: ForwardGuard[] = [];
  layout.space.problem.tensors.forEach((tensor, index) => {
    const outermost = outermostHolder(keep, index);
    for (const slot of active) {
      if (slot.kind === "time" || slot.level > outermost) continue;
      for (const rank of tensor.ranks)
        if (mustLookTogether(layout, keep, costs, index, slot, rank, outermost))
          coupled.push(features.sum(countLoops(layout, slot, loopsOnAxis(slot, rank))));
      if (mayForward(layout, tensor, index, slot, active))
        forwards.push(describeForward(layout, features, tensor, index, slot));
    }
  });
  return { coupled, forwards };
}

/**
 * Whether loops along one axis may interact: two varying ones make the number of groups no product; groups of
 * different sizes make a rounding visible in the fills of read-only tensors.
 */
function mustLookTogether(
  { space, positions }: SearchLayout,
  keep: KeepTable,
  costs: AccessCosts,
  index: number,
  { level, ...slot }: ActiveSlot,
  rank: LinearForm,
  outermost: number,
): boolean {
  if (space.rules[level].noMulticastNoReduction[index]) return false;
  const loops = loopsOnAxis({ level, ...slot }, rank);
  if (loops.length < 2) return false;
  if (loops.filter((dimension) => positions[dimension] >= 0).length > 1) return true;
  const child = level - 1;
  if (space.problem.tensors[index].readWrite || child < 0 || child >= outermost || !keep[child][index])
    return false;
  const { writeBandwidth, sharedBandwidth } = space.hardware.levels[child];
  return costs.levels[child].fillPj !== 0 || writeBandwidth !== null || sharedBandwidth !== null;
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

function describeForward(
  layout: SearchLayout,
  features: PlanFeatures,
  tensor: Tensor,
  index: number,
  slot: ActiveSlot,
): ForwardGuard {
  const { level } = slot;
  const still = slot.dimensions.filter((dimension) => !tensor.uses[dimension]);
  const sharing = tensor.ranks.flatMap((rank) => {
    const loops = loopsOnAxis(slot, rank);
    return loops.length > 1 ? loops : [];
  });
  return {
    tensor: index,
    fromLevel: level,
    everything: level === 0 || layout.space.rules[level - 1].noTemporalReuse[index],
    extents: tensor.ranks.map((rank) => (level === 0 ? -1 : features.extent(rank, level - 1))),
    reach: tensor.ranks.map((rank) => features.sum(reachOfChildren(layout, slot, rank))),
    coinciding: features.sum(countLoops(layout, slot, [...still, ...sharing])),
  };
}

function countLoops(layout: SearchLayout, slot: ActiveSlot, dimensions: readonly number[]): Feature {
  const feature = createFeature(layout, 0);
  for (const dimension of dimensions)
    addLoopTerm(layout, feature, dimension, slot, (factor) => (factor > 1 ? 1 : 0));
  return feature;
}

function reachOfChildren(layout: SearchLayout, slot: ActiveSlot, rank: LinearForm): Feature {
  const feature = createFeature(layout, 0);
  for (const dimension of loopsOnAxis(slot, rank)) {
    const coefficient = rank.coefficients[rank.dimensions.indexOf(dimension)];
    addLoopTerm(layout, feature, dimension, slot, (factor, span) => (factor - 1) * coefficient * span);
  }
  return feature;
}
