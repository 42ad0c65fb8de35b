import { breathe } from "../platform";
import type { ArithmeticDesign } from "./arithmetic-design";
import { noiseOf } from "./arithmetic-design";
import type { CenterFinder } from "./center";
import { createCenterFinder } from "./center";
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

/**
 * What of a layer is computed at a time, about: bytes of its inputs and accumulators that are in memory, and
 * multiply-accumulates before an interruption is looked for. What is stored in a crossbar serves all positions of a block,
 * so that there are never fewer than some (of a whole layer, if it has fewer).
 */
const blockBytes = 16e6;
const blockMacs = 1e8;
const fewestPositions = 256;

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

/** Some samples through a cut network, with one or more arithmetics. */
export interface CutRunJob {
  readonly cut: CutNetwork;
  readonly arithmetics: readonly LayerArithmetic[];
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

/** The tensors of some samples that have been computed and are still needed. */
type SampleTensors = readonly Map<string, EngineTensor>[];

/**
 * Runs samples through a cut network: mapped layers in integers, the parts between them by the float engine. All
 * arithmetics go through it stage by stage, so that they share the engine's models, what comes before the first layer,
 * and the centers of filters.
 *
 * @param throwIfStopped Called now and then. @throws to stop
 * @returns The results of each arithmetic.
 */
export async function runCutNetwork(
  { cut, arithmetics, inputs, firstSample = 0 }: CutRunJob,
  givenEngine?: FloatEngine,
  throwIfStopped?: () => void,
): Promise<readonly CutRunResult[]> {
  const engine = givenEngine ?? (await onnxRuntime());
  const pause = async (): Promise<void> => {
    if (throwIfStopped === undefined) return;
    await breathe();
    throwIfStopped();
  };
  // One for all arithmetics before the first layer, then one for each of them.
  let states: readonly SampleTensors[] = [inputs.map((given) => new Map(given))];
  const counts = arithmetics.map(() => ({ conversions: 0, saturated: 0 }));
  for (const [index, { part, layer, keep }] of cut.stages.entries()) {
    await pause();
    const kept = new Set(layer === undefined ? keep : [...keep, layer.input]);
    if (part !== undefined)
      await runPart(await engine.open(part.model), part.given, kept, states.flat(), pause);
    if (layer !== undefined) {
      const ofArithmetics = arithmetics.map((_, place) => states[states.length === 1 ? 0 : place]);
      states = ofArithmetics.map((tensors) => tensors.map((own) => new Map(own)));
      const sums = await computeLayer(layer, index, arithmetics, ofArithmetics, firstSample, pause);
      sums.forEach(({ outputs, conversions, saturated }, place) => {
        counts[place].conversions += conversions;
        counts[place].saturated += saturated;
        outputs.forEach((output, sample) => states[place][sample].set(layer.output, output));
      });
    }
    const needed = new Set(keep);
    for (const own of states.flat()) keepTensors(own, needed);
  }
  return counts.map((ofArithmetic, place) => ({
    outputs: states[states.length === 1 ? 0 : place].map((own) => own.get(cut.result) as EngineTensor),
    ...ofArithmetic,
  }));
}

/** What a helping thread does. */
export default () =>
  (job: CutRunJob): Promise<readonly CutRunResult[]> =>
    runCutNetwork(job);

export const cutRunJobs: JobKind<CutRunJob, readonly CutRunResult[]> = {
  file: "run-cut-network",
  run: (job) => runCutNetwork(job),
  work: ({ cut, inputs, arithmetics }) =>
    arithmetics.reduce((sum, { kind }) => sum + (kind === "exact" ? 1 : 4), 0) *
    inputs.length *
    cut.stages.reduce(
      (sum, { layer }) => sum + (layer ? layer.weights.length * positionsPerSample(layer.sizes) : 0),
      0,
    ),
};

/** Bytes of the tensors that a sample has at a time, about: of the layer that needs most. */
export function bytesOfSample({ stages }: CutNetwork): number {
  const bytes = stages.map(({ layer }) => {
    if (layer === undefined) return 0;
    const { channels, groups, filters, sizes } = layer;
    const { inputWidth, inputHeight, images } = sizes;
    const inputs = images * inputWidth * inputHeight * channels * groups;
    return 8 * (inputs + positionsPerSample(sizes) * groups * filters);
  });
  return Math.max(...bytes);
}

function keepTensors(tensors: Map<string, EngineTensor>, names: ReadonlySet<string>): void {
  for (const name of tensors.keys()) if (!names.has(name)) tensors.delete(name);
}

async function runPart(
  session: FloatSession,
  given: readonly string[],
  kept: ReadonlySet<string>,
  tensors: SampleTensors,
  pause: () => Promise<void>,
): Promise<void> {
  try {
    for (const own of tensors) {
      await pause();
      const outputs = await session.run(new Map(given.map((name) => [name, own.get(name) as EngineTensor])));
      for (const [name, tensor] of outputs) own.set(name, tensor);
      keepTensors(own, kept);
    }
  } finally {
    await session.close();
  }
}

/** Computes a layer with each arithmetic, given the tensors of each. */
async function computeLayer(
  layer: CutLayer,
  index: number,
  arithmetics: readonly LayerArithmetic[],
  tensors: readonly SampleTensors[],
  firstSample: number,
  pause: () => Promise<void>,
): Promise<readonly CutRunResult[]> {
  const positions = positionsPerSample(layer.sizes);
  const together = positionsTogether(layer);
  const finders = new Map<number, CenterFinder>();
  const centersOn = (rows: number): CenterFinder => {
    const known = finders.get(rows) ?? createCenterFinder(layer, rows);
    finders.set(rows, known);
    return known;
  };
  const results: CutRunResult[] = [];
  for (const [place, arithmetic] of arithmetics.entries()) {
    const own = tensors[place];
    let conversions = 0;
    let saturated = 0;
    const outputs = own.map((each) => emptyOutput(layer, each));
    const { input, inputScale } = layer;
    const codes = own.map((each) => quantizeTensor((each.get(input) as EngineTensor).data, inputScale));
    for (let first = 0; first < own.length * positions; first += together) {
      await pause();
      const block = readBlock(layer, codes, first, Math.min(together, own.length * positions - first));
      const firstPosition = firstSample * positions + block.first;
      const sums = computeBlock(block.integers, index, arithmetic, firstPosition, centersOn);
      conversions += sums.conversions;
      saturated += sums.saturated;
      writeOutputs(layer, sums.accumulators, block, outputs);
    }
    results.push({ outputs, conversions, saturated });
  }
  return results;
}

function computeBlock(
  layer: IntegerLayer,
  index: number,
  arithmetic: LayerArithmetic,
  firstPosition: number,
  centersOn: (rows: number) => CenterFinder,
): ConvertedSums {
  if (arithmetic.kind === "exact")
    return { accumulators: exactAccumulators(layer), conversions: 0, saturated: 0 };
  const { design, slicings, signedInputs, noiseSeed: seed } = arithmetic;
  const { rows, adcBits: converterBits, speculation } = design;
  const noise = noiseOf(design, { seed, layer: index, firstPosition });
  const crossbar = { slicing: slicings[index], rows, converterBits, noise };
  return design.encoding === "offset_invert"
    ? computeInIsaac(layer, crossbar)
    : convertInCrossbars(layer, { ...crossbar, signedInputs, speculation, centers: centersOn(rows) });
}

/** Positions of a layer that are computed at a time. */
function positionsTogether({ groups, rows, filters, weights }: CutLayer): number {
  const fitting = Math.min(blockBytes / (groups * (rows + 8 * filters)), blockMacs / weights.length);
  return Math.max(fewestPositions, Math.floor(fitting));
}

/** Some positions of a layer, of which `first` is the first one if those of all samples are numbered through. */
interface IntegerBlock {
  readonly first: number;
  readonly integers: IntegerLayer;
}

/** What of each sample's codes meets the filters at some positions. */
function readBlock(
  layer: CutLayer,
  codes: readonly Uint8Array[],
  first: number,
  samples: number,
): IntegerBlock {
  const { groups, rows, filters, weights, weightZeros, sizes } = layer;
  const inputZero = layer.inputScale.zero;
  const positions = positionsPerSample(sizes);
  const inputs = new Uint8Array(groups * samples * rows);
  for (let group = 0; group < groups; group++)
    for (let index = 0; index < samples; index++) {
      const sample = Math.floor((first + index) / positions);
      const position = first + index - sample * positions;
      const to = (group * samples + index) * rows;
      readWindow(layer, sizes, codes[sample], position, group, inputZero, inputs, to);
    }
  return { first, integers: { groups, rows, filters, samples, weights, inputs, inputZero, weightZeros } };
}

/** The tensor that the layer makes of a sample, before it is computed. */
function emptyOutput(
  { groups, filters, sizes, spatialAxes, input, outputType }: CutLayer,
  tensors: ReadonlyMap<string, EngineTensor>,
): EngineTensor {
  const channels = groups * filters;
  const { dims } = tensors.get(input) as EngineTensor;
  const { outputHeight, outputWidth } = sizes;
  const outputDims =
    spatialAxes === 0
      ? [...dims.slice(0, -1), channels]
      : [dims[0], channels, ...(spatialAxes === 2 ? [outputHeight, outputWidth] : [outputWidth])];
  return {
    type: outputType,
    dims: outputDims,
    data: new Float64Array(positionsPerSample(sizes) * channels),
  };
}

/** Writes (accumulator + bias) · unit of a block where it belongs. */
function writeOutputs(
  { groups, filters, sizes, spatialAxes, bias, units }: CutLayer,
  accumulators: Float64Array,
  { first, integers: { samples } }: IntegerBlock,
  outputs: readonly EngineTensor[],
): void {
  const positions = positionsPerSample(sizes);
  const channels = groups * filters;
  const plane = sizes.outputWidth * sizes.outputHeight;
  for (let group = 0; group < groups; group++)
    for (let index = 0; index < samples; index++) {
      const from = (group * samples + index) * filters;
      const sample = Math.floor((first + index) / positions);
      const position = first + index - sample * positions;
      const { data } = outputs[sample];
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
}
