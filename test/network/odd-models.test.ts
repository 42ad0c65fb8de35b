import assert from "node:assert/strict";
import type { LayerShape } from "../../src/network";
import { analyzeNetwork } from "../../src/network";
import { prepareNetwork } from "../../src/network/prepare-network";
import { fromFloat16, onnxRuntime } from "../../src/network/float-engine";
import { exactAccumulators } from "../../src/network/integer-layer";
import type { MeasuredLayer } from "../../src/network/measure-layers";
import { positionsPerSample } from "../../src/network/measure-layers";
import type { SmallModel, SmallNode, SmallTensor } from "./small-model";
import { smallModel } from "./small-model";

/** Numbers between -1 and 1 without a pattern, always the same ones. */
function numbers(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

const tensor = (dims: readonly number[], seed = 7): SmallTensor => ({
  dims,
  values: numbers(product(dims), seed),
});

const integers = (dims: readonly number[], type: number, least: number, greatest: number): SmallTensor => ({
  dims,
  type,
  values: numbers(product(dims), 11).map((value) =>
    Math.round(least + ((value + 1) / 2) * (greatest - least)),
  ),
});

const list = (values: readonly number[], type = 1): SmallTensor => ({ dims: [values.length], type, values });
const one = (value: number, type = 1): SmallTensor => ({ dims: [], type, values: [value] });

/** Bits of the 16-bit float nearest to a number; small numbers only. */
function float16(value: number): number {
  let best = 0;
  for (let bits = 0; bits < 0x4000; bits++)
    if (Math.abs(fromFloat16(bits) - Math.abs(value)) < Math.abs(fromFloat16(best) - Math.abs(value)))
      best = bits;
  return value < 0 ? best | 0x8000 : best;
}

interface OddModel {
  readonly what: string;
  readonly nodes: readonly SmallNode[];
  readonly tensors: Readonly<Record<string, SmallTensor>>;
  /** Sizes of the input "x" of one sample. */
  readonly input: readonly number[];
  /** Of each layer, what is not 1 (pads: 0). */
  readonly layers: readonly Partial<LayerShape>[];
  /** Reasons of what is not mapped. */
  readonly unmapped?: readonly string[];
  readonly operatorSet?: number;
  /** Element type of the input. */
  readonly type?: number;
  readonly hasActivation?: boolean;
  /** Its weights are quantised anew, since more than a DequantizeLinear makes them. */
  readonly hasWeightsAnew?: boolean;
  /** The last layer is not the result: its outputs are not compared. */
  readonly endsElsewhere?: boolean;
}

const convolution = (
  what: string,
  attributes: SmallNode["attributes"],
  weights: readonly number[],
  input: readonly number[],
  shape: Partial<LayerShape>,
): OddModel => ({
  what,
  nodes: [{ operator: "Conv", inputs: ["x", "w", "b"], outputs: ["y"], attributes }],
  tensors: { w: tensor(weights), b: tensor([weights[0]], 3) },
  input,
  layers: [shape],
});

const gemm = (
  what: string,
  attributes: SmallNode["attributes"],
  weights: readonly number[],
  bias: SmallTensor,
): OddModel => ({
  what,
  nodes: [{ operator: "Gemm", inputs: ["x", "w", "b"], outputs: ["y"], attributes }],
  tensors: { w: tensor(weights), b: bias },
  input: [6],
  layers: [{ C: 6, M: 4 }],
});

const square = { C: 3, M: 4, R: 3, S: 3, W: 6, H: 5 };

const floats: readonly OddModel[] = [
  convolution("groups", { group: 2, pads: [1, 1, 1, 1] }, [6, 2, 3, 3], [4, 5, 6], {
    ...{ C: 2, M: 3, G: 2, R: 3, S: 3, P: 6, Q: 5, W: 6, H: 5, Hpad: 1, Wpad: 1 },
  }),
  convolution("depthwise with two filters a channel", { group: 3 }, [6, 1, 2, 3], [3, 5, 6], {
    ...{ C: 1, M: 2, G: 3, R: 3, S: 2, P: 4, Q: 4, W: 6, H: 5 },
  }),
  convolution("dilation and strides", { dilations: [2, 1], strides: [1, 2] }, [4, 3, 3, 3], [3, 7, 9], {
    ...{ ...square, W: 9, H: 7, P: 4, Q: 3, Hdilation: 2, Wstride: 2 },
  }),
  convolution("asymmetric pads", { pads: [0, 1, 2, 0] }, [4, 3, 3, 3], [3, 5, 6], {
    ...{ ...square, P: 5, Q: 5, Wpad: 1 },
  }),
  convolution("pads that are greater at the begin", { pads: [2, 0, 0, 1] }, [4, 3, 3, 3], [3, 5, 6], {
    ...{ ...square, P: 5, Q: 5, Hpad: 2 },
  }),
  convolution("SAME_UPPER", { auto_pad: "SAME_UPPER", strides: [2, 2] }, [4, 3, 3, 3], [3, 5, 6], {
    ...{ ...square, P: 3, Q: 3, Hpad: 1, Hstride: 2, Wstride: 2 },
  }),
  convolution("SAME_LOWER", { auto_pad: "SAME_LOWER", strides: [2, 2] }, [4, 3, 3, 3], [3, 5, 6], {
    ...{ ...square, P: 3, Q: 3, Hpad: 1, Wpad: 1, Hstride: 2, Wstride: 2 },
  }),
  convolution("SAME_UPPER with an even window", { auto_pad: "SAME_UPPER" }, [4, 3, 2, 4], [3, 5, 6], {
    ...{ ...square, R: 4, S: 2, P: 6, Q: 5, Wpad: 1 },
  }),
  convolution("SAME_LOWER with an even window", { auto_pad: "SAME_LOWER" }, [4, 3, 2, 4], [3, 5, 6], {
    ...{ ...square, R: 4, S: 2, P: 6, Q: 5, Hpad: 1, Wpad: 2 },
  }),
  convolution("VALID", { auto_pad: "VALID" }, [4, 3, 2, 3], [3, 5, 6], { ...square, S: 2, P: 4, Q: 4 }),
  convolution("one axis", { pads: [2, 0], dilations: [2], strides: [2] }, [4, 3, 3], [3, 9], {
    ...{ C: 3, M: 4, R: 3, W: 9, P: 4, Wpad: 2, Wdilation: 2, Wstride: 2 },
  }),
  convolution("one axis, SAME_LOWER, groups", { auto_pad: "SAME_LOWER", group: 3 }, [6, 1, 4], [3, 9], {
    ...{ C: 1, M: 2, G: 3, R: 4, W: 9, P: 9, Wpad: 2 },
  }),
  gemm("Gemm", {}, [6, 4], tensor([4], 3)),
  gemm("Gemm by a transposed matrix", { transB: 1 }, [4, 6], tensor([1, 4], 3)),
  gemm(
    "Gemm with factors",
    { transB: 1, alpha: { float: 0.25 }, beta: { float: -3 } },
    [4, 6],
    tensor([4], 3),
  ),
  gemm("Gemm with one number for a bias", { alpha: { float: -2 } }, [6, 4], one(0.5)),
  {
    what: "Gemm of a transposed input, which is not mapped",
    nodes: [
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
      { operator: "Gemm", inputs: ["h", "v"], outputs: ["y"], attributes: { transA: 1 } },
    ],
    tensors: { w: tensor([6, 4]), v: tensor([1, 3]) },
    input: [6],
    layers: [{ C: 6, M: 4 }],
    unmapped: ["its input is transposed"],
    endsElsewhere: true,
  },
  {
    what: "a batched product by a constant, and its bias",
    nodes: [
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
      { operator: "Add", inputs: ["b", "h"], outputs: ["y"] },
    ],
    tensors: { w: tensor([5, 4]), b: tensor([4], 3) },
    input: [2, 3, 5],
    layers: [{ C: 5, M: 4, Q: 6, H: 6 }],
  },
  {
    what: "a product by a stack of matrices, which is not mapped",
    nodes: [
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
      { operator: "MatMul", inputs: ["h", "v"], outputs: ["y"] },
    ],
    tensors: { w: tensor([5, 4]), v: tensor([2, 4, 3]) },
    input: [2, 3, 5],
    layers: [{ C: 5, M: 4, Q: 6, H: 6 }],
    unmapped: ["its constant has 3 axes"],
    endsElsewhere: true,
  },
  {
    what: "batch normalisation, a bias and an activation, folded",
    nodes: [
      { operator: "Conv", inputs: ["x", "w"], outputs: ["c"], attributes: { group: 2 } },
      { operator: "Add", inputs: ["c", "b"], outputs: ["a"] },
      {
        operator: "BatchNormalization",
        inputs: ["a", "gain", "beta", "mean", "variance"],
        outputs: ["n"],
        attributes: { epsilon: { float: 0.01 } },
      },
      { operator: "Clip", inputs: ["n", "zero", "six"], outputs: ["y"] },
    ],
    tensors: {
      ...{ w: tensor([6, 2, 3, 3]), b: tensor([6, 1, 1], 3), gain: tensor([6], 5), beta: tensor([6], 9) },
      ...{ mean: tensor([6], 13), variance: list([0.1, 0.2, 1, 2, 0.5, 0.7]), zero: one(0), six: one(6) },
    },
    input: [4, 5, 6],
    layers: [{ C: 2, M: 3, G: 2, R: 3, S: 3, W: 6, H: 5, P: 4, Q: 3 }],
    hasActivation: true,
  },
  {
    what: "weights of 16-bit floats that are cast",
    nodes: [
      { operator: "Cast", inputs: ["half"], outputs: ["w"], attributes: { to: 1 } },
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
    ],
    tensors: { half: { dims: [6, 4], type: 10, values: numbers(24, 7).map(float16) } },
    input: [6],
    layers: [{ C: 6, M: 4 }],
  },
  {
    what: "16-bit floats throughout, as bytes",
    nodes: [
      { operator: "Gemm", inputs: ["x", "w", "b"], outputs: ["h"] },
      { operator: "Relu", inputs: ["h"], outputs: ["y"] },
    ],
    tensors: {
      w: {
        dims: [6, 4],
        type: 10,
        raw: new Uint8Array(Uint16Array.from(numbers(24, 7).map(float16)).buffer),
      },
      b: { dims: [4], type: 10, values: numbers(4, 3).map(float16) },
    },
    input: [6],
    type: 10,
    layers: [{ C: 6, M: 4 }],
    hasActivation: true,
  },
  {
    what: "weights in another file",
    nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
    tensors: { w: { dims: [6, 4], external: { location: "parts/weights.bin", offset: 8, length: 96 } } },
    input: [6],
    layers: [{ C: 6, M: 4 }],
  },
  {
    what: "sizes in Constant nodes of several types",
    nodes: [
      { operator: "Constant", inputs: [], outputs: ["sizes"], attributes: { value_ints: [0, -1, 4] } },
      { operator: "Reshape", inputs: ["x", "sizes"], outputs: ["r"] },
      {
        ...{ operator: "Constant", inputs: [], outputs: ["from"] },
        attributes: { value: { tensor: list([1], 6) } },
      },
      {
        ...{ operator: "Constant", inputs: [], outputs: ["to"] },
        attributes: { value: { tensor: { dims: [1], type: 6, raw: new Uint8Array([3, 0, 0, 0]) } } },
      },
      { ...{ operator: "Constant", inputs: [], outputs: ["axis"] }, attributes: { value_ints: [1] } },
      { operator: "Cast", inputs: ["axis"], outputs: ["axes"], attributes: { to: 6 } },
      { operator: "Slice", inputs: ["r", "from", "to", "axes"], outputs: ["s"] },
      {
        ...{ operator: "Constant", inputs: [], outputs: ["flat"] },
        attributes: {
          value: { tensor: { dims: [2], type: 7, raw: new Uint8Array(BigInt64Array.from([1n, 8n]).buffer) } },
        },
      },
      { operator: "Reshape", inputs: ["s", "flat"], outputs: ["f"] },
      {
        ...{ operator: "Constant", inputs: [], outputs: ["w"] },
        attributes: { value: { tensor: tensor([8, 3]) } },
      },
      { operator: "MatMul", inputs: ["f", "w"], outputs: ["y"] },
    ],
    tensors: {},
    input: [3, 4],
    layers: [{ C: 8, M: 3 }],
  },
  {
    what: "64-bit floats, and weights that two layers share",
    nodes: [
      { operator: "Identity", inputs: ["w"], outputs: ["same"] },
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
      { operator: "MatMul", inputs: ["h", "same"], outputs: ["y"] },
    ],
    tensors: { w: { dims: [4, 4], type: 11, raw: new Uint8Array(Float64Array.from(numbers(16, 7)).buffer) } },
    input: [4],
    type: 11,
    layers: [
      { C: 4, M: 4 },
      { C: 4, M: 4 },
    ],
  },
  {
    what: "batch normalisation that something else stands before",
    nodes: [
      { operator: "Conv", inputs: ["x", "w"], outputs: ["c"] },
      { operator: "BatchNormalization", inputs: ["c", "gain", "beta", "mean", "variance"], outputs: ["n"] },
      { operator: "Mul", inputs: ["c", "n"], outputs: ["m"] },
      { operator: "Conv", inputs: ["m", "v"], outputs: ["y"] },
    ],
    tensors: {
      ...{ w: tensor([4, 3, 3, 3]), v: tensor([2, 4, 1, 1]), gain: tensor([4], 5), beta: tensor([4], 9) },
      ...{ mean: tensor([4], 13), variance: list([0.1, 0.2, 1, 2]) },
    },
    input: [3, 5, 6],
    layers: [
      { ...square, P: 4, Q: 3 },
      { C: 4, M: 2, P: 4, Q: 3, W: 4, H: 3 },
    ],
  },
  {
    what: "layers of integers whose scales are made as they run, which are not mapped",
    nodes: [
      { operator: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["xq", "xs", "xz"] },
      { operator: "MatMulInteger", inputs: ["xq", "wq", "xz"], outputs: ["i"] },
      { operator: "Cast", inputs: ["i"], outputs: ["f"], attributes: { to: 1 } },
      { operator: "MatMul", inputs: ["f", "w"], outputs: ["y"] },
    ],
    tensors: { wq: integers([6, 4], 3, -127, 127), w: tensor([4, 3]) },
    input: [6],
    layers: [{ C: 4, M: 3 }],
    unmapped: ["not supported"],
  },
];

/** Activations with scales of the model's own. */
const inputScale = { xs: one(0.01), xz: one(120, 2) };
const quantizedInput: readonly SmallNode[] = [
  { operator: "QuantizeLinear", inputs: ["x", "xs", "xz"], outputs: ["xq"] },
  { operator: "DequantizeLinear", inputs: ["xq", "xs", "xz"], outputs: ["xd"] },
];
const quantizedOutput = (from: string): readonly SmallNode[] => [
  { operator: "QuantizeLinear", inputs: [from, "ys", "yz"], outputs: ["yq"] },
  { operator: "DequantizeLinear", inputs: ["yq", "ys", "yz"], outputs: ["y"] },
];

const quantized: readonly OddModel[] = [
  {
    what: "QDQ: a convolution with a scale for each channel and a bias of integers",
    nodes: [
      ...quantizedInput,
      { operator: "DequantizeLinear", inputs: ["wq", "ws", "wz"], outputs: ["w"], attributes: { axis: 0 } },
      { operator: "DequantizeLinear", inputs: ["bq", "bs"], outputs: ["b"], attributes: { axis: 0 } },
      { operator: "Conv", inputs: ["xd", "w", "b"], outputs: ["c"], attributes: { pads: [1, 1, 0, 0] } },
      { operator: "Relu", inputs: ["c"], outputs: ["r"] },
      ...quantizedOutput("r"),
    ],
    tensors: {
      ...inputScale,
      ...{ wq: integers([4, 3, 3, 3], 3, -127, 127), ws: list([0.01, 0.02, 0.005, 0.03]) },
      ...{ wz: list([0, 0, 0, 0], 3), bq: list([300, -200, 50, 0], 6) },
      ...{ bs: list([0.0001, 0.0002, 0.00005, 0.0003]), ys: one(0.06), yz: one(0, 2) },
    },
    input: [3, 5, 6],
    layers: [{ ...square, P: 5, Q: 4, Hpad: 1, Wpad: 1 }],
    hasActivation: true,
  },
  {
    what: "QDQ: a product with unsigned weights, zero points and signed activations",
    nodes: [
      { operator: "QuantizeLinear", inputs: ["x", "xs", "xz"], outputs: ["xq"] },
      { operator: "DequantizeLinear", inputs: ["xq", "xs", "xz"], outputs: ["xd"] },
      { operator: "DequantizeLinear", inputs: ["wq", "ws", "wz"], outputs: ["w"], attributes: { axis: -1 } },
      { operator: "MatMul", inputs: ["xd", "w"], outputs: ["m"] },
      ...quantizedOutput("m"),
    ],
    tensors: {
      ...{ xs: one(0.01), xz: one(-10, 3), wq: integers([5, 5], 2, 0, 255) },
      ...{ ws: list([0.01, 0.02, 0.015, 0.01, 0.02]), wz: list([120, 130, 128, 90, 140], 2) },
      ...{ ys: one(0.05), yz: one(5, 3) },
    },
    input: [3, 5],
    layers: [{ C: 5, M: 5, Q: 3, H: 3 }],
  },
  {
    what: "QLinearConv with scales and zero points of its own",
    nodes: [
      { operator: "QuantizeLinear", inputs: ["x", "xs", "xz"], outputs: ["xq"] },
      {
        operator: "QLinearConv",
        inputs: ["xq", "xs", "xz", "wq", "ws", "wz", "ys", "yz", "bq"],
        outputs: ["yq"],
        attributes: { group: 3, auto_pad: "SAME_UPPER", strides: [2, 1] },
      },
      { operator: "DequantizeLinear", inputs: ["yq", "ys", "yz"], outputs: ["y"] },
    ],
    tensors: {
      ...inputScale,
      ...{ wq: integers([3, 1, 3, 2], 3, -127, 127), ws: list([0.01, 0.02, 0.03]), wz: list([0, 0, 0], 3) },
      ...{ ys: one(0.03), yz: one(130, 2), bq: list([500, -200, 100], 6) },
    },
    input: [3, 6, 5],
    layers: [{ C: 1, M: 1, G: 3, R: 2, S: 3, W: 5, H: 6, P: 5, Q: 3, Hstride: 2 }],
  },
  {
    what: "QLinearMatMul with scales and zero points of its own",
    nodes: [
      { operator: "QuantizeLinear", inputs: ["x", "xs", "xz"], outputs: ["xq"] },
      {
        operator: "QLinearMatMul",
        inputs: ["xq", "xs", "xz", "wq", "ws", "wz", "ys", "yz"],
        outputs: ["yq"],
      },
      { operator: "DequantizeLinear", inputs: ["yq", "ys", "yz"], outputs: ["y"] },
    ],
    tensors: {
      ...inputScale,
      ...{ wq: integers([5, 4], 2, 0, 255), ws: one(0.02), wz: one(131, 2), ys: one(0.05), yz: one(100, 2) },
    },
    input: [3, 5],
    layers: [{ C: 5, M: 4, Q: 3, H: 3 }],
  },
  {
    what: "QLinearConv of signed codes, with one scale and without a bias",
    nodes: [
      { operator: "QuantizeLinear", inputs: ["x", "xs", "xz"], outputs: ["xq"] },
      {
        operator: "QLinearConv",
        inputs: ["xq", "xs", "xz", "wq", "ws", "wz", "ys", "yz"],
        outputs: ["yq"],
      },
      { operator: "DequantizeLinear", inputs: ["yq", "ys", "yz"], outputs: ["y"] },
    ],
    tensors: {
      ...{ xs: one(0.01), xz: one(-7, 3), wq: integers([4, 3, 3, 3], 3, -127, 127), ws: one(0.02) },
      ...{ wz: one(0, 3), ys: one(0.1), yz: one(-3, 3) },
    },
    input: [3, 5, 6],
    layers: [{ ...square, P: 4, Q: 3 }],
  },
  {
    what: "QDQ: Gemm by a transposed matrix, with a factor",
    nodes: [
      ...quantizedInput,
      { operator: "DequantizeLinear", inputs: ["wq", "ws"], outputs: ["w"], attributes: { axis: 0 } },
      {
        operator: "Gemm",
        inputs: ["xd", "w", "b"],
        outputs: ["g"],
        attributes: { transB: 1, alpha: { float: 0.5 } },
      },
      ...quantizedOutput("g"),
    ],
    tensors: {
      ...inputScale,
      ...{ wq: integers([4, 6], 3, -127, 127), ws: list([0.01, 0.02, 0.03, 0.02]), b: tensor([4], 3) },
      ...{ ys: one(0.03), yz: one(128, 2) },
    },
    input: [6],
    layers: [{ C: 6, M: 4 }],
  },
  {
    what: "QDQ: weights that are transposed behind their DequantizeLinear",
    hasWeightsAnew: true,
    nodes: [
      ...quantizedInput,
      { operator: "DequantizeLinear", inputs: ["wq", "ws"], outputs: ["wt"], attributes: { axis: 0 } },
      { operator: "Transpose", inputs: ["wt"], outputs: ["w"] },
      { operator: "MatMul", inputs: ["xd", "w"], outputs: ["m"] },
      ...quantizedOutput("m"),
    ],
    tensors: {
      ...inputScale,
      ...{
        wq: integers([4, 6], 3, -127, 127),
        ws: list([0.01, 0.02, 0.03, 0.02]),
        ys: one(0.06),
        yz: one(128, 2),
      },
    },
    input: [6],
    layers: [{ C: 6, M: 4 }],
  },
];

const usualShape: LayerShape = {
  ...{ C: 1, M: 1, R: 1, S: 1, P: 1, Q: 1, G: 1, H: 1, W: 1, Hpad: 0, Wpad: 0 },
  ...{ Hstride: 1, Wstride: 1, Hdilation: 1, Wdilation: 1 },
};

const samples = 2;

/** Outputs of a layer as numbers, from its integers: in the order of the tensor that they make. */
function outputsOf({ graph, integers: layer, output, outputScale, sizes }: MeasuredLayer): number[] {
  const accumulators = exactAccumulators(layer);
  const { groups, filters } = layer;
  const units = groups * filters;
  const positions = positionsPerSample(sizes);
  const result = new Array<number>(units * layer.samples);
  for (let sample = 0; sample < layer.samples; sample++)
    for (let unit = 0; unit < units; unit++) {
      const [group, filter] = [Math.floor(unit / filters), unit % filters];
      const sum = accumulators[(group * layer.samples + sample) * filters + filter] + output.bias[unit];
      const code = Math.round(sum * output.scale[unit]) + output.zero;
      const value =
        (Math.max(output.lowest, Math.min(output.highest, code)) - outputScale.zero) * outputScale.scale;
      const [image, position] = [Math.floor(sample / positions), sample % positions];
      const at =
        graph.spatialAxes === 0 ? sample * units + unit : (image * units + unit) * positions + position;
      result[at] = value;
    }
  return result;
}

/** What the float engine makes of each sample. */
async function floatOutputs(model: Uint8Array, odd: OddModel, inputs: readonly number[]): Promise<number[]> {
  const session = await (await onnxRuntime()).open(model);
  const size = product(odd.input);
  const type = odd.type === 10 ? "float16" : odd.type === 11 ? "float64" : "float32";
  const results: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const data = Float64Array.from(inputs.slice(sample * size, (sample + 1) * size));
    const outputs = await session.run(new Map([["x", { type, dims: [1, ...odd.input], data }]]));
    results.push(...(outputs.get("y")?.data ?? []));
  }
  await session.close();
  return results;
}

/** Signal to noise of numbers against what they should be, in dB. */
function signalToNoise(wanted: readonly number[], found: readonly number[]): number {
  const power = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0);
  return 10 * Math.log10(power(wanted) / power(wanted.map((value, index) => value - found[index])));
}

describe("Odd models", () => {
  for (const [models, scheme] of [
    [floats, "channel8"],
    [quantized, "own"],
  ] as const)
    for (const odd of models)
      it(odd.what, async () => {
        const { nodes, tensors, operatorSet = 17, type = 1 } = odd;
        const model = (given: SmallModel["tensors"]): Promise<Uint8Array> =>
          smallModel({
            ...{ nodes, tensors: given, outputs: ["y"], operatorSets: { "": operatorSet } },
            inputs: { x: { dims: ["N", ...odd.input], type } },
          });
        const bytes = await model(tensors);
        const outside = tensor([26]);
        const externalFiles = (location: string): Uint8Array => {
          assert.equal(location, "parts/weights.bin");
          return new Uint8Array(Float32Array.from(outside.values ?? []).buffer);
        };
        const data = numbers(samples * product(odd.input), 5).map((value) =>
          type === 10 ? fromFloat16(float16(value)) : value,
        );
        const inputs = { dims: [samples, ...odd.input], data };
        const options = { model: bytes, inputs, externalFiles };

        const { layers, unmapped, mappedMacs, totalMacs } = await analyzeNetwork({
          ...options,
          shapesOnly: true,
        });
        assert.deepEqual(
          layers.map(({ shape }) => shape),
          odd.layers.map((shape) => ({ ...usualShape, ...shape })),
        );
        assert.deepEqual(
          unmapped.map(({ reason }) => reason),
          odd.unmapped ?? [],
        );
        assert.equal(totalMacs > mappedMacs, odd.unmapped !== undefined);
        assert.equal(layers.at(-1)?.hasActivation, odd.hasActivation ?? false);

        const network = await prepareNetwork({ ...options, samples: "all" });
        assert.equal(network.scheme, scheme);
        assert.equal(network.measured.length, layers.length);
        if (odd.endsElsewhere) return;
        const inside = Object.entries(tensors).map(([name, given]) => [
          name,
          given.external ? { dims: given.dims, values: outside.values?.slice(2) } : given,
        ]);
        const wanted = await floatOutputs(
          await model(Object.fromEntries(inside) as SmallModel["tensors"]),
          odd,
          data,
        );
        const found = outputsOf(network.measured[network.measured.length - 1]);
        assert.equal(found.length, wanted.length);
        const ratio = signalToNoise(wanted, found);
        // With the model's own scales the engine does the same; otherwise 8 bits leave noise.
        const isExact = scheme === "own" && !odd.hasWeightsAnew;
        assert.ok(ratio > (isExact ? 140 : 36), `${ratio} dB`);
      });
});

describe("inputs of other kinds than images", () => {
  it("count samples along their first axis, whatever that is called", async () => {
    for (const first of ["unk__3", "s0", "N", 1]) {
      const model = await smallModel({
        nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
        inputs: { x: { dims: [first, "n_samples", 4] } },
        tensors: { w: tensor([4, 3]) },
        outputs: ["y"],
      });
      const { layers } = await analyzeNetwork({ model, shapesOnly: true, sizes: { n_samples: 5 } });
      assert.equal(layers[0].totalPositions, 5);
    }
  });
});
