import { inputBits } from "./converter";
import type { IntegerLayer } from "./integer-layer";
import type { Segment } from "./segments";

/** Lanes that are summed together: enough for the processor's pipelines, few enough for its registers. */
const laneBlock = 8;

/** Rows whose bits make an index into a table of the sums of all their subsets. */
const rowsTogether = 8;
const subsets = 2 ** rowsTogether;

/** Tables of so many groups of rows are kept at a time: they fit a processor's second cache. */
const groupsTogether = 8;

/** Bits of an integer that a double holds with room for a carry. */
const packedBits = 52;

/**
 * Columns of a crossbar, packed: a double (a lane) carries the cells of several columns side by side, so that one addition
 * adds to all of their sums. The sum of a column times its unit, a power of two, is part of its lane's.
 */
export interface PackedColumns {
  readonly rows: number;
  /** For each column its filter, and what its sum counts: ± the place value of its slice. */
  readonly filters: readonly number[];
  readonly worths: readonly number[];
  readonly units: readonly number[];
  /** First column of each lane, and behind the last one their number. */
  readonly firstOfLane: readonly number[];
  /** Cells of blocks of lanes, [row][lane]. */
  readonly blocks: readonly Float64Array[];
}

/** Takes columns one after the other, and lays them into as few lanes as follow from the greatest sums. */
export interface ColumnPacker {
  /**
   * @param greatest Of the magnitudes that the column's sum can have.
   * @param codes Of the weights, row by row.
   * @param cells What a cell holds for each code.
   */
  add(filter: number, worth: number, greatest: number, codes: Uint8Array, cells: Int32Array): void;
  readonly columns: PackedColumns;
}

export function createPacker(rows: number): ColumnPacker {
  const [filters, worths, units, firstOfLane]: [number[], number[], number[], number[]] = [[], [], [], [0]];
  const blocks: Float64Array[] = [];
  let shift = packedBits;
  return {
    columns: { rows, filters, worths, units, firstOfLane, blocks },
    add(filter, worth, greatest, codes, cells) {
      // The bits of its greatest sum, and a sign.
      const width = Math.ceil(Math.log2(greatest + 1)) + 1;
      if (shift + width > packedBits) {
        if ((firstOfLane.length - 1) % laneBlock === 0) blocks.push(new Float64Array(rows * laneBlock));
        firstOfLane.push(filters.length);
        shift = 0;
      }
      const lane = (firstOfLane.length - 2) % laneBlock;
      const block = blocks[blocks.length - 1];
      const unit = 2 ** shift;
      for (let row = 0; row < rows; row++) block[row * laneBlock + lane] += cells[codes[row]] * unit;
      filters.push(filter);
      worths.push(worth);
      units.push(unit);
      firstOfLane[firstOfLane.length - 1] = filters.length;
      shift += width;
    },
  };
}

/** Which rows each one-bit step drives, for a number of samples: [sample][bit][eight rows], a bit for each row. */
export interface DrivenRows {
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
    for (let row = 0; row < length; row++) {
      const value = applied[inputs[from + row]];
      if (value === 0) continue;
      const at = to + (row >> 3);
      const place = row & 7;
      for (let bit = 0; bit < inputBits; bit++) codes[at + bit * groups] |= ((value >> bit) & 1) << place;
    }
  }
  return { samples, groups, codes };
}

/** Receives the one-bit sums S_0 … S_7 of a column. */
export type ColumnVisitor = (sample: number, column: number, sums: Int32Array) => void;

/** Computes the one-bit sums of every column for every sample. */
export function visitColumnSums(columns: PackedColumns, driven: DrivenRows, visit: ColumnVisitor): void {
  const { firstOfLane, units, blocks, rows } = columns;
  const lanes = firstOfLane.length - 1;
  const bits = inputBits;
  const packedSums = new Float64Array(driven.samples * bits * laneBlock);
  const tables = new Float64Array(Math.min(groupsTogether, driven.groups) * subsets * laneBlock);
  const sums = new Int32Array(bits);
  const rest = new Float64Array(bits);
  blocks.forEach((block, index) => {
    const firstLane = index * laneBlock;
    sumPackedRows(block, rows, driven, tables, packedSums);
    for (let sample = 0; sample < driven.samples; sample++) {
      for (let lane = firstLane; lane < Math.min(lanes, firstLane + laneBlock); lane++) {
        const at = sample * bits * laneBlock + lane - firstLane;
        for (let bit = 0; bit < bits; bit++) rest[bit] = packedSums[at + bit * laneBlock];
        // The highest column first: what is left of the lane's sum is that of the lower ones.
        for (let column = firstOfLane[lane + 1] - 1; column >= firstOfLane[lane]; column--) {
          const unit = units[column];
          const inverse = 1 / unit;
          for (let bit = 0; bit < bits; bit++) {
            const sum = Math.floor(rest[bit] * inverse + 0.5);
            rest[bit] -= sum * unit;
            sums[bit] = sum;
          }
          visit(sample, column, sums);
        }
      }
    }
  });
}

/**
 * Adds up the driven rows of a block of lanes: [sample][bit][lane]. The sums of all subsets of eight rows stand in a
 * table, so that one addition adds all of them that are driven.
 */
function sumPackedRows(
  packed: Float64Array,
  rows: number,
  { samples, groups, codes }: DrivenRows,
  tables: Float64Array,
  result: Float64Array,
): void {
  result.fill(0);
  const steps = samples * inputBits;
  for (let first = 0; first < groups; first += groupsTogether) {
    const count = Math.min(groupsTogether, groups - first);
    for (let group = 0; group < count; group++)
      sumSubsets(packed, (first + group) * rowsTogether, rows, tables, group * subsets * laneBlock);
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

/** The sums of all subsets of eight rows, from row `first` on: that of a subset is one row more than another's. */
function sumSubsets(
  packed: Float64Array,
  first: number,
  rows: number,
  tables: Float64Array,
  start: number,
): void {
  const present = Math.min(rowsTogether, rows - first);
  for (let lane = 0; lane < laneBlock; lane++) tables[start + lane] = 0;
  for (let place = 0; place < present; place++) {
    const row = (first + place) * laneBlock;
    const size = (1 << place) * laneBlock;
    for (let at = 0; at < size; at++)
      tables[start + size + at] = tables[start + at] + packed[row + (at & (laneBlock - 1))];
  }
}
