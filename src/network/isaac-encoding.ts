import type { PackedColumns, SumRange } from "./column-sums";
import { createPacker, noQuietSums } from "./column-sums";
import { convertBits, emptyTally, inputBits, isaacConverterBits, unsignedConverter } from "./converter";
import type { ConvertedSums } from "./crossbar";
import { visitColumns } from "./crossbar";
import type { IntegerLayer } from "./integer-layer";
import { activationCodes, exactAccumulators, inputPasses, weightOffset } from "./integer-layer";
import type { ColumnNoise } from "./noise";
import { createNoise } from "./noise";
import type { Segment, Slicing } from "./slicing";
import { digitOf, isaacRows, segmentsOf, slicesOf, twoBitSlicing } from "./slicing";

/** Greatest state of a cell. */
const topStateOf = (bits: number): number => 2 ** bits - 1;

/** ISAAC's crossbar. */
export interface IsaacOptions {
  /** Default: 2-2-2-2. */
  readonly slicing?: Slicing;
  /** Rows of the crossbar. Default: 128. */
  readonly rows?: number;
  /** Bits of the converter. Default: 8. */
  readonly converterBits?: number;
  /** Default: none. */
  readonly noise?: ColumnNoise;
}

/** What ISAAC's crossbars make of a layer. */
export type IsaacResult = ConvertedSums;

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
    noise: given,
  }: IsaacOptions = {},
): IsaacResult {
  const { groups, rows, filters, samples } = layer;
  const converter = unsignedConverter(converterBits);
  const segments = segmentsOf(rows, limit);
  const accumulators = exactAccumulators(layer);
  const tally = emptyTally();
  const noise = given && createNoise(given);
  const quiet = noise ? noQuietSums : { least: converter.lowest, greatest: converter.highest };
  visitColumns(
    layer,
    segments,
    (group, segment) => codeColumns(layer, group, segment, slicing, quiet),
    inputPasses(0, "recorded"),
    noise,
    // What a converter does not see is missing; in an inverted column it is there, where it should not be.
    (sums, read, _, at, worth) => {
      accumulators[at] += worth * convertBits(sums, converter, tally, read);
    },
  );
  const conversions = segments.length * groups * filters * slicing.length * samples * inputBits;
  return { accumulators, conversions, saturated: tally.saturated };
}

/** The columns of a segment whose sums may be more than a converter reads. The sums of inverted ones count negatively. */
function codeColumns(
  { rows: allRows, filters, weights }: IntegerLayer,
  group: number,
  { from, to }: Segment,
  slicing: Slicing,
  quiet: SumRange,
): PackedColumns {
  const rows = to - from;
  const packer = createPacker(rows, quiet);
  const codes = new Uint8Array(rows);
  const states = new Int32Array(activationCodes);
  for (let filter = 0; filter < filters; filter++) {
    for (let row = 0; row < rows; row++)
      codes[row] = weights[(group * allRows + from + row) * filters + filter] + weightOffset;
    for (const slice of slicesOf(slicing)) {
      const topState = topStateOf(slice.bits);
      const total = codes.reduce((sum, code) => sum + digitOf(code, slice), 0);
      const isInverted = total > (topState / 2) * rows;
      const greatest = isInverted ? topState * rows - total : total;
      if (quiet.least <= 0 && greatest <= quiet.greatest) continue;
      for (let code = 0; code < states.length; code++) {
        const digit = digitOf(code, slice);
        states[code] = isInverted ? topState - digit : digit;
      }
      packer.add(filter, (isInverted ? -1 : 1) * 2 ** slice.low, { least: 0, greatest }, codes, states);
    }
  }
  return packer.columns;
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
