/** Rounds to seven significant decimal digits, as the circuit models print their results. Zero stays zero. */
export function roundTo7Digits(value: number): number {
  return Number.isFinite(value) ? Number(value.toExponential(6)) : value;
}

/** C's conversion of a double to a 32-bit integer: truncation; what does not fit becomes the smallest integer. */
export function truncateToInt32(value: number): number {
  const truncated = Math.trunc(value);
  return truncated >= -2147483648 && truncated <= 2147483647 ? truncated + 0 : -2147483648;
}

/** Metres squared to square micrometres, joules to picojoules, watts to picowatts. */
export const pico = 1e12;

/** Energy of a crossbar block split by what it is proportional to, pJ, seven significant digits. */
export interface BlockEnergy {
  readonly perActivation: number;
  readonly perRow: number;
  readonly perColumn: number;
  readonly perCell: number;
}

export const noEnergy: BlockEnergy = { perActivation: 0, perRow: 0, perColumn: 0, perCell: 0 };

/**
 * Splits the energy E(r, k) of a block with r of its rows and k of its columns at work, from its values at the
 * corners of the array.
 * @param energyJ E(r, k), J
 * @param shares who shares the energy per activation (`activations`) and how often the columns are multiplexed
 */
export function splitBlockEnergy(
  energyJ: (rows: number, columns: number) => number,
  size: { readonly rows: number; readonly columns: number },
  shares: { readonly activations: number; readonly multiplexing: number },
): BlockEnergy {
  const { rows, columns } = size;
  const base = energyJ(1, 1);
  const perRowSlope = Math.max((energyJ(rows, 1) - base) / (rows - 1), 0);
  const perColumnSlope = Math.max((energyJ(1, columns) - base) / (columns - 1), 0);
  const corner = energyJ(rows, columns) - perRowSlope * rows - perColumnSlope * columns - base;
  const perCell = Math.max(corner / (rows - 1) / (columns - 1), 0);
  const perRow = Math.max(perRowSlope - perCell, 0) / shares.multiplexing;
  const perColumn = Math.max(perColumnSlope - perCell, 0) / shares.multiplexing;
  const rest = Math.max(base - perRow - perColumn - perCell, 0);
  return {
    perActivation: roundTo7Digits((rest / shares.activations / shares.multiplexing) * pico),
    perRow: roundTo7Digits(perRow * pico),
    perColumn: roundTo7Digits(perColumn * pico),
    perCell: roundTo7Digits(perCell * pico),
  };
}
