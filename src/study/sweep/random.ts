const wordMask = (1n << 64n) - 1n;
const goldenGamma = 0x9e3779b97f4a7c15n;

/** Mixing function of SplitMix64. */
function mix(state: bigint): bigint {
  let z = state & wordMask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & wordMask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & wordMask;
  return z ^ (z >> 31n);
}

/**
 * Number `index` (from 0) of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA
 * 2014), 64 bits. Any number of the sequence is computed without those before it.
 */
export function splitMix64(seed: bigint, index: number): bigint {
  return mix(seed + goldenGamma * BigInt(index + 1));
}

/**
 * A pseudorandom number in [0, 1) with 53 bits, a function of its arguments alone: the `index`-th number of stream
 * `stream` of `seed`. Exact integer arithmetic, hence equal on every machine.
 */
export function randomUnit(seed: number, stream: number, index: number): number {
  const streamSeed = splitMix64(BigInt(seed), stream);
  return Number(splitMix64(streamSeed, index) >> 11n) / 2 ** 53;
}
