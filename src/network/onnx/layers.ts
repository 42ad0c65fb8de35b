import type { Constants } from "./constants";
import type { OnnxModel, OnnxNode } from "./model";
import { elementCount, isOperator, nodeName, usedTensors } from "./model";
import type { OwnScale } from "./own-quantization";
import { ownScale, ownWeights } from "./own-quantization";

export type LayerOperator = "Conv" | "Gemm" | "MatMul";

/** How many elements a window leaves out at the begin of an axis, or the rule that says it. */
type Padding =
  | { readonly kind: "explicit"; readonly top: number; readonly left: number }
  | { readonly kind: "SAME_UPPER" | "SAME_LOWER" };

/** Size of the window and how it moves; R, S of the layer are width and height. A matrix product has a window of 1 × 1. */
interface Window {
  readonly width: number;
  readonly height: number;
  readonly strideX: number;
  readonly strideY: number;
  readonly dilationX: number;
  readonly dilationY: number;
  readonly padding: Padding;
}

/** Weights that the model keeps as integers. */
interface OwnWeights {
  /** -128 … 127, [group][row][filter]. */
  readonly weights: Int8Array;
  /** For each filter of each group. */
  readonly scales: Float64Array;
  readonly zeros: Int32Array;
}

/** A layer that can be mapped to crossbars, as it stands in the graph. */
export interface GraphLayer {
  /** Clean and unique. */
  readonly name: string;
  readonly node: OnnxNode;
  readonly operator: LayerOperator;
  /** Tensor that enters, and the one that leaves: with bias, batch normalisation and activation. */
  readonly input: string;
  readonly output: string;
  /** The tensor before the activation, which is the accumulators and the bias. */
  readonly linearOutput: string;
  readonly hasActivation: boolean;
  readonly groups: number;
  /** Input channels of a group. */
  readonly channels: number;
  /** Filters of a group. */
  readonly filters: number;
  readonly window: Window;
  /** 2 if the tensors are images, 1 if they are sequences of channels, 0 for matrices. */
  readonly spatialAxes: 0 | 1 | 2;
  /** Weights of a filter: input channels of a group times the window. */
  readonly rows: number;
  /**
   * [group][row][filter], rows in the order channel, kernel row, kernel column; batch normalisation folded in. They are
   * decoded whenever they are asked for: all layers' together are big.
   */
  readonly weights: () => Float32Array | Float64Array;
  /** For each filter of each group. */
  readonly bias: Float64Array;
  readonly own?: OwnWeights;
  readonly ownInput?: OwnScale;
  readonly ownOutput?: OwnScale;
}

/** A node with multiply-accumulates that is not mapped. */
export interface UnmappedNode {
  readonly node: OnnxNode;
  readonly reason: string;
}

export interface GraphLayers {
  readonly layers: readonly GraphLayer[];
  readonly unmapped: readonly UnmappedNode[];
  /** Two activations are multiplied: attention. */
  readonly hasAttention: boolean;
}

/** Operators with multiply-accumulates (and their integer forms), mapped or not. */
const multiplying = [
  "Conv",
  "Gemm",
  "MatMul",
  "ConvTranspose",
  "QLinearConv",
  "QLinearMatMul",
  "ConvInteger",
  "MatMulInteger",
  "DeformConv",
  "Einsum",
  "LSTM",
  "GRU",
  "RNN",
  "If",
  "Loop",
  "Scan",
];

/** The same of onnxruntime's own operators, which its optimiser and quantiser write. */
const multiplyingOfRuntime =
  /^(Fused(Conv|Gemm|MatMul.*)|Nhwc.*Conv|MatMul(NBits|IntegerToFloat)|DynamicQuantize(MatMul|LSTM)|Q(Linear)?(Conv|Gemm|Attention).*|.*Attention|TransposeMatMul|GemmFastGelu|GemmFloat8|QMoE|MoE)$/;

/** Whether a node multiplies, or hides other nodes that may. */
function mayMultiply(node: OnnxNode, model: OnnxModel): boolean {
  return (
    isOperator(node, ...multiplying) ||
    model.functions.has(`${node.domain}.${node.operator}`) ||
    (node.domain === "com.microsoft" && multiplyingOfRuntime.test(node.operator))
  );
}

/** Where a graph's tensors come from and who uses them. */
class Wiring {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly consumers = new Map<string, OnnxNode[]>();
  private readonly graphOutputs: ReadonlySet<string>;

  constructor(model: OnnxModel) {
    for (const [name, node] of model.dequantized ?? []) this.producers.set(name, node);
    for (const node of model.nodes) {
      for (const name of node.outputs) this.producers.set(name, node);
      for (const name of usedTensors(node)) {
        const users = this.consumers.get(name);
        if (users === undefined) this.consumers.set(name, [node]);
        else users.push(node);
      }
    }
    this.graphOutputs = new Set(model.outputs.map(({ name }) => name));
  }

  producer(name: string): OnnxNode | undefined {
    return this.producers.get(name);
  }

  /** The only node that uses a tensor, if there is exactly one use and the tensor is no result of the graph. */
  onlyUser(name: string): OnnxNode | undefined {
    const users = this.consumers.get(name) ?? [];
    return users.length === 1 && !this.graphOutputs.has(name) ? users[0] : undefined;
  }
}

/** Finds the layers of a graph, in the order of its nodes. */
export function findLayers(model: OnnxModel, constants: Constants): GraphLayers {
  const wiring = new Wiring(model);
  const names = new Set<string>();
  const layers: GraphLayer[] = [];
  const unmapped: UnmappedNode[] = [];
  let hasAttention = false;
  for (const node of model.nodes) {
    if (!mayMultiply(node, model)) continue;
    const reason = reasonAgainst(node, model, constants);
    if (reason !== undefined) {
      unmapped.push({ node, reason });
      if (isOperator(node, "MatMul") && !node.inputs.some((name) => constants.has(name))) hasAttention = true;
      continue;
    }
    const raw = layerOf(node, model, constants, wiring);
    layers.push({ ...fold(raw, constants, wiring), name: uniqueName(nodeName(node), names) });
  }
  return { layers, unmapped, hasAttention };
}

/** A name for files and tables: letters, digits, `_`, `.` and `-`; repeated ones are numbered. */
function uniqueName(name: string, taken: Set<string>): string {
  const clean = name.replace(/[^A-Za-z0-9_.-]/g, "_");
  let unique = clean;
  for (let number = 2; taken.has(unique); number++) unique = `${clean}_${number}`;
  taken.add(unique);
  return unique;
}

/** Why a node is not mapped to crossbars; undefined if it is. */
function reasonAgainst(node: OnnxNode, model: OnnxModel, constants: Constants): string | undefined {
  const [, weight, bias = ""] = node.inputs;
  if (model.functions.has(`${node.domain}.${node.operator}`))
    return "a function of the model, whose inside is not looked at";
  if (!isOperator(node, "Conv", "Gemm", "MatMul"))
    return isOperator(node, "If", "Loop", "Scan") ? "layers inside it are not looked at" : "not supported";
  if (!constants.has(weight))
    return isOperator(node, "MatMul") && constants.has(node.inputs[0])
      ? "the first factor is the constant one"
      : "its weights are computed from the input";
  if (constants.has(node.inputs[0])) return "it does not depend on the input";
  if (constants.dims(weight).includes(0)) return "it has no weights";
  const rank = constants.dims(weight).length;
  if (isOperator(node, "Conv") && rank !== 3 && rank !== 4) return `it is a ${rank - 2}-D convolution`;
  if (!isOperator(node, "Conv") && rank !== 2)
    return `its constant has ${rank === 1 ? "1 axis" : `${rank} axes`}`;
  if (isOperator(node, "Gemm") && (node.attributes.get("transA")?.integer ?? 0) !== 0)
    return "its input is transposed";
  if (bias !== "" && !constants.has(bias)) return "its bias is computed from the input";
  if (isOperator(node, "Gemm") && bias !== "") {
    const dims = constants.dims(bias);
    if (dims.length > 1 && dims.slice(0, -1).some((size) => size !== 1)) return "its bias is a matrix";
  }
  return undefined;
}

type RawLayer = Omit<GraphLayer, "name">;

type LayerMatrix = Pick<GraphLayer, "groups" | "rows" | "filters">;

/** Rearranges weights `at(unit, row)` to [group][row][filter], where units count the filters of all groups. */
function arrange<Values extends Float32Array | Float64Array | Int8Array>(
  into: Values,
  { groups, rows, filters }: LayerMatrix,
  at: (unit: number, row: number) => number,
): Values {
  for (let group = 0; group < groups; group++)
    for (let row = 0; row < rows; row++)
      for (let filter = 0; filter < filters; filter++)
        into[(group * rows + row) * filters + filter] = at(group * filters + filter, row);
  return into;
}

/** How the weights of a layer are decoded. @throws RaellaError now if they cannot be. */
function weightsOf(
  name: string,
  factor: number,
  sizes: LayerMatrix,
  place: (unit: number, row: number) => number,
  constants: Constants,
): GraphLayer["weights"] {
  const { length } = constants.weights(name);
  return () => {
    const data = constants.weights(name);
    // A product with another factor than 1 may be none of 32 bits.
    const isShort = data instanceof Float32Array && factor === 1;
    const into = isShort ? new Float32Array(length) : new Float64Array(length);
    return arrange(into, sizes, (unit, row) => factor * data[place(unit, row)]);
  };
}

function biasOf(name: string | undefined, count: number, factor: number, constants: Constants): Float64Array {
  if (name === undefined || name === "") return new Float64Array(count);
  const { data } = constants.values(name);
  return Float64Array.from({ length: count }, (_, unit) => factor * data[data.length === 1 ? 0 : unit]);
}

/** What a node's operator says of its layer. */
interface LayerForm
  extends LayerMatrix, Pick<GraphLayer, "operator" | "channels" | "window" | "spatialAxes"> {
  /** Filters of all groups, and the axis of the weights that counts them. */
  readonly units: number;
  readonly unitAxis: number;
  /** Where a filter's weights are. */
  readonly place: (unit: number, row: number) => number;
  /** How often weights and biases count. */
  readonly factor: number;
  readonly biasFactor: number;
}

/** A layer as its node alone makes it. */
function layerOf(node: OnnxNode, model: OnnxModel, constants: Constants, wiring: Wiring): RawLayer {
  const [input, weight, bias] = node.inputs;
  const dims = constants.dims(weight);
  const form = isOperator(node, "Conv") ? convolution(node, dims) : matrixProduct(node, dims);
  const { units, unitAxis, place, factor, biasFactor, ...shape } = form;
  const own = ownWeights(wiring.producer(weight), units, unitAxis, model, constants);
  return {
    node,
    ...shape,
    input,
    output: node.outputs[0],
    linearOutput: node.outputs[0],
    hasActivation: false,
    weights: weightsOf(weight, factor, form, place, constants),
    bias: biasOf(bias, units, biasFactor, constants),
    ...(own && {
      own: {
        weights: arrange(new Int8Array(own.codes.length), form, (unit, row) => own.codes[place(unit, row)]),
        scales: own.scales.map((scale) => scale * factor),
        zeros: own.zeros,
      },
    }),
    ownInput: ownScale(wiring.producer(input), constants),
  };
}

function convolution(node: OnnxNode, dims: readonly number[]): LayerForm {
  const isImage = dims.length === 4;
  const [units, channels] = dims;
  const [height, width] = isImage ? [dims[2], dims[3]] : [1, dims[2]];
  const groups = node.attributes.get("group")?.integer ?? 1;
  const rows = channels * height * width;
  return {
    ...{ operator: "Conv", groups, channels, rows, filters: units / groups, spatialAxes: isImage ? 2 : 1 },
    window: windowOf(node, width, height, isImage),
    ...{ units, unitAxis: 0, place: (unit, row) => unit * rows + row, factor: 1, biasFactor: 1 },
  };
}

function matrixProduct(node: OnnxNode, dims: readonly number[]): LayerForm {
  const isGemm = isOperator(node, "Gemm");
  const isTransposed = isGemm && (node.attributes.get("transB")?.integer ?? 0) !== 0;
  const [rows, units] = isTransposed ? [dims[1], dims[0]] : dims;
  const factorOf = (name: string): number => (isGemm ? (node.attributes.get(name)?.float ?? 1) : 1);
  return {
    ...{ operator: isGemm ? "Gemm" : "MatMul", groups: 1, channels: rows, rows, filters: units },
    ...{ window: windowOf(node, 1, 1, false), spatialAxes: 0, units, unitAxis: isTransposed ? 0 : 1 },
    place: (unit, row) => (isTransposed ? unit * rows + row : row * units + unit),
    ...{ factor: factorOf("alpha"), biasFactor: factorOf("beta") },
  };
}

function windowOf(node: OnnxNode, width: number, height: number, isImage: boolean): Window {
  const pair = (name: string): readonly [number, number] => {
    const given = node.attributes.get(name)?.integers ?? [];
    if (given.length === 0) return [1, 1];
    return isImage ? [given[0], given[1]] : [1, given[0]];
  };
  const [strideY, strideX] = pair("strides");
  const [dilationY, dilationX] = pair("dilations");
  const automatic = node.attributes.get("auto_pad")?.text ?? "NOTSET";
  const pads = node.attributes.get("pads")?.integers ?? [];
  const [top = 0, left = 0] = automatic === "VALID" ? [] : isImage ? pads : [0, pads[0] ?? 0];
  const padding: Padding =
    automatic === "SAME_UPPER" || automatic === "SAME_LOWER"
      ? { kind: automatic }
      : { kind: "explicit", top, left };
  return { width, height, strideX, strideY, dilationX, dilationY, padding };
}

/** Folds what follows a layer into it: batch normalisation, a bias, the activation. */
function fold(layer: RawLayer, constants: Constants, wiring: Wiring): RawLayer {
  let folded = layer;
  for (;;) {
    const user = wiring.onlyUser(folded.output);
    const next =
      user && (foldBatchNormalization(folded, user, constants) ?? foldBias(folded, user, constants));
    if (next === undefined) break;
    folded = { ...next, output: user?.outputs[0] ?? "", linearOutput: user?.outputs[0] ?? "" };
  }
  const user = wiring.onlyUser(folded.output);
  if (user !== undefined && isActivation(user, constants))
    folded = { ...folded, output: user.outputs[0], hasActivation: true };
  const quantizer = wiring.onlyUser(folded.output);
  const ownOutput = quantizer && isOperator(quantizer, "QuantizeLinear") && ownScale(quantizer, constants);
  return { ...folded, ...(ownOutput && { ownOutput }) };
}

/** `w · g / √(variance + ε)` and `(b - mean) · g / √(variance + ε) + beta`, for each output channel. */
function foldBatchNormalization(layer: RawLayer, user: OnnxNode, constants: Constants): RawLayer | undefined {
  const parameters = user.inputs.slice(1);
  const isFoldable =
    isOperator(user, "BatchNormalization") &&
    layer.operator === "Conv" &&
    layer.own === undefined &&
    parameters.every((name) => constants.has(name));
  if (!isFoldable) return undefined;
  const [gain, beta, mean, variance] = parameters.map((name) => constants.values(name).data);
  const epsilon = user.attributes.get("epsilon")?.float ?? 1e-5;
  const factor = gain.map((value, unit) => value / Math.sqrt(variance[unit] + epsilon));
  const { rows, filters } = layer;
  return {
    ...layer,
    weights: () => {
      const folded = new Float64Array(layer.weights());
      for (let index = 0; index < folded.length; index++)
        folded[index] *= factor[Math.floor(index / (rows * filters)) * filters + (index % filters)];
      return folded;
    },
    bias: layer.bias.map((value, unit) => (value - mean[unit]) * factor[unit] + beta[unit]),
  };
}

/** An Add of one constant for each output channel. A single number is no bias: a hard swish begins with one. */
function foldBias(layer: RawLayer, user: OnnxNode, constants: Constants): RawLayer | undefined {
  if (!isOperator(user, "Add")) return undefined;
  const constant = user.inputs.find((name) => constants.has(name));
  if (constant === undefined) return undefined;
  const dims = constants.dims(constant);
  const axis = dims.length - 1 - layer.spatialAxes;
  const count = layer.groups * layer.filters;
  if (dims[axis] !== count || elementCount(dims) !== count) return undefined;
  const { data } = constants.values(constant);
  return { ...layer, bias: layer.bias.map((value, unit) => value + data[unit]) };
}

/** A Relu, or a Clip from 0 on. */
function isActivation(node: OnnxNode, constants: Constants): boolean {
  if (isOperator(node, "Relu")) return true;
  if (!isOperator(node, "Clip")) return false;
  const [, lowest = ""] = node.inputs;
  const least = constants.has(lowest) ? constants.values(lowest).data[0] : node.attributes.get("min")?.float;
  return least === 0;
}
