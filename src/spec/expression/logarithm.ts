/** Bits of the fractions below: enough that the last bit of a double is right. */
const fractionBits = 160n;
const one = 1n << fractionBits;

/**
 * Natural logarithm of a positive number, rounded correctly. V8's own may be wrong in the last bit, with which
 * log(81) / log(3) misses the integer that it is.
 */
export function naturalLogarithm(x: number): number {
  if (!Number.isFinite(x)) return x;
  // Normal numbers have all their bits.
  const isTiny = x < 2 ** -1022;
  const logarithm = isTiny ? logarithmOf(x * 2 ** 60) - 60n * logarithmOfTwo() : logarithmOf(x);
  return Number(logarithm) / 2 ** Number(fractionBits);
}

/** For x = significand · 2^exponent with a significand of 1 to 2, by the series of the inverse hyperbolic tangent. */
function logarithmOf(x: number): bigint {
  let exponent = Math.min(Math.floor(Math.log2(x)), 1023);
  if (x < 2 ** exponent) exponent -= 1;
  const significand = BigInt((x / 2 ** exponent) * 2 ** 52) << (fractionBits - 52n);
  const quotient = ((significand - one) << fractionBits) / (significand + one);
  return 2n * inverseTangent(quotient) + BigInt(exponent) * logarithmOfTwo();
}

/** Inverse hyperbolic tangent of a fraction up to 1/3. */
function inverseTangent(fraction: bigint): bigint {
  const square = (fraction * fraction) >> fractionBits;
  let sum = 0n;
  for (let power = fraction, index = 1n; power !== 0n; power = (power * square) >> fractionBits, index += 2n)
    sum += power / index;
  return sum;
}

const logarithmOfTwo = (): bigint => 2n * inverseTangent(one / 3n);
