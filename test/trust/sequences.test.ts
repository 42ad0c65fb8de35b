import assert from "node:assert/strict";
import { Random } from "../fuzz/random";
import { fewAndMany } from "../support/thorough";
import { described, SequenceChecker } from "./sequences/check-sequence";
import { createSequence } from "./sequences/sequence";

const stepsOfEach = 6;

describe("sequences of calls in one process", function () {
  this.timeout(600_000);
  let checker: SequenceChecker;
  before(() => (checker = new SequenceChecker()));
  after(() => checker.remove());

  for (const [sequences, tag] of fewAndMany(4, 20))
    it(`give what each call gives in a process of its own, ${sequences} of them${tag}`, async () => {
      const before = checker.calls;
      for (let seed = 1; seed <= sequences; seed += 1) {
        const steps = createSequence(new Random(seed), checker, stepsOfEach);
        // Every fourth one with all memory switched off.
        const difference = await checker.check(steps, seed % 4 !== 0);
        if (difference !== undefined) assert.fail(`Sequence ${seed}:\n${described(difference)}`);
      }
      assert.ok(checker.calls - before > 2 * sequences);
    });
});
