// With this as mocha's `--require`, tests run without anything that is remembered between calls.
import assert from "node:assert/strict";
import { presentRemembering, setRemembering } from "../../src/memory";

setRemembering("nothing");

export const mochaHooks = {
  afterAll(): void {
    assert.equal(presentRemembering(), "nothing");
  },
};
