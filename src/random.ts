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

/** How far each of eight rounds rotates; further rounds begin anew. */
const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const rounds = 13;

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
  // Words of the key take turns; after every fourth round the next two are added, with the number of the turn.
  let next = key0;
  let afterNext = key1;
  let last = 0x1bd11bda ^ key0 ^ key1;
  let word0 = (counter0 + next) | 0;
  let word1 = (counter1 + afterNext) | 0;
  for (let round = 0; round < rounds; round += 1) {
    if (round > 0 && round % 4 === 0) {
      [next, afterNext, last] = [afterNext, last, next];
      word0 = (word0 + next) | 0;
      word1 = (word1 + afterNext + round / 4) | 0;
    }
    word0 = (word0 + word1) | 0;
    word1 = rotate(word1, rotations[round % 8]) ^ word0;
  }
  into[0] = word0;
  into[1] = word1;
}
