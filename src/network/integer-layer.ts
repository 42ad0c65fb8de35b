import type { Segment } from "./slicing";

/** Zero point of weights stored as codes 0 to 255: code = weight + 128. */
export const weightOffset = 128;

/** Number of codes of an activation. */
export const activationCodes = 256;

/**
 * A layer in integers: `groups` times a matrix of `rows` inputs and `filters` outputs, at `samples` positions.
 * A filter's accumulator is Σ over rows of (input - inputZero) · (weight - its zero).
 */
export interface IntegerLayer {
  readonly groups: number;
  readonly rows: number;
  readonly filters: number;
  readonly samples: number;
  /** Weights -128 to 127, [group][row][filter]; stored in a crossbar as codes weight + 128. */
  readonly weights: Int8Array;
  /** Codes 0 to 255 of the inputs, [group][sample][row]. */
  readonly inputs: Uint8Array;
  /** Code of the input 0. */
  readonly inputZero: number;
  /** Weights that stand for 0, for each filter of each group: only in models with asymmetric weights of their own. */
  readonly weightZeros?: Int32Array;
}

/** What of a layer lies in crossbars. */
export type StoredWeights = Pick<IntegerLayer, "groups" | "rows" | "filters" | "weights">;

/** How accumulators become output codes: clamp(rint((accumulator + bias) · scale) + zero). */
export interface OutputQuantization {
  /** In units of the accumulator, for each filter of each group. */
  readonly bias: Float64Array;
  /** Output steps of one unit of the accumulator, for each filter of each group. */
  readonly scale: Float64Array;
  /** Code of the output 0. */
  readonly zero: number;
  /** Least and greatest code; with an activation that ends at 0 the least one is `zero`. */
  readonly lowest: number;
  readonly highest: number;
}

/** Numbers of the accumulators of a layer, [group][sample][filter]. */
export function accumulatorCount({ groups, samples, filters }: IntegerLayer): number {
  return groups * samples * filters;
}

/** Rows and pairs of filters whose weights are packed at a time: they fit a processor's second cache. */
const packedRows = 512;
const packedPairs = 64;

/**
 * Two weights in a double, so that one product is one for each of them: the second filter's counts 2^26. Over 512 rows a
 * sum of products of an input (9 bits with its sign) and a weight stays below 2^24, so that both can be told apart.
 */
const secondFilter = 2 ** 26;

/** What the layer computes without any analog circuit: exact integers, [group][sample][filter]. */
export function exactAccumulators(layer: IntegerLayer): Float64Array {
  const { groups, rows, filters } = layer;
  const result = new Float64Array(accumulatorCount(layer));
  const pairs = Math.min(packedPairs, Math.ceil(filters / 2));
  const packed = new Float64Array(Math.min(packedRows, rows) * pairs);
  for (let group = 0; group < groups; group++)
    for (let from = 0; from < rows; from += packedRows)
      for (let filter = 0; filter < filters; filter += 2 * pairs) {
        const block = { from, to: Math.min(rows, from + packedRows) };
        addProducts(layer, group, block, filter, packed, result);
      }
  subtractWeightZeros(result, layer);
  return result;
}

/** Adds the products of some rows and filters to the accumulators of a group. */
function addProducts(
  { rows: allRows, filters, samples, weights, inputs, inputZero }: IntegerLayer,
  group: number,
  { from: firstRow, to: endRow }: Segment,
  firstFilter: number,
  packed: Float64Array,
  result: Float64Array,
): void {
  const rows = endRow - firstRow;
  const count = Math.min(2 * packedPairs, filters - firstFilter);
  const pairs = Math.ceil(count / 2);
  for (let row = 0; row < rows; row++) {
    const at = (group * allRows + firstRow + row) * filters + firstFilter;
    for (let pair = 0; pair < pairs; pair++) {
      const second = 2 * pair + 1 < count ? weights[at + 2 * pair + 1] : 0;
      packed[row * pairs + pair] = weights[at + 2 * pair] + second * secondFilter;
    }
  }
  const sums = new Float64Array(pairs);
  for (let sample = 0; sample < samples; sample++) {
    const from = (group * samples + sample) * allRows + firstRow;
    const to = (group * samples + sample) * filters + firstFilter;
    let row = 0;
    // Four rows at a time: a sum is loaded and stored once for them.
    for (; row + 3 < rows; row += 4) {
      const input0 = inputs[from + row] - inputZero;
      const input1 = inputs[from + row + 1] - inputZero;
      const input2 = inputs[from + row + 2] - inputZero;
      const input3 = inputs[from + row + 3] - inputZero;
      if ((input0 | input1 | input2 | input3) === 0) continue;
      const at0 = row * pairs;
      const at1 = at0 + pairs;
      const at2 = at1 + pairs;
      const at3 = at2 + pairs;
      for (let pair = 0; pair < pairs; pair++)
        sums[pair] +=
          input0 * packed[at0 + pair] +
          input1 * packed[at1 + pair] +
          input2 * packed[at2 + pair] +
          input3 * packed[at3 + pair];
    }
    for (; row < rows; row++) {
      const input = inputs[from + row] - inputZero;
      for (let pair = 0; pair < pairs; pair++) sums[pair] += input * packed[row * pairs + pair];
    }
    for (let pair = 0; pair < pairs; pair++) {
      const second = Math.floor(sums[pair] / secondFilter + 0.5);
      result[to + 2 * pair] += sums[pair] - second * secondFilter;
      if (2 * pair + 1 < count) result[to + 2 * pair + 1] += second;
      sums[pair] = 0;
    }
  }
}

/** Where weights have zero points of their own, Σ (input - inputZero) times the filter's is subtracted, digitally. */
function subtractWeightZeros(accumulators: Float64Array, layer: IntegerLayer): void {
  const { groups, rows, filters, samples, inputs, inputZero, weightZeros } = layer;
  if (weightZeros === undefined || weightZeros.every((zero) => zero === 0)) return;
  for (let group = 0; group < groups; group++) {
    for (let sample = 0; sample < samples; sample++) {
      const place = group * samples + sample;
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += inputs[place * rows + row] - inputZero;
      for (let filter = 0; filter < filters; filter++)
        accumulators[place * filters + filter] -= sum * weightZeros[group * filters + filter];
    }
  }
}

/** How often each of the 256 weight codes occurs in one segment of one filter. */
export function weightHistogram(
  { rows, filters, weights }: StoredWeights,
  group: number,
  filter: number,
  { from, to }: Segment,
): Uint32Array {
  const histogram = new Uint32Array(256);
  for (let row = from; row < to; row++)
    histogram[weights[(group * rows + row) * filters + filter] + weightOffset]++;
  return histogram;
}

/** Output codes of accumulators, [group][sample][filter]. */
export function outputCodes(
  accumulators: Float64Array,
  { groups, samples, filters }: IntegerLayer,
  { bias, scale, zero, lowest, highest }: OutputQuantization,
): Uint8Array {
  const codes = new Uint8Array(accumulators.length);
  for (let group = 0; group < groups; group++) {
    for (let sample = 0; sample < samples; sample++) {
      const at = (group * samples + sample) * filters;
      for (let filter = 0; filter < filters; filter++) {
        const unit = group * filters + filter;
        const value = roundHalfEven((accumulators[at + filter] + bias[unit]) * scale[unit]) + zero;
        codes[at + filter] = value < lowest ? lowest : value > highest ? highest : value;
      }
    }
  }
  return codes;
}

/** Rounds to the nearest integer, halves to the even one. */
export function roundHalfEven(value: number): number {
  // Halves are rare, so that nearly always the same way is gone.
  const nearest = Math.floor(value + 0.5);
  const above = nearest - value;
  return above >= 0.5 && (above > 0.5 || nearest % 2 !== 0) ? nearest - 1 : nearest;
}

/**
 * How signed inputs enter a crossbar, whose rows can be driven one way only. `recorded`: the codes with their zero point
 * in one pass, whose constant part is subtracted digitally; so the authors' statistics of image networks were recorded.
 * `two-pass`: what lies above and what lies below zero one after the other, as the paper describes it.
 */
export type SignedInputs = "recorded" | "two-pass";

/** One pass over the inputs: what is applied for each of the 256 codes, and the sign with which its result counts. */
export interface InputPass {
  readonly applied: Uint8Array;
  readonly sign: 1 | -1;
}

const pass = (sign: 1 | -1, value: (code: number) => number): InputPass => ({
  sign,
  applied: Uint8Array.from({ length: activationCodes }, (_, code) => Math.max(0, value(code))),
});

/** The passes of a layer whose input 0 has the code `zero`. Inputs that cannot be negative need one. */
export function inputPasses(zero: number, signedInputs: SignedInputs): readonly InputPass[] {
  if (zero === 0 || signedInputs === "recorded") return [pass(1, (code) => code)];
  return [pass(1, (code) => code - zero), pass(-1, (code) => zero - code)];
}

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
