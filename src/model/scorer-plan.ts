import type { KeepTable } from "../mapping/capacity";
import { createFeatureTables, type FeatureTables } from "../mapping/feature-tables";
import type { HardwareLevel } from "../mapping/hardware";
import type { SearchLayout } from "../mapping/search-layout";
import { costsOf, type AccessCosts } from "./access-costs";
import { createPlanFeatures, type PlanFeatures, type ReceivedPlan } from "./plan-features";
import { outermostHolder, type ActiveSlot } from "./loop-potential";
import { planGuards, type ScorerGuards } from "./scorer-guards";

/** Which formula gives the accesses (see access-counts); numbers, because the inner loop asks. */
export const countRules = { readOnly: 0, passthrough: 1, rmw: 2, elided: 3 } as const;
type CountRule = (typeof countRules)[keyof typeof countRules];

/** One tensor at one level, as far as it matters for the figures. */
export interface TensorStep extends ReceivedPlan {
  readonly tensor: number;
  /** The level inside hides what lies within: its received words count, else the content accesses so far. */
  readonly insideFilters: boolean;
  /** Column of the groups of all fan-outs since the step before. */
  readonly groups: number;
  /** Null where neither energy nor bandwidth nor the last level needs the accesses. */
  readonly price: {
    readonly rule: CountRule;
    readonly outermost: boolean;
    readonly instances: number;
    /** -1 where nothing is elided. */
    readonly partition: number;
    readonly blockWords: number;
    readonly clusters: number;
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
    computes: problem.bounds.reduce((product, bound) => product * bound, 1),
    levels,
    leaks: levels.some(({ leak }) => leak !== null),
  };
}

function hasBandwidth({ readBandwidth, writeBandwidth, sharedBandwidth }: HardwareLevel): boolean {
  return readBandwidth !== null || writeBandwidth !== null || sharedBandwidth !== null;
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
    const usesShare = matters && level < outermost && price.rule !== countRules.passthrough;
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
  const { readWrite } = problem.tensors[tensor];
  const rule = countRule(
    readWrite,
    rules[level].passthrough[tensor],
    rules[level].rmwOnFirstWriteback[tensor],
  );
  const isFilled = level < outermost || rule === countRules.passthrough;
  return {
    rule,
    outermost: level === outermost,
    instances: features.instances(level),
    partition: rule === countRules.elided ? features.partition(tensor, level) : -1,
    blockWords: hardware.levels[level].blockWords,
    clusters: hardware.levels[level].clusters ?? Infinity,
    ...costsOf(costs, hardware, problem, level, tensor, isFilled),
  };
}

function countRule(readWrite: boolean, passthrough: boolean, rmw: boolean): CountRule {
  if (!readWrite) return countRules.readOnly;
  if (passthrough) return countRules.passthrough;
  return rmw ? countRules.rmw : countRules.elided;
}
