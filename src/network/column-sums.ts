import { inputBits } from "./converter";
import type { IntegerLayer } from "./integer-layer";
import type { Segment } from "./slicing";

/** Lanes that are summed together: enough for the processor's pipelines, few enough for its registers. */
const laneBlock = 8;

/** Rows whose bits make an index into a table of the sums of all their subsets. */
const rowsTogether = 8;
const subsets = 2 ** rowsTogether;

/** Tables of so many groups of rows are kept at a time: they fit a processor's second cache. */
const groupsTogether = 8;

/**
 * Bits of a double that columns may occupy: the integers from 2^52 to 2^53 are the doubles whose lower 52 bits count them.
 * So a sum can be read where it lies, in the lower word of 32 bits or in the upper one, of which 20 belong to the integer.
 */
const lowerBits = 32;
const upperBits = 20;
const emptyLane = 2 ** (lowerBits + upperBits);

/** A range of sums. */
export interface SumRange {
  readonly least: number;
  readonly greatest: number;
}

/** None is quiet: every column is visited. */
export const noQuietSums: SumRange = { least: 1, greatest: 0 };

/**
 * Columns of a crossbar, packed: a double (a lane) carries the cells of several columns side by side, so that one addition
 * adds to all of their sums. To a column belong the bits from its shift on of one of the lane's two words. They begin with
 * its bias, so that they never borrow from others. Biases are such that the upper bits of a column are the same number for
 * 2^window sums, all of them quiet: one comparison of a word shows whether all of its columns are.
 */
export interface PackedColumns {
  readonly rows: number;
  /** Columns are visited where a sum lies outside; some also where none does. */
  readonly quiet: SumRange;
  /** For each column its filter, and what its sum counts: ± the place value of its slice. */
  readonly filters: readonly number[];
  readonly worths: readonly number[];
  /** Where a column's bits are: 0 in the lower word, 1 in the upper one; from which on, all of them and the upper ones. */
  readonly words: readonly number[];
  readonly shifts: readonly number[];
  readonly masks: readonly number[];
  readonly upperMasks: readonly number[];
  readonly biases: readonly number[];
  /** The upper bits of both words of each lane, and what they are where all sums are quiet. */
  readonly watched: readonly number[];
  readonly quietBits: readonly number[];
  /** What the lanes of each block begin with. */
  readonly beginnings: readonly Float64Array[];
  /** First column of each lane, and behind the last one their number. */
  readonly firstOfLane: readonly number[];
  /** Cells of blocks of lanes, [row][lane]. */
  readonly blocks: readonly Float64Array[];
}

/** Takes columns one after the other, and lays them into as few lanes as follow from the greatest sums. */
interface ColumnPacker {
  /**
   * @param sums That the column can have.
   * @param codes Of the weights, row by row.
   * @param cells What a cell holds for each code.
   */
  add(filter: number, worth: number, sums: SumRange, codes: Uint8Array, cells: Int32Array): void;
  readonly columns: PackedColumns;
}

export function createPacker(rows: number, quiet: SumRange): ColumnPacker {
  const [filters, worths, firstOfLane]: [number[], number[], number[]] = [[], [], [0]];
  const [words, shifts, biases]: [number[], number[], number[]] = [[], [], []];
  const [masks, upperMasks]: [number[], number[]] = [[], []];
  const [watched, quietBits]: [number[], number[]] = [[], []];
  const [blocks, beginnings]: [Float64Array[], Float64Array[]] = [[], []];
  const quietSums = quiet.greatest - quiet.least + 1;
  const window = quietSums < 1 ? 0 : Math.floor(Math.log2(quietSums));
  const paddedRows = Math.ceil(rows / rowsTogether) * rowsTogether;
  let word = 1;
  let shift = upperBits;
  const makeRoom = (width: number): void => {
    if (word === 0 && shift + width > lowerBits && width <= upperBits) [word, shift] = [1, 0];
    if (shift + width <= (word === 0 ? lowerBits : upperBits)) return;
    if ((firstOfLane.length - 1) % laneBlock === 0) {
      blocks.push(new Float64Array(paddedRows * laneBlock));
      beginnings.push(new Float64Array(laneBlock).fill(emptyLane));
    }
    firstOfLane.push(filters.length);
    watched.push(0, 0);
    quietBits.push(0, 0);
    [word, shift] = [0, 0];
  };
  return {
    columns: {
      ...{ rows, quiet, filters, worths, words, shifts, masks, upperMasks, biases },
      ...{ watched, quietBits, beginnings, firstOfLane, blocks },
    },
    add(filter, worth, { least, greatest }, codes, cells) {
      // Quiet sums, from the least one on, begin at a multiple of 2^window, and no sum is below 0.
      const quietPart = Math.ceil((quiet.least - least) / 2 ** window);
      const bias = quietPart * 2 ** window - quiet.least;
      const width = Math.max(window + 1, Math.ceil(Math.log2(greatest + bias + 1)));
      makeRoom(width);
      const lane = (firstOfLane.length - 2) % laneBlock;
      const block = blocks[blocks.length - 1];
      const unit = 2 ** (word * lowerBits + shift);
      for (let row = 0; row < rows; row++) block[row * laneBlock + lane] += cells[codes[row]] * unit;
      beginnings[beginnings.length - 1][lane] += bias * unit;
      const mask = -1 >>> (32 - width);
      const upperMask = (mask >>> window) << (window + shift);
      const wordOfLane = 2 * (firstOfLane.length - 2) + word;
      watched[wordOfLane] |= upperMask;
      quietBits[wordOfLane] |= quietPart << (window + shift);
      filters.push(filter);
      worths.push(worth);
      words.push(word);
      shifts.push(shift);
      masks.push(mask);
      upperMasks.push(upperMask);
      biases.push(bias);
      firstOfLane[firstOfLane.length - 1] = filters.length;
      shift += width;
    },
  };
}

/** Which rows each one-bit step drives, for a number of samples: [sample][bit][eight rows], the first row in the highest bit. */
interface DrivenRows {
  readonly samples: number;
  readonly groups: number;
  readonly codes: Uint8Array;
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
  const groups = Math.ceil(length / rowsTogether);
  const codes = new Uint8Array(samples * inputBits * groups);
  for (let sample = 0; sample < samples; sample++) {
    const from = (group * layer.samples + first + sample) * allRows + segment.from;
    const to = sample * inputBits * groups;
    for (let index = 0; index < groups; index++) {
      const row = from + index * rowsTogether;
      const present = Math.min(rowsTogether, length - index * rowsTogether);
      let upper = 0;
      let lower = 0;
      for (let place = 0; place < present; place++) {
        const value = applied[inputs[row + place]];
        if (place < 4) upper |= value << (24 - 8 * place);
        else lower |= value << (56 - 8 * place);
      }
      if ((upper | lower) === 0) continue;
      // Eight bytes, a row each, become eight bytes, a bit of all rows each: a matrix of bits is transposed by halves.
      let swap = (upper ^ (upper >>> 7)) & 0x00aa00aa;
      upper ^= swap ^ (swap << 7);
      swap = (lower ^ (lower >>> 7)) & 0x00aa00aa;
      lower ^= swap ^ (swap << 7);
      swap = (upper ^ (upper >>> 14)) & 0x0000cccc;
      upper ^= swap ^ (swap << 14);
      swap = (lower ^ (lower >>> 14)) & 0x0000cccc;
      lower ^= swap ^ (swap << 14);
      swap = (upper & 0xf0f0f0f0) | ((lower >>> 4) & 0x0f0f0f0f);
      lower = ((upper << 4) & 0xf0f0f0f0) | (lower & 0x0f0f0f0f);
      upper = swap;
      const at = to + index;
      codes[at + 7 * groups] = upper >>> 24;
      codes[at + 6 * groups] = upper >>> 16;
      codes[at + 5 * groups] = upper >>> 8;
      codes[at + 4 * groups] = upper;
      codes[at + 3 * groups] = lower >>> 24;
      codes[at + 2 * groups] = lower >>> 16;
      codes[at + groups] = lower >>> 8;
      codes[at] = lower;
    }
  }
  return { samples, groups, codes };
}

/** Receives the one-bit sums S_0 … S_7 of a column. */
type ColumnVisitor = (sample: number, column: number, sums: Int32Array) => void;

/** What is used again from one call to the next. */
interface SumsScratch {
  tables: Float64Array;
  packedSums: Float64Array;
  readonly sums: Int32Array;
}

export function createScratch(): SumsScratch {
  const none = new Float64Array(0);
  return { tables: none, packedSums: none, sums: new Int32Array(inputBits) };
}

const withRoom = (known: Float64Array, length: number): Float64Array =>
  known.length >= length ? known : new Float64Array(length);

/** Computes the one-bit sums of every column for every sample, and visits all columns with sums that are not quiet. */
export function visitColumnSums(
  columns: PackedColumns,
  driven: DrivenRows,
  scratch: SumsScratch,
  visit: ColumnVisitor,
): void {
  const { quiet, firstOfLane, words, shifts, masks, upperMasks, biases } = columns;
  const { watched, quietBits, blocks, beginnings } = columns;
  const isEachVisited = quiet.least > quiet.greatest;
  const lanes = firstOfLane.length - 1;
  // A depthwise layer has groups of one filter, whose columns share one lane: it is summed alone.
  const width = lanes === 1 ? 1 : laneBlock;
  const bits = inputBits;
  scratch.packedSums = withRoom(scratch.packedSums, driven.samples * bits * width);
  const tablesNeeded = Math.min(groupsTogether, driven.groups);
  scratch.tables = withRoom(scratch.tables, tablesNeeded * subsets * width);
  const { packedSums, sums } = scratch;
  const halves = new Int32Array(packedSums.buffer);
  const step = 2 * width;
  for (let index = 0; index < blocks.length; index++) {
    const firstLane = index * laneBlock;
    const lastLane = Math.min(lanes, firstLane + laneBlock);
    if (width === 1) sumLane(blocks[index], beginnings[index][0], driven, scratch);
    else sumPackedRows(blocks[index], beginnings[index], driven, scratch);
    for (let sample = 0; sample < driven.samples; sample++) {
      for (let lane = firstLane; lane < lastLane; lane++) {
        const at = 2 * (sample * bits * width + lane - firstLane);
        // Where any of the eight words differs from the quiet one.
        let lower = 0;
        let upper = 0;
        const quietLower = quietBits[2 * lane];
        const quietUpper = quietBits[2 * lane + 1];
        for (let from = at; from < at + bits * step; from += step) {
          lower |= halves[from] ^ quietLower;
          upper |= halves[from + 1] ^ quietUpper;
        }
        if (!isEachVisited && ((lower & watched[2 * lane]) | (upper & watched[2 * lane + 1])) === 0) continue;
        for (let column = firstOfLane[lane]; column < firstOfLane[lane + 1]; column++) {
          if (!isEachVisited && ((words[column] === 0 ? lower : upper) & upperMasks[column]) === 0) continue;
          const from = at + words[column];
          const shift = shifts[column];
          const mask = masks[column];
          const bias = biases[column];
          for (let bit = 0; bit < bits; bit++)
            sums[bit] = ((halves[from + step * bit] >>> shift) & mask) - bias;
          visit(sample, column, sums);
        }
      }
    }
  }
}

/**
 * Adds up the driven rows of a block of lanes: [sample][bit][lane]. The sums of all subsets of eight rows stand in a
 * table, so that one addition adds all of them that are driven.
 */
function sumPackedRows(
  packed: Float64Array,
  beginnings: Float64Array,
  { samples, groups, codes }: DrivenRows,
  { tables, packedSums: result }: SumsScratch,
): void {
  const steps = samples * inputBits;
  for (let step = 0; step < steps; step++) result.set(beginnings, step * laneBlock);
  for (let first = 0; first < groups; first += groupsTogether) {
    const count = Math.min(groupsTogether, groups - first);
    for (let group = 0; group < count; group++)
      sumSubsets(packed, (first + group) * rowsTogether, laneBlock, tables, group * subsets * laneBlock);
    for (let step = 0; step < steps; step++) {
      const to = step * laneBlock;
      let sum0 = result[to];
      let sum1 = result[to + 1];
      let sum2 = result[to + 2];
      let sum3 = result[to + 3];
      let sum4 = result[to + 4];
      let sum5 = result[to + 5];
      let sum6 = result[to + 6];
      let sum7 = result[to + 7];
      const from = step * groups + first;
      for (let group = 0; group < count; group++) {
        const code = codes[from + group];
        if (code === 0) continue;
        const at = (group * subsets + code) * laneBlock;
        sum0 += tables[at];
        sum1 += tables[at + 1];
        sum2 += tables[at + 2];
        sum3 += tables[at + 3];
        sum4 += tables[at + 4];
        sum5 += tables[at + 5];
        sum6 += tables[at + 6];
        sum7 += tables[at + 7];
      }
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
}

/** The same of the first lane of a block alone: [sample][bit]. */
function sumLane(
  packed: Float64Array,
  beginning: number,
  { samples, groups, codes }: DrivenRows,
  { tables, packedSums: result }: SumsScratch,
): void {
  const steps = samples * inputBits;
  result.fill(beginning, 0, steps);
  for (let first = 0; first < groups; first += groupsTogether) {
    const count = Math.min(groupsTogether, groups - first);
    for (let group = 0; group < count; group++)
      sumSubsets(packed, (first + group) * rowsTogether, 1, tables, group * subsets);
    for (let step = 0; step < steps; step++) {
      const from = step * groups + first;
      let sum = result[step];
      for (let group = 0; group < count; group++) sum += tables[group * subsets + codes[from + group]];
      result[step] = sum;
    }
  }
}

/**
 * The sums of all subsets of eight rows, from row `first` on: that of a subset is one row more than another's.
 * @param width Lanes of the table: the first one, or all.
 */
function sumSubsets(
  packed: Float64Array,
  first: number,
  width: number,
  tables: Float64Array,
  start: number,
): void {
  tables.fill(0, start, start + width);
  for (let place = 0; place < rowsTogether; place++) {
    // The first row is in the highest bit.
    const row = (first + rowsTogether - 1 - place) * laneBlock;
    const size = width << place;
    for (let at = 0; at < size; at++)
      tables[start + size + at] = tables[start + at] + packed[row + (at & (width - 1))];
  }
}
