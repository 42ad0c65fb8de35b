/** Rows of a crossbar that one part of a filter occupies: `from` to `to` (not included) of the filter's rows. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** Rows of RAELLA's crossbar and of ISAAC's. */
export const raellaRows = 512;
export const isaacRows = 128;

/**
 * Cuts a filter of `rows` inputs to crossbars of `limit` rows: as few segments as it takes, of equal length except for a
 * shorter last one. Every segment of every filter has its own center and its own columns.
 */
export function segmentsOf(rows: number, limit: number): readonly Segment[] {
  const count = Math.ceil(rows / limit);
  const length = Math.ceil(rows / count);
  return Array.from({ length: Math.ceil(rows / length) }, (_, index) => ({
    from: index * length,
    to: Math.min(rows, (index + 1) * length),
  }));
}
