import assert from "node:assert/strict";
import { parseCount, parseLayers, parseNames, parseSettings } from "../../src/cli/parse-options";
import { RaellaError } from "../../src/errors";

describe("options of the command line", () => {
  it("reads counts", () => {
    assert.equal(parseCount("16", "--tiles", 1), 16);
    assert.equal(parseCount("0", "--layer", 0), 0);
  });

  for (const text of ["", "0", "-1", "1.5", "x", "1e9", "NaN", "99999999999999999999"]) {
    it(`refuses ${JSON.stringify(text)} as a number of tiles`, () => {
      assert.throws(
        () => parseCount(text, "--tiles", 1),
        (error) =>
          error instanceof RaellaError &&
          error.message === `--tiles cannot be "${text}".\n  Expected: a whole number of at least 1`,
      );
    });
  }

  it("reads settings: numbers as numbers, anything else as an expression", () => {
    assert.deepEqual(parseSettings(["A=8", "B = 1e-3", "C=A * 2", "D=A == 2", "E=-.5"]), {
      A: 8,
      B: 1e-3,
      C: "A * 2",
      D: "A == 2",
      E: -0.5,
    });
  });

  for (const text of ["A", "=3", "A=", "A B=3", "3=A"]) {
    it(`refuses the setting ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseSettings([text]), /--set cannot read .*NAME=NUMBER or NAME=EXPRESSION/s);
    });
  }

  it("refuses a setting that another one would hide", () => {
    assert.throws(() => parseSettings(["A=8", "B=1", "A=9"]), /--set gives A twice: 8 and 9/);
  });

  it("reads layers and ranges", () => {
    assert.deepEqual(parseLayers("0,10,20"), [0, 10, 20]);
    assert.deepEqual(parseLayers("2-4, 7"), [2, 3, 4, 7]);
    assert.deepEqual(parseLayers("3,0-1"), [3, 0, 1]);
  });

  for (const text of ["", "a", "3-1", "1,,2", "-1", "0-999999999"]) {
    it(`refuses the layers ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseLayers(text), /--layers cannot read .*numbers and ranges/s);
    });
  }

  it("reads names one by one, with commas, and all", () => {
    assert.deepEqual(parseNames(["b,a", "c"], ["a"]), ["b", "a", "c"]);
    assert.deepEqual(parseNames(["all"], ["x", "y"]), ["x", "y"]);
    assert.deepEqual(parseNames(["y", "all"], ["x", "y"]), ["y", "x"]);
    assert.deepEqual(parseNames(["Y", "all"], ["x", "y"]), ["Y", "x"]);
  });
});
