import assert from "node:assert/strict";
import { allBadInputs, expectedMessages, messageOf } from "./bad-inputs";

describe("bad inputs", () => {
  const expected = expectedMessages();

  for (const { kind, inputs } of allBadInputs)
    describe(kind, () => {
      for (const input of inputs)
        it(input.name, async () => {
          assert.equal(await messageOf(input), expected[kind]?.[input.name]);
        });
    });

  it("are at least 150 different ones, and every message says something", () => {
    const recorded = Object.values(expected).flatMap((messages) => Object.values(messages));
    assert.ok(recorded.length >= 150);
    for (const message of recorded) assert.doesNotMatch(message, /ACCEPTED|UNCAUGHT|undefined|\[object/);
  });

  it("and their messages belong together", () => {
    const names = allBadInputs.map(({ kind, inputs }) => [kind, inputs.map(({ name }) => name)]);
    const recorded = Object.entries(expected).map(([kind, messages]) => [kind, Object.keys(messages)]);
    assert.deepEqual(names, recorded);
  });

  it("leave no trace in the prototypes of objects", () => {
    assert.equal(Reflect.get({}, "polluted"), undefined);
    assert.equal(Object.keys(Object.prototype).length, 0);
  });
});
