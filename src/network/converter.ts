/** An analog-to-digital converter of whole steps: what is beyond its ends is read as the end. */
export interface Converter {
  readonly lowest: number;
  readonly highest: number;
}

/** Bits of RAELLA's converter and of ISAAC's. */
export const raellaConverterBits = 7;
export const isaacConverterBits = 8;

/** RAELLA's converter reads signed sums: -64 to 63 with 7 bits. */
export function signedConverter(bits: number): Converter {
  return { lowest: -(2 ** (bits - 1)), highest: 2 ** (bits - 1) - 1 };
}

/** ISAAC's converter reads sums from 0 on. */
export function unsignedConverter(bits: number): Converter {
  return { lowest: 0, highest: 2 ** bits - 1 };
}

/** What the converter makes of a column sum. */
export function convert(sum: number, { lowest, highest }: Converter): number {
  return sum < lowest ? lowest : sum > highest ? highest : sum;
}

/** Bits of an input; each is applied in a step of its own where nothing is speculated. */
export const inputBits = 8;

/** Counts of conversions. Integers below 2^53. */
export interface ConversionTally {
  /** Conversions of one-bit sums beyond the converter's range, where every bit has its step. */
  saturated: number;
  /** The same with speculation: only steps that are repeated bit by bit count. */
  saturatedSpeculation: number;
  /** Speculative steps that ended at an end of the converter, for each of the three input slices. */
  readonly failed: [number, number, number];
}

/** A tally of nothing. */
export function emptyTally(): ConversionTally {
  return { saturated: 0, saturatedSpeculation: 0, failed: [0, 0, 0] };
}

/**
 * What converters add to the sum of products of a column without speculation: Σ_b 2^b · (adc(S_b) - S_b) over its one-bit
 * sums. It is 0 where all of them are read exactly.
 *
 * @param sums The one-bit sums S_0 … S_7.
 * @param read What the converter sees of them.
 */
export function convertBits(
  sums: Int32Array,
  converter: Converter,
  tally: ConversionTally,
  read = sums,
): number {
  const { lowest, highest } = converter;
  let result = 0;
  for (let bit = inputBits - 1; bit >= 0; bit--) {
    const sum = read[bit];
    const isBeyond = sum < lowest || sum > highest;
    if (isBeyond) tally.saturated++;
    result = 2 * result + (isBeyond ? convert(sum, converter) : sum) - sums[bit];
  }
  return result;
}
