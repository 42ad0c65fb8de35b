import * as v from "valibot";
import {
  count,
  finite,
  flag,
  index,
  oneOf,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../arguments";
import { RaellaError } from "../errors";
import * as random from "../random";
import * as adaptive from "./adaptive-slicing";
import type { ChosenSlicing, SlicingOptions } from "./adaptive-slicing";
import type { ArithmeticDesign } from "./arithmetic-design";
import { arithmeticArchitectures, checkDesign, usualDesign } from "./arithmetic-design";
import * as center from "./center";
import * as crossbar from "./crossbar";
import type { CrossbarOptions, CrossbarResult } from "./crossbar";
import * as integers from "./integer-layer";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import * as isaac from "./isaac-encoding";
import type { IsaacOptions, IsaacResult } from "./isaac-encoding";
import * as accuracy from "./layer-accuracy";
import type { LayerAccuracy, LayerAccuracyOptions } from "./layer-accuracy";
import { seedSchema, wholeBetween } from "./network-arguments";
import * as noise from "./noise";
import * as sampling from "./samples";
import * as slicings from "./slicing";
import type { Slicing } from "./slicing";

// The arithmetic of layers as `raella/network` offers it: the functions of this folder behind a look at what they are given.

const code = wholeBetween(0, 255);
const deviationExpected = `a standard deviation from 0 to ${noise.greatestDeviation} steps of the converter`;
const slicingExpected = "bits of slices, 1 to 4 each and 8 together, most significant first: [4, 2, 2]";

export const slicingSchema = v.custom<Slicing>(
  (given) =>
    Array.isArray(given) &&
    given.every((bits) => Number.isInteger(bits) && bits >= 1 && bits <= slicings.mostCellBits) &&
    (given as number[]).reduce((sum, bits) => sum + bits, 0) === slicings.weightBits,
  slicingExpected,
);
export const signedInputsSchema = oneOf(["recorded", "two-pass"]);
export const slicingSearchSchema = oneOf(["common", "full"]);

export const converterBitsSchema = wholeBetween(2, 16);

const layerSchema = optionsOf({
  groups: count,
  rows: count,
  filters: count,
  samples: count,
  weights: v.instance(Int8Array, "an Int8Array, [group][row][filter]"),
  inputs: v.instance(Uint8Array, "a Uint8Array, [group][sample][row]"),
  inputZero: code,
  weightZeros: optional(v.instance(Int32Array, "an Int32Array, one for each filter of each group")),
});

export const outputSchema = optionsOf({
  bias: v.instance(Float64Array, "a Float64Array, one for each filter of each group"),
  scale: v.instance(Float64Array, "a Float64Array, one for each filter of each group"),
  zero: code,
  lowest: code,
  highest: code,
});

export function requireLength(
  what: string,
  given: ArrayLike<number> | undefined,
  length: number,
  of: string,
): void {
  if (given === undefined || given.length === length) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `The length of ${what} cannot be ${given.length}.`,
    value: given.length,
    expected: `${length}: ${of}`,
  });
}

function requireLayer(layer: IntegerLayer, functionName: string): void {
  requireArgument(layerSchema, layer, `the layer of ${functionName}`);
  const { groups, rows, filters, samples } = layer;
  requireLength("weights", layer.weights, groups * rows * filters, "groups · rows · filters");
  requireLength("inputs", layer.inputs, groups * samples * rows, "groups · samples · rows");
  requireLength("weightZeros", layer.weightZeros, groups * filters, "groups · filters");
}

function requireOutput(
  { groups, filters }: IntegerLayer,
  output: OutputQuantization,
  functionName: string,
): void {
  requireArgument(outputSchema, output, `the output of ${functionName}`);
  requireLength("output.bias", output.bias, groups * filters, "groups · filters");
  requireLength("output.scale", output.scale, groups * filters, "groups · filters");
}

const noiseSchema = optionsOf({
  deviation: v.pipe(
    finite,
    v.minValue(0, deviationExpected),
    v.maxValue(noise.greatestDeviation, deviationExpected),
  ),
  seed: optional(seedSchema),
  layer: optional(index),
  firstPosition: optional(index),
});
const crossbarEntries = {
  rows: optional(count),
  converterBits: optional(converterBitsSchema),
  signedInputs: optional(signedInputsSchema),
};
const crossbarSchema = optionsOf({
  slicing: slicingSchema,
  ...crossbarEntries,
  noise: optional(noiseSchema),
});
const isaacSchema = optionsOf({
  slicing: optional(slicingSchema),
  rows: optional(count),
  converterBits: optional(converterBitsSchema),
  noise: optional(noiseSchema),
});
const chooseSchema = optionsOf({
  ...crossbarEntries,
  search: optional(slicingSearchSchema),
  cellBits: optional(count),
});
const designs = v.array(v.unknown(), "a list of designs, as usualDesign makes them");
const accuracySchema = optionsOf({
  slicing: slicingSchema,
  ...crossbarEntries,
  noise: optional(noiseSchema),
  designs: optional(designs),
});

/** What is looked at of designs. @throws RaellaError for one that is none, or cannot be computed. */
export function requireDesigns(given: readonly ArithmeticDesign[], what: string): void {
  requireArgument(designs, given, what);
  for (const design of given) {
    requireArgument(designSchema, design, `a design of ${what.replace(/^the designs of /, "")}`);
    checkDesign(design);
  }
}

const slicesSchema = v.lazy((given) =>
  Array.isArray(given) ? slicingSchema : v.literal("adaptive", `adaptive, or ${slicingExpected}`),
);
const designSchema = optionsOf({
  architecture: v.string("the name of an architecture"),
  encoding: oneOf(["center_offset", "offset_invert"]),
  slices: slicesSchema,
  averageWeightSlices: slicesSchema,
  speculation: flag,
  adcBits: count,
  rows: count,
  cellBits: count,
  slicing: oneOf(["kept", "anew"]),
  noise: optional(finite),
});

/**
 * A layer as RAELLA's crossbars compute it (Center+Offset): accumulators [group][sample][filter], and what the converters
 * did. See docs/own-networks.md.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function computeInCrossbars(
  layer: IntegerLayer,
  options: Omit<CrossbarOptions, "exact" | "centers">,
): CrossbarResult {
  requireLayer(layer, "computeInCrossbars");
  requireOptions(crossbarSchema, options, "computeInCrossbars");
  return crossbar.computeInCrossbars(layer, options);
}

/**
 * A layer as ISAAC's crossbars compute it: biased codes in cells, columns that are more than half full stored inverted;
 * by default slices of 2 bits, 128 rows and 8-bit converters, which miss nothing.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function computeInIsaac(layer: IntegerLayer, options: IsaacOptions = {}): IsaacResult {
  requireLayer(layer, "computeInIsaac");
  requireOptions(isaacSchema, options, "computeInIsaac");
  return isaac.computeInIsaac(layer, options);
}

/**
 * RAELLA's Adaptive Weight Slicing: the fewest slices whose error stays below {@link errorBound}, among these those of the
 * least error; eight slices of one bit if none is good enough.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function chooseSlicing(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: Omit<SlicingOptions, "centers"> = {},
): ChosenSlicing {
  requireLayer(layer, "chooseSlicing");
  requireOutput(layer, output, "chooseSlicing");
  requireOptions(chooseSchema, options, "chooseSlicing");
  return adaptive.chooseSlicing(layer, output, options);
}

/**
 * What the arithmetic of each design makes of the output codes of a layer, given its true inputs: saturated conversions,
 * codes changed, errors in steps of the output and signal to noise (dB), by architecture.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function layerAccuracy(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: LayerAccuracyOptions,
): Readonly<Record<string, LayerAccuracy>> {
  requireLayer(layer, "layerAccuracy");
  requireOutput(layer, output, "layerAccuracy");
  requireOptions(accuracySchema, options, "layerAccuracy");
  if (options.designs !== undefined) requireDesigns(options.designs, "the designs of layerAccuracy");
  const usual = options.designs ?? arithmeticArchitectures().map((name) => usualDesign(name));
  return accuracy.layerAccuracy(layer, output, { ...options, designs: usual });
}

/**
 * What a layer computes without any analog circuit: exact integers, [group][sample][filter].
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function exactAccumulators(layer: IntegerLayer): Float64Array {
  requireLayer(layer, "exactAccumulators");
  return integers.exactAccumulators(layer);
}

/**
 * The 8-bit output codes of accumulators, both [group][sample][filter].
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function outputCodes(
  accumulators: Float64Array,
  layer: IntegerLayer,
  output: OutputQuantization,
): Uint8Array {
  const array = v.instance(Float64Array, "a Float64Array, [group][sample][filter]");
  requireArgument(array, accumulators, "the accumulators of outputCodes");
  requireLayer(layer, "outputCodes");
  requireOutput(layer, output, "outputCodes");
  const length = integers.accumulatorCount(layer);
  requireLength("accumulators", accumulators, length, "groups · samples · filters");
  return integers.outputCodes(accumulators, layer, output);
}

/**
 * The center of a segment of weights that balances its slices best (RAELLA, Center+Offset encoding).
 * @param histogram How many weights of the segment have each of the 256 codes.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function findCenter(histogram: Uint32Array, slicing: Slicing): number {
  const counts = v.instance(Uint32Array, "a Uint32Array of 256 counts");
  requireArgument(counts, histogram, "the histogram of findCenter");
  requireLength("the histogram", histogram, 256, "one count for each code");
  requireArgument(slicingSchema, slicing, "the slicing of findCenter");
  return center.findCenter(histogram, slicing);
}

/**
 * Reads `4-2-2` or `422`, most significant slice first; undefined if it is no slicing of eight bits.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function parseSlicing(text: string): Slicing | undefined {
  requireArgument(v.string("a text such as 4-2-2"), text, "the text of parseSlicing");
  return slicings.parseSlicing(text);
}

/**
 * A slicing as text, most significant slice first: `4-2-2`.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function slicingName(slicing: Slicing): string {
  requireArgument(slicingSchema, slicing, "the slicing of slicingName");
  return slicings.slicingName(slicing);
}

/**
 * The positions of a layer's output that its statistics look at: so many of the numbers 0 … total - 1, ascending, the same
 * for the same seed; all of them if there are no more.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function drawPositions(total: number, wanted: number | "all", seed: number): Int32Array {
  requireArgument(index, total, "the total of drawPositions");
  const positions = v.union([index, v.literal("all")], "a whole number, or all");
  requireArgument(positions, wanted, "the number of drawPositions");
  requireArgument(index, seed, "the seed of drawPositions");
  return sampling.drawPositions(total, wanted, seed);
}

/**
 * Made-up inputs where none are given: uniform noise from -2 to 2, the same for the same seed.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function madeUpValues(length: number, seed: number): Float64Array {
  requireArgument(index, length, "the number of madeUpValues");
  requireArgument(index, seed, "the seed of madeUpValues");
  return sampling.madeUpValues(length, seed);
}

/**
 * A stream of pseudo-random numbers from 0 up to, not including, 1, the same on every machine for the same seed.
 * @throws RaellaError `usage` or `out-of-range` naming the part of an argument that is wrong.
 */
export function mulberry32(seed: number): () => number {
  requireArgument(index, seed, "the seed of mulberry32");
  return random.mulberry32(seed);
}
