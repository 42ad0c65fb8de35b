import type { Constants } from "./constants";
import { storedConstants } from "./constants";
import type { OnnxModel, OnnxNode, StoredTensor, TensorValues } from "./model";
import { elementCount, isStandard } from "./model";
import type { ExternalFiles } from "./tensor";
import { tensorValues } from "./tensor";

type Dims = readonly number[];

/** Sizes of tensors as far as they follow from those of the graph's inputs, without running it. */
interface InferredShapes {
  dims(tensor: string): Dims | undefined;
  /** The first node whose outputs are not known, on the way to a tensor that is not. */
  obstacle(tensor: string): OnnxNode | undefined;
  /** Constants by their sizes; those that nodes would compute have no values but 0. */
  readonly constants: Constants;
}

/** What is known of a tensor: its sizes, and of a few whole numbers (sizes under way) the numbers. */
interface Known {
  readonly dims: Dims;
  readonly numbers?: readonly number[];
}

/** Longest list of sizes and positions that is followed. */
const mostNumbers = 64;

/** Follows sizes through a graph, node by node. Where an operator does not tell, what the file says of its outputs counts. */
export function inferShapes(
  model: OnnxModel,
  inputs: ReadonlyMap<string, Dims>,
  externalFiles: ExternalFiles,
): InferredShapes {
  const stored = storedConstants(model);
  const known = new Map<string, Known>();
  const constant = new Set(stored.keys());
  const decode = (tensor: StoredTensor): TensorValues => tensorValues(tensor, model.file, externalFiles);
  for (const [name, tensor] of stored) {
    const isShort = elementCount(tensor.dims) <= mostNumbers && tensor.type !== 8;
    known.set(name, {
      dims: tensor.dims,
      ...(isShort && { numbers: [...decode(tensor).data] }),
    });
  }
  for (const [name, dims] of inputs) known.set(name, { dims });
  for (const node of model.nodes) {
    const given = node.inputs.map((name) => (name === "" ? undefined : known.get(name)));
    if (node.inputs.length > 0 && node.inputs.every((name) => name === "" || constant.has(name)))
      for (const name of node.outputs) constant.add(name);
    const outputs = isStandard(node.domain) ? outputsOf(node, given) : undefined;
    node.outputs.forEach((name, index) => {
      const found = outputs?.[index] ?? writtenDims(model, name);
      if (found !== undefined && !known.has(name)) known.set(name, found);
    });
  }
  const producers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const obstacle = (tensor: string): OnnxNode | undefined => {
    const node = producers.get(tensor);
    const unknown = node?.inputs.find((name) => name !== "" && !known.has(name));
    return unknown === undefined ? node : obstacle(unknown);
  };
  const dims = (tensor: string): Dims | undefined => known.get(tensor)?.dims;
  const values = (name: string): TensorValues => {
    const tensor = stored.get(name);
    if (tensor !== undefined) return decode(tensor);
    const { dims: sizes, numbers } = known.get(name) as Known;
    const data = numbers ? Float64Array.from(numbers) : new Float64Array(elementCount(sizes));
    return { type: "float32", dims: sizes, data };
  };
  const isConstant = (name: string): boolean => constant.has(name) && known.has(name);
  return {
    dims,
    obstacle,
    constants: {
      has: isConstant,
      dims: (name) => dims(name) as Dims,
      values,
      weights: (name) => values(name).data,
    },
  };
}

/** What the file says of a tensor, if it says all of it; the first axis counts samples. */
function writtenDims(model: OnnxModel, name: string): Known | undefined {
  const dims = model.values
    .get(name)
    ?.dims?.map((size, axis) => (axis === 0 && typeof size !== "number" ? 1 : size));
  return dims?.every((size) => typeof size === "number") ? { dims } : undefined;
}

/** Operators that leave sizes as they are. */
const unchanged: ReadonlySet<string> = new Set(
  `Abs Acos Asin Atan BatchNormalization BitShift Cast CastLike Ceil Celu Clip Cos CumSum DequantizeLinear Dropout Elu Erf
   Exp Floor Gelu GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN
   LayerNormalization LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish Neg Not PRelu
   QuantizeLinear RMSNormalization Reciprocal Relu Round ScatterElements ScatterND Selu Shrink Sigmoid Sign Sin Softmax
   Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu Trilu`.split(/\s+/),
);

/** Operators on elements of two or more tensors, of which smaller ones are repeated. */
const elementwise: ReadonlySet<string> = new Set(
  `Add And Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow Sub Sum Where Xor`.split(
    /\s+/,
  ),
);

const arithmetic: Readonly<Record<string, (first: number, second: number) => number>> = {
  Add: (first, second) => first + second,
  Sub: (first, second) => first - second,
  Mul: (first, second) => first * second,
  Div: (first, second) => Math.trunc(first / second),
};

/** What the outputs of a node are; undefined where that does not follow. */
function outputsOf(
  node: OnnxNode,
  inputs: readonly (Known | undefined)[],
): readonly (Known | undefined)[] | undefined {
  const { operator } = node;
  const [first, second] = inputs;
  if (operator === "ConstantOfShape")
    return first?.numbers && [{ dims: first.numbers, ...filled(node, first.numbers) }];
  if (first === undefined) return undefined;
  const one = (dims: Dims | undefined, numbers?: readonly number[]): readonly Known[] | undefined =>
    dims?.every((size) => Number.isSafeInteger(size) && size >= 0)
      ? [{ dims, ...(numbers && numbers.length <= mostNumbers && { numbers }) }]
      : undefined;
  const { dims, numbers } = first;
  if (unchanged.has(operator))
    return one(dims, /^(Cast|Identity|Floor|Ceil)$/.test(operator) ? numbers : undefined);
  if (elementwise.has(operator)) {
    if (inputs.some((each) => each === undefined)) return undefined;
    const sizes = inputs.map((each) => (each as Known).dims).reduce(broadcast);
    const compute = Object.hasOwn(arithmetic, operator) ? arithmetic[operator] : undefined;
    const isShort = compute !== undefined && numbers !== undefined && second?.numbers !== undefined;
    if (!isShort || elementCount(sizes) > mostNumbers || sizes.length > 1) return one(sizes);
    const at = (list: readonly number[], index: number): number => list[list.length === 1 ? 0 : index];
    const count = elementCount(sizes);
    const others = second.numbers;
    return one(
      sizes,
      Array.from({ length: count }, (_, index) => compute(at(numbers, index), at(others, index))),
    );
  }
  const axisOf = (axis: number, rank = dims.length): number => (axis < 0 ? axis + rank : axis);
  const integer = (name: string, fallback: number): number => node.attributes.get(name)?.integer ?? fallback;
  const list = (name: string, at?: number): readonly number[] | undefined => {
    const written = node.attributes.get(name)?.integers ?? [];
    return written.length > 0 ? written : at === undefined ? undefined : inputs[at]?.numbers;
  };
  switch (operator) {
    case "Conv":
    case "ConvInteger":
      return second && one([dims[0], second.dims[0], ...windowed(node, dims, second.dims.slice(2))]);
    case "MaxPool":
    case "AveragePool":
    case "LpPool": {
      const pooled = one([...dims.slice(0, 2), ...windowed(node, dims, list("kernel_shape") ?? [])]);
      return pooled && [pooled[0], pooled[0]];
    }
    case "ConvTranspose":
      return second && one(transposedConvolution(node, dims, second.dims));
    case "GlobalAveragePool":
    case "GlobalMaxPool":
      return one([...dims.slice(0, 2), ...dims.slice(2).map(() => 1)]);
    case "MatMul":
    case "MatMulInteger":
      return second && one(matrixProduct(dims, second.dims));
    case "Gemm": {
      if (second === undefined) return undefined;
      const rows = dims[integer("transA", 0) === 0 ? 0 : 1];
      return one([rows, second.dims[integer("transB", 0) === 0 ? 1 : 0]]);
    }
    case "Flatten": {
      const axis = axisOf(integer("axis", 1));
      return one([elementCount(dims.slice(0, axis)), elementCount(dims.slice(axis))]);
    }
    case "Reshape": {
      const wanted = list("shape") ?? second?.numbers;
      if (wanted === undefined) return undefined;
      const keepsZeros = integer("allowzero", 0) !== 0;
      const sizes = wanted.map((size, axis) => (size === 0 && !keepsZeros ? dims[axis] : size));
      const rest = elementCount(dims) / elementCount(sizes.filter((size) => size !== -1));
      return one(
        sizes.map((size) => (size === -1 ? rest : size)),
        numbers,
      );
    }
    case "Transpose": {
      const order = list("perm") ?? dims.map((_, axis) => dims.length - 1 - axis);
      return one(order.map((axis) => dims[axis]));
    }
    case "Shape": {
      const from = axisOf(integer("start", 0));
      const sizes = dims.slice(from, axisOf(integer("end", dims.length)));
      return one([sizes.length], sizes);
    }
    case "Size":
      return one([], [elementCount(dims)]);
    case "Concat": {
      if (inputs.some((each) => each === undefined)) return undefined;
      const parts = inputs as readonly Known[];
      const axis = axisOf(integer("axis", 0));
      const length = parts.reduce((sum, part) => sum + part.dims[axis], 0);
      const all = parts.every((part) => part.numbers !== undefined) && dims.length === 1;
      return one(
        dims.map((size, index) => (index === axis ? length : size)),
        all ? parts.flatMap((part) => part.numbers ?? []) : undefined,
      );
    }
    case "Squeeze": {
      const axes = list("axes", 1)?.map((axis) => axisOf(axis));
      if (axes === undefined && node.inputs[1]) return undefined;
      return one(
        dims.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis))),
        numbers,
      );
    }
    case "Unsqueeze": {
      const given = list("axes", 1);
      if (given === undefined) return undefined;
      const rank = dims.length + given.length;
      const axes = given.map((axis) => axisOf(axis, rank));
      let next = 0;
      return one(
        Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : dims[next++])),
        numbers,
      );
    }
    case "Gather": {
      if (second === undefined) return undefined;
      const axis = axisOf(integer("axis", 0));
      const chosen =
        dims.length === 1 && numbers ? second.numbers?.map((at) => numbers[axisOf(at, dims[0])]) : undefined;
      return one([...dims.slice(0, axis), ...second.dims, ...dims.slice(axis + 1)], chosen);
    }
    case "Slice":
      return slice(node, first, list("starts", 1), list("ends", 2), list("axes", 3), inputs[4]?.numbers, one);
    case "Expand":
      return (
        second?.numbers && one(broadcast(dims, second.numbers), numbers?.length === 1 ? undefined : numbers)
      );
    case "Tile":
      return second?.numbers && one(dims.map((size, axis) => size * (second.numbers?.[axis] ?? 1)));
    case "Pad": {
      const pads = list("pads", 1);
      return pads && one(dims.map((size, axis) => size + pads[axis] + pads[axis + dims.length]));
    }
    case "Resize":
    case "Upsample":
      return one(resized(node, dims, inputs));
    case "Split": {
      const axis = axisOf(integer("axis", 0));
      const count = node.outputs.length;
      const part = Math.ceil(dims[axis] / count);
      const even = Array.from({ length: count }, (_, index) => Math.min(part, dims[axis] - index * part));
      if (node.inputs[1] && second?.numbers === undefined) return undefined;
      const sizes = list("split", 1) ?? even;
      return sizes.map((size) => ({ dims: dims.map((each, index) => (index === axis ? size : each)) }));
    }
    case "ArgMax":
    case "ArgMin":
      return one(reduced(dims, [axisOf(integer("axis", 0))], integer("keepdims", 1) !== 0));
    case "DepthToSpace":
    case "SpaceToDepth": {
      const block = integer("blocksize", 1);
      const factor = operator === "DepthToSpace" ? block : 1 / block;
      return one([dims[0], dims[1] / (factor * factor), dims[2] * factor, dims[3] * factor]);
    }
  }
  if (!operator.startsWith("Reduce")) return undefined;
  if (node.inputs[1] && second?.numbers === undefined) return undefined;
  const axes = list("axes", 1)?.map((axis) => axisOf(axis));
  const isNone = axes === undefined && integer("noop_with_empty_axes", 0) !== 0;
  return one(
    isNone ? dims : reduced(dims, axes ?? dims.map((_, axis) => axis), integer("keepdims", 1) !== 0),
  );
}

function filled(node: OnnxNode, dims: Dims): { readonly numbers?: readonly number[] } {
  const value = node.attributes.get("value")?.tensor?.numbers?.[0] ?? 0;
  return elementCount(dims) <= mostNumbers
    ? { numbers: new Array<number>(elementCount(dims)).fill(value) }
    : {};
}

function broadcast(first: Dims, second: Dims): Dims {
  const rank = Math.max(first.length, second.length);
  const size = (dims: Dims, axis: number): number => dims[axis - rank + dims.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) =>
    size(first, axis) === 1 ? size(second, axis) : size(first, axis),
  );
}

function matrixProduct(first: Dims, second: Dims): Dims {
  const columns = second.length === 1 ? [] : [second[second.length - 1]];
  const rows = first.length === 1 ? [] : [first[first.length - 2]];
  return [...broadcast(first.slice(0, -2), second.slice(0, -2)), ...rows, ...columns];
}

function reduced(dims: Dims, axes: readonly number[], keeps: boolean): Dims {
  return dims.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [size]));
}

/** Sizes of what a window that moves over an image or a sequence makes of it. */
function windowed(node: OnnxNode, dims: Dims, kernel: Dims): Dims {
  const given = (name: string): readonly number[] => node.attributes.get(name)?.integers ?? [];
  const automatic = node.attributes.get("auto_pad")?.text ?? "NOTSET";
  const round = (node.attributes.get("ceil_mode")?.integer ?? 0) === 0 ? Math.floor : Math.ceil;
  const count = kernel.length;
  return kernel.map((size, axis) => {
    const input = dims[axis + 2];
    const stride = given("strides").at(axis) ?? 1;
    const extent = (size - 1) * (given("dilations").at(axis) ?? 1) + 1;
    if (automatic.startsWith("SAME")) return Math.ceil(input / stride);
    const pads = automatic === "VALID" ? [] : given("pads");
    const [begin, end] = [
      pads.at(axis) ?? 0,
      pads.length > count ? pads[axis + count] : (pads.at(axis) ?? 0),
    ];
    const positions = round((input + begin + end - extent) / stride) + 1;
    // A window that would begin behind the padded end does not count.
    const isBeyond = round === Math.ceil && (positions - 1) * stride >= input + begin;
    return isBeyond ? positions - 1 : positions;
  });
}

function transposedConvolution(node: OnnxNode, dims: Dims, weight: Dims): Dims | undefined {
  const given = (name: string): readonly number[] => node.attributes.get(name)?.integers ?? [];
  const kernel = weight.slice(2);
  const channels = weight[1] * (node.attributes.get("group")?.integer ?? 1);
  if (given("output_shape").length > 0)
    return [dims[0], channels, ...given("output_shape").slice(-kernel.length)];
  const automatic = node.attributes.get("auto_pad")?.text ?? "NOTSET";
  const sizes = kernel.map((size, axis) => {
    const stride = given("strides").at(axis) ?? 1;
    if (automatic.startsWith("SAME")) return dims[axis + 2] * stride;
    const pads = given("pads");
    const padding = (pads.at(axis) ?? 0) + (pads.at(axis + kernel.length) ?? 0);
    const extent = (size - 1) * (given("dilations").at(axis) ?? 1) + 1;
    return stride * (dims[axis + 2] - 1) + (given("output_padding").at(axis) ?? 0) + extent - padding;
  });
  return [dims[0], channels, ...sizes];
}

function resized(node: OnnxNode, dims: Dims, inputs: readonly (Known | undefined)[]): Dims | undefined {
  const sizes = inputs[3]?.numbers;
  const axes = node.attributes.get("axes")?.integers ?? [];
  const axisAt = (axis: number): number => (axes.length === 0 ? axis : axes.indexOf(axis));
  if (sizes !== undefined && sizes.length > 0) return dims.map((size, axis) => sizes[axisAt(axis)] ?? size);
  const written = node.attributes.get("scales")?.floats ?? [];
  const scales = written.length > 0 ? written : (inputs.length === 2 ? inputs[1] : inputs[2])?.numbers;
  if (scales === undefined || scales.length === 0) return undefined;
  return dims.map((size, axis) => Math.floor(size * (scales[axisAt(axis)] ?? 1)));
}

function slice(
  node: OnnxNode,
  { dims, numbers }: Known,
  starts: readonly number[] | undefined,
  ends: readonly number[] | undefined,
  givenAxes: readonly number[] | undefined,
  givenSteps: readonly number[] | undefined,
  one: (dims: Dims, numbers?: readonly number[]) => readonly Known[] | undefined,
): readonly Known[] | undefined {
  const areKnown = (!node.inputs[3] || givenAxes) && (!node.inputs[4] || givenSteps);
  if (starts === undefined || ends === undefined || !areKnown) return undefined;
  const axes = (givenAxes ?? starts.map((_, axis) => axis)).map((axis) =>
    axis < 0 ? axis + dims.length : axis,
  );
  const kept = dims.map((size, axis): readonly number[] => {
    const index = axes.indexOf(axis);
    if (index < 0) return Array.from({ length: size }, (_, at) => at);
    const step = givenSteps?.[index] ?? 1;
    const least = step < 0 ? -1 : 0;
    const most = step < 0 ? size - 1 : size;
    const place = (at: number): number => Math.max(least, Math.min(most, at < 0 ? at + size : at));
    const [from, to] = [place(starts[index]), ends[index] < -size ? least : place(ends[index])];
    const count = Math.max(0, Math.ceil((to - from) / step));
    return Array.from({ length: count }, (_, number) => from + number * step);
  });
  return one(
    kept.map(({ length }) => length),
    dims.length === 1 && numbers ? kept[0].map((at) => numbers[at]) : undefined,
  );
}
