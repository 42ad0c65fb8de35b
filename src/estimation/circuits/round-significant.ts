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
