import assert from "node:assert/strict";
import { drawPositions, madeUpValues } from "../../src/network/samples";
import { mulberry32 } from "../../src/random";

describe("Sampling of positions", () => {
  it("draws from mulberry32", () => {
    const next = mulberry32(1);
    assert.deepEqual(
      [next(), next(), next()],
      [2693262067, 11749833, 2265367787].map((value) => value / 2 ** 32),
    );
    assert.deepEqual([...drawPositions(100, 10, 1)], [0, 26, 42, 49, 57, 59, 70, 91, 92, 99]);
  });

  it("takes every position where there are no more than asked for, or all are", () => {
    assert.deepEqual([...drawPositions(3, 384, 1)], [0, 1, 2]);
    assert.deepEqual([...drawPositions(4, "all", 1)], [0, 1, 2, 3]);
  });

  it("makes up values from -2 to 2", () => {
    const values = madeUpValues(1_000, 1);
    assert.equal(values[0], (2693262067 / 2 ** 32) * 4 - 2);
    assert.ok(values.every((value) => value >= -2 && value < 2));
  });
});
