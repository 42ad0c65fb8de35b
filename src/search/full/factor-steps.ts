import { fitsFanOut } from "../../model/fit";

/** What may be taken out of one number: its divisors, and where in the lattice each leads. */
interface FactorSteps {
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

/** The product of the numbers that a point of a lattice stands for. */
export function pointSize({ divisors }: DivisorLattice, digits: Int32Array): number {
  let product = 1;
  for (let index = 0; index < digits.length; index += 1) product *= divisors[index][digits[index]];
  return product;
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

/**
 * The largest product of numbers, one from every list, that fits a mesh: every number lies along one of the two axes,
 * and no axis holds more than it has room for. 0 where nothing fits.
 */
export function largestProduct(lists: readonly (readonly number[])[], roomX: number, roomY = 1): number {
  /** What can lie along the two axes, as one number: X times `base` plus Y. */
  const base = roomY + 1;
  let products = new Set([base + 1]);
  for (const list of lists) {
    const next = new Set<number>();
    for (const product of products) {
      const y = product % base;
      const x = (product - y) / base;
      for (const factor of list) {
        if (x * factor <= roomX) next.add(x * factor * base + y);
        if (y * factor <= roomY) next.add(x * base + y * factor);
      }
    }
    products = next;
  }
  let largest = 0;
  for (const product of products) {
    const y = product % base;
    largest = Math.max(largest, ((product - y) / base) * y);
  }
  return largest;
}

/** Whether loops with these factors can be laid along the two axes of a mesh. */
export function fitsMeshSomehow(factors: readonly number[], roomX: number, roomY: number): boolean {
  const mesh = { fanX: roomX, fanY: roomY };
  const place = (index: number, x: number, y: number): boolean => {
    if (!fitsFanOut(mesh, x, y)) return false;
    if (index === factors.length) return true;
    return place(index + 1, x * factors[index], y) || place(index + 1, x, y * factors[index]);
  };
  return place(0, 1, 1);
}
