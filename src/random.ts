/** A stream of pseudo-random numbers from 0 up to, not including, 1: mulberry32, the same on every machine. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/**
 * Two random words of 32 bits for a key and a counter of two words each: Threefry-2x32 with 13 rounds (Salmon, Moraes, Dror and
 * Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011). They follow from the counter alone, in whatever order they
 * are asked for.
 */
export function threefry(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  into: Int32Array,
): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  let word0 = (counter0 + key0) | 0;
  let word1 = (counter1 + key1) | 0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 13) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 15) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 26) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 6) ^ word0;
  word0 = (word0 + key1) | 0;
  word1 = (word1 + key2 + 1) | 0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 17) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 29) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 16) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 24) ^ word0;
  word0 = (word0 + key2) | 0;
  word1 = (word1 + key0 + 2) | 0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 13) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 15) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 26) ^ word0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 6) ^ word0;
  word0 = (word0 + key0) | 0;
  word1 = (word1 + key1 + 3) | 0;
  word0 = (word0 + word1) | 0;
  word1 = rotate(word1, 17) ^ word0;
  into[0] = word0;
  into[1] = word1;
}
