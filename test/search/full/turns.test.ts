import assert from "node:assert/strict";
import { fewAndMany } from "../../support/thorough";
import { checkOptimum } from "./optimum";
import type { Checked } from "./optimum";

describe("searches of random dense specifications", () => {
  for (const [count, tag] of fewAndMany(60, 400))
    it(`come to the optimum of a visit to every mapping, in ${count} of them${tag}`, () => {
      const found: Record<Checked, number> = { "too large": 0, "nothing fits": 0, "same optimum": 0 };
      for (let seed = 0; seed < count; seed += 1) found[checkOptimum(seed, 4_000)] += 1;
      assert.ok(found["same optimum"] > (3 / 8) * count, JSON.stringify(found));
    });
});
