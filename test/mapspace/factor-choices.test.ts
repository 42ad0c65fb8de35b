import assert from "node:assert/strict";
import fc from "fast-check";
import type { FactorLimits } from "../../src/mapspace/factor-choices";
import {
  cofactorsAt,
  countCofactors,
  divisorsInMapperOrder,
  listCofactors,
} from "../../src/mapspace/factor-choices";

function tuples(
  bound: number,
  quotient: number,
  slots: number,
  limits: FactorLimits | null = null,
): number[][] {
  const { count, factors } = listCofactors(bound, quotient, slots, limits);
  return Array.from({ length: count }, (_, index) => [...factors.slice(index * slots, (index + 1) * slots)]);
}

describe("ordered products of factors", () => {
  it("take divisors in the mapper's order: from both ends", () => {
    assert.deepEqual(divisorsInMapperOrder(12), [1, 12, 2, 6, 3, 4]);
    assert.deepEqual(divisorsInMapperOrder(16), [1, 16, 2, 8, 4]);
    assert.deepEqual(divisorsInMapperOrder(1), [1]);
  });

  it("vary the outermost slot slowest", () => {
    assert.deepEqual(tuples(6, 6, 2), [
      [6, 1],
      [1, 6],
      [3, 2],
      [2, 3],
    ]);
    // The order is that of the divisors of the full bound, also when only a part of it is left.
    assert.deepEqual(tuples(12, 6, 2), [
      [6, 1],
      [3, 2],
      [1, 6],
      [2, 3],
    ]);
  });

  it("are as many as the formula says, and can be asked for one by one", () => {
    const cases = fc.record({
      quotient: fc.integer({ min: 1, max: 120 }),
      rest: fc.integer({ min: 1, max: 4 }),
      slots: fc.integer({ min: 1, max: 4 }),
      limited: fc.boolean(),
      limits: fc.array(fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 12 })), {
        minLength: 4,
        maxLength: 4,
      }),
      least: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ quotient, rest, slots, limited, limits, least }) => {
        const bound = quotient * rest;
        const own = limited ? { most: limits.slice(0, slots), least: least.slice(0, slots) } : null;
        const isWithin = (tuple: readonly number[]): boolean =>
          own === null ||
          tuple.every((factor, slot) => factor <= own.most[slot] && factor >= own.least[slot]);
        const list = tuples(bound, quotient, slots, own);
        assert.equal(BigInt(list.length), countCofactors(quotient, slots, own));
        assert.equal(new Set(list.map(String)).size, list.length);
        assert.equal(list.length, tuples(bound, quotient, slots).filter(isWithin).length);
        list.forEach((tuple, index) => {
          assert.equal(
            tuple.reduce((product, factor) => product * factor, 1),
            quotient,
          );
          assert.ok(isWithin(tuple));
          assert.deepEqual(cofactorsAt(bound, quotient, slots, own, BigInt(index)), tuple);
        });
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it("of a number without slots exist only for 1", () => {
    assert.equal(countCofactors(1, 0, null), 1n);
    assert.equal(countCofactors(2, 0, null), 0n);
    assert.equal(countCofactors(2, 0, { most: [], least: [] }), 0n);
    assert.deepEqual(tuples(7, 1, 0), [[]]);
    assert.deepEqual(cofactorsAt(7, 1, 0, null, 0n), []);
  });

  it("are counted beyond 2^53", () => {
    // 2^40 over 30 slots: 69 over 29.
    assert.equal(countCofactors(2 ** 40, 30, null), 23_720_460_024_918_645_912n);
  });
});
