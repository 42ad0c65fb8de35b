import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { AnalyzeNetworkOptions, FloatEngine, ImportedNetwork } from "../../src/network";
import { analyzeNetwork } from "../../src/network";
import { inferShapes } from "../../src/network/onnx/infer-shapes";
import { readModel } from "../../src/network/onnx/read-model";
import { noExternalFiles } from "../../src/network/onnx/tensor";
import { digitsModel, someDigits } from "../support/digits";
import { classifierInputs, classifierModel, readTiny, tinyBytes, tinyInputs } from "./golden-networks";
import type { SmallModel } from "./small-model";
import { smallModel } from "./small-model";

/** An engine that must not be asked. */
const noEngine: FloatEngine = {
  name: "none",
  version: "0",
  open: () => Promise.reject(new Error("the engine was asked")),
};

/** What both ways of finding layers must agree on. */
const layersOf = ({ layers, mappedMacs }: ImportedNetwork): unknown => ({
  mappedMacs,
  layers: layers.map(({ name, node, operator, shape, macs, hasActivation, totalPositions }) => ({
    ...{ name, node, operator, shape, macs, hasActivation, totalPositions },
  })),
});

async function agree(options: AnalyzeNetworkOptions, samples: number): Promise<void> {
  const inferred = await analyzeNetwork({ ...options, shapesOnly: true, engine: noEngine });
  const run = await analyzeNetwork({ ...options, samples: 1, workers: 1 });
  const perSample = {
    ...run,
    layers: run.layers.map((layer) => ({ ...layer, totalPositions: layer.totalPositions / samples })),
  };
  assert.deepEqual(layersOf(inferred), layersOf(perSample));
  assert.equal(inferred.totalMacs, run.totalMacs);
}

describe("Shapes without a run", () => {
  for (const name of [
    "convs_channel8_artifact",
    "attention_symmetric_corrected",
    "qdq_own_artifact",
    "qlinear_own_artifact",
  ])
    it(`are those of a run: ${name}`, async () => {
      const golden = readTiny(name);
      const inputs = tinyInputs(golden);
      const [first] = Object.values("dims" in inputs ? { x: inputs } : inputs);
      const [samples] = (first as { readonly dims: readonly number[] }).dims;
      await agree({ model: tinyBytes(golden.model), externalFiles: tinyBytes, inputs }, samples);
    });

  it("are those of a run: networks of the examples and of the world", async () => {
    await agree({ model: new Uint8Array(readFileSync(digitsModel)), inputs: await someDigits(2) }, 2);
    const model = classifierModel();
    if (model !== undefined) await agree({ model, inputs: classifierInputs() }, 4);
  });

  it("follow through sizes that the graph computes, as exporters write them", async () => {
    const integers = (values: readonly number[]): object => ({ dims: [values.length], type: 7, values });
    const model: SmallModel = {
      inputs: { x: { dims: ["N", 6, "height", "width"] } },
      nodes: [
        { operator: "Shape", inputs: ["x"], outputs: ["shape"] },
        { operator: "Gather", inputs: ["shape", "zero"], outputs: ["batch"] },
        { operator: "Concat", inputs: ["batch", "rest"], outputs: ["wanted"], attributes: { axis: 0 } },
        { operator: "Resize", inputs: ["x", "", "twice"], outputs: ["big"] },
        { operator: "Slice", inputs: ["big", "from", "to", "axes"], outputs: ["part"] },
        { operator: "Pad", inputs: ["part", "pads"], outputs: ["padded"] },
        {
          operator: "ReduceMean",
          inputs: ["padded"],
          outputs: ["means"],
          attributes: { axes: [3], keepdims: 0 },
        },
        { operator: "Reshape", inputs: ["means", "wanted"], outputs: ["tokens"] },
        { operator: "MatMul", inputs: ["tokens", "w"], outputs: ["y"] },
      ],
      outputs: ["y"],
      tensors: {
        zero: integers([0]),
        rest: integers([-1, 9]),
        from: integers([1]),
        to: integers([-1]),
        axes: integers([2]),
        pads: integers([0, 0, 0, 0, 0, 0, 1, 0]),
        twice: { dims: [4], values: [1, 1, 2, 2] },
        w: { dims: [9, 4], values: Array.from({ length: 36 }, (_, index) => (index % 7) - 3) },
      } as SmallModel["tensors"],
      operatorSets: { "": 13 },
    };
    const bytes = await smallModel(model);
    const options = { model: bytes, sizes: { height: 5, width: 4 } };
    await agree(options, 4);
    // 6 channels of 2 · 5 - 2 + 1 rows, as lists of 9.
    const { layers } = await analyzeNetwork({ ...options, shapesOnly: true, engine: noEngine });
    assert.equal(layers[0].shape.Q, 6);
  });

  it("ask for a run where they do not follow, and name the node", async () => {
    const bytes = await smallModel({
      inputs: { x: { dims: [1, 8] } },
      nodes: [
        { operator: "NonZero", inputs: ["x"], outputs: ["places"], name: "where" },
        { operator: "Cast", inputs: ["places"], outputs: ["floats"], attributes: { to: 1 } },
        { operator: "MatMul", inputs: ["floats", "w"], outputs: ["y"] },
      ],
      outputs: ["y"],
      tensors: { w: { dims: [8, 2], values: Array.from({ length: 16 }, (_, index) => index) } },
    });
    const model = await readModel(bytes, "model.onnx");
    const shapes = inferShapes(model, new Map([["x", [1, 8]]]), noExternalFiles);
    assert.equal(shapes.dims("floats"), undefined);
    assert.equal(shapes.obstacle("floats")?.name, "where");
    await assert.rejects(
      analyzeNetwork({ model: bytes, shapesOnly: true, engine: noEngine }),
      /engine was asked/,
    );
  });
});
