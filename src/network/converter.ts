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

/** Σ_b 2^b · S_b: what the sums of a column make if they are read exactly. */
export function weightedSum(sums: Int32Array): number {
  let result = 0;
  for (let bit = inputBits - 1; bit >= 0; bit--) result = 2 * result + sums[bit];
  return result;
}

/**
 * The sum of products of a column without speculation: Σ_b 2^b · adc(S_b) over its one-bit sums.
 *
 * @param sums The one-bit sums S_0 … S_7.
 */
export function convertBits(sums: Int32Array, converter: Converter, tally: ConversionTally): number {
  const { lowest, highest } = converter;
  let result = 0;
  for (let bit = inputBits - 1; bit >= 0; bit--) {
    let read = sums[bit];
    if (read < lowest || read > highest) {
      read = convert(read, converter);
      tally.saturated++;
    }
    result = 2 * result + read;
  }
  return result;
}
