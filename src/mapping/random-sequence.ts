/** The minimal standard generator of C++ (`minstd_rand0`): x <- 16807 x mod (2^31 - 1), from 1. */
const multiplier = 16807;
const modulus = 2 ** 31 - 1;
/** Largest raw draw minus the smallest. */
const rawRange = modulus - 2;

/** Largest interval that one raw draw can fill. */
export const largestDrawCount = rawRange;

/**
 * A generator of uniform whole numbers in `[0, count)` as C++'s standard library draws them from its default
 * generator in its initial state, which is what Timeloop's random search does.
 *
 * @param count - from 1 to {@link largestDrawCount}
 */
export function createRandomSequence(count: number): () => number {
  const bucket = Math.floor(rawRange / count);
  let state = 1;
  return () => {
    for (;;) {
      state = (multiplier * state) % modulus;
      const draw = state - 1;
      if (draw < bucket * count) return Math.floor(draw / bucket);
    }
  };
}
