import { breathe } from "../platform";
import type { ArithmeticDesign } from "./arithmetic-design";
import { noiseOf } from "./arithmetic-design";
import type { CutLayer, CutNetwork } from "./cut-network";
import { convertInCrossbars, type ConvertedSums } from "./crossbar";
import type { EngineTensor, FloatEngine, FloatSession } from "./float-engine";
import { onnxRuntime } from "./float-engine";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer } from "./integer-layer";
import { exactAccumulators } from "./integer-layer";
import { computeInIsaac } from "./isaac-encoding";
import { positionsPerSample, quantizeTensor, readWindow } from "./measure-layers";
import type { JobKind } from "./run-network-jobs";
import type { Slicing } from "./slicing";

/** Bytes of a layer's inputs and accumulators that are in memory at a time, about. */
const blockBytes = 64e6;

/** With which arithmetic mapped layers are computed. */
export type LayerArithmetic =
  | { readonly kind: "exact" }
  | {
      readonly kind: "analog";
      readonly design: ArithmeticDesign;
      /** Of each layer. */
      readonly slicings: readonly Slicing[];
      readonly signedInputs: SignedInputs;
      /** Of the noise, if the design has any. */
      readonly noiseSeed?: number;
    };

/** Some samples through a cut network. */
export interface CutRunJob {
  readonly cut: CutNetwork;
  readonly arithmetic: LayerArithmetic;
  readonly inputs: readonly ReadonlyMap<string, EngineTensor>[];
  /** Samples that come before them. Default: 0. */
  readonly firstSample?: number;
}

export interface CutRunResult {
  /** The network's result for each sample. */
  readonly outputs: readonly EngineTensor[];
  readonly conversions: number;
  readonly saturated: number;
}

/** Runs samples through a cut network: mapped layers in integers, the parts between them by the float engine. */
export async function runCutNetwork(
  { cut, arithmetic, inputs, firstSample = 0 }: CutRunJob,
  givenEngine?: FloatEngine,
  throwIfStopped?: () => void,
): Promise<CutRunResult> {
  const engine = givenEngine ?? (await onnxRuntime());
  const tensors = inputs.map((given) => new Map(given));
  let conversions = 0;
  let saturated = 0;
  for (const [index, { part, layer, keep }] of cut.stages.entries()) {
    if (throwIfStopped !== undefined) {
      await breathe();
      throwIfStopped();
    }
    if (part !== undefined) await runPart(await engine.open(part.model), part.given, tensors);
    if (layer !== undefined) {
      const counts = runLayer(layer, index, arithmetic, tensors, firstSample);
      conversions += counts.conversions;
      saturated += counts.saturated;
    }
    const kept = new Set(keep);
    for (const own of tensors) for (const name of own.keys()) if (!kept.has(name)) own.delete(name);
  }
  const outputs = tensors.map((own) => own.get(cut.result) as EngineTensor);
  return { outputs, conversions, saturated };
}

/** What a helping thread does. */
export default () =>
  (job: CutRunJob): Promise<CutRunResult> =>
    runCutNetwork(job);

export const cutRunJobs: JobKind<CutRunJob, CutRunResult> = {
  file: "run-cut-network",
  run: (job) => runCutNetwork(job),
  work: ({ cut, inputs, arithmetic }) =>
    (arithmetic.kind === "exact" ? 1 : 4) *
    inputs.length *
    cut.stages.reduce(
      (sum, { layer }) => sum + (layer ? layer.weights.length * positionsPerSample(layer.sizes) : 0),
      0,
    ),
};

async function runPart(
  session: FloatSession,
  given: readonly string[],
  tensors: readonly Map<string, EngineTensor>[],
): Promise<void> {
  try {
    for (const own of tensors) {
      const outputs = await session.run(new Map(given.map((name) => [name, own.get(name) as EngineTensor])));
      for (const [name, tensor] of outputs) own.set(name, tensor);
    }
  } finally {
    await session.close();
  }
}

/** Computes a layer for all samples, as many at a time as memory allows: what is stored in a crossbar serves them all. */
function runLayer(
  layer: CutLayer,
  index: number,
  arithmetic: LayerArithmetic,
  tensors: readonly Map<string, EngineTensor>[],
  firstSample: number,
): { conversions: number; saturated: number } {
  const positions = positionsPerSample(layer.sizes);
  const bytes = positions * layer.groups * (layer.rows + 8 * layer.filters);
  const together = Math.max(1, Math.floor(blockBytes / bytes));
  let conversions = 0;
  let saturated = 0;
  for (let first = 0; first < tensors.length; first += together) {
    const block = tensors.slice(first, first + together);
    const firstPosition = (firstSample + first) * positions;
    const sums = computeLayer(integerLayer(layer, block), index, arithmetic, firstPosition);
    conversions += sums.conversions;
    saturated += sums.saturated;
    block.forEach((own, sample) =>
      own.set(layer.output, outputTensor(layer, sums.accumulators, own, sample, block.length)),
    );
  }
  return { conversions, saturated };
}

function computeLayer(
  layer: IntegerLayer,
  index: number,
  arithmetic: LayerArithmetic,
  firstPosition: number,
): ConvertedSums {
  if (arithmetic.kind === "exact")
    return { accumulators: exactAccumulators(layer), conversions: 0, saturated: 0 };
  const { design, slicings, signedInputs, noiseSeed: seed } = arithmetic;
  const { rows, adcBits: converterBits, speculation } = design;
  const noise = noiseOf(design, { seed, layer: index, firstPosition });
  const crossbar = { slicing: slicings[index], rows, converterBits, noise };
  return design.encoding === "offset_invert"
    ? computeInIsaac(layer, crossbar)
    : convertInCrossbars(layer, { ...crossbar, signedInputs, speculation });
}

/** All positions of some samples of a layer. */
function integerLayer(layer: CutLayer, tensors: readonly ReadonlyMap<string, EngineTensor>[]): IntegerLayer {
  const { groups, rows, filters, weights, weightZeros, sizes, inputScale } = layer;
  const positions = positionsPerSample(sizes);
  const samples = positions * tensors.length;
  const inputs = new Uint8Array(groups * samples * rows);
  tensors.forEach((own, sample) => {
    const codes = quantizeTensor((own.get(layer.input) as EngineTensor).data, inputScale);
    for (let group = 0; group < groups; group++)
      for (let position = 0; position < positions; position++) {
        const to = (group * samples + sample * positions + position) * rows;
        readWindow(layer, sizes, codes, position, group, inputScale.zero, inputs, to);
      }
  });
  return { groups, rows, filters, samples, weights, inputs, inputZero: inputScale.zero, weightZeros };
}

/** (accumulator + bias) · unit, as the tensor that the layer makes of one of the samples. */
function outputTensor(
  { groups, filters, sizes, spatialAxes, bias, units, input, outputType }: CutLayer,
  accumulators: Float64Array,
  tensors: ReadonlyMap<string, EngineTensor>,
  sample: number,
  samples: number,
): EngineTensor {
  const positions = positionsPerSample(sizes);
  const data = new Float64Array(positions * groups * filters);
  const channels = groups * filters;
  const plane = sizes.outputWidth * sizes.outputHeight;
  for (let group = 0; group < groups; group++)
    for (let position = 0; position < positions; position++) {
      const from = ((group * samples + sample) * positions + position) * filters;
      const image = Math.floor(position / plane);
      for (let filter = 0; filter < filters; filter++) {
        const unit = group * filters + filter;
        const to =
          spatialAxes === 0
            ? position * channels + unit
            : (image * channels + unit) * plane + (position - image * plane);
        data[to] = (accumulators[from + filter] + bias[unit]) * units[unit];
      }
    }
  const { dims } = tensors.get(input) as EngineTensor;
  const { outputHeight, outputWidth } = sizes;
  const outputDims =
    spatialAxes === 0
      ? [...dims.slice(0, -1), channels]
      : [dims[0], channels, ...(spatialAxes === 2 ? [outputHeight, outputWidth] : [outputWidth])];
  return { type: outputType, dims: outputDims, data };
}
