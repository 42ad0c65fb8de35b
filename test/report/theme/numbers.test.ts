import assert from "node:assert/strict";
import {
  chooseUnit,
  formatAligned,
  formatNumber,
  formatShare,
  formatWhole,
} from "../../../src/report/theme/numbers";

describe("figures for people", () => {
  it("have a number of significant digits, whole numbers all", () => {
    const written = [0, 12, 2508800, -1234.5678, 0.35211, 1.5, 12345.678].map((value) => formatNumber(value));
    assert.deepEqual(written, ["0", "12", "2,508,800", "-1,235", "0.3521", "1.5", "12,346"]);
  });

  it("have powers of ten where they are very large or small", () => {
    const written = [7.734162e12, 1e9, 2.5e-7, -3e-10].map((value) => formatNumber(value));
    assert.deepEqual(written, ["7.734×10¹²", "1×10⁹", "2.5×10⁻⁷", "-3×10⁻¹⁰"]);
    assert.equal(formatNumber(1234, 2, true), "1.2×10³");
  });

  it("keep their zeros where they stand side by side", () => {
    const written = [19, 0.35, 999.6, 37994.2, 0, 1e-5].map((value) => formatAligned(value));
    assert.deepEqual(written, ["19.0", "0.350", "1,000", "37,994", "0", "1×10⁻⁵"]);
  });

  it("that are none are a dash", () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      for (const format of [formatNumber, formatAligned, formatShare, formatWhole]) {
        assert.equal(format(value), "—");
      }
    }
  });

  it("get the largest unit in which they are at least 1", () => {
    const symbols = [0.2, 1, 999, 1e3, 4.6e9, 1e20].map((value) => chooseUnit("energyPj", value).symbol);
    assert.deepEqual(symbols, ["fJ", "pJ", "pJ", "nJ", "mJ", "kJ"]);
    assert.equal(chooseUnit("areaUm2", 9.28e6).symbol, "mm²");
    assert.equal(chooseUnit("energyPj", 0).symbol, "pJ");
    assert.equal(chooseUnit("cycles", 0.5).symbol, "");
  });
});
