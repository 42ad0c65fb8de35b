/** Rounds to six decimal places, exact ties (of the binary value) to the even digit: 0.0078125 becomes 0.007812. */
export function roundTo6Decimals(value: number): number {
  const scaled = value * 1e6;
  const below = Math.floor(scaled);
  const fraction = scaled - below;
  // Below 1e9 the product is off by less than 1e-7, so only close to a tie could it mislead.
  if (scaled >= 0 && scaled < 1e9 && Math.abs(fraction - 0.5) > 1e-6)
    return (fraction < 0.5 ? below : below + 1) / 1e6;
  return roundDecimals(value, 6);
}

/** Rounds to any number of decimal places, exact ties to the even digit; null leaves the value as it is. */
export function roundDecimals(value: number, places: number | null): number {
  if (places === null || !Number.isFinite(value)) return value;
  const rounded = Number(value.toFixed(places));
  // A binary fraction is a tie exactly if 2^(places + 1) times it is an odd number.
  const isTie = Math.abs((value * 2 ** (places + 1)) % 2) === 1;
  if (!isTie) return rounded;
  const lastDigit = Number(rounded.toFixed(places).at(-1));
  // toFixed takes ties away from zero: an odd last digit has to go back by one.
  return lastDigit % 2 === 0 ? rounded : Number((rounded - Math.sign(value) * 10 ** -places).toFixed(places));
}
