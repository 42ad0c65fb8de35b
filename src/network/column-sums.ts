import { inputBits } from "./converter";
import type { IntegerLayer } from "./integer-layer";
import { weightHistogram, weightOffset } from "./integer-layer";
import { findCenter } from "./center";
import type { Segment } from "./segments";
import type { Slicing } from "./slicing";
import { offsetOf, slicesOf } from "./slicing";

/** Lanes that are summed together: enough for the processor's pipelines, few enough for its registers. */
const laneBlock = 8;

/** Bits of an integer that a double holds with room for a carry. */
const packedBits = 52;

/** Where the sum of a slice's column stands: `sum · unit` is part of a word. Units are powers of two. */
interface PackedSlice {
  readonly slice: number;
  readonly word: number;
  readonly unit: number;
  /** 1 / unit: to multiply takes a fraction of the time that to divide does, and is as exact. */
  readonly inverse: number;
}

/**
 * A segment of all filters of a group as a crossbar holds it. A double carries the offsets of several slices side by side,
 * so that one addition adds to all of their column sums; a filter has as many such numbers (words) as it takes. A lane
 * is a word of a filter; blocks of lanes lie together, [block][row][lane].
 */
export interface ProgrammedSegment {
  readonly rows: number;
  readonly filters: number;
  readonly sliceCount: number;
  /** Center of each filter. */
  readonly centers: Uint8Array;
  /** Σ |offset| over all columns and rows. */
  readonly absoluteOffsets: number;
  /** Ends of what a one-bit sum of any column can be, whatever the inputs. */
  readonly leastSum: number;
  readonly greatestSum: number;
  readonly words: number;
  readonly layout: readonly PackedSlice[];
  readonly packed: Float64Array;
}

/**
 * Places the slices' sums in words: each needs the bits of its greatest sum, and a sign. One slice of 4 bits on 512
 * rows is at most 15 · 512.
 */
function packSlices(slicing: Slicing, rows: number): { layout: readonly PackedSlice[]; words: number } {
  const layout: PackedSlice[] = [];
  let word = 0;
  let shift = 0;
  slicesOf(slicing).forEach(({ bits }, slice) => {
    const width = Math.ceil(Math.log2((2 ** bits - 1) * rows + 1)) + 1;
    if (shift + width > packedBits) [word, shift] = [word + 1, 0];
    layout.push({ slice, word, unit: 2 ** shift, inverse: 2 ** -shift });
    shift += width;
  });
  return { layout, words: word + 1 };
}

/** Finds the centers of a segment's filters and stores the offsets from them. */
export function programSegment(
  layer: IntegerLayer,
  group: number,
  segment: Segment,
  slicing: Slicing,
): ProgrammedSegment {
  const { rows: allRows, filters, weights } = layer;
  const rows = segment.to - segment.from;
  const slices = slicesOf(slicing);
  const { layout, words } = packSlices(slicing, rows);
  const centers = new Uint8Array(filters);
  const packed = new Float64Array(Math.ceil((filters * words) / laneBlock) * laneBlock * rows);
  // For a code and the filter's center: the packed offsets, and the sum of their magnitudes.
  const packedOffsets = new Float64Array(256 * words);
  const magnitudes = new Int32Array(256);
  let absoluteOffsets = 0;
  let leastSum = 0;
  let greatestSum = 0;
  const leastSums = new Int32Array(slices.length);
  const greatestSums = new Int32Array(slices.length);
  for (let filter = 0; filter < filters; filter++) {
    const histogram = weightHistogram(layer, group, filter, segment);
    const center = findCenter(histogram, slicing);
    centers[filter] = center;
    packedOffsets.fill(0);
    magnitudes.fill(0);
    leastSums.fill(0);
    greatestSums.fill(0);
    for (let code = 0; code < 256; code++) {
      if (histogram[code] === 0) continue;
      for (const { slice, word, unit } of layout) {
        const offset = offsetOf(code, center, slices[slice]);
        packedOffsets[code * words + word] += offset * unit;
        magnitudes[code] += Math.abs(offset);
        (offset < 0 ? leastSums : greatestSums)[slice] += offset * histogram[code];
      }
      absoluteOffsets += magnitudes[code] * histogram[code];
    }
    leastSum = Math.min(leastSum, ...leastSums);
    greatestSum = Math.max(greatestSum, ...greatestSums);
    for (let word = 0; word < words; word++) {
      const lane = filter * words + word;
      const start = Math.floor(lane / laneBlock) * rows * laneBlock + (lane % laneBlock);
      for (let row = 0; row < rows; row++) {
        const code = weights[(group * allRows + segment.from + row) * filters + filter] + weightOffset;
        packed[start + row * laneBlock] = packedOffsets[code * words + word];
      }
    }
  }
  return {
    ...{ rows, filters, sliceCount: slices.length, centers, absoluteOffsets, leastSum, greatestSum },
    ...{ words, layout, packed },
  };
}

/** The rows whose input has a certain bit, for a number of samples: `rows` from `starts[8 · sample + bit]` to `ends[…]`. */
export interface DrivenRows {
  readonly samples: number;
  readonly rows: Uint16Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Sum of the applied inputs of each sample. */
  readonly inputSums: Float64Array;
}

/**
 * Lists the rows that each one-bit step drives.
 *
 * @param applied What is applied for each code of an input.
 * @param first First sample; `samples` of them are listed.
 */
export function drivenRows(
  layer: IntegerLayer,
  group: number,
  segment: Segment,
  applied: Uint8Array,
  first: number,
  samples: number,
): DrivenRows {
  const { inputs, rows: allRows } = layer;
  const length = segment.to - segment.from;
  const rows = new Uint16Array(samples * length * inputBits);
  const starts = new Int32Array(samples * inputBits);
  const ends = new Int32Array(samples * inputBits);
  const inputSums = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    const from = (group * layer.samples + first + sample) * allRows + segment.from;
    const step = sample * inputBits;
    for (let bit = 0; bit < inputBits; bit++) starts[step + bit] = (step + bit) * length;
    let [end0, end1, end2, end3] = [starts[step], starts[step + 1], starts[step + 2], starts[step + 3]];
    let [end4, end5, end6, end7] = [starts[step + 4], starts[step + 5], starts[step + 6], starts[step + 7]];
    let sum = 0;
    for (let row = 0; row < length; row++) {
      const value = applied[inputs[from + row]];
      if (value === 0) continue;
      sum += value;
      // Written in any case and counted if the bit is set: the processor has no branch to guess.
      rows[end7] = row;
      end7 += value >> 7;
      rows[end6] = row;
      end6 += (value >> 6) & 1;
      rows[end5] = row;
      end5 += (value >> 5) & 1;
      rows[end4] = row;
      end4 += (value >> 4) & 1;
      rows[end3] = row;
      end3 += (value >> 3) & 1;
      rows[end2] = row;
      end2 += (value >> 2) & 1;
      rows[end1] = row;
      end1 += (value >> 1) & 1;
      rows[end0] = row;
      end0 += value & 1;
    }
    ends.set([end0, end1, end2, end3, end4, end5, end6, end7], step);
    inputSums[sample] = sum;
  }
  return { samples, rows, starts, ends, inputSums };
}

/** Receives the one-bit sums S_0 … S_7 of one column: they stand in `sums` from `at` on. */
export type ColumnVisitor = (
  sample: number,
  filter: number,
  slice: number,
  sums: Int32Array,
  at: number,
) => void;

/** Computes the one-bit sums of every column of a segment for every sample. */
export function visitColumnSums(segment: ProgrammedSegment, driven: DrivenRows, visit: ColumnVisitor): void {
  const { filters, words, layout, packed, rows, sliceCount } = segment;
  const lanes = filters * words;
  const packedSums = new Float64Array(driven.samples * inputBits * laneBlock * words);
  const sums = new Int32Array(sliceCount * inputBits);
  // As many blocks at a time as hold whole filters.
  for (let firstLane = 0; firstLane < lanes; firstLane += laneBlock * words) {
    const blocks = Math.min(words, Math.ceil((lanes - firstLane) / laneBlock));
    for (let block = 0; block < blocks; block++)
      sumPackedRows(packed, (firstLane + block * laneBlock) * rows, driven, packedSums, block, words);
    const firstFilter = firstLane / words;
    const lastFilter = Math.min(filters, firstFilter + laneBlock);
    for (let sample = 0; sample < driven.samples; sample++) {
      for (let filter = firstFilter; filter < lastFilter; filter++) {
        unpackSums(packedSums, sample, (filter - firstFilter) * words, words, layout, sums);
        for (let slice = 0; slice < sliceCount; slice++)
          visit(sample, filter, slice, sums, slice * inputBits);
      }
    }
  }
}

/** Adds up the packed offsets of the driven rows for a block of lanes: [sample][bit][block][lane]. */
function sumPackedRows(
  packed: Float64Array,
  start: number,
  { samples, rows, starts, ends }: DrivenRows,
  result: Float64Array,
  block: number,
  blocks: number,
): void {
  for (let step = 0; step < samples * inputBits; step++) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let sum4 = 0;
    let sum5 = 0;
    let sum6 = 0;
    let sum7 = 0;
    const end = ends[step];
    for (let index = starts[step]; index < end; index++) {
      const at = start + rows[index] * laneBlock;
      sum0 += packed[at];
      sum1 += packed[at + 1];
      sum2 += packed[at + 2];
      sum3 += packed[at + 3];
      sum4 += packed[at + 4];
      sum5 += packed[at + 5];
      sum6 += packed[at + 6];
      sum7 += packed[at + 7];
    }
    const to = (step * blocks + block) * laneBlock;
    result[to] = sum0;
    result[to + 1] = sum1;
    result[to + 2] = sum2;
    result[to + 3] = sum3;
    result[to + 4] = sum4;
    result[to + 5] = sum5;
    result[to + 6] = sum6;
    result[to + 7] = sum7;
  }
}

/** Takes the packed sums of a filter apart, the highest slice of a word first: [slice][bit]. */
function unpackSums(
  packedSums: Float64Array,
  sample: number,
  lane: number,
  words: number,
  layout: readonly PackedSlice[],
  sums: Int32Array,
): void {
  for (let bit = 0; bit < inputBits; bit++) {
    const at = (sample * inputBits + bit) * words * laneBlock + lane;
    let word = -1;
    let rest = 0;
    for (let index = layout.length - 1; index >= 0; index--) {
      const part = layout[index];
      if (part.word !== word) {
        word = part.word;
        rest = packedSums[at + word];
      }
      const sum = Math.floor(rest * part.inverse + 0.5);
      rest -= sum * part.unit;
      sums[part.slice * inputBits + bit] = sum;
    }
  }
}
