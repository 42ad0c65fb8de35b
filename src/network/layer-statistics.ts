import * as v from "valibot";
import { checkedLater, count, flag, optional, optionsOf, requireOptions, requireWhole } from "../arguments";
import { RaellaError } from "../errors";
import type { ChosenSlicing, SlicingSearch } from "./adaptive-slicing";
import { chooseSlicing, givenSlices } from "./adaptive-slicing";
import type { IntegerLayer, OutputQuantization, SignedInputs } from "./integer-layer";
import {
  converterBitsSchema,
  outputSchema,
  requireLength,
  signedInputsSchema,
  slicingSchema,
  slicingSearchSchema,
} from "./layer-arguments";
import type { Slicing } from "./slicing";
import type { LayerStatistics } from "./statistics";
import { statisticsOf } from "./statistics";

/** A layer in integers, and how its statistics are made. */
export interface LayerStatisticsOptions {
  /** Default: 1. */
  readonly groups?: number;
  /** Inputs of a filter. */
  readonly rows: number;
  /** Filters of a group. */
  readonly filters: number;
  /** Weights, whole numbers -128 … 127, [group][row][filter]. */
  readonly weights: ArrayLike<number>;
  /** Codes of the inputs, whole numbers 0 … 255, [group][sample][row]. */
  readonly inputs: ArrayLike<number>;
  /** Code of the input 0. Default: 0. */
  readonly zeroPoint?: number;
  /** Zero points of the weights, for each filter of each group. Default: 0. */
  readonly weightZeroPoints?: ArrayLike<number>;
  /** Slicing of the weights. Default: chosen by `output`. */
  readonly slicing?: Slicing;
  /** How outputs are quantised: an error in their steps decides on the slicing. */
  readonly output?: OutputQuantization;
  /** Default: `common`. */
  readonly slicingSearch?: SlicingSearch;
  /** Default: `recorded`. */
  readonly signedInputs?: SignedInputs;
  /** Inputs are signed and symmetric about the zero point 128, as in transformers. They always take two passes. */
  readonly symmetricInputs?: boolean;
  /** Default: 512. */
  readonly crossbarRows?: number;
  /** Default: 7. */
  readonly converterBits?: number;
}

const numbersExpected = "an array of numbers";
const numbers = v.custom<ArrayLike<number>>(
  (given) => Array.isArray(given) || (ArrayBuffer.isView(given) && !(given instanceof DataView)),
  numbersExpected,
);
const statisticsSchema = optionsOf({
  groups: optional(count),
  rows: count,
  filters: count,
  weights: numbers,
  inputs: numbers,
  zeroPoint: checkedLater,
  weightZeroPoints: optional(numbers),
  slicing: optional(slicingSchema),
  output: optional(outputSchema),
  slicingSearch: optional(slicingSearchSchema),
  signedInputs: optional(signedInputsSchema),
  symmetricInputs: optional(flag),
  crossbarRows: optional(count),
  converterBits: optional(converterBitsSchema),
});

/**
 * The statistics of a layer, by doing its arithmetic as RAELLA's crossbars do. Counts are exact; means are doubles.
 *
 * @throws RaellaError if sizes and arrays do not fit each other.
 */
export function layerStatistics(options: LayerStatisticsOptions): LayerStatistics {
  requireOptions(statisticsSchema, options, "layerStatistics");
  const layer = checkedLayer(options);
  return statisticsOf(layer, choose(layer, options), options.symmetricInputs ?? false);
}

function choose(layer: IntegerLayer, options: LayerStatisticsOptions): ChosenSlicing {
  const { slicing, output } = options;
  const crossbar = {
    rows: options.crossbarRows,
    converterBits: options.converterBits,
    signedInputs: signedInputsOf(options),
  };
  if (slicing !== undefined) return givenSlices(layer, slicing, crossbar);
  if (output !== undefined)
    return chooseSlicing(layer, output, { ...crossbar, search: options.slicingSearch });
  throw new RaellaError({
    code: "usage",
    message: "Neither a slicing nor the quantisation of the outputs is given.",
    expected: "slicing: [4, 2, 2] or the like, or output, from whose steps the slicing is chosen",
  });
}

/** Symmetric inputs are signed in any case: half of the codes stand for what is below zero. */
export function signedInputsOf(options: {
  readonly signedInputs?: SignedInputs;
  readonly symmetricInputs?: boolean;
}): SignedInputs {
  return options.symmetricInputs ? "two-pass" : (options.signedInputs ?? "recorded");
}

function checkedLayer(options: LayerStatisticsOptions): IntegerLayer {
  const { groups = 1, rows, filters, weights, inputs, zeroPoint = 0, weightZeroPoints } = options;
  requireWhole("zeroPoint", zeroPoint, 0, 255);
  requireLength("weights", weights, groups * rows * filters, "groups · rows · filters");
  const samples = inputs.length / (groups * rows);
  if (!Number.isInteger(samples) || samples < 1)
    throw new RaellaError({
      code: "out-of-range",
      message: `The length of inputs cannot be ${inputs.length}.`,
      value: inputs.length,
      expected: `a multiple of ${groups * rows}: groups · rows`,
    });
  const { bias, scale } = options.output ?? {};
  for (const [what, list] of Object.entries({ weightZeroPoints, "output.bias": bias, "output.scale": scale }))
    requireLength(what, list, groups * filters, "groups · filters");
  return {
    groups,
    rows,
    filters,
    samples,
    weights: Int8Array.from(wholeNumbers("weights", weights, -128, 127)),
    inputs: Uint8Array.from(wholeNumbers("inputs", inputs, 0, 255)),
    inputZero: zeroPoint,
    weightZeros: weightZeroPoints && Int32Array.from(weightZeroPoints),
  };
}

/** @throws RaellaError `out-of-range` for a value that is not one. */
function wholeNumbers(
  what: string,
  values: ArrayLike<number>,
  least: number,
  greatest: number,
): ArrayLike<number> {
  const isOne = (value: number): boolean => Number.isInteger(value) && value >= least && value <= greatest;
  for (let index = 0; index < values.length; index++)
    if (!isOne(values[index])) requireWhole(`${what}[${index}]`, values[index], least, greatest);
  return values;
}
