import type { Factor } from "../specification";
import type { LeafDraft } from "./leaf-draft";

/**
 * Puts loops that can only be 1 innermost, where their order has no effect: first the dimensions fixed at 1, then those
 * of bound 1. Unlisted dimensions stay the mapper's choice, and fewer of them are left.
 */
function completePermutation(
  factors: readonly Factor[],
  permutation: string[],
  unitDimensions: readonly string[],
): void {
  for (const { dimension, value } of factors)
    if (value === 1 && !permutation.includes(dimension)) permutation.unshift(dimension);
  for (const dimension of unitDimensions)
    if (!permutation.includes(dimension)) permutation.unshift(dimension);
}

/** Completes the temporal permutation of every storage element and the spatial one of every fan-out. */
export function completePermutations(
  leaves: readonly LeafDraft[],
  dimensions: readonly string[],
  bounds: Readonly<Record<string, number>>,
): void {
  const unitDimensions = dimensions.filter((dimension) => bounds[dimension] === 1);
  for (const leaf of leaves) {
    if (leaf.compiled.kind === "storage")
      completePermutation(leaf.temporalFactors, leaf.temporalPermutation, unitDimensions);
    if (leaf.fanout > 1) completePermutation(leaf.spatialFactors, leaf.spatialPermutation, unitDimensions);
  }
}
