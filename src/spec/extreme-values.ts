import type { Value } from "./specification";

/** No quantity of a design is larger, or smaller and not 0. */
const largest = 1e30;

/**
 * Which values are beyond all measure, in words for an error about a figure that no number can hold; undefined where none
 * is.
 */
export function extremeValues(values: Iterable<readonly [string, Value]>): string | undefined {
  const found = new Map<string, number>();
  for (const [name, value] of values) {
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number !== "number" || number === 0 || Number.isNaN(number)) continue;
    const size = Math.abs(number);
    if (size > largest || size < 1 / largest) found.set(name, number);
  }
  if (found.size === 0) return undefined;
  const shown = [...found].slice(0, 5).map(([name, value]) => `${name} is ${value}`);
  return shown.join(", ");
}
