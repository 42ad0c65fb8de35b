import type { IntegerLayer, StoredWeights } from "./integer-layer";
import { weightHistogram, weightOffset } from "./integer-layer";
import type { PackedColumns, SumRange } from "./column-sums";
import { createPacker } from "./column-sums";
import type { Segment, Slicing, WeightSlice } from "./slicing";
import { offsetOf, segmentsOf, slicesOf, slicingName, weightBits } from "./slicing";

/** Number of codes of a weight: 0 to 255. */
const codeCount = 1 << weightBits;

/**
 * The center of a filter segment: the number φ from which its weights are stored as offsets, so that the columns'
 * sums of offsets S_i(φ) are small. It minimises
 *
 *     cost(φ) = Σ_i 2^low_i · S_i(φ)^4          over the slices i, most significant first
 *
 * Among equal costs the φ nearest to the median of the codes wins, then the lower one.
 *
 * @param histogram How many weights of the segment have each of the 256 codes.
 */
export function findCenter(histogram: Uint32Array, slicing: Slicing): number {
  return findCenters(histogram, [slicing])[0];
}

/** The same for several slicings, whose slices have costs in common. */
function findCenters(histogram: Uint32Array, slicings: readonly Slicing[]): readonly number[] {
  const twiceMedian = sumOfMiddleCodes(histogram);
  const quotients = new Map<number, Int32Array>();
  const costs = new Map<string, Float64Array>();
  const quotientsOf = (shift: number): Int32Array => {
    const known = quotients.get(shift) ?? quotientSums(histogram, shift);
    quotients.set(shift, known);
    return known;
  };
  const costsOf = (slice: WeightSlice): Float64Array => {
    const { low, bits } = slice;
    const key = `${low} ${bits}`;
    const known = costs.get(key) ?? sliceCosts(quotientsOf(low), quotientsOf(low + bits), slice);
    costs.set(key, known);
    return known;
  };
  return slicings.map((slicing) => leastCost(slicesOf(slicing).map(costsOf), twiceMedian));
}

/**
 * 2^low · S(φ)^4 for every center φ. S, the sum of the offsets that a slice holds, follows from those of quotients, since
 * a digit is a difference of two: `(d >> l) mod 2^p = floor(d / 2^l) - 2^p · floor(d / 2^(l+p))`.
 */
function sliceCosts(quotients: Int32Array, above: Int32Array, { low, bits }: WeightSlice): Float64Array {
  const costs = new Float64Array(codeCount);
  const ratio = 2 ** bits;
  const weight = 2 ** low;
  for (let center = 0; center < codeCount; center++) {
    const sum = quotients[center] - ratio * above[center];
    const square = sum * sum;
    costs[center] = weight * (square * square);
  }
  return costs;
}

/** The center of the least sum of its slices' costs. */
function leastCost(costs: readonly Float64Array[], twiceMedian: number): number {
  const sums = Float64Array.from(costs[0]);
  for (let slice = 1; slice < costs.length; slice++) {
    const ofSlice = costs[slice];
    for (let center = 0; center < codeCount; center++) sums[center] += ofSlice[center];
  }
  let best = 0;
  let least = Infinity;
  for (let center = 0; center < codeCount; center++) {
    const cost = sums[center];
    if (cost > least) continue;
    const isNearer = Math.abs(2 * center - twiceMedian) < Math.abs(2 * best - twiceMedian);
    if (cost < least || isNearer) [best, least] = [center, cost];
  }
  return best;
}

/**
 * F(φ) = Σ over the codes u of sign(u - φ) · floor(|u - φ| / 2^shift), for every φ. One step of φ by 2^shift takes one
 * from the quotient of every code that is not strictly in between, so only the first 2^shift sums are made from codes.
 */
function quotientSums(histogram: Uint32Array, shift: number): Int32Array {
  const sums = new Int32Array(codeCount);
  const step = 1 << shift;
  if (step >= codeCount) return sums;
  const upTo = new Int32Array(codeCount + 1);
  for (let code = 0; code < codeCount; code++) upTo[code + 1] = upTo[code] + histogram[code];
  for (let code = 0; code < codeCount; code++) {
    const count = histogram[code];
    if (count === 0) continue;
    for (let center = 0; center < step; center++)
      sums[center] += count * (code >= center ? (code - center) >> shift : -((center - code) >> shift));
  }
  const all = upTo[codeCount];
  for (let center = step; center < codeCount; center++) {
    const between = upTo[center] - upTo[center - step + 1];
    sums[center] = sums[center - step] - (all - between);
  }
  return sums;
}

/** Twice the median: the sum of the two middle codes, or twice the middle one. */
function sumOfMiddleCodes(histogram: Uint32Array): number {
  let count = 0;
  for (const each of histogram) count += each;
  const codeAt = (place: number): number => {
    let passed = 0;
    return histogram.findIndex((each) => (passed += each) > place);
  };
  return codeAt(Math.floor((count - 1) / 2)) + codeAt(Math.floor(count / 2));
}

/** Centers of all filters of all groups of a layer, for each segment. */
export type LayerCenters = readonly Uint8Array[];

/** Finds centers of a layer on crossbars of so many rows, each once. */
export interface CenterFinder {
  /** @param together Slicings whose centers will be asked for, too. */
  of(slicing: Slicing, together?: readonly Slicing[]): LayerCenters;
}

export function createCenterFinder(layer: StoredWeights, rows: number): CenterFinder {
  const known = new Map<string, LayerCenters>();
  const segments = segmentsOf(layer.rows, rows);
  const find = (slicings: readonly Slicing[]): void => {
    const units = layer.groups * layer.filters;
    const found = slicings.map(() => segments.map(() => new Uint8Array(units)));
    segments.forEach((segment, index) => {
      for (let unit = 0; unit < units; unit++) {
        const [group, filter] = [Math.floor(unit / layer.filters), unit % layer.filters];
        const centers = findCenters(weightHistogram(layer, group, filter, segment), slicings);
        centers.forEach((center, slicing) => (found[slicing][index][unit] = center));
      }
    });
    slicings.forEach((slicing, index) => known.set(slicingName(slicing), found[index]));
  };
  return {
    of(slicing, together = [slicing]) {
      const name = slicingName(slicing);
      if (!known.has(name)) find(together.filter((each) => !known.has(slicingName(each))));
      return known.get(name) as LayerCenters;
    },
  };
}

/** Columns of offsets that can leave the converter's range, and the sum of all offsets' magnitudes. */
interface OffsetColumns {
  readonly columns: PackedColumns;
  /** Σ |offset| over all columns and rows. */
  readonly absoluteOffsets: number;
}

/**
 * Stores a segment of a group's filters as offsets from their centers.
 *
 * @param centers Of the filters.
 * @param quiet Columns are left out whose sums stay within, whatever the inputs.
 */
export function offsetColumns(
  layer: IntegerLayer,
  group: number,
  segment: Segment,
  slicing: Slicing,
  centers: Uint8Array,
  quiet: SumRange,
): OffsetColumns {
  const { rows: allRows, filters, weights } = layer;
  const rows = segment.to - segment.from;
  const packer = createPacker(rows, quiet);
  const slices = slicesOf(slicing);
  const codes = new Uint8Array(rows);
  const counts = new Uint32Array(codeCount);
  const cells = new Int32Array(codeCount);
  let absoluteOffsets = 0;
  for (let filter = 0; filter < filters; filter++) {
    const present: number[] = [];
    for (let row = 0; row < rows; row++) {
      const code = weights[(group * allRows + segment.from + row) * filters + filter] + weightOffset;
      codes[row] = code;
      if (counts[code]++ === 0) present.push(code);
    }
    for (const slice of slices) {
      let least = 0;
      let greatest = 0;
      for (const code of present) {
        const offset = offsetOf(code, centers[filter], slice);
        cells[code] = offset;
        if (offset < 0) least += offset * counts[code];
        else greatest += offset * counts[code];
      }
      absoluteOffsets += greatest - least;
      if (least < quiet.least || greatest > quiet.greatest)
        packer.add(filter, 2 ** slice.low, { least, greatest }, codes, cells);
    }
    for (const code of present) counts[code] = 0;
  }
  return { columns: packer.columns, absoluteOffsets };
}
