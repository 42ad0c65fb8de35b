import assert from "node:assert/strict";
import { describeHardware } from "../../src/mapping/hardware";
import { smallSpecification } from "../spec/support/small-model";

describe("the size of a buffer", () => {
  const words = (attributes: string): number =>
    describeHardware(smallSpecification("depth: BUFFER_DEPTH\n", `${attributes}\n`)).levels[0].capacityWords;

  it("is depth times words of a row", () => {
    assert.equal(words("depth: 64"), 128);
  });

  it("is shared by the copies of multiple buffering", () => {
    assert.equal(words("depth: 64\n        multiple_buffering: 2"), 64);
    assert.equal(words("depth: 64\n        multiple_buffering: 3"), 42);
  });

  it("may be given in entries or kilobytes", () => {
    assert.equal(words("entries: 77"), 77);
    assert.equal(words("sizeKB: 2"), 2048);
  });
});
