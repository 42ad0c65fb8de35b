import type { KeepTable } from "../../mapspace/capacity";
import { addLoopTerm, createFeature, createFeatureTables } from "../../mapspace/features";
import type { Feature, FeatureTables } from "../../mapspace/features";
import type { SearchLayout } from "../../mapspace/search-layout";
import type { AccessCosts } from "../../model/access-costs";
import { costsOf } from "../../model/access-costs";
import { accessRule, accessRules } from "../../model/access-counts";
import type { AccessRule } from "../../model/access-counts";
import { consumptionScale, hasBandwidth } from "../../model/bandwidth";
import type { HardwareLevel } from "../../model/hardware";
import { countOperations } from "../../model/problem";
import type { LinearForm, Tensor } from "../../model/problem";
import { fetchesEverything } from "../../model/traffic";
import type { PlanFeatures, ReceivedPlan } from "./plan-features";
import { createPlanFeatures } from "./plan-features";
import { isPlain, loopsOnAxis, movesOneAxisEach, outermostHolder, someMayForward } from "./time-loops";
import type { ActiveSlot } from "./time-loops";

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
interface ScorerGuards {
  /** Numbers of loops along one axis at one level: two or more have to be looked at together. */
  readonly coupled: readonly number[];
  readonly forwards: readonly ForwardGuard[];
}

/** The guards that some mapping of a space may need; most spaces need none. */
function planGuards(
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
      if (someMayForward(layout.space, tensor, index, slot, active))
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
    everything: fetchesEverything(layout.space.rules, level, index),
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

/** One tensor at one level, as far as it matters for the figures. */
interface TensorStep extends ReceivedPlan {
  readonly tensor: number;
  /** The level inside hides what lies within: its received words count, else the content accesses so far. */
  readonly insideFilters: boolean;
  /** Column of the groups of all fan-outs since the step before. */
  readonly groups: number;
  /** Null where neither energy nor bandwidth nor the last level needs the accesses. */
  readonly price: {
    readonly rule: AccessRule;
    readonly outermost: boolean;
    readonly instances: number;
    /** -1 where nothing is elided. */
    readonly partition: number;
    readonly blockWords: number;
    readonly clusters: number;
    /** What a word uses of the bandwidths, in words. */
    readonly consumption: number;
    readonly readPj: number;
    readonly fillPj: number;
    readonly updatePj: number;
  } | null;
}

export interface LevelPlan {
  readonly steps: readonly TensorStep[];
  /** Null without a bandwidth. */
  readonly bandwidth: HardwareLevel | null;
  readonly isLast: boolean;
  /** Leakage, and the column of the instances that leak, -1 for a single one; null where none counts. */
  readonly leak: { readonly leakPj: number; readonly instances: number } | null;
}

/** A map space prepared for pricing its mappings by tables. */
export interface ScorerPlan {
  /** Products over the dimensions. */
  readonly products: FeatureTables;
  /** Edge lengths of axes, sums over the dimensions. */
  readonly extents: FeatureTables;
  /** Column of the number of time steps. */
  readonly steps: number;
  readonly computePj: number;
  /** Operations, the same for every mapping. */
  readonly computes: number;
  /** From the inside out; levels without influence are left out. */
  readonly levels: readonly LevelPlan[];
  /** Whether any of them leaks: then energies depend on the cycles of the whole run. */
  readonly leaks: boolean;
  readonly guards: ScorerGuards;
}

/** Chooses what has to be computed per mapping; tables must be usable (see scorer-guards). */
export function planScorer(
  layout: SearchLayout,
  keep: KeepTable,
  costs: AccessCosts,
  active: readonly ActiveSlot[],
): ScorerPlan {
  const { problem, hardware } = layout.space;
  const features = createPlanFeatures(layout, active);
  const stepsOfTensors = problem.tensors.map((_, tensor) =>
    planTensor(layout, keep, costs, features, tensor),
  );
  const outermost = Math.max(...problem.tensors.map((_, tensor) => outermostHolder(keep, tensor)));
  const levels: LevelPlan[] = [];
  hardware.levels.forEach((level, index) => {
    const steps = stepsOfTensors.flatMap((byLevel) => byLevel.get(index) ?? []);
    const { leakPj } = costs.levels[index];
    if (steps.length === 0 && leakPj === undefined) return;
    const bandwidth = steps.length > 0 && hasBandwidth(level) ? level : null;
    const leak =
      leakPj === undefined
        ? null
        : { leakPj, instances: index <= outermost ? features.instances(index) : -1 };
    levels.push({ steps, bandwidth, isLast: index === hardware.levels.length - 1, leak });
  });
  const steps = features.iterations(-1);
  const guards = planGuards(layout, keep, costs, active, features);
  return {
    guards,
    products: createFeatureTables(layout, features.products, "products"),
    extents: createFeatureTables(layout, features.extents, "sums"),
    steps,
    computePj: costs.computePj,
    computes: countOperations(problem),
    levels,
    leaks: levels.some(({ leak }) => leak !== null),
  };
}

/** The steps of one tensor, by level. */
function planTensor(
  layout: SearchLayout,
  keep: KeepTable,
  costs: AccessCosts,
  features: PlanFeatures,
  tensor: number,
): Map<number, TensorStep> {
  const { rules, hardware } = layout.space;
  const outermost = outermostHolder(keep, tensor);
  const steps = new Map<number, TensorStep>();
  let before = -1;
  let insideFilters = false;
  for (let level = 0; level <= outermost; level += 1) {
    if (!keep[level][tensor]) continue;
    const price = planPrice(layout, costs, features, tensor, level, outermost);
    const matters =
      price !== null &&
      (price.readPj !== 0 ||
        price.fillPj !== 0 ||
        price.updatePj !== 0 ||
        hasBandwidth(hardware.levels[level]) ||
        level === hardware.levels.length - 1);
    const filters = !rules[level].passthrough[tensor] && level < outermost;
    if (!matters && !filters) continue;
    const usesShare = matters && level < outermost && price.rule !== accessRules.passthrough;
    steps.set(level, {
      tensor,
      insideFilters,
      groups: features.groups(tensor, before + 1, level),
      ...(filters || usesShare ? features.received(tensor, level) : { whole: null, loops: null }),
      price: matters ? price : null,
    });
    before = level;
    insideFilters = filters;
  }
  return steps;
}

function planPrice(
  layout: SearchLayout,
  costs: AccessCosts,
  features: PlanFeatures,
  tensor: number,
  level: number,
  outermost: number,
): TensorStep["price"] {
  const { problem, hardware, rules } = layout.space;
  const { name, readWrite } = problem.tensors[tensor];
  const rule = accessRule(
    readWrite,
    rules[level].passthrough[tensor],
    rules[level].rmwOnFirstWriteback[tensor],
  );
  const isFilled = level < outermost || rule === accessRules.passthrough;
  return {
    rule,
    outermost: level === outermost,
    instances: features.instances(level),
    partition: rule === accessRules.elided ? features.partition(tensor, level) : -1,
    blockWords: hardware.levels[level].blockWords,
    clusters: hardware.levels[level].clusters ?? Infinity,
    consumption: consumptionScale(hardware.levels[level], name),
    ...costsOf(costs, hardware, problem, level, tensor, isFilled),
  };
}
