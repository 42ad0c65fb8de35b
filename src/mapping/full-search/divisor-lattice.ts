/** What may be taken out of one number: its divisors, and where in the lattice each leads. */
export interface FactorSteps {
  /** Ascending, from 1 to the number itself. */
  readonly factors: Float64Array;
  /** Per factor: how many digits the number's own digit goes down when the factor is taken out. */
  readonly drops: Int32Array;
}

/**
 * All ways in which parts of several numbers can still be left over: one digit per number, the index of a divisor
 * in ascending order. A point of the lattice is its mixed-radix number.
 */
export interface DivisorLattice {
  /** Per number: its divisors, ascending. */
  readonly divisors: readonly (readonly number[])[];
  /** Per number: what one digit counts in a point. */
  readonly strides: readonly number[];
  /** Points in all. */
  readonly size: number;
  /** Per number and digit. */
  readonly steps: readonly (readonly FactorSteps[])[];
}

export function createDivisorLattice(numbers: readonly number[]): DivisorLattice {
  const divisors = numbers.map(ascendingDivisors);
  const strides: number[] = [];
  let size = 1;
  for (const list of divisors) {
    strides.push(size);
    size *= list.length;
  }
  return { divisors, strides, size, steps: divisors.map(factorSteps) };
}

function ascendingDivisors(number: number): number[] {
  const small: number[] = [];
  const large: number[] = [];
  for (let divisor = 1; divisor * divisor <= number; divisor += 1) {
    if (number % divisor !== 0) continue;
    small.push(divisor);
    if (divisor * divisor !== number) large.unshift(number / divisor);
  }
  return [...small, ...large];
}

function factorSteps(divisors: readonly number[]): FactorSteps[] {
  const digitOf = new Map(divisors.map((divisor, digit) => [divisor, digit]));
  return divisors.map((left, digit) => {
    const factors = divisors.filter((factor) => left % factor === 0);
    const drops = factors.map((factor) => digit - (digitOf.get(left / factor) ?? 0));
    return { factors: Float64Array.from(factors), drops: Int32Array.from(drops) };
  });
}
