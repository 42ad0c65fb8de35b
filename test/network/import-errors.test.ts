import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import type { AnalyzeNetworkOptions } from "../../src/network/analyze-network";
import { analyzeNetwork } from "../../src/network/analyze-network";
import type { SmallModel } from "./small-model";
import { smallLayer, smallModel } from "./small-model";

const weights = { dims: [4, 3], values: Array.from({ length: 12 }, (_, index) => (index % 5) - 2) };
const oneSample = { dims: [1, 4], data: [1, -2, 3, 0.5] };

/** What is wrong, the model, the options, and what the message has to say. */
const cases: readonly (readonly [string, SmallModel, Partial<AnalyzeNetworkOptions>, RegExp])[] = [
  [
    "token ids without inputs",
    smallLayer({
      nodes: [
        { operator: "Gather", inputs: ["table", "ids"], outputs: ["x"] },
        { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
      ],
      inputs: { ids: { dims: ["N", 6], type: 7 } },
      tensors: { w: weights, table: { dims: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8] } },
    }),
    {},
    /input "ids" is of type int64, whose values mean something[^]*ids: int64 \[N, 6\]/,
  ],
  [
    "an unknown size",
    smallLayer({ inputs: { x: { dims: ["N", "width"] } } }),
    {},
    /Axis 1 of the input "x" has no known size[^]*--size width=/,
  ],
  [
    "a batch that is fixed above 1",
    smallLayer({ inputs: { x: { dims: [8, 4] } } }),
    { inputs: oneSample },
    /input "x" always takes 8 samples at once[^]*dynamic first axis/,
  ],
  [
    "an external file that is not there",
    smallLayer({ tensors: { w: { ...weights, values: [], external: { location: "w.bin" } } } }),
    {
      inputs: oneSample,
      externalFiles: (location) => {
        throw new RaellaError({ code: "file-not-found", message: `${location} is not there.` });
      },
    },
    /w\.bin is not there/,
  ],
  [
    "an external file outside the folder",
    smallLayer({ tensors: { w: { ...weights, values: [], external: { location: "../w.bin" } } } }),
    { inputs: oneSample },
    /"w" is said to be in "\.\.\/w\.bin", outside the model's folder/,
  ],
  [
    "an external file that is too short",
    smallLayer({ tensors: { w: { ...weights, values: [], external: { location: "w.bin", offset: 8 } } } }),
    { inputs: oneSample, externalFiles: () => new Uint8Array(50) },
    /"w" is said to be 48 bytes from byte 8 on of "w\.bin", which has 50/,
  ],
  [
    "an operator that nobody knows",
    smallLayer({
      nodes: [
        { operator: "Wobble", name: "strange", domain: "my.domain", inputs: ["x"], outputs: ["z"] },
        { operator: "MatMul", inputs: ["z", "w"], outputs: ["y"] },
      ],
      operatorSets: { "": 17, "my.domain": 1 },
    }),
    { inputs: oneSample },
    /my\.domain\.Wobble "strange" \(domain my\.domain\) cannot be computed[^]*onnxruntime-web: /,
  ],
  [
    "no layer that can be mapped",
    smallLayer({ nodes: [{ operator: "MatMul", name: "square", inputs: ["x", "x"], outputs: ["y"] }] }),
    { inputs: oneSample },
    /no layer that can be mapped[^]*MatMul "square": its weights are computed/,
  ],
  [
    "weights in blocks",
    smallLayer({
      nodes: [
        {
          operator: "DequantizeLinear",
          inputs: ["w8", "s"],
          outputs: ["w"],
          attributes: { axis: 0, block_size: 2 },
        },
        { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
      ],
      tensors: {
        w8: { dims: [4, 3], type: 3, values: Array.from({ length: 12 }, (_, index) => index) },
        s: { dims: [2, 3], values: [1, 1, 1, 1, 1, 1] },
      },
      operatorSets: { "": 21 },
    }),
    { inputs: oneSample },
    /weights quantised in blocks, which is not supported/,
  ],
  [
    "weights of 4 bits",
    smallLayer({
      nodes: [
        { operator: "DequantizeLinear", inputs: ["w4", "s"], outputs: ["w"] },
        { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
      ],
      tensors: { w4: { dims: [4, 2], type: 22, values: [1, 2, 3, 4] }, s: { dims: [], values: [0.1] } },
      operatorSets: { "": 21 },
    }),
    { inputs: oneSample },
    /of type int4, which is not supported/,
  ],
  [
    "inputs of another shape",
    smallLayer(),
    { inputs: { dims: [1, 5], data: [1, 2, 3, 4, 5] } },
    /values for "x" have the shape \[1, 5\][^]*x: float32 \[N, 4\]/,
  ],
  ["inputs of another name", smallLayer(), { inputs: { image: oneSample } }, /no input "image"/],
  [
    "values that are not finite",
    smallLayer(),
    { inputs: { dims: [1, 4], data: [1, Infinity, 0, 0] } },
    /infinite or not numbers/,
  ],
  [
    "a scheme that there is not",
    smallLayer(),
    { inputs: oneSample, scheme: "chanel8" as "channel8" },
    /no quantisation scheme "chanel8"[^]*Did you mean "channel8"/,
  ],
  ["own scales without any", smallLayer(), { inputs: oneSample, scheme: "own" }, /no scales of its own/],
  ["a last layer that there is not", smallLayer(), { inputs: oneSample, lastLayer: "z" }, /no layer "z"/],
  ["no samples", smallLayer(), { inputs: oneSample, samples: 0 }, /number of samples cannot be 0/],
  [
    "workers that there cannot be",
    smallLayer(),
    { inputs: oneSample, workers: 0 },
    /There cannot be 0 workers/,
  ],
];

describe("An import that cannot be", () => {
  for (const [what, model, options, message] of cases)
    it(`says so: ${what}`, async () => {
      const bytes = await smallModel(model);
      await assert.rejects(analyzeNetwork({ model: bytes, ...options }), (error) => {
        assert.ok(error instanceof RaellaError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });

  for (const [what, bytes] of [
    ["an empty file", new Uint8Array()],
    ["text", new TextEncoder().encode("<!DOCTYPE html><html><body>Not found</body></html>")],
    ["zeros", new Uint8Array(1_000)],
  ] as const)
    it(`says so: ${what} for a model`, async () => {
      await assert.rejects(analyzeNetwork({ model: bytes }), (error) => {
        assert.ok(error instanceof RaellaError, String(error));
        assert.match(error.message, /no ONNX model that can be read/);
        return true;
      });
    });

  it("says so: a model that ends too early", async () => {
    const bytes = await smallModel(smallLayer());
    for (let length = 1; length < bytes.length; length += 3)
      await assert.rejects(
        analyzeNetwork({ model: bytes.subarray(0, length), inputs: oneSample }),
        RaellaError,
        `${length} bytes`,
      );
  });

  it("stops where it is told to", async () => {
    const model = await smallModel(smallLayer());
    const controller = new AbortController();
    await assert.rejects(
      analyzeNetwork({
        model,
        inputs: oneSample,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      }),
      /stopped before it was finished/,
    );
  });

  it("warns of inputs that are always 0", async () => {
    const model = await smallModel(smallLayer());
    const { warnings } = await analyzeNetwork({ model, inputs: { dims: [1, 4], data: [0, 0, 0, 0] } });
    assert.match(warnings.join(), /input of y is 0 wherever it was looked at/);
  });

  it("warns of made-up inputs", async () => {
    const model = await smallModel(smallLayer());
    const { warnings, madeUpInputs, inputSamples } = await analyzeNetwork({ model });
    assert.match(warnings.join(), /made-up noise/);
    assert.deepEqual([madeUpInputs, inputSamples], [true, 4]);
  });
});
