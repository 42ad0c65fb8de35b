import assert from "node:assert/strict";
import { checkOptimum } from "./optimum";
import type { Checked } from "./optimum";

describe("searches of random dense specifications", () => {
  it("come to the optimum of a visit to every mapping", () => {
    const found: Record<Checked, number> = { "too large": 0, "nothing fits": 0, "same optimum": 0 };
    for (let seed = 0; seed < 400; seed += 1) found[checkOptimum(seed, 4_000)] += 1;
    assert.ok(found["same optimum"] > 150, JSON.stringify(found));
  });
});
