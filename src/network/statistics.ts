import type { ChosenSlicing } from "./adaptive-slicing";
import { inputBits } from "./converter";
import type { CrossbarResult } from "./crossbar";
import type { IntegerLayer } from "./integer-layer";
import { activationCodes } from "./integer-layer";
import { invertedDensities, isaacAverageWeight } from "./isaac-encoding";
import { digitOf, slicingName } from "./slicing";
import { inputSlices } from "./speculation";

/** What the cost model needs to know of a layer's values. */
export interface LayerStatistics {
  readonly slicing: string;
  /** CIM_UNITS_PER_WEIGHT */
  readonly slices: number;
  /** Mean error of the non-zero outputs, in output steps; null where the slicing was given. */
  readonly error: number | null;
  /** Errors of all slicings tried. */
  readonly errors: Readonly<Record<string, number>>;
  /** 2 if positive and negative inputs are applied one after the other. */
  readonly passes: number;
  /** AVERAGE_WEIGHT_VALUE of RAELLA. */
  readonly averageWeight: number;
  /** AVERAGE_INPUT_VALUE of a pass, one bit at a time and with speculation. */
  readonly averageInput: number;
  readonly averageInputSpeculation: number;
  /** ADC_ACTION_SHARE with speculation, mean over the passes. */
  readonly adcShare: number;
  /** Failed speculations for each input slice, and columns times samples, for each pass. */
  readonly failed: readonly (readonly number[])[];
  readonly columns: readonly number[];
  /** How often each bit of an input's code is 1, most significant first. */
  readonly inputDensities: readonly number[];
  readonly isaac: {
    /** How often each stored bit of a weight is 1, inverted per filter where that is more than half. */
    readonly weightDensities: readonly number[];
    readonly averageWeight: number;
    readonly averageInput: number;
  };
}

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

/** The statistics of a layer whose slicing has been chosen. */
export function statisticsOf(
  layer: IntegerLayer,
  { slicing, error, errors, result }: ChosenSlicing,
  symmetricInputs: boolean,
): LayerStatistics {
  const { inputZero } = layer;
  const histogram = inputHistogram(layer);
  const plain = averageInput(histogram, inputZero, { speculation: false });
  const speculative = averageInput(histogram, inputZero, { speculation: true });
  const densities = inputDensities(histogram);
  const weightDensities = invertedDensities(layer);
  const passes = result.passes.length;
  return {
    slicing: slicingName(slicing),
    slices: slicing.length,
    error,
    errors,
    passes,
    averageWeight: averageWeight(result),
    averageInput: plain / passes,
    averageInputSpeculation: speculative / passes,
    adcShare: adcShare(result),
    failed: result.passes.map(({ failed }) => failed),
    columns: result.passes.map(({ columns }) => columns),
    inputDensities: [...densities],
    isaac: {
      weightDensities: [...weightDensities],
      averageWeight: isaacAverageWeight(weightDensities),
      // ISAAC applies the codes of symmetric inputs; otherwise its rows are driven like RAELLA's without speculation.
      averageInput: symmetricInputs
        ? densities.reduce((sum, density) => sum + density, 0) / densities.length
        : plain,
    },
  };
}
