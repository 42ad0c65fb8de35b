import assert from "node:assert/strict";
import fc from "fast-check";
import { roundDecimals, roundTo6Decimals } from "../../src/components/round-decimals";

describe("rounding of the tables", () => {
  it("takes exact ties to the even digit", () => {
    assert.equal(roundTo6Decimals(0.0078125), 0.007812);
    assert.equal(roundTo6Decimals(0.0234375), 0.023438);
    assert.equal(roundTo6Decimals(5.0078125), 5.007812);
    assert.equal(roundDecimals(0.5, 0), 0);
    assert.equal(roundDecimals(1.5, 0), 2);
    assert.equal(roundDecimals(2.5, 0), 2);
    assert.equal(roundDecimals(-0.125, 2), -0.12);
    assert.equal(roundDecimals(1.005, 2), 1);
    assert.equal(roundDecimals(1 / 3, null), 1 / 3);
  });

  it("gives the nearest decimal, ties to even, for every number", () => {
    const numbers = fc.oneof(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.integer({ min: 0, max: 1_000_000 }).map((count) => count / 128),
      fc.integer({ min: 0, max: 1_000_000 }).map((count) => (count + 0.5) / 1e6),
    );
    fc.assert(
      fc.property(numbers, (value) => {
        assert.equal(roundTo6Decimals(value), nearest(value, 6));
      }),
    );
  });
});

/** Rounds the exact binary value with whole numbers of any size. */
function nearest(value: number, places: number): number {
  let denominator = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  const numerator = BigInt(scaled) * 10n ** BigInt(places);
  const floor = numerator / denominator;
  const twice = 2n * (numerator - floor * denominator);
  const up = twice > denominator || (twice === denominator && floor % 2n === 1n);
  return Number(`${up ? floor + 1n : floor}e-${places}`);
}
