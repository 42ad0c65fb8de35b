import type { GreedyStep } from "../greedy";
import type { DataSpaceConstraint, Factor } from "../specification";
import type { CompiledLeaf } from "./compiled-model";
import type { LeafLoops } from "./compiled-model";

/** The loops at a leaf while they are completed. Factors and permutations are its own copies, which the steps change. */
export interface LeafDraft {
  readonly compiled: CompiledLeaf;
  readonly loops: LeafLoops;
  readonly fanout: number;
  readonly dataspace: DataSpaceConstraint;
  readonly spatialFactors: Factor[];
  readonly temporalFactors: Factor[];
  readonly spatialPermutation: string[];
  readonly temporalPermutation: string[];
  /** Every dimension has a spatial factor. */
  isClosed: boolean;
}

export function draftOf(compiled: CompiledLeaf, loops: LeafLoops, dataspace: DataSpaceConstraint): LeafDraft {
  const { spatial, temporal } = loops.constraints;
  return {
    compiled,
    loops,
    fanout: loops.meshX * loops.meshY,
    dataspace,
    spatialFactors: spatial.factors.slice(),
    temporalFactors: temporal.factors.slice(),
    spatialPermutation: spatial.permutation.slice(),
    temporalPermutation: temporal.permutation.slice(),
    isClosed: false,
  };
}

/** Prime factors of an integer of at least 1, in ascending order with repeats, by trial division. */
export function factorize(value: number): readonly number[] {
  const primes: number[] = [];
  let rest = value;
  for (let prime = 2; prime * prime <= rest; prime += prime === 2 ? 1 : 2)
    while (rest % prime === 0) {
      primes.push(prime);
      rest /= prime;
    }
  if (rest > 1) primes.push(rest);
  return primes;
}

/** A prime and how often it occurs. */
type PrimePower = readonly [prime: number, exponent: number];

function primePowers(values: readonly number[]): PrimePower[] {
  const exponents = new Map<number, number>();
  for (const value of values)
    for (const prime of factorize(value)) exponents.set(prime, (exponents.get(prime) ?? 0) + 1);
  return [...exponents].sort(([first], [second]) => second - first);
}

/** The primes, with repeats, of the largest divisor of the product of powers that does not exceed the capacity. */
function largestDivisor(powers: readonly PrimePower[], capacity: number): readonly number[] {
  let best = 1;
  let bestExponents: readonly number[] = powers.map(() => 0);
  const search = (index: number, product: number, exponents: readonly number[]): void => {
    if (index === powers.length) {
      if (product > best) [best, bestExponents] = [product, exponents];
      return;
    }
    const [prime, most] = powers[index];
    let next = product;
    for (let exponent = 0; exponent <= most && next <= capacity; exponent++, next *= prime)
      search(index + 1, next, [...exponents, exponent]);
  };
  search(0, 1, []);
  return powers.flatMap(([prime], index) => Array.from({ length: bestExponents[index] }, () => prime));
}

interface Allocation {
  /** Factor of each wanted dimension. */
  readonly factors: readonly number[];
  /** What is left of each. */
  readonly left: readonly number[];
}

/**
 * Fills `capacity` places with factors of the dimensions: the product of the factors is the largest divisor of the
 * product of all that is left which does not exceed the capacity; each of its primes is taken from the first dimension
 * that has it.
 */
export function allocateFactors(left: readonly number[], capacity: number): Allocation {
  let product = 1;
  for (const value of left) product *= value;
  if (product <= capacity) return { factors: left, left: left.map(() => 1) };
  if (capacity < 2) return { factors: left.map(() => 1), left };
  const factors = left.map(() => 1);
  const rest = [...left];
  for (const prime of largestDivisor(primePowers(left), capacity)) {
    const index = rest.findIndex((value) => value % prime === 0);
    rest[index] /= prime;
    factors[index] *= prime;
  }
  return { factors, left: rest };
}

/** The sizes the greedy steps divide up. */
interface ProblemSizes {
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
