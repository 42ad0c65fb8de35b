import { convert, inputBits, isaacConverterBits, unsignedConverter } from "./converter";
import type { IntegerLayer } from "./integer-layer";
import { accumulatorCount, exactAccumulators, subtractWeightZeros, weightOffset } from "./integer-layer";
import { isaacRows, segmentsOf } from "./segments";
import type { Slicing } from "./slicing";
import { digitOf, slicesOf, twoBitSlicing } from "./slicing";

const topStateOf = (bits: number): number => 2 ** bits - 1;

/** What ISAAC's crossbars make of a layer. */
export interface IsaacResult {
  /** [group][sample][filter] */
  readonly accumulators: Float64Array;
  readonly conversions: number;
  readonly saturated: number;
}

/**
 * Computes a layer with ISAAC's crossbars: codes weight + 128 in cells, by default four of 2 bits, one input bit at a time. A
 * column whose states sum up to more than half of what they could is stored inverted (top state - state), and its sum S
 * becomes top state · Σ bit - S: with 2-bit cells and 128 rows no sum exceeds 192, so that 8 bits convert every one exactly.
 */
export function computeInIsaac(
  layer: IntegerLayer,
  {
    rows: limit = isaacRows,
    converterBits = isaacConverterBits,
    slicing = twoBitSlicing,
  }: { readonly rows?: number; readonly converterBits?: number; readonly slicing?: Slicing } = {},
): IsaacResult {
  const { groups, rows, filters, samples, weights, inputs, inputZero } = layer;
  const converter = unsignedConverter(converterBits);
  const slices = slicesOf(slicing);
  const segments = segmentsOf(rows, limit);
  const conversions = segments.length * groups * filters * slices.length * samples * inputBits;
  // No sum exceeds half of what a column could hold, so that nothing saturates.
  const greatest = Math.max(...slices.map(({ bits }) => topStateOf(bits)));
  if (Math.floor((greatest / 2) * Math.min(rows, limit)) <= converter.highest)
    return { accumulators: exactAccumulators(layer), conversions, saturated: 0 };
  const accumulators = new Float64Array(accumulatorCount(layer));
  const sums = new Int32Array(inputBits);
  const drivenBits = new Int32Array(inputBits);
  let saturated = 0;
  for (let group = 0; group < groups; group++) {
    for (const { from, to } of segments) {
      const states = new Uint8Array(to - from);
      for (let filter = 0; filter < filters; filter++) {
        const weightAt = (row: number): number => weights[(group * rows + row) * filters + filter];
        for (const slice of slices) {
          const topState = topStateOf(slice.bits);
          let total = 0;
          for (let row = from; row < to; row++)
            total += states[row - from] = digitOf(weightAt(row) + weightOffset, slice);
          const isInverted = total > (topState / 2) * (to - from);
          if (isInverted) states.forEach((state, row) => (states[row] = topState - state));
          for (let sample = 0; sample < samples; sample++) {
            sums.fill(0);
            drivenBits.fill(0);
            for (let row = from; row < to; row++) {
              const input = inputs[(group * samples + sample) * rows + row];
              for (let bit = 0; bit < inputBits; bit++) {
                const driven = (input >> bit) & 1;
                drivenBits[bit] += driven;
                sums[bit] += driven * states[row - from];
              }
            }
            let result = 0;
            for (let bit = 0; bit < inputBits; bit++) {
              const read = convert(sums[bit], converter);
              if (read !== sums[bit]) saturated++;
              result += (isInverted ? topState * drivenBits[bit] - read : read) * 2 ** bit;
            }
            accumulators[(group * samples + sample) * filters + filter] += result * 2 ** slice.low;
          }
        }
      }
    }
    // Codes stand for weight + 128, inputs for value + zero point.
    for (let sample = 0; sample < samples; sample++) {
      for (let filter = 0; filter < filters; filter++) {
        let constant = 0;
        for (let row = 0; row < rows; row++) {
          const input = inputs[(group * samples + sample) * rows + row];
          const weight = weights[(group * rows + row) * filters + filter];
          constant += weightOffset * input + inputZero * weight;
        }
        accumulators[(group * samples + sample) * filters + filter] -= constant;
      }
    }
  }
  subtractWeightZeros(accumulators, layer);
  return { accumulators, conversions, saturated };
}

/**
 * How often each bit of the stored weights is 1, most significant first, in two's complement, where every filter stores
 * a bit inverted if it would be 1 more often than 0: mean over the filters of min(d, 1 - d).
 */
export function invertedDensities({ groups, rows, filters, weights }: IntegerLayer): Float64Array {
  const densities = new Float64Array(inputBits);
  for (let group = 0; group < groups; group++) {
    for (let filter = 0; filter < filters; filter++) {
      const ones = new Uint32Array(inputBits);
      for (let row = 0; row < rows; row++) {
        const weight = weights[(group * rows + row) * filters + filter];
        for (let place = 0; place < inputBits; place++)
          ones[place] += (weight >> (inputBits - 1 - place)) & 1;
      }
      for (let place = 0; place < inputBits; place++) {
        const share = ones[place] / rows;
        densities[place] += Math.min(share, 1 - share);
      }
    }
  }
  return densities.map((sum) => sum / (groups * filters));
}

/** Mean state of ISAAC's cells from the densities of the bits they hold, two to a cell: the upper one counts twice. */
export function isaacAverageWeight(densities: ArrayLike<number>): number {
  let sum = 0;
  for (let place = 0; place < densities.length; place++) sum += densities[place] * (place % 2 === 0 ? 2 : 1);
  return sum / densities.length;
}
