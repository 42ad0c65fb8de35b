import assert from "node:assert/strict";
import { allRuns, describeDrifts, driftsOf, figuresOf, keyOf, readPinned } from "./pinned-results";

/** Every 13th run: all architectures and DNNs, 127 layers. All of them are compared by `tsx test/trust/pin-results.ts`. */
const stride = 13;

describe("pinned results", () => {
  const pinned = readPinned();

  it("are there for every layer of every DNN on every architecture", () => {
    assert.deepEqual([...pinned.keys()], allRuns().map(keyOf));
    assert.equal(pinned.size, 1640);
  });

  it("are what is computed today", () => {
    const drifts = allRuns()
      .filter((_, index) => index % stride === 0)
      .flatMap((run) => driftsOf(keyOf(run), pinned.get(keyOf(run)) ?? new Map(), figuresOf(run)));
    assert.equal(describeDrifts(drifts), "");
  }).timeout(60_000);

  it("show what has drifted, by figure", () => {
    const then = new Map([
      ["cycles", 100],
      ["energy of adc", 4],
      ["energy of dac", 1],
    ]);
    const now = new Map([
      ["cycles", 100 * (1 + 1e-12)],
      ["energy of adc", 5],
      ["energy of bus", 2],
    ]);
    const drifts = [
      ...driftsOf("raella,a,0", then, now),
      ...driftsOf("raella,a,1", then, new Map([...then, ["energy of adc", 2]])),
    ];
    assert.equal(
      describeDrifts(drifts),
      [
        "energy of adc: 2 runs, -50.0 % to +25.0 %; raella,a,1: 4 then, 2 now",
        "energy of dac: 1 runs, -100 % to -100 %; raella,a,0: 1 then, none now",
        "energy of bus: 1 runs, +Infinity % to +Infinity %; raella,a,0: none then, 2 now",
      ].join("\n"),
    );
  });
});
