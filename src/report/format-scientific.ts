/**
 * Scientific notation with two digits after the point, as C's `%.2e` prints it: the exponent has at least two
 * digits, and an exact decimal tie goes to the even digit (JavaScript rounds it away from zero).
 */
export function formatScientific(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const [mantissa, exponent] = roundTieToEven(value).split("e");
  const digits = exponent.slice(1).padStart(2, "0");
  return `${mantissa}e${exponent[0]}${digits}`;
}

/** `value.toExponential(2)` with exact ties rounded to the even digit. */
function roundTieToEven(value: number): string {
  const rounded = value.toExponential(2);
  // 20 digits tell almost every number apart from a tie; 100 digits are exact for those that remain.
  if (!/^-?\d\.\d\d50{17}e/.test(value.toExponential(20))) return rounded;
  const [mantissa, exponent] = value.toExponential(100).split("e");
  const pointAt = mantissa.indexOf(".");
  if (!/^50*$/.test(mantissa.slice(pointAt + 3))) return rounded;
  const truncated = mantissa.slice(0, pointAt + 3);
  return Number(truncated.at(-1)) % 2 === 0 ? `${truncated}e${exponent}` : rounded;
}
