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

/** Lanczos coefficients for g = 607/128 (Godfrey), good to about 15 digits. */
const lanczos = [
  0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202,
  3.399464998481189e-5, 4.652362892704858e-5, -9.837447530487956e-5, 0.0001580887032249125,
  -0.00021026444172410488, 0.00021743961811521265, -0.0001643181065367639, 8.441822398385275e-5,
  -2.6190838401581408e-5, 3.6899182659531625e-6,
];
const lanczosShift = 607 / 128;

/** Natural logarithm of |Γ(x)|; infinite at 0, -1, -2, … */
export function logGamma(x: number): number {
  if (Number.isInteger(x) && x <= 0) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const z = x - 1;
  const sum = lanczos.reduce((total, coefficient, index) => total + coefficient / (z + index));
  const base = z + lanczosShift + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Γ(x); exact factorials for small integers, NaN at the poles. */
export function gamma(x: number): number {
  if (Number.isInteger(x)) {
    if (x <= 0) return NaN;
    if (x <= 171) return factorial(x - 1);
  }
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  return Math.exp(logGamma(x));
}

/** n! in doubles, exact up to 22!; infinite from 171! on. */
export function factorial(n: number): number {
  if (n > 170) return Infinity;
  let product = 1;
  for (let factor = 2; factor <= n; factor++) product *= factor;
  return product;
}

/** Error function, by its power series near 0 and by the continued fraction of erfc elsewhere. */
export function errorFunction(x: number): number {
  if (Math.abs(x) > 2.5) return Math.sign(x) * (1 - complementTail(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** 1 - erf(x), without loss of digits for large x. */
export function complementaryErrorFunction(x: number): number {
  return x > 1 ? complementTail(x) : 1 - errorFunction(x);
}

/** erfc(x) for x > 1 by Lentz's continued fraction, evaluated from its tail. */
function complementTail(x: number): number {
  if (x > 27) return 0;
  let fraction = x;
  for (let n = 500; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** Binomial coefficient in doubles; exact as long as it is below 2^53. */
export function combinations(n: number, k: number): number {
  if (k > n) return 0;
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k) && Number.isFinite(result); i++)
    result = Math.round((result * (n - Math.min(k, n - k) + i)) / i);
  return result;
}

/** Number of ordered choices of k out of n. */
export function permutations(n: number, k: number): number {
  if (k > n) return 0;
  let result = 1;
  for (let i = 0; i < k && Number.isFinite(result); i++) result *= n - i;
  return result;
}

/** Square root of a natural number, rounded down. */
export function integerRoot(n: number): number {
  const root = Math.floor(Math.sqrt(n));
  // The square root of a number just below a large square is rounded up.
  return root * root > n ? root - 1 : root;
}

export function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** Half to even, with `digits` decimals (which may be negative). */
export function roundHalfEven(x: number, digits: number): number {
  if (!Number.isFinite(x)) return x;
  if (digits < 0) {
    const unit = 10 ** Math.min(-digits, 308);
    return roundHalfEven(x / unit, 0) * unit;
  }
  if (Math.abs(x) >= 1e21 || digits > 100) return x;
  // The exact decimal expansion decides whether it is a tie; the nearest below is a cut of it.
  const [whole, fraction] = Math.abs(x).toFixed(100).split(".");
  const isTie = /^50*$/.test(fraction.slice(digits));
  if (!isTie) return Number(x.toFixed(digits));
  const below = `${whole}.${fraction.slice(0, digits)}`;
  const lastDigit = Number((whole + fraction.slice(0, digits)).slice(-1));
  return lastDigit % 2 === 0 ? Math.sign(x) * Number(below) : Number(x.toFixed(digits));
}
