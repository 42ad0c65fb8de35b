import assert from "node:assert/strict";
import fc from "fast-check";
import { cyclesOfWords, levelTiming } from "../../src/model/bandwidth";
import type { HardwareLevel } from "../../src/model/hardware";

/** Timing of a level with these limits, for 100 steps with 4 words read and 2 written in each. */
function timing(
  limits: Partial<Pick<HardwareLevel, "readBandwidth" | "writeBandwidth" | "sharedBandwidth">>,
): unknown {
  const none = { readBandwidth: null, writeBandwidth: null, sharedBandwidth: null };
  return levelTiming({ ...none, ...limits } as HardwareLevel, 100, 4, 2);
}

describe("bandwidths", () => {
  it("do not slow down what they suffice for", () => {
    for (const limits of [{}, { readBandwidth: 4, writeBandwidth: 2, sharedBandwidth: 6 }])
      assert.deepEqual(timing(limits), { slowdown: 1, cycles: 100 });
  });

  it("of reads slow down reading, of writes writing", () => {
    assert.deepEqual(timing({ readBandwidth: 2 }), { slowdown: 0.5, cycles: 200 });
    assert.deepEqual(timing({ writeBandwidth: 0.5 }), { slowdown: 0.25, cycles: 400 });
  });

  it("of both count reads and writes together", () => {
    assert.deepEqual(timing({ sharedBandwidth: 3 }), { slowdown: 0.5, cycles: 200 });
    assert.deepEqual(timing({ sharedBandwidth: 5.9 }), { slowdown: 5.9 / 6, cycles: 102 });
  });

  it("count by the narrowest, in whole cycles", () => {
    assert.deepEqual(timing({ readBandwidth: 3, writeBandwidth: 1, sharedBandwidth: 4 }), {
      slowdown: 0.5,
      cycles: 200,
    });
    assert.deepEqual(timing({ readBandwidth: 3.9 }), { slowdown: 3.9 / 4, cycles: 103 });
  });

  it("take the cycles of their words, rounded up", () => {
    const limit = fc.option(fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 8));
    const words = fc.nat(50);
    fc.assert(
      fc.property(
        fc.record({ readBandwidth: limit, writeBandwidth: limit, sharedBandwidth: limit }),
        fc.integer({ min: 1, max: 200 }),
        words,
        words,
        (limits, steps, reads, writes) => {
          const level = limits as HardwareLevel;
          const least = Math.max(steps, cyclesOfWords(level, reads * steps, writes * steps));
          const { cycles } = levelTiming(level, steps, reads, writes);
          assert.ok(cycles >= least * (1 - 1e-12) && cycles < least * (1 + 1e-12) + 1, `${cycles} ${least}`);
        },
      ),
    );
  });
});
