import assert from "node:assert/strict";
import { Random } from "../fuzz/random";
import { described, SequenceChecker } from "./sequences/check-sequence";
import { createSequence } from "./sequences/sequence";

const sequences = 20;
const stepsOfEach = 6;

describe("sequences of calls in one process", function () {
  this.timeout(600_000);
  let checker: SequenceChecker;
  before(() => (checker = new SequenceChecker()));
  after(() => checker.remove());

  it("give what each call gives in a process of its own", async () => {
    for (let seed = 1; seed <= sequences; seed += 1) {
      const steps = createSequence(new Random(seed), checker, stepsOfEach);
      // Every fourth one with all memory switched off.
      const difference = await checker.check(steps, seed % 4 !== 0);
      if (difference !== undefined) assert.fail(`Sequence ${seed}:\n${described(difference)}`);
    }
    assert.ok(checker.calls > 2 * sequences);
  });
});
