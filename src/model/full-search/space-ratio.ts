import type { PlanChoice } from "./plan-stages";
import type { SearchPlan } from "./search-plan";

/**
 * A lower bound on the words that cross a fan-out over the words that its children take: one for every group of
 * children that share them (Timeloop model, multicast). `factors` has the space factor of every dimension.
 */
export function spaceRatio(
  { space, tensors, forwards }: SearchPlan,
  level: number,
  tensorIndex: number,
  factors: ArrayLike<number>,
): number {
  if (forwards[level][tensorIndex]) return 0;
  if (space.rules[level].noMulticastNoReduction[tensorIndex]) return 1;
  const { tensor, shape } = tensors[tensorIndex];
  let fan = 1;
  let relevant = 1;
  for (let dimension = 0; dimension < factors.length; dimension += 1) {
    fan *= factors[dimension];
    if (tensor.uses[dimension]) relevant *= factors[dimension];
  }
  if (shape === "simple") return relevant / fan;
  // Sums of the displacements of several loops along one axis may coincide; there are at least this many.
  let groups = shape === "windowed" ? relevant : 1;
  for (const { dimensions } of tensor.ranks) {
    let distinct = 1;
    let product = 1;
    for (const dimension of dimensions) {
      distinct += factors[dimension] - 1;
      product *= factors[dimension];
    }
    if (shape === "tangled") groups = Math.max(groups, distinct);
    else groups *= distinct / product;
  }
  return groups / fan;
}

/** The ratios of a space choice, prepared for many factors. */
export interface ChoiceRatio {
  /** Null where the ratio has to be worked out anew: tensors with shared axes. */
  readonly divisors: readonly number[] | null;
  /** Ratio before the division by the factors of the dimensions in `divisors`. */
  readonly base: number;
}

/** Per tensor. `fixed` has the fixed factor of every dimension in the slot. */
export function prepareRatios(plan: SearchPlan, choice: PlanChoice, fixed: ArrayLike<number>): ChoiceRatio[] {
  return plan.tensors.map(({ tensor, shape }, index) => {
    const base = spaceRatio(plan, choice.level, index, fixed);
    const isConstant = base === 0 || plan.space.rules[choice.level].noMulticastNoReduction[index];
    if (isConstant) return { base, divisors: [] };
    if (shape !== "simple") return { base, divisors: null };
    return { base, divisors: choice.dimensions.filter((dimension) => !tensor.uses[dimension]) };
  });
}

/** Sets the ratio of every tensor for the space factors of the dimensions. */
export function fillRatios(
  plan: SearchPlan,
  level: number,
  prepared: readonly ChoiceRatio[],
  factors: ArrayLike<number>,
  ratios: Float64Array,
): void {
  for (let tensor = 0; tensor < prepared.length; tensor += 1) {
    const { base, divisors } = prepared[tensor];
    if (divisors === null) {
      ratios[tensor] = spaceRatio(plan, level, tensor, factors);
      continue;
    }
    let product = 1;
    for (let index = 0; index < divisors.length; index += 1) product *= factors[divisors[index]];
    ratios[tensor] = base / product;
  }
}
