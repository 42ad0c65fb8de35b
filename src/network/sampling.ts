import { mulberry32 } from "../random";

/** Output positions of a layer that are looked at, and the seed of their choice. */
export const defaultPositions = 384;
export const defaultSeed = 1;

/** Draws `count` of the numbers 0 … total - 1 (Floyd's algorithm), ascending; all of them if there are no more. */
export function drawPositions(total: number, count: number | "all", seed: number): Int32Array {
  if (count === "all" || count >= total) return Int32Array.from({ length: total }, (_, index) => index);
  const next = mulberry32(seed);
  const drawn = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const candidate = Math.floor(next() * (last + 1));
    drawn.add(drawn.has(candidate) ? last : candidate);
  }
  return Int32Array.from(drawn).sort();
}

/** Made-up inputs where none are given: noise from -2 to 2. */
export function madeUpValues(count: number, seed: number): Float64Array {
  const next = mulberry32(seed);
  return Float64Array.from({ length: count }, () => (next() * 2 - 1) * 2);
}
