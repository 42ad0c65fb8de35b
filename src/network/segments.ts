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
