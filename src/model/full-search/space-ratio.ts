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
