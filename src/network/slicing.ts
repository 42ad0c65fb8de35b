/** Bits of a stored weight. */
export const weightBits = 8;

/** Most bits that one memory cell holds. */
export const mostCellBits = 4;

/** Bits that an adaptive slice may have. */
export function mostBitsOfSlices({ cellBits }: { readonly cellBits: number }): number {
  return Math.min(cellBits, mostCellBits);
}

/** How the bits of a weight are shared among cells: bits of each slice, most significant slice first, e.g. [4, 2, 2]. */
export type Slicing = readonly number[];

/** One slice of a weight: `bits` bits, the lowest of which has the value 2^low. */
export interface WeightSlice {
  readonly low: number;
  readonly bits: number;
}

/** The slices of a slicing, most significant first. */
export function slicesOf(slicing: Slicing): readonly WeightSlice[] {
  let low = weightBits;
  return slicing.map((bits) => ({ low: (low -= bits), bits }));
}

/** The part of a non-negative number that a slice holds. */
export function digitOf(value: number, { low, bits }: WeightSlice): number {
  return (value >> low) & ((1 << bits) - 1);
}

/**
 * What a pair of cells holds of a weight in Center+Offset encoding: the digit of its distance above the center, less
 * that of its distance below (one of them is 0).
 */
export function offsetOf(code: number, center: number, slice: WeightSlice): number {
  return code >= center ? digitOf(code - center, slice) : -digitOf(center - code, slice);
}

/** `4-2-2` */
export function slicingName(slicing: Slicing): string {
  return slicing.join("-");
}

/** Reads `4-2-2` or `422`; undefined if it is no slicing of eight bits. */
export function parseSlicing(text: string): Slicing | undefined {
  const slicing = [...text.replaceAll("-", "")].map(Number);
  const isSlicing =
    slicing.every((bits) => bits >= 1 && bits <= mostCellBits) &&
    slicing.reduce((sum, bits) => sum + bits, 0) === weightBits;
  return isSlicing ? slicing : undefined;
}

function compositions(rest: number): readonly Slicing[] {
  if (rest === 0) return [[]];
  const firsts = Array.from({ length: Math.min(mostCellBits, rest) }, (_, index) => index + 1).reverse();
  return firsts.flatMap((bits) => compositions(rest - bits).map((others) => [bits, ...others]));
}

/** Slicings that RAELLA tries first: they serve nearly all layers. */
export const commonSlicings: readonly Slicing[] = [
  [4, 4],
  [4, 2, 2],
];

/** Four 2-bit cells, as without adaptive slicing and in ISAAC. */
export const twoBitSlicing: Slicing = [2, 2, 2, 2];

/** One bit per cell: what a layer gets that nothing else serves, and the last layer of a network. */
export const oneBitSlicing: Slicing = [1, 1, 1, 1, 1, 1, 1, 1];

const isCommon = (slicing: Slicing): boolean =>
  commonSlicings.some((common) => slicingName(common) === slicingName(slicing));

/**
 * All 108 slicings in the order of preference: fewer slices first, then the common ones, then more bits in more
 * significant slices. `compositions` gives the last of these orders, and sorting keeps it.
 */
export const allSlicings: readonly Slicing[] = [...compositions(weightBits)].sort(
  (first, second) => first.length - second.length || Number(isCommon(second)) - Number(isCommon(first)),
);

/** Rows of a crossbar that one part of a filter occupies: `from` to `to` (not included) of the filter's rows. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** Rows of RAELLA's crossbar and of ISAAC's. */
export const raellaRows = 512;
export const isaacRows = 128;

/** Rows of the segments of a filter but the last: crossbars in which they are equal compute the same. */
export function segmentRows(rows: number, limit: number): number {
  return Math.ceil(rows / Math.ceil(rows / limit));
}

/**
 * Cuts a filter of `rows` inputs to crossbars of `limit` rows: as few segments as it takes, of equal length except for a
 * shorter last one. Every segment of every filter has its own center and its own columns.
 */
export function segmentsOf(rows: number, limit: number): readonly Segment[] {
  const length = segmentRows(rows, limit);
  return Array.from({ length: Math.ceil(rows / length) }, (_, index) => ({
    from: index * length,
    to: Math.min(rows, (index + 1) * length),
  }));
}
