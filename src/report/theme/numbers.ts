/** A unit for people, and what a figure in the base unit has to be divided by to be given in it. */
export interface DisplayUnit {
  /** E.g. `µJ`; empty for plain counts. */
  readonly symbol: string;
  readonly divisor: number;
}

/** What a figure measures, with the unit it is given in: pJ, um^2, cycles, seconds, per second. */
export type DisplayQuantity = "energyPj" | "areaUm2" | "cycles" | "seconds" | "perSecond";

/** Ascending. */
const units: Readonly<Record<DisplayQuantity, readonly DisplayUnit[]>> = {
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

export const quantities = Object.keys(units) as readonly DisplayQuantity[];

/** The largest unit in which `largest` (in the base unit) is at least 1; the smallest one if there is none. */
export function chooseUnit(quantity: DisplayQuantity, largest: number): DisplayUnit {
  const candidates = units[quantity];
  return candidates.filter(({ divisor }) => Math.abs(largest) >= divisor).at(-1) ?? smallestUsual(candidates);
}

/** The base unit rather than its thousandth when there is nothing to show. */
function smallestUsual(candidates: readonly DisplayUnit[]): DisplayUnit {
  return candidates.find(({ divisor }) => divisor === 1) ?? candidates[0];
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A number for people: `digits` significant digits (whole numbers in full below a billion), thousands separated by
 * commas, very large and very small ones (with `power`: all) as `1.23×10⁻⁷`. `—` for what is not finite.
 */
export function formatNumber(value: number, digits = 4, power = false): string {
  if (!Number.isFinite(value)) return "—";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (!power && Number.isInteger(value) && size < 1e9) return groupThousands(value.toFixed(0));
  const [mantissa, exponent] = value.toExponential(Math.max(0, digits - 1)).split("e");
  if (power || size >= 1e9 || size < 1e-3) {
    return `${trimZeros(mantissa)}×10${toSuperscript(Number(exponent))}`;
  }
  const decimals = Math.max(0, digits - 1 - Number(exponent));
  return groupThousands(trimZeros(value.toFixed(decimals)));
}

/** A number with exactly `digits` significant digits, so that labels side by side look alike: `19.0`, `0.350`. */
export function formatAligned(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-3)) return formatNumber(value, digits);
  // Also what rounding brings up to one more digit, such as 999.6.
  if (size >= 10 ** digits - 0.5) return groupThousands(value.toFixed(0));
  return value === 0 ? "0" : value.toPrecision(digits);
}

/** A whole number in full, thousands separated: `2,508,800`. */
export function formatWhole(value: number): string {
  return Number.isFinite(value) ? groupThousands(value.toFixed(0)) : "—";
}

/** `0.352` as `35.2 %`, with a space that no line breaks at. */
export function formatShare(share: number, digits = 3): string {
  return Number.isFinite(share) ? `${formatNumber(share * 100, digits)}\u00a0%` : "—";
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Commas between the thousands of a number. */
export function groupThousands(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function toSuperscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join("");
  return exponent < 0 ? `⁻${digits}` : digits;
}
