import assert from "node:assert/strict";
import { accuracyChart } from "../../../src/network";
import type { NetworkAccuracy } from "../../../src/network";

/** Designs of some rows whose loss with 6, 7 and 8 bits is known. */
function accuracyOf(losses: Readonly<Record<number, readonly number[]>>): NetworkAccuracy {
  const designs = Object.entries(losses).flatMap(([rows, ofRows]) =>
    ofRows.map((loss, index) => ({
      ...{ architecture: "raella", rows: Number(rows), adcBits: 6 + index, slicing: "kept", layers: [] },
      ...{ meanSlices: 3, meanError: 0, endToEnd: { loss } },
    })),
  );
  return { dnn: "mine", samples: 1, reference: {}, designs } as unknown as NetworkAccuracy;
}

const widthsOf = (accuracy: NetworkAccuracy): unknown =>
  (accuracyChart(accuracy) as unknown as { encoding: { strokeWidth?: { scale: unknown } } }).encoding
    .strokeWidth?.scale;

describe("the chart of accuracy against converters", () => {
  it("draws lines that lie on one another so that each can be seen", () => {
    const accuracy = accuracyOf({ 128: [9, 3, 0], 256: [12, 4, 0.5], 512: [9, 3, 0], 1024: [9, 3, 0] });
    assert.deepEqual(widthsOf(accuracy), {
      domain: ["128 rows", "256 rows", "512 rows", "1024 rows"],
      range: [10, 2, 6, 2],
    });
  });

  it("draws all lines alike where none lies on another", () => {
    assert.equal(widthsOf(accuracyOf({ 256: [12, 4, 0.5], 512: [9, 3, 0] })), undefined);
  });
});
