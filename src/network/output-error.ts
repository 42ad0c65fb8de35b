/** How much the analog arithmetic changes the output codes of a layer. */
export interface OutputDifference {
  /** Share of outputs with another code. */
  readonly changed: number;
  /** Mean difference over all outputs, in steps of the output. */
  readonly meanAbs: number;
  /** Mean difference over the outputs that are not 0: what RAELLA bounds when it slices weights. */
  readonly error: number;
  /** Signal to noise of the output codes, dB; null if no code changed. */
  readonly sqnr: number | null;
}

/** Compares output codes with the exact ones. `zero` is the code of the output 0. */
export function compareOutputs(codes: Uint8Array, exact: Uint8Array, zero: number): OutputDifference {
  let changed = 0;
  let differences = 0;
  let squares = 0;
  let signal = 0;
  let nonZero = 0;
  let nonZeroDifferences = 0;
  for (let index = 0; index < exact.length; index++) {
    const difference = Math.abs(codes[index] - exact[index]);
    const value = exact[index] - zero;
    if (difference !== 0) changed++;
    differences += difference;
    squares += difference * difference;
    signal += value * value;
    if (value !== 0) {
      nonZero++;
      nonZeroDifferences += difference;
    }
  }
  return {
    changed: changed / exact.length,
    meanAbs: differences / exact.length,
    error: nonZero === 0 ? 0 : nonZeroDifferences / nonZero,
    sqnr: squares === 0 ? null : 10 * Math.log10(signal / squares),
  };
}

/** Sum of the differences over the outputs that are not 0. */
export function sumOfErrors(codes: Uint8Array, exact: Uint8Array, zero: number): number {
  let sum = 0;
  for (let index = 0; index < exact.length; index++)
    if (exact[index] !== zero) sum += Math.abs(codes[index] - exact[index]);
  return sum;
}
