import assert from "node:assert/strict";
import { accessCounts } from "../../src/model/access-counts";
import type { NestLevel } from "../../src/model/nest";
import type { TensorTraffic } from "../../src/model/traffic";

const one = (value: number): Float64Array => Float64Array.of(value);

/** Traffic of one level: 10.6 words to and from the inside, 4.7 from outside, 1.2 from neighbours, 3 its own. */
const traffic: TensorTraffic = {
  tile: one(3),
  ...{ content: one(10.6), share: one(4.7), peer: one(1.2), partition: one(3) },
  outermost: 1,
};

function counts(
  readWrite: boolean,
  rules: Partial<Record<"passthrough" | "rmwOnFirstWriteback", boolean>>,
): number[] {
  const level = {
    passthrough: [rules.passthrough ?? false],
    rmwOnFirstWriteback: [rules.rmwOnFirstWriteback ?? false],
  } as unknown as NestLevel;
  const { reads, fills, updates } = accessCounts(traffic, level, readWrite, 0, 0);
  return [reads, fills, updates];
}

describe("accesses", () => {
  it("of inputs: fills lose their fraction, reads are rounded", () => {
    assert.deepEqual(counts(false, {}), [12, 5, 0]);
  });

  it("of results: the first write of each word is neither read nor filled", () => {
    assert.deepEqual(counts(true, {}), [9, 3, 11]);
  });

  it("of results that are read before every write", () => {
    assert.deepEqual(counts(true, { rmwOnFirstWriteback: true }), [12, 6, 11]);
  });

  it("of results that only pass", () => {
    assert.deepEqual(counts(true, { passthrough: true }), [12, 12, 11]);
  });
});
