import type { Slicing, WeightSlice } from "./slicing";
import { slicesOf, weightBits } from "./slicing";

/** Number of codes of a weight: 0 to 255. */
const codeCount = 1 << weightBits;

/**
 * The center of a filter segment: the number φ from which its weights are stored as offsets, so that the columns'
 * sums of offsets S_i(φ) are small. It minimises
 *
 *     cost(φ) = Σ_i 2^low_i · S_i(φ)^4          over the slices i, most significant first
 *
 * Among equal costs the φ nearest to the median of the codes wins, then the lower one.
 *
 * @param histogram How many weights of the segment have each of the 256 codes.
 */
export function findCenter(histogram: Uint32Array, slicing: Slicing): number {
  const slices = slicesOf(slicing);
  const sums = slices.map((slice) => offsetSums(histogram, slice));
  const twiceMedian = sumOfMiddleCodes(histogram);
  const costs = new Float64Array(codeCount);
  slices.forEach(({ low }, index) => {
    const ofSlice = sums[index];
    const weight = 2 ** low;
    for (let center = 0; center < codeCount; center++) {
      const square = ofSlice[center] * ofSlice[center];
      costs[center] += weight * (square * square);
    }
  });
  let best = 0;
  let leastCost = Infinity;
  for (let center = 0; center < codeCount; center++) {
    const cost = costs[center];
    const isNearer = Math.abs(2 * center - twiceMedian) < Math.abs(2 * best - twiceMedian);
    if (cost < leastCost || (cost === leastCost && isNearer)) [best, leastCost] = [center, cost];
  }
  return best;
}

/**
 * S_i(φ), the sum of the offsets that a slice holds, for every center φ. A digit is a difference of two quotients,
 * `(d >> l) mod 2^p = floor(d / 2^l) - 2^p · floor(d / 2^(l+p))`, so the sums are, too.
 */
export function offsetSums(histogram: Uint32Array, { low, bits }: WeightSlice): Int32Array {
  const sums = quotientSums(histogram, low);
  const above = quotientSums(histogram, low + bits);
  const ratio = 2 ** bits;
  for (let center = 0; center < codeCount; center++) sums[center] -= ratio * above[center];
  return sums;
}

/**
 * F(φ) = Σ over the codes u of sign(u - φ) · floor(|u - φ| / 2^shift), for every φ. One step of φ by 2^shift takes one
 * from the quotient of every code that is not strictly in between, so only the first 2^shift sums are made from codes.
 */
function quotientSums(histogram: Uint32Array, shift: number): Int32Array {
  const sums = new Int32Array(codeCount);
  const step = 1 << shift;
  if (step >= codeCount) return sums;
  const upTo = new Int32Array(codeCount + 1);
  for (let code = 0; code < codeCount; code++) upTo[code + 1] = upTo[code] + histogram[code];
  for (let code = 0; code < codeCount; code++) {
    const count = histogram[code];
    if (count === 0) continue;
    for (let center = 0; center < step; center++)
      sums[center] += count * (code >= center ? (code - center) >> shift : -((center - code) >> shift));
  }
  const all = upTo[codeCount];
  for (let center = step; center < codeCount; center++) {
    const between = upTo[center] - upTo[center - step + 1];
    sums[center] = sums[center - step] - (all - between);
  }
  return sums;
}

/** Twice the median: the sum of the two middle codes, or twice the middle one. */
function sumOfMiddleCodes(histogram: Uint32Array): number {
  let count = 0;
  for (const each of histogram) count += each;
  const codeAt = (place: number): number => {
    let passed = 0;
    return histogram.findIndex((each) => (passed += each) > place);
  };
  return codeAt(Math.floor((count - 1) / 2)) + codeAt(Math.floor(count / 2));
}
