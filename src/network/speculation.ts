import type { SumRange } from "./column-sums";
import type { ConversionTally, Converter } from "./converter";
import { convert, inputBits } from "./converter";

/** Bits of an input that one speculative step applies together: 7 to 4, 3 to 2 and 1 to 0. */
export const inputSlices = [
  { low: 4, bits: 4 },
  { low: 2, bits: 2 },
  { low: 0, bits: 2 },
] as const;

/** No noise of the speculative steps. */
export const silentSteps: Readonly<Int32Array> = new Int32Array(inputSlices.length);

/**
 * What converters add to the sum of products of a column with speculation. Each input slice is tried at once:
 * T = Σ_b 2^(b-low) · S_b. Where the converter reads one of its ends, T may lie beyond it: the speculation has failed, and
 * the slice is repeated bit by bit (recovery). It is 0 where each slice is read exactly.
 *
 * @param sums The one-bit sums S_0 … S_7.
 * @param read What the converter sees of them in recovery, and the noise of each speculative step.
 */
export function convertSpeculatively(
  sums: Int32Array,
  converter: Converter,
  tally: ConversionTally,
  read = sums,
  noise = silentSteps,
): number {
  const { lowest, highest } = converter;
  let result = 0;
  for (let slice = 0; slice < inputSlices.length; slice++) {
    const { low, bits } = inputSlices[slice];
    let exact = 0;
    for (let bit = low + bits - 1; bit >= low; bit--) exact = 2 * exact + sums[bit];
    let together = exact + noise[slice];
    if (together >= highest || together <= lowest) {
      tally.failed[slice]++;
      together = recover(read, low, bits, converter, tally);
    }
    result += (together - exact) << low;
  }
  return result;
}

/** Greatest value of an input slice. */
const topInput = Math.max(...inputSlices.map(({ bits }) => 2 ** bits - 1));

/** One-bit sums with which no speculative step can fail: all steps together stay between the converter's ends. */
export function quietRange({ lowest, highest }: Converter): SumRange {
  return { least: Math.floor(lowest / topInput) + 1, greatest: Math.ceil(highest / topInput) - 1 };
}

/** An input slice bit by bit. */
function recover(
  sums: Int32Array,
  at: number,
  bits: number,
  converter: Converter,
  tally: ConversionTally,
): number {
  let together = 0;
  for (let bit = bits - 1; bit >= 0; bit--) {
    const sum = sums[at + bit];
    const read = convert(sum, converter);
    if (read !== sum) tally.saturatedSpeculation++;
    together = 2 * together + read;
  }
  return together;
}

/** Conversions of `columns` columns with speculation: a step for each input slice, and the repeated bits. */
export function conversionsWithSpeculation(columns: number, failed: readonly number[]): number {
  return failed.reduce(
    (sum, count, slice) => sum + count * inputSlices[slice].bits,
    columns * inputSlices.length,
  );
}

/** Share of the conversions that are made, relative to one per column and input bit. */
export function conversionShare(columns: number, failed: readonly number[]): number {
  const steps = failed.reduce(
    (sum, count, slice) => sum + inputSlices[slice].bits * (count / columns),
    inputSlices.length as number,
  );
  return steps / inputBits;
}
