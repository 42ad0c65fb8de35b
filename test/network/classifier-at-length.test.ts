import assert from "node:assert/strict";
import { analyzeAccuracy } from "../../src/network/analyze-accuracy";
import { analyzeNetwork } from "../../src/network/analyze-network";
import type { ArithmeticDesign } from "../../src/network/arithmetic-design";
import { usualDesign } from "../../src/network/arithmetic-design";
import type { GoldenNetworkLayer } from "./golden-networks";
import { checkNetwork, classifierInputs, classifierModel, readClassifier } from "./golden-networks";

describe("A real classifier at length @thorough", function () {
  this.timeout(600_000);
  const all = readClassifier("ppocr_cls.json") as Readonly<
    Record<string, { readonly layers: readonly GoldenNetworkLayer[] }>
  >;
  let model: Uint8Array;
  before(function () {
    const found = classifierModel();
    if (found === undefined) return this.skip();
    model = found;
  });

  for (const scheme of ["channel8", "qnnpack", "fbgemm"] as const)
    it(`has the golden statistics of all positions with ${scheme}`, async () => {
      const network = await analyzeNetwork({
        ...{ model, inputs: classifierInputs(), scheme, samples: "all", withAccuracy: true },
      });
      checkNetwork(network, all[scheme].layers, { scales: 1e-5, statistics: 3e-4, counts: 2e-4 });
    });

  it("needs more slices with fewer bits if slicings are chosen anew, and keeps the error below its bound", async () => {
    const designs = [7, 6, 5].map((adcBits): ArithmeticDesign => ({
      ...usualDesign("raella_no_speculation"),
      ...{ adcBits, slicing: "anew" },
    }));
    const found = await analyzeAccuracy({ model, inputs: classifierInputs(), scheme: "channel8", designs });
    const slices = found.designs.map(({ meanSlices }) => meanSlices);
    assert.ok(slices[0] < slices[1] && slices[1] < slices[2], slices.join(" "));
    for (const { layers } of found.designs)
      for (const { error, slices: count } of layers) assert.ok(error < 0.09 || count === 8);
  });
});
