import assert from "node:assert/strict";
import { diagnoseMapSpace } from "../../src/mapspace/diagnose-map-space";
import { smallSpecification } from "../mapspace/small-specification";

describe("the diagnosis of a map space", () => {
  it("says that a layer fits, and how many mappings do", () => {
    const diagnosis = diagnoseMapSpace(
      smallSpecification({ C: 4, M: 2 }, [{ name: "outer" }, { name: "inner" }]),
    );
    assert.equal(diagnosis.fits, true);
    assert.deepEqual([diagnosis.size, diagnosis.withinFanout, diagnosis.valid], [6, 6, 6]);
    assert.deepEqual(diagnosis.messages, []);
  });

  it("says which dimension has something left over", () => {
    const { fits, leftovers, messages } = diagnoseMapSpace(
      smallSpecification({ C: 24, M: 5 }, [
        { name: "outer", fan: [4, 1], spatial: "C=4 M=1", temporal: "C=1 M=2" },
        { name: "inner", temporal: "C=3" },
      ]),
    );
    assert.equal(fits, false);
    assert.deepEqual(
      leftovers.map(({ dimension, bound, left, placed }) => [dimension, bound, left, placed]),
      [
        [
          "C",
          24,
          2,
          [
            { level: "outer", kind: "spatial", factor: 4 },
            { level: "inner", kind: "temporal", factor: 3 },
          ],
        ],
        ["M", 5, 2.5, [{ level: "outer", kind: "temporal", factor: 2 }]],
      ],
    );
    assert.match(messages[0], /C: 24 = 4 \(outer, spatial\) x 3 \(inner, temporal\) x 2: 2 of C fit nowhere/);
    assert.match(messages[1], /5 is no multiple of 2 \(outer, temporal\)/);
  });

  it("gives the fan-out that the nearest mapping exceeds", () => {
    const { fits, nearestMiss, misses, withinFanout } = diagnoseMapSpace(
      smallSpecification({ C: 12, M: 6 }, [
        { name: "outer", fan: [4, 1], spatial: "", temporal: "C=1 M=1" },
        { name: "inner", fan: [2, 1], spatial: "", temporal: "C=1 M=1" },
      ]),
    );
    assert.equal(fits, false);
    assert.equal(withinFanout, 0);
    // 72 operations on 8 units: the overload is a factor of 9, however it is spread.
    const overload = nearestMiss?.problems.reduce(
      (product, { needed, available }) => (product * needed) / available,
      1,
    );
    assert.ok(nearestMiss && overload !== undefined && overload >= 9);
    assert.ok(nearestMiss.problems.every(({ kind }) => kind === "fanout"));
    assert.deepEqual(
      misses.map(({ level, kind }) => [level, kind]),
      [
        ["inner", "fanout"],
        ["outer", "fanout"],
      ],
    );
  });

  it("gives the capacity that the nearest mapping exceeds, and how often levels are the reason", () => {
    const { fits, nearestMiss, misses, withinFanout, valid, messages } = diagnoseMapSpace(
      smallSpecification({ C: 4, M: 4, P: 2 }, [
        { name: "outer", attributes: { depth: 20 } },
        { name: "inner", attributes: { depth: 6 } },
      ]),
    );
    assert.equal(fits, false);
    assert.equal(valid, 0);
    assert.equal(withinFanout, 18);
    assert.deepEqual(
      nearestMiss?.problems.map(({ kind, subject, needed, available }) => [kind, subject, needed, available]),
      [["capacity", "outer", 32, 20]],
    );
    assert.deepEqual(misses[1], { level: "outer", kind: "capacity", mappings: 18 });
    assert.match(
      messages[0],
      /outer holds tiles of 32 words \(Weights 16 \+ Inputs 8 \+ Outputs 8\), but has room for 20/,
    );
    assert.match(messages.join("\n"), /18 of the mappings looked at fail at the capacity of outer/);
  });

  it("stops counting at its limit", () => {
    const specification = smallSpecification({ C: 64, M: 64, P: 64 }, [
      { name: "outer" },
      { name: "inner", attributes: { depth: 2 } },
    ]);
    const { fits, nearestMiss, withinFanout } = diagnoseMapSpace(specification, { limit: 10 });
    assert.equal(fits, false);
    assert.equal(withinFanout, undefined);
    assert.ok(nearestMiss);
  });

  it("lets undecided data spaces take no room", () => {
    const { fits } = diagnoseMapSpace(
      smallSpecification({ C: 4 }, [
        { name: "outer", keep: ["Weights"], bypass: ["Inputs"] },
        { name: "inner", keep: [], bypass: [], attributes: { depth: 1 } },
      ]),
    );
    assert.equal(fits, true);
  });
});
