/** Prime factors in ascending order, by trial division. */
function primeFactors(value: number): readonly number[] {
  const primes: number[] = [];
  let rest = value;
  for (let prime = 2; prime * prime <= rest; prime += prime === 2 ? 1 : 2)
    while (rest % prime === 0) {
      primes.push(prime);
      rest /= prime;
    }
  if (rest > 1) primes.push(rest);
  return primes;
}

const factorizations = new Map<number, readonly number[]>();

/** Prime factors of an integer of at least 1, in ascending order with repeats. */
export function factorize(value: number): readonly number[] {
  let primes = factorizations.get(value);
  if (primes === undefined) {
    primes = primeFactors(value);
    if (factorizations.size > 10_000) factorizations.clear();
    factorizations.set(value, primes);
  }
  return primes;
}

/** A prime and how often it occurs. */
type PrimePower = readonly [prime: number, exponent: number];

function primePowers(values: readonly number[]): PrimePower[] {
  const exponents = new Map<number, number>();
  for (const value of values)
    for (const prime of factorize(value)) exponents.set(prime, (exponents.get(prime) ?? 0) + 1);
  return [...exponents].sort(([first], [second]) => second - first);
}

/** The primes, with repeats, of the largest divisor of the product of powers that does not exceed the capacity. */
function largestDivisor(powers: readonly PrimePower[], capacity: number): readonly number[] {
  let best = 1;
  let bestExponents: readonly number[] = powers.map(() => 0);
  const search = (index: number, product: number, exponents: readonly number[]): void => {
    if (index === powers.length) {
      if (product > best) [best, bestExponents] = [product, exponents];
      return;
    }
    const [prime, most] = powers[index];
    let next = product;
    for (let exponent = 0; exponent <= most && next <= capacity; exponent++, next *= prime)
      search(index + 1, next, [...exponents, exponent]);
  };
  search(0, 1, []);
  return powers.flatMap(([prime], index) => Array.from({ length: bestExponents[index] }, () => prime));
}

export interface Allocation {
  /** Factor of each wanted dimension. */
  readonly factors: readonly number[];
  /** What is left of each. */
  readonly left: readonly number[];
}

/**
 * Fills `capacity` places with factors of the dimensions: the product of the factors is the largest divisor of the
 * product of all that is left which does not exceed the capacity; each of its primes is taken from the first dimension
 * that has it.
 */
export function allocateFactors(left: readonly number[], capacity: number): Allocation {
  let product = 1;
  for (const value of left) product *= value;
  if (product <= capacity) return { factors: left, left: left.map(() => 1) };
  if (capacity < 2) return { factors: left.map(() => 1), left };
  const key = `${left.join(" ")}/${capacity}`;
  let allocation = allocations.get(key);
  if (allocation === undefined) {
    allocation = allocate(left, capacity);
    if (allocations.size > 10_000) allocations.clear();
    allocations.set(key, allocation);
  }
  return allocation;
}

const allocations = new Map<string, Allocation>();

function allocate(left: readonly number[], capacity: number): Allocation {
  const factors = left.map(() => 1);
  const rest = [...left];
  for (const prime of largestDivisor(primePowers(left), capacity)) {
    const index = rest.findIndex((value) => value % prime === 0);
    rest[index] /= prime;
    factors[index] *= prime;
  }
  return { factors, left: rest };
}
