/** A unit for people, and what a figure in the base unit has to be divided by to be given in it. */
export interface DisplayUnit {
  /** E.g. `µJ`; empty for plain counts. */
  readonly symbol: string;
  readonly divisor: number;
}

/** What a figure measures, with the unit it is given in: pJ, um^2, cycles, seconds, per second. */
export type Quantity = "energyPj" | "areaUm2" | "cycles" | "seconds" | "perSecond";

/** Ascending. */
const units: Readonly<Record<Quantity, readonly DisplayUnit[]>> = {
  energyPj: [
    { symbol: "fJ", divisor: 1e-3 },
    { symbol: "pJ", divisor: 1 },
    { symbol: "nJ", divisor: 1e3 },
    { symbol: "µJ", divisor: 1e6 },
    { symbol: "mJ", divisor: 1e9 },
    { symbol: "J", divisor: 1e12 },
    { symbol: "kJ", divisor: 1e15 },
  ],
  areaUm2: [
    { symbol: "µm²", divisor: 1 },
    { symbol: "mm²", divisor: 1e6 },
  ],
  cycles: [
    { symbol: "", divisor: 1 },
    { symbol: "thousand", divisor: 1e3 },
    { symbol: "million", divisor: 1e6 },
    { symbol: "billion", divisor: 1e9 },
    { symbol: "trillion", divisor: 1e12 },
  ],
  seconds: [
    { symbol: "ns", divisor: 1e-9 },
    { symbol: "µs", divisor: 1e-6 },
    { symbol: "ms", divisor: 1e-3 },
    { symbol: "s", divisor: 1 },
  ],
  perSecond: [
    { symbol: "per second", divisor: 1 },
    { symbol: "thousand per second", divisor: 1e3 },
    { symbol: "million per second", divisor: 1e6 },
    { symbol: "billion per second", divisor: 1e9 },
  ],
};

export const quantities = Object.keys(units) as readonly Quantity[];

/** The largest unit in which `largest` (in the base unit) is at least 1; the smallest one if there is none. */
export function chooseUnit(quantity: Quantity, largest: number): DisplayUnit {
  const candidates = units[quantity];
  return candidates.filter(({ divisor }) => Math.abs(largest) >= divisor).at(-1) ?? smallestUsual(candidates);
}

/** The base unit rather than its thousandth when there is nothing to show. */
function smallestUsual(candidates: readonly DisplayUnit[]): DisplayUnit {
  return candidates.find(({ divisor }) => divisor === 1) ?? candidates[0];
}
