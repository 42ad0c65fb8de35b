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

function groupThousands(text: string): string {
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function toSuperscript(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join("");
  return exponent < 0 ? `⁻${digits}` : digits;
}
