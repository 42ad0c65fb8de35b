import { counted, RaellaError } from "../errors";
import type { EngineTensor, FloatEngine } from "./float-engine";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import type { GraphLayer } from "./onnx/layers";
import type { OnnxModel } from "./onnx/model";
import { elementCount, nodeTitle } from "./onnx/model";
import { withPart } from "./onnx/part";
import type { ExternalFiles } from "./onnx/tensor";
import type { ActivationScale, QuantizationScheme, TensorRange } from "./quantization";
import { activationCode, activationScale, quantizeWeights } from "./quantization";
import type { Samples } from "./samples";
import { drawPositions } from "./samples";

/** Sizes that come from running the network. */
export interface MeasuredSizes {
  /** Width and height of the input and of the output: W, H, P, Q. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly outputWidth: number;
  readonly outputHeight: number;
  /** Images of one sample: more than one where a graph folds something else into the first axis. */
  readonly images: number;
  /** Elements left out at the begin. */
  readonly padTop: number;
  readonly padLeft: number;
}

/** A layer in integers, with everything that made it so. */
export interface MeasuredLayer {
  readonly graph: GraphLayer;
  readonly sizes: MeasuredSizes;
  /** Output positions of all samples. */
  readonly totalPositions: number;
  readonly inputScale: ActivationScale;
  readonly outputScale: ActivationScale;
  readonly weightScales: Float64Array;
  readonly integers: IntegerLayer;
  readonly output: OutputQuantization;
}

/** The scales of a layer that its samples set. */
export interface LayerScales {
  readonly inputScale: ActivationScale;
  readonly outputScale: ActivationScale;
}

interface MeasureOptions {
  readonly model: OnnxModel;
  readonly layers: readonly GraphLayer[];
  readonly samples: Samples;
  readonly engine: FloatEngine;
  readonly externalFiles: ExternalFiles;
  readonly scheme: QuantizationScheme;
  readonly positions: number | "all";
  readonly seed: number;
  /** Scales of each layer's input and output, where they are known. Default: from the ranges of the samples. */
  readonly scales?: readonly LayerScales[];
  /** Called after each run of the network, of `runs`. @throws to stop */
  readonly afterRun?: (done: number, runs: number) => Promise<void>;
}

/**
 * The sizes of a layer from the shapes of its tensors.
 * @throws RaellaError `schema` if its weights do not fit its input, or nothing comes out.
 */
export function layerSizes(
  layer: GraphLayer,
  inputDims: readonly number[],
  outputDims: readonly number[],
  file: string,
): MeasuredSizes {
  const { node, channels, groups, filters, spatialAxes } = layer;
  const given = inputDims.at(spatialAxes === 0 ? -1 : 1);
  const fits = given === channels * groups && Number.isInteger(filters);
  const sizes = sizesOf(layer, inputDims, outputDims);
  if (fits && positionsPerSample(sizes) > 0) return sizes;
  throw new RaellaError({
    code: "schema",
    message: fits
      ? `${nodeTitle(node)} makes nothing of an input of the shape [${inputDims.join(", ")}].`
      : `${nodeTitle(node)} does not fit its input of the shape [${inputDims.join(", ")}].`,
    location: { file },
    expected: fits
      ? "at least one output position"
      : groups === 1
        ? `${counted(channels, "channel")}, as its weights have`
        : `${channels * groups} channels, ${channels} for each of ${groups} groups, and as many filters for each`,
    remedy: "Check the sizes of the network's inputs (--inputs, --size).",
  });
}

function sizesOf(
  layer: GraphLayer,
  inputDims: readonly number[],
  outputDims: readonly number[],
): MeasuredSizes {
  const { window, spatialAxes } = layer;
  if (spatialAxes === 0) {
    // Tokens count as rows of an image of width 1.
    const tokens = elementCount(inputDims.slice(0, -1));
    return {
      inputWidth: 1,
      inputHeight: tokens,
      outputWidth: 1,
      outputHeight: tokens,
      images: 1,
      padTop: 0,
      padLeft: 0,
    };
  }
  const [images] = inputDims;
  const [inputHeight, inputWidth] = spatialAxes === 2 ? inputDims.slice(2) : [1, inputDims[2]];
  const [outputHeight, outputWidth] = spatialAxes === 2 ? outputDims.slice(2) : [1, outputDims[2]];
  const { padding } = window;
  const automatic = (size: number, kernel: number, stride: number, dilation: number): number => {
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
    return padding.kind === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
  };
  const [padTop, padLeft] =
    padding.kind === "explicit"
      ? [padding.top, padding.left]
      : [
          spatialAxes === 2 ? automatic(inputHeight, window.height, window.strideY, window.dilationY) : 0,
          automatic(inputWidth, window.width, window.strideX, window.dilationX),
        ];
  return { inputWidth, inputHeight, outputWidth, outputHeight, images, padTop, padLeft };
}

/** Output positions of one sample. */
export function positionsPerSample({ images, outputWidth, outputHeight }: MeasuredSizes): number {
  return images * outputWidth * outputHeight;
}

/** The tensors of one sample: what goes into the network as it was given, the rest from the engine. */
type TensorOfName = (name: string) => EngineTensor;

/**
 * Runs the network over all samples twice: first for the range of every layer's input and output, which set the
 * scales (unless they are known), then for the codes at the drawn positions.
 */
export async function measureLayers(options: MeasureOptions): Promise<readonly MeasuredLayer[]> {
  const { model, layers, samples, engine, externalFiles, afterRun, scales } = options;
  const tensors = [...new Set(layers.flatMap(({ input, output }) => [input, output]))];
  const givenInputs = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const computed = tensors.filter((name) => !givenInputs.has(name));
  return withPart(model, computed, givenInputs, engine, externalFiles, async (run) => {
    const runs = (scales === undefined ? 2 : 1) * samples.count;
    let done = 0;
    const eachSample = async (
      wanted: (sample: number) => readonly string[],
      read: (tensors: TensorOfName, sample: number) => void,
    ): Promise<void> => {
      for (let sample = 0; sample < samples.count; sample++) {
        const inputs = samples.at(sample);
        const outputs = await run(inputs, wanted(sample));
        read((name) => (inputs.get(name) ?? outputs.get(name)) as EngineTensor, sample);
        await afterRun?.(++done, runs);
      }
    };
    const ranges = new Map<string, TensorRange>(tensors.map((name) => [name, { least: 0, greatest: 0 }]));
    const sizesIn = (tensorOf: TensorOfName): readonly MeasuredSizes[] =>
      layers.map((layer) =>
        layerSizes(layer, tensorOf(layer.input).dims, tensorOf(layer.output).dims, model.file),
      );
    let sizes: readonly MeasuredSizes[] | undefined;
    if (scales === undefined)
      await eachSample(
        () => computed,
        (tensorOf) => {
          sizes ??= sizesIn(tensorOf);
          for (const [name, range] of ranges) ranges.set(name, widen(range, tensorOf(name), name, model));
        },
      );
    let measured: readonly MeasuredLayer[] = [];
    let drawn: readonly Int32Array[] = [];
    const inputs = new Set(layers.map(({ input }) => input));
    const codesOf = computed.filter((name) => inputs.has(name));
    const wanted = (sample: number): readonly string[] => (sample === 0 && !sizes ? computed : codesOf);
    await eachSample(wanted, (tensorOf, sample) => {
      if (sample === 0) {
        const known = (sizes ??= sizesIn(tensorOf));
        measured = layers.map((layer, index) => quantizeLayer(layer, index, known[index], ranges, options));
        drawn = measured.map(({ totalPositions }) =>
          drawPositions(totalPositions, options.positions, options.seed),
        );
      }
      measured.forEach((layer, index) => readCodes(layer, drawn[index], tensorOf(layer.graph.input), sample));
    });
    return measured;
  });
}

function widen(
  { least, greatest }: TensorRange,
  { data }: EngineTensor,
  name: string,
  { file }: OnnxModel,
): TensorRange {
  let low = least;
  let high = greatest;
  for (let index = 0; index < data.length; index++) {
    const value = data[index];
    if (value < low) low = value;
    else if (value > high) high = value;
    else if (Number.isNaN(value)) low = NaN;
  }
  if (Number.isFinite(low) && Number.isFinite(high)) return { least: low, greatest: high };
  throw new RaellaError({
    code: "out-of-range",
    message: `The tensor "${name}" has values that are infinite or not numbers.`,
    location: { file },
    remedy: "Check the inputs: are they scaled as the network was trained?",
  });
}

/** Chooses scales and turns weights into integers; the inputs' codes are filled in later. */
function quantizeLayer(
  graph: GraphLayer,
  index: number,
  sizes: MeasuredSizes,
  ranges: ReadonlyMap<string, TensorRange>,
  { model, scheme, samples, positions, scales: known }: MeasureOptions,
): MeasuredLayer {
  const { groups, rows, filters, own } = graph;
  if (scheme === "own") checkOwnScales(graph, model);
  const fallback = scheme === "own" ? "channel8" : scheme;
  const scaleOf = (tensor: string, given: GraphLayer["ownInput"]): ActivationScale =>
    scheme === "own" && given !== undefined
      ? { ...given, lowest: 0, highest: 255 }
      : activationScale(ranges.get(tensor) as TensorRange, fallback);
  const inputScale = known?.[index].inputScale ?? scaleOf(graph.input, graph.ownInput);
  const outputScale = known?.[index].outputScale ?? scaleOf(graph.output, graph.ownOutput);
  const { weights, scales } =
    scheme === "own" && own !== undefined ? own : quantizeWeights(graph.weights(), groups, filters, fallback);
  const units = scales.map((scale) => inputScale.scale * scale);
  const totalPositions = samples.count * positionsPerSample(sizes);
  const count = positions === "all" ? totalPositions : Math.min(totalPositions, positions);
  return {
    graph,
    sizes,
    totalPositions,
    inputScale,
    outputScale,
    weightScales: scales,
    integers: {
      groups,
      rows,
      filters,
      samples: count,
      weights,
      inputs: new Uint8Array(groups * rows * count),
      inputZero: inputScale.zero,
      weightZeros: scheme === "own" && own !== undefined ? own.zeros : undefined,
    },
    output: {
      bias: graph.bias.map((value, unit) => value / units[unit]),
      scale: units.map((unit) => unit / outputScale.scale),
      zero: outputScale.zero,
      lowest: graph.hasActivation ? outputScale.zero : outputScale.lowest,
      highest: outputScale.highest,
    },
  };
}

/** A factor of a Gemm may turn the sign of its weights' scales; scales of activations are positive. */
function checkOwnScales({ node, own, ownInput, ownOutput }: GraphLayer, { file }: OnnxModel): void {
  const isScale = (value: number): boolean => Number.isFinite(value) && value !== 0;
  const weights = own?.scales.find((scale) => !isScale(scale));
  const activations = [ownInput, ownOutput].find((each) => each && !(isScale(each.scale) && each.scale > 0));
  if (weights === undefined && activations === undefined) return;
  const [what, value] = weights === undefined ? ["activations", activations?.scale] : ["weights", weights];
  throw new RaellaError({
    code: "out-of-range",
    message: `${nodeTitle(node)} has ${what} with a scale of ${value}.`,
    location: { file },
    value,
    expected: what === "weights" ? "numbers other than 0" : "a number above 0",
    remedy: "Quantise the model anew, or choose another scheme than its own scales.",
  });
}

/** Fills in the codes of the drawn positions that belong to a sample. */
function readCodes(
  { graph, sizes, inputScale, integers }: MeasuredLayer,
  drawn: Int32Array,
  { data }: EngineTensor,
  sample: number,
): void {
  const { rows, samples, inputs } = integers;
  const perSample = positionsPerSample(sizes);
  const isHere = (position: number): boolean => Math.floor(position / perSample) === sample;
  const codesNeeded = drawn.filter(isHere).length * graph.groups * rows;
  // Of few windows only the values in them are turned into codes. Outside is the value 0, whose code is the zero point.
  const codes = codesNeeded < data.length ? undefined : quantizeTensor(data, inputScale);
  const values = new Float64Array(rows);
  for (let index = 0; index < drawn.length; index++) {
    if (!isHere(drawn[index])) continue;
    const position = drawn[index] - sample * perSample;
    for (let group = 0; group < graph.groups; group++) {
      const to = (group * samples + index) * rows;
      if (codes !== undefined) readWindow(graph, sizes, codes, position, group, inputScale.zero, inputs, to);
      else {
        readWindow(graph, sizes, data, position, group, 0, values, 0);
        for (let row = 0; row < rows; row++) inputs[to + row] = activationCode(values[row], inputScale);
      }
    }
  }
}

/** Codes of all values of a tensor. */
export function quantizeTensor(data: EngineTensor["data"], scale: ActivationScale): Uint8Array {
  const codes = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index++) codes[index] = activationCode(data[index], scale);
  return codes;
}

/** What of a layer says which elements of its input meet one output. */
export type WindowedLayer = Pick<GraphLayer, "channels" | "groups" | "window" | "spatialAxes">;

/** What of the codes or values of a tensor is under the window of one output position: channel, kernel row, kernel column. */
export function readWindow<Values extends Uint8Array | EngineTensor["data"]>(
  { channels, groups, window, spatialAxes }: WindowedLayer,
  { inputWidth, inputHeight, outputWidth, outputHeight, padTop, padLeft }: MeasuredSizes,
  tensor: Values,
  position: number,
  group: number,
  outside: number,
  into: Values extends Uint8Array ? Uint8Array : Float64Array,
  at: number,
): void {
  if (spatialAxes === 0) {
    into.set(tensor.subarray(position * channels, (position + 1) * channels), at);
    return;
  }
  const image = Math.floor(position / (outputWidth * outputHeight));
  const rest = position % (outputWidth * outputHeight);
  const top = Math.floor(rest / outputWidth) * window.strideY - padTop;
  const left = (rest % outputWidth) * window.strideX - padLeft;
  const { width, height, dilationX, dilationY } = window;
  let to = at;
  for (let channel = 0; channel < channels; channel++) {
    const plane = ((image * groups + group) * channels + channel) * inputHeight;
    for (let kernelY = 0; kernelY < height; kernelY++) {
      const y = top + kernelY * dilationY;
      const isRowInside = y >= 0 && y < inputHeight;
      const row = (plane + y) * inputWidth;
      for (let kernelX = 0; kernelX < width; kernelX++) {
        const x = left + kernelX * dilationX;
        into[to++] = isRowInside && x >= 0 && x < inputWidth ? tensor[row + x] : outside;
      }
    }
  }
}
