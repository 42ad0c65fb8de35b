import type { ArithmeticDesign } from "./arithmetic-design";
import type { LayerCenters } from "./center";
import { createCenterFinder } from "./center";
import type { ConvertedSums } from "./crossbar";
import { convertInCrossbars } from "./crossbar";
import type { CutLayer, CutNetwork } from "./cut-network";
import type { EngineTensor, FloatEngine, FloatSession } from "./float-engine";
import type { IntegerLayer, SignedInputs } from "./integer-layer";
import { exactAccumulators } from "./integer-layer";
import { computeInIsaac } from "./isaac-encoding";
import { positionsPerSample, quantizeTensor, readWindow } from "./measure-layers";
import type { ColumnNoise } from "./noise";
import { noiseOf } from "./noise";
import type { JobKind, JobRunner } from "./run-network-jobs";
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
      /** Of each layer, where they are known. */
      readonly centers?: readonly (LayerCenters | undefined)[];
      readonly signedInputs: SignedInputs;
      /** Of the noise, if the design has any. */
      readonly noiseSeed?: number;
    };

/** Some samples through a cut network, with one or more arithmetics. */
export interface CutRun {
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
 * Runs samples through a cut network: mapped layers in integers, where jobs are done, the parts between them by the float
 * engine. All arithmetics go through it stage by stage, so that they share the engine's models and what comes before the
 * first layer; while layers of one are computed, the engine goes on with the next.
 *
 * @param onLayer Called whenever a layer has been computed with an arithmetic.
 * @returns The results of each arithmetic.
 */
export async function runCutNetwork(
  { cut, arithmetics, inputs, firstSample = 0 }: CutRun,
  engine: FloatEngine,
  runner: JobRunner,
  onLayer?: () => void,
): Promise<readonly CutRunResult[]> {
  // One for all arithmetics before the first layer, then one for each of them.
  let states: readonly SampleTensors[] = [inputs.map((given) => new Map(given))];
  const counts = arithmetics.map(() => ({ conversions: 0, saturated: 0 }));
  for (const [index, { part, layer, keep }] of cut.stages.entries()) {
    await runner.pause();
    const kept = new Set(layer === undefined ? keep : [...keep, layer.input]);
    const session = part && (await engine.open(part.model.slice()));
    const computed: Promise<SampleTensors>[] = [];
    try {
      for (const [state, tensors] of states.entries()) {
        if (session !== undefined) await runPart(session, part?.given ?? [], kept, tensors, runner);
        if (layer === undefined) continue;
        const places = states.length === 1 ? [...arithmetics.keys()] : [state];
        for (const place of places) {
          const ofPlace = computeLayer(layer, index, arithmetics[place], tensors, firstSample, runner).then(
            ({ outputs, conversions, saturated }) => {
              counts[place].conversions += conversions;
              counts[place].saturated += saturated;
              onLayer?.();
              return tensors.map((own, sample) => new Map(own).set(layer.output, outputs[sample]));
            },
          );
          // It is waited for later; until then a failure is none that nobody sees.
          ofPlace.catch(() => undefined);
          computed.push(ofPlace);
        }
      }
      if (layer !== undefined) states = await Promise.all(computed);
    } finally {
      await Promise.allSettled(computed);
      await session?.close();
    }
    const needed = new Set(keep);
    for (const own of states.flat()) keepTensors(own, needed);
  }
  return counts.map((ofArithmetic, place) => ({
    outputs: states[states.length === 1 ? 0 : place].map((own) => own.get(cut.result) as EngineTensor),
    ...ofArithmetic,
  }));
}

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
  runner: JobRunner,
): Promise<void> {
  for (const own of tensors) {
    await runner.pause();
    const outputs = await session.run(new Map(given.map((name) => [name, own.get(name) as EngineTensor])));
    for (const [name, tensor] of outputs) own.set(name, tensor);
    keepTensors(own, kept);
  }
}

/** Computes a layer with an arithmetic, given the tensors of some samples. */
async function computeLayer(
  layer: CutLayer,
  index: number,
  arithmetic: LayerArithmetic,
  tensors: SampleTensors,
  firstSample: number,
  runner: JobRunner,
): Promise<CutRunResult> {
  const { input, inputScale } = layer;
  const codes = tensors.map((own) => quantizeTensor((own.get(input) as EngineTensor).data, inputScale));
  const ofSample = positionsPerSample(layer.sizes);
  const blocks = blocksOf(layer, tensors.length * ofSample, runner.workers);
  const jobs = blocks.map((block): CutLayerJob => {
    const before = Math.floor(block.first / ofSample);
    const firstPosition = firstSample * ofSample + block.first;
    return {
      layer,
      crossbars: crossbarsOf(layer, index, arithmetic, firstPosition),
      codes: codes.slice(before, Math.ceil((block.first + block.positions) / ofSample)),
      first: block.first - before * ofSample,
      positions: block.positions,
    };
  });
  const results = await runner.run(jobs, cutLayerJobs);
  const outputs = tensors.map((own) => emptyOutput(layer, own));
  let conversions = 0;
  let saturated = 0;
  results.forEach((result, block) => {
    conversions += result.conversions;
    saturated += result.saturated;
    writeOutputs(layer, result, blocks[block], outputs);
  });
  return { outputs, conversions, saturated };
}

function crossbarsOf(
  layer: CutLayer,
  index: number,
  arithmetic: LayerArithmetic,
  firstPosition: number,
): LayerCrossbars | undefined {
  if (arithmetic.kind === "exact") return undefined;
  const { design, slicings, centers, signedInputs, noiseSeed: seed } = arithmetic;
  const slicing = slicings[index];
  return {
    ...{ design, slicing, signedInputs },
    centers:
      design.encoding === "offset_invert"
        ? undefined
        : (centers?.[index] ?? createCenterFinder(layer, design.rows).of(slicing)),
    noise: noiseOf(design, { seed, layer: index, firstPosition }),
  };
}

/** Positions of a layer that are computed together. */
type PositionBlock = Pick<CutLayerJob, "first" | "positions">;

/** As many positions together as memory and interruptions allow, but some for each thread. */
function blocksOf(
  { groups, rows, filters, weights }: CutLayer,
  positions: number,
  workers: number,
): readonly PositionBlock[] {
  const fitting = Math.min(blockBytes / (groups * (rows + 8 * filters)), blockMacs / weights.length);
  const most = Math.max(fewestPositions, Math.floor(fitting));
  const shared = Math.min(workers, Math.floor(positions / fewestPositions));
  const count = Math.max(1, shared, Math.ceil(positions / most));
  const length = Math.ceil(positions / count);
  return Array.from({ length: Math.ceil(positions / length) }, (_, block) => ({
    first: block * length,
    positions: Math.min(length, positions - block * length),
  }));
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

/** Writes (accumulator + bias) · unit of some positions where it belongs. */
function writeOutputs(
  { groups, filters, sizes, spatialAxes, bias, units }: CutLayer,
  { accumulators }: ConvertedSums,
  { first, positions: count }: PositionBlock,
  outputs: readonly EngineTensor[],
): void {
  const positions = positionsPerSample(sizes);
  const channels = groups * filters;
  const plane = sizes.outputWidth * sizes.outputHeight;
  for (let group = 0; group < groups; group++)
    for (let index = 0; index < count; index++) {
      const from = (group * count + index) * filters;
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

/** How a design computes a layer. */
interface LayerCrossbars {
  readonly design: ArithmeticDesign;
  readonly slicing: Slicing;
  readonly centers: LayerCenters | undefined;
  readonly signedInputs: SignedInputs;
  readonly noise: ColumnNoise | undefined;
}

/** Some positions of a layer of a cut network, with one arithmetic. */
interface CutLayerJob {
  readonly layer: CutLayer;
  /** Undefined: exact integers. */
  readonly crossbars?: LayerCrossbars;
  /** The codes of the layer's input, of each sample that has some of the positions. */
  readonly codes: readonly Uint8Array[];
  /** Which positions they are, if those of these samples are numbered through. */
  readonly first: number;
  readonly positions: number;
}

/** Accumulators [group][position][filter]. */
function runCutLayerJob(job: CutLayerJob): ConvertedSums {
  const layer = integersOf(job);
  if (job.crossbars === undefined)
    return { accumulators: exactAccumulators(layer), conversions: 0, saturated: 0 };
  const { design, slicing, centers, signedInputs, noise } = job.crossbars;
  const { rows, adcBits: converterBits, speculation } = design;
  const crossbar = { slicing, rows, converterBits, noise };
  return centers === undefined
    ? computeInIsaac(layer, crossbar)
    : convertInCrossbars(layer, { ...crossbar, signedInputs, speculation, centers: { of: () => centers } });
}

/** What of each sample's codes meets the filters. */
function integersOf({ layer, codes, first, positions }: CutLayerJob): IntegerLayer {
  const { groups, rows, filters, weights, weightZeros, sizes } = layer;
  const inputZero = layer.inputScale.zero;
  const ofSample = positionsPerSample(sizes);
  const inputs = new Uint8Array(groups * positions * rows);
  for (let group = 0; group < groups; group++)
    for (let index = 0; index < positions; index++) {
      const sample = Math.floor((first + index) / ofSample);
      const position = first + index - sample * ofSample;
      const to = (group * positions + index) * rows;
      readWindow(layer, sizes, codes[sample], position, group, inputZero, inputs, to);
    }
  return { groups, rows, filters, samples: positions, weights, inputs, inputZero, weightZeros };
}

export const cutLayerJobs: JobKind<CutLayerJob, ConvertedSums> = {
  kind: "cutLayer",
  run: runCutLayerJob,
  work: ({ layer, crossbars, positions }) =>
    layer.weights.length * positions * (crossbars === undefined ? 1 : analogWork),
};

/** Work of a multiply-accumulate in crossbars, about: an exact one counts 1. */
export const analogWork = 4;
