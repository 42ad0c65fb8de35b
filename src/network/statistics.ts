import { inputBits } from "./converter";
import type { CrossbarResult } from "./crossbar";
import type { IntegerLayer } from "./integer-layer";
import { activationCodes } from "./integer-layer";
import { digitOf } from "./slicing";
import { inputSlices } from "./speculation";

/** Greatest offset of a 4-bit cell, to which average weights refer. */
const topOffset = 15;

/** How often each code of the inputs occurs over everything that meets a row. */
export function inputHistogram({ inputs }: IntegerLayer): Float64Array {
  const histogram = new Float64Array(activationCodes);
  for (const code of inputs) histogram[code]++;
  return histogram;
}

/** AVERAGE_WEIGHT_VALUE of RAELLA: mean state of the cells. An offset lies in one cell of a pair, the other one is 0. */
export function averageWeight({ meanOffset }: CrossbarResult): number {
  return meanOffset / (2 * topOffset);
}

const onesIn = (value: number): number => {
  let count = 0;
  for (let rest = value; rest > 0; rest >>= 1) count += rest & 1;
  return count;
};

/**
 * AVERAGE_INPUT_VALUE: mean drive of a row per one-bit step by the magnitudes |input - zero|. With speculation the pulses
 * of the three input slices come on top; all of them are referred to eight steps, so that the figure may exceed 1.
 */
export function averageInput(
  histogram: Float64Array,
  zero: number,
  { speculation }: { readonly speculation: boolean },
): number {
  let drive = 0;
  let count = 0;
  histogram.forEach((occurrences, code) => {
    const value = Math.abs(code - zero);
    const pulses = speculation ? inputSlices.reduce((sum, slice) => sum + digitOf(value, slice), 0) : 0;
    drive += occurrences * (onesIn(value) + pulses);
    count += occurrences;
  });
  return drive / (inputBits * count);
}

/** How often each bit of the inputs' codes is 1, most significant first. */
export function inputDensities(histogram: Float64Array): Float64Array {
  const ones = new Float64Array(inputBits);
  let count = 0;
  histogram.forEach((occurrences, code) => {
    count += occurrences;
    for (let place = 0; place < inputBits; place++)
      ones[place] += occurrences * ((code >> (inputBits - 1 - place)) & 1);
  });
  return ones.map((sum) => sum / count);
}

/** ADC_ACTION_SHARE with speculation: mean over the passes. */
export function adcShare({ passes }: CrossbarResult): number {
  return passes.reduce((sum, pass) => sum + pass.adcShare, 0) / passes.length;
}
