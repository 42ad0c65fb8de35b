import assert from "node:assert/strict";
import { analyzeNetwork } from "../../src/network/analyze-network";
import type { SignedInputs } from "../../src/network/integer-layer";
import { near } from "./golden-layers";
import type { GoldenNetworkLayer } from "./golden-networks";
import {
  checkNetwork,
  classifierInputs,
  classifierModel,
  readClassifier,
  readTiny,
  tinyBytes,
  tinyInputs,
} from "./golden-networks";

describe("An ONNX model", () => {
  const tiny: readonly (readonly [string, SignedInputs])[] = [
    ["convs_channel8_artifact", "recorded"],
    ["convs_channel8_corrected", "two-pass"],
    ["attention_symmetric_corrected", "recorded"],
    ["qdq_own_artifact", "recorded"],
    ["qlinear_own_artifact", "recorded"],
  ];
  for (const [name, signedInputs] of tiny)
    it(`has the golden layers and statistics: ${name}`, async () => {
      const golden = readTiny(name);
      const network = await analyzeNetwork({
        model: tinyBytes(golden.model),
        file: golden.model,
        externalFiles: tinyBytes,
        inputs: tinyInputs(golden),
        samples: "all",
        signedInputs,
        withAccuracy: true,
        workers: 1,
      });
      assert.equal(network.scheme, golden.scheme);
      checkNetwork(network, golden.layers, { scales: 1e-6, statistics: 1e-12, counts: 0 });
    });

  it("says what is not mapped and its share of the work", async () => {
    const golden = readTiny("attention_symmetric_corrected");
    const network = await analyzeNetwork({
      model: tinyBytes(golden.model),
      inputs: tinyInputs(golden),
      samples: 1,
      workers: 1,
    });
    assert.deepEqual(
      network.unmapped.map(({ operator, name, macs }) => [operator, name, macs]),
      [
        ["MatMul", "scores", 6 * 6 * 32],
        ["MatMul", "context", 6 * 6 * 32],
      ],
    );
    assert.equal(network.totalMacs - network.mappedMacs, 2 * 6 * 6 * 32);
    assert.equal(network.mappedMacs, 6 * (4 * 32 * 32 + 2 * 32 * 600));
  });
});

describe("A real classifier", () => {
  const sampled = readClassifier("ppocr_cls_sampled.json") as Readonly<
    Record<string, readonly GoldenNetworkLayer[]>
  >;
  const all = readClassifier("ppocr_cls.json") as Readonly<
    Record<string, { readonly layers: readonly GoldenNetworkLayer[] }>
  >;
  const tolerance = { scales: 1e-5, statistics: 3e-4, counts: 2e-4 };
  let model: Uint8Array;

  before(function () {
    const found = classifierModel();
    if (found === undefined) return this.skip();
    model = found;
  });

  it("has the golden statistics of drawn positions", async () => {
    const network = await analyzeNetwork({ model, inputs: classifierInputs() });
    checkNetwork(network, sampled.n384_seed1_artifact, tolerance);
  });

  it("has the golden statistics of other positions in two passes @thorough", async () => {
    const network = await analyzeNetwork({
      model,
      inputs: classifierInputs(),
      samples: 64,
      seed: 2,
      signedInputs: "two-pass",
      workers: 1,
    });
    checkNetwork(network, sampled.n64_seed2_corrected, tolerance);
  });

  it("has the golden shapes and scales of other schemes @thorough", async () => {
    for (const scheme of ["qnnpack", "fbgemm"] as const) {
      const { layers } = await analyzeNetwork({ model, inputs: classifierInputs(), samples: 4, scheme });
      const { layers: golden } = all[scheme];
      assert.equal(layers.length, golden.length);
      layers.forEach(({ node, inputScale, outputScale }, index) => {
        const expected = golden[index];
        assert.equal(node, expected.name);
        near(inputScale?.scale ?? NaN, expected.inputScale ?? NaN, `${node} in`, tolerance.scales);
        near(outputScale?.scale ?? NaN, expected.outputScale ?? NaN, `${node} out`, tolerance.scales);
        assert.deepEqual([inputScale?.zero, outputScale?.zero], [expected.inputZero, expected.outputZero]);
      });
    }
  });
});
