import type { Factor } from "../specification";
import type { GreedyStep } from "../greedy";
import { allocateFactors } from "./allocate-factors";
import type { LeafDraft } from "./leaf-draft";

/** The sizes the greedy steps divide up. */
export interface ProblemSizes {
  readonly dimensions: readonly string[];
  readonly bounds: Readonly<Record<string, number>>;
}

/** Number of children that the fixed factors use; a whole or free dimension counts 1. */
function usedFanout(factors: readonly Factor[]): number {
  let product = 1;
  for (const { operator, value } of factors) if (operator === "=" && value > 1) product *= value;
  return product;
}

function names(factors: readonly Factor[], dimension: string): boolean {
  for (const factor of factors) if (factor.dimension === dimension) return true;
  return false;
}

/** Gives every dimension without a factor the factor 1. */
function closeDimensions(leaf: LeafDraft, dimensions: readonly string[]): void {
  const { spatialFactors } = leaf;
  for (const dimension of dimensions)
    if (!names(spatialFactors, dimension)) spatialFactors.push({ dimension, operator: "=", value: 1 });
  leaf.isClosed = true;
}

function divideByFixed(left: number[], wanted: readonly string[], factors: readonly Factor[]): void {
  for (const { dimension, value } of factors) {
    if (value === 1 || value === -1) continue;
    const index = wanted.indexOf(dimension);
    if (index < 0) continue;
    left[index] = value === 0 ? 1 : Math.max(1, Math.floor(left[index] / value));
  }
}

function isSelected(step: GreedyStep, leaf: LeafDraft): boolean {
  const { name } = leaf.compiled;
  return (step.levels.length === 0 || step.levels.includes(name)) && !step.excludedLevels.includes(name);
}

function allocate(
  step: GreedyStep,
  wanted: readonly string[],
  fanouts: readonly LeafDraft[],
  sizes: ProblemSizes,
): void {
  const left = wanted.map((dimension) => sizes.bounds[dimension]);
  const targets: { leaf: LeafDraft; capacity: number }[] = [];
  for (const leaf of fanouts) {
    divideByFixed(left, wanted, leaf.spatialFactors);
    divideByFixed(left, wanted, leaf.temporalFactors);
    if (leaf.isClosed || !isSelected(step, leaf)) continue;
    if (!wanted.some((dimension) => names(leaf.spatialFactors, dimension)))
      targets.push({ leaf, capacity: Math.floor(leaf.fanout / usedFanout(leaf.spatialFactors)) });
  }
  let remaining: readonly number[] = left;
  for (const { leaf, capacity } of targets) {
    const allocation = allocateFactors(remaining, capacity);
    remaining = allocation.left;
    wanted.forEach((dimension, index) =>
      leaf.spatialFactors.push({ dimension, operator: "=", value: allocation.factors[index] }),
    );
    if (step.closeOthers) closeDimensions(leaf, sizes.dimensions);
  }
}

/**
 * Applies one greedy step: fills the fan-outs, innermost first, with factors of the wanted dimensions; fixes every
 * other dimension at 1 where more than half of a fan-out is used; completes temporal permutations of storage elements.
 * Changes the factors and permutations of the leaves.
 */
export function applyGreedyStep(step: GreedyStep, leaves: readonly LeafDraft[], sizes: ProblemSizes): void {
  const fanouts = leaves.filter((leaf) => leaf.fanout > 1).reverse();
  const wanted = step.dimensions.filter((dimension) => sizes.dimensions.includes(dimension));
  if (wanted.length > 0) allocate(step, wanted, fanouts, sizes);
  for (const leaf of fanouts)
    if (!leaf.isClosed && usedFanout(leaf.spatialFactors) > leaf.fanout / 2)
      closeDimensions(leaf, sizes.dimensions);
  const temporal = step.temporalPermutation.filter((dimension) => sizes.dimensions.includes(dimension));
  if (temporal.length === 0) return;
  for (const leaf of leaves) {
    if (leaf.compiled.kind !== "storage" || !isSelected(step, leaf)) continue;
    for (let index = temporal.length - 1; index >= 0; index--)
      if (!leaf.temporalPermutation.includes(temporal[index])) leaf.temporalPermutation.push(temporal[index]);
  }
}
