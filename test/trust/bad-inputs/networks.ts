import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  analyzeAccuracy,
  analyzeNetwork,
  importLayerList,
  importNetwork,
  usualDesign,
} from "../../../src/network";
import type { AnalyzeNetworkOptions } from "../../../src/network";
import type { ImportNetworkOptions } from "../../../src/report/import-network";
import { onnxRuntime } from "../../../src/network/float-engine";
import { smallLayer, smallModel } from "../../network/small-model";
import type { SmallModel, SmallTensor } from "../../network/small-model";
import type { BadInput, BadInputs } from "./case";
import { inFolder, withoutFolder } from "./case";

const weights: SmallTensor = {
  dims: [4, 3],
  values: Array.from({ length: 12 }, (_, index) => (index % 5) - 2),
};
const oneSample = { dims: [1, 4], data: [1, -2, 3, 0.5] };

/** A model that is imported from its bytes, and run in this thread unless the options say otherwise. */
function network(
  name: string,
  model: SmallModel,
  options: Partial<AnalyzeNetworkOptions> = { inputs: oneSample },
): BadInput {
  const run = async (): Promise<unknown> => {
    const usual = { workers: 1, engine: await onnxRuntime() };
    return analyzeNetwork({ model: await smallModel(model), ...usual, ...options });
  };
  return { name, run };
}

/** A layer and a state beside it, or whatever else is a second input. */
function recurrent(x: readonly (number | string)[], state: readonly (number | string)[]): SmallModel {
  return smallLayer({ inputs: { x: { dims: x }, state: { dims: state } } });
}

/** The small layer whose weights a DequantizeLinear makes of integers. */
function quantized(
  name: string,
  codes: SmallTensor,
  scales: SmallTensor,
  attributes: Readonly<Record<string, number>> = {},
): BadInput {
  const model = smallLayer({
    nodes: [
      { operator: "DequantizeLinear", inputs: ["codes", "scales"], outputs: ["w"], attributes },
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
    ],
    tensors: { codes, scales },
    operatorSets: { "": 21 },
  });
  return network(name, model);
}

/** A convolution of 3 × 3 with four filters of two channels. */
function image(attributes: Readonly<Record<string, number>>): SmallModel {
  return smallLayer({
    nodes: [{ operator: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes }],
    inputs: { x: { dims: ["N", 2 * (attributes.group ?? 1), "side", "side"] } },
    tensors: { w: { dims: [4, 2, 3, 3], values: Array.from({ length: 72 }, (_, index) => index % 5) } },
  });
}

/** A model whose weights lie in another file, imported from a folder. */
function external(name: string, location: string, content?: Uint8Array, offset?: number): BadInput {
  const model = smallLayer({
    tensors: { w: { ...weights, values: [], external: { location, ...(offset && { offset }) } } },
  });
  return {
    name,
    run: async (): Promise<void> => {
      const bytes = await smallModel(model);
      return inFolder({}, async (folder) => {
        mkdirSync(join(folder, "models"));
        writeFileSync(join(folder, "models", "model.onnx"), bytes);
        if (content !== undefined) writeFileSync(join(folder, "models", "w.bin"), content);
        const path = join(folder, "models", "model.onnx");
        try {
          await importNetwork({ model: path, name: "mine", inputs: oneSample, workspace: folder });
        } catch (error) {
          throw withoutFolder(error, folder);
        }
      });
    },
  };
}

/** The small layer imported under a name, into a folder that has certain files. */
function imported(
  name: string,
  options: Partial<ImportNetworkOptions>,
  files: Readonly<Record<string, string>> = {},
): BadInput {
  return {
    name,
    run: async (): Promise<void> => {
      const model = await smallModel(smallLayer());
      return inFolder(files, async (folder) => {
        try {
          await importNetwork({ model, name: "mine", inputs: oneSample, workspace: folder, ...options });
        } catch (error) {
          throw withoutFolder(error, folder);
        }
      });
    },
  };
}

/** A list of layers. */
function list(name: string, file: string, text: string): BadInput {
  return {
    name,
    run: () =>
      inFolder({ [file]: text }, (folder) => {
        try {
          importLayerList({ list: join(folder, file), name: "listed", workspace: folder });
        } catch (error) {
          throw withoutFolder(error, folder);
        }
      }),
  };
}

const tokens: SmallModel = {
  nodes: [
    { operator: "Gather", inputs: ["table", "ids"], outputs: ["x"] },
    { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
  ],
  inputs: { ids: { dims: ["N", 6], type: 7 } },
  outputs: ["y"],
  tensors: { w: weights, table: { dims: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8] } },
};

/** What an installation without the optional package comes to. */
const missingEngine = (): Promise<unknown> => onnxRuntime(() => Promise.reject(new Error("no such package")));

const codes: SmallTensor = {
  dims: [4, 3],
  type: 3,
  values: Array.from({ length: 12 }, (_, index) => index),
};

export const networks: BadInputs = {
  kind: "networks of one's own",
  inputs: [
    network("token ids without inputs", tokens, {}),
    network("an unknown size of an input", smallLayer({ inputs: { x: { dims: ["N", "width"] } } }), {}),
    network("a size that no input leaves open", smallLayer({ inputs: { x: { dims: ["N", "width"] } } }), {
      sizes: { widht: 4 },
    }),
    network("a size of the axis of samples", smallLayer({ inputs: { x: { dims: ["tokens", 4] } } }), {
      sizes: { tokens: 16 },
    }),
    network("a size beside inputs", smallLayer(), { sizes: { width: 4 }, inputs: oneSample }),
    network("an unnamed unknown size", smallLayer({ inputs: { x: {} } }), {}),
    network("a batch that is fixed above 1", smallLayer({ inputs: { x: { dims: [8, 4] } } })),
    network("samples along the second axis", smallLayer({ inputs: { x: { dims: ["time", "batch", 4] } } })),
    network("samples along another axis without inputs", recurrent(["N", 9, 4], [2, "N", 3]), {}),
    network("samples along the second axis of a state", recurrent(["steps", "length", 4], [2, "batch", 3])),
    network("an axis of samples that has another name", recurrent(["frames", 9, 4], [2, "frames", 3])),
    network("an input that has nothing to do with samples", recurrent(["N", 9, 4], [9, 4])),
    network("an input for the length of the others", recurrent(["batch", "length", 4], ["length", 3])),
    network("an input that is a single number", recurrent([1, 9, 4], [])),
    network("inputs that always take several samples", recurrent([8, 9, 4], [8, 3])),
    external("an external file that is not there", "w.bin"),
    external("an external file outside the folder", "../w.bin"),
    external("an external file at the root", "/w.bin"),
    external("an external file that is too short", "w.bin", new Uint8Array(50), 8),
    network(
      "an operator that nobody knows",
      smallLayer({
        nodes: [
          { operator: "Wobble", name: "strange", domain: "my.domain", inputs: ["x"], outputs: ["z"] },
          { operator: "MatMul", inputs: ["z", "w"], outputs: ["y"] },
        ],
        operatorSets: { "": 17, "my.domain": 1 },
      }),
      { inputs: oneSample, engine: undefined },
    ),
    network(
      "no layer that can be mapped",
      smallLayer({ nodes: [{ operator: "MatMul", name: "square", inputs: ["x", "x"], outputs: ["y"] }] }),
    ),
    quantized(
      "weights in blocks",
      codes,
      { dims: [2, 3], values: [1, 1, 1, 1, 1, 1] },
      { axis: 0, block_size: 2 },
    ),
    quantized(
      "weights of 4 bits",
      { dims: [4, 2], type: 22, values: [1, 2, 3, 4] },
      { dims: [], values: [0.1] },
    ),
    quantized("weights of 16 bits", { ...codes, type: 5 }, { dims: [], values: [0.1] }),
    quantized("as many scales of weights as inputs", codes, { dims: [4], values: [1, 2, 3, 4] }, { axis: 0 }),
    quantized(
      "scales of weights along the inputs",
      { ...codes, dims: [4, 4], values: Array.from({ length: 16 }, (_, index) => index) },
      { dims: [4], values: [1, 2, 3, 4] },
      { axis: 0 },
    ),
    quantized("a scale of weights that is 0", codes, { dims: [3], values: [1, 0, 2] }),
    network(
      "a scale of activations that is 0",
      smallLayer({
        nodes: [
          { operator: "QuantizeLinear", inputs: ["x", "scale", "zero"], outputs: ["codes"] },
          { operator: "DequantizeLinear", inputs: ["codes", "scale", "zero"], outputs: ["values"] },
          { operator: "MatMul", inputs: ["values", "w"], outputs: ["y"] },
        ],
        tensors: { w: weights, scale: { dims: [], values: [0] }, zero: { dims: [], type: 2, values: [3] } },
      }),
    ),
    network("a layer without weights", smallLayer({ tensors: { w: { dims: [4, 0], values: [] } } })),
    network("inputs without a token", smallLayer({ inputs: { x: { dims: ["N", "T", 4] } } }), {
      inputs: { dims: [1, 0, 4], data: [] },
    }),
    network("more channels than weights", smallLayer({ inputs: { x: { dims: ["N", 5] } } }), {
      shapesOnly: true,
    }),
    network("a window greater than the image", image({}), { shapesOnly: true, sizes: { side: 2 } }),
    network("groups that the filters do not divide into", image({ group: 3 }), {
      shapesOnly: true,
      sizes: { side: 5 },
    }),
    network("inputs of another shape", smallLayer(), { inputs: { dims: [1, 5], data: [1, 2, 3, 4, 5] } }),
    network("inputs of another name", smallLayer(), { inputs: { image: oneSample } }),
    network("inputs that are not finite", smallLayer(), {
      inputs: { dims: [1, 4], data: [1, Infinity, 0, 0] },
    }),
    network("an unknown scheme of quantisation", smallLayer(), {
      inputs: oneSample,
      scheme: "chanel8" as "channel8",
    }),
    network("own scales where there are none", smallLayer(), { inputs: oneSample, scheme: "own" }),
    network("an unknown last layer", smallLayer(), { inputs: oneSample, lastLayer: "z" }),
    network("no samples of positions", smallLayer(), { inputs: oneSample, samples: 0 }),
    network("workers that there cannot be", smallLayer(), { inputs: oneSample, workers: 0 }),
    {
      name: "noise that there cannot be",
      run: async (): Promise<void> => {
        const designs = [{ ...usualDesign("raella"), noise: -0.5 }];
        await analyzeAccuracy({ model: await smallModel(smallLayer()), inputs: oneSample, designs });
      },
    },
    {
      name: "a seed of noise where there is none",
      run: async (): Promise<void> => {
        const designs = [usualDesign("raella")];
        await analyzeAccuracy({
          model: await smallModel(smallLayer()),
          inputs: oneSample,
          designs,
          noiseSeed: 3,
        });
      },
    },
    {
      name: "labels of a network that is not run to its end",
      run: async (): Promise<void> => {
        const designs = [usualDesign("raella")];
        await analyzeAccuracy({
          ...{ model: await smallModel(smallLayer()), inputs: oneSample, designs, labels: [0] },
        });
      },
    },
    network("samples of positions where only shapes are asked for", smallLayer(), {
      ...{ shapesOnly: true, samples: 3, sizes: { N: 1 } },
    }),
    network("accuracy where only shapes are asked for", smallLayer(), {
      ...{ shapesOnly: true, withAccuracy: true },
    }),
    network("an unknown way of signed inputs", smallLayer(), {
      ...{ inputs: oneSample, signedInputs: "two" as "two-pass" },
    }),
    network("an unknown choice of slicings", smallLayer(), {
      ...{ inputs: oneSample, slicings: "all" as "full" },
    }),
    network("a seed that is a fraction", smallLayer(), { inputs: oneSample, seed: 1.5 }),
    imported("sizes of images where the inputs are arrays", { images: { resize: 256 } }),
    imported("a mean of images where there are no inputs", { inputs: undefined, images: { mean: [0.5] } }),
    imported("a name of a network that is a path", { name: "../mine" }),
    imported("the name of a DNN that was not imported", {}, { "dnn_layers/mine/000.yaml": "problem: {}" }),
    imported("a misspelt option of an import", { shapeOnly: true } as Partial<ImportNetworkOptions>),
    {
      name: "a web page for a model",
      run: () => analyzeNetwork({ model: new TextEncoder().encode("<html></html>") }),
    },
    { name: "an empty file for a model", run: () => analyzeNetwork({ model: new Uint8Array() }) },
    { name: "no engine", run: missingEngine },
    list("a list of layers that is no JSON", "layers.json", ""),
    list("a list of layers that is an object", "layers.json", '{"name": "fc"}'),
    list("a list of no layers", "layers.json", "[]"),
    list("a misspelt size of a layer", "layers.json", '[{"name": "fc", "C": 8, "M": 4, "Hstrid": 2}]'),
    list("a layer without a size", "layers.json", '[{"name": "fc", "C": 8}]'),
    list("a size of a layer that is a fraction", "layers.json", '[{"C": 8, "M": 4.5}]'),
    list("a size of a layer that is a truth value", "layers.json", '[{"C": 8, "M": true}]'),
    list("a size of a layer that is a list", "layers.json", '[{"C": 8, "M": [4]}]'),
    list("a name of a layer that is a number", "layers.json", '[{"name": 5, "C": 8, "M": 4}]'),
    list("a layer in three passes", "layers.json", '[{"C": 8, "M": 4, "passes": 3}]'),
    list("a name of a layer twice", "layers.csv", "name,C,M\nfc,8,4\nfc,4,2\n"),
    list("a name of a layer that is a path", "layers.csv", "name,C,M\n../fc,8,4\n"),
    list("a size of a layer that is a word", "layers.csv", "name,C,M\nfc,8,many\n"),
    list("an unknown column of a list of layers", "layers.csv", "name,C,M,Rr\nfc,8,4,1\n"),
    list("a row of a list with too few cells", "layers.csv", "name,C,M\nfc,8\n"),
  ],
};
