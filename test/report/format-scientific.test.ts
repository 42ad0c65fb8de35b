import assert from "node:assert/strict";
import fc from "fast-check";
import { formatScientific } from "../../src/report/statistics-text";

describe("formatScientific", () => {
  const cases: [number, string][] = [
    [0, "0.00e+00"],
    [1, "1.00e+00"],
    [0.00398, "3.98e-03"],
    [-123456, "-1.23e+05"],
    [9.999, "1.00e+01"],
    [1e-7, "1.00e-07"],
    [1.5e123, "1.50e+123"],
    [Number.MAX_VALUE, "1.80e+308"],
    [5e-324, "4.94e-324"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [NaN, "nan"],
  ];
  for (const [value, text] of cases) {
    it(`prints ${value} as ${text}`, () => assert.equal(formatScientific(value), text));
  }

  it("rounds exact decimal ties to the even digit, as C does", () => {
    // 1.125, 1.375, 0.0078125 * 2^k … are exact in binary.
    assert.equal(formatScientific(1.125), "1.12e+00");
    assert.equal(formatScientific(1.375), "1.38e+00");
    assert.equal(formatScientific(-1.125), "-1.12e+00");
    assert.equal(formatScientific(100500), "1.00e+05");
    assert.equal(formatScientific(101500), "1.02e+05");
    assert.equal(formatScientific(2 ** -3), "1.25e-01");
  });

  it("rounds numbers next to a tie to the nearer side", () => {
    assert.equal(formatScientific(1.1250000000000002), "1.13e+00");
    assert.equal(formatScientific(1.1249999999999998), "1.12e+00");
    assert.equal(formatScientific(1.115), "1.11e+00"); // 1.115 is 1.1149999999999999911… in binary
  });

  it("stays within half a unit of the last digit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
        const text = formatScientific(value);
        assert.match(text, /^\d\.\d\de[+-]\d{2,3}$/);
        assert.ok(Math.abs(Number(text) - value) <= value * 0.00501);
      }),
    );
  });
});
