import { RaellaError, suggestName } from "../errors";
import { requireOptions } from "../arguments";
import { sha256 } from "../platform";
import { defaultWorkspace, type Workspace } from "../spec/workspace";
import type { SlicingSearch } from "./adaptive-slicing";
import type { ArithmeticDesign } from "./arithmetic-design";
import { arithmeticArchitectures, usualDesign } from "./arithmetic-design";
import type { FloatEngine } from "./float-engine";
import { isNotInstalled, onnxRuntime, withEngine } from "./float-engine";
import type { SignedInputs } from "./input-passes";
import { inputPasses } from "./input-passes";
import type { LayerAccuracy } from "./layer-accuracy";
import type { LayerJob } from "./layer-job";
import { layerJobs } from "./layer-job";
import type { LayerStatistics } from "./layer-statistics";
import { signedInputsOf } from "./layer-statistics";
import type { LayerScales, MeasuredLayer } from "./measure-layers";
import type { MeasuredSizes } from "./measure-layers";
import { layerSizes, measureLayers, positionsPerSample } from "./measure-layers";
import type { Constants } from "./onnx/constants";
import { findConstants } from "./onnx/constants";
import type { GraphLayer, GraphLayers, LayerOperator } from "./onnx/layers";
import { findLayers } from "./onnx/layers";
import { inferShapes } from "./onnx/infer-shapes";
import type { OnnxModel, OnnxNode } from "./onnx/model";
import { nodeName, nodeTitle } from "./onnx/model";
import { readModel } from "./onnx/read-model";
import { rewriteQuantizedLayers } from "./onnx/rewrite-quantized";
import type { ExternalFiles } from "./onnx/tensor";
import { noExternalFiles } from "./onnx/tensor";
import { analyzeNetworkSchema } from "./network-arguments";
import type { ActivationScale, QuantizationScheme } from "./quantization";
import { quantizationSchemes } from "./quantization";
import { runNetworkJobs, throwIfStopped } from "./run-network-jobs";
import type { SampleInputs, Samples } from "./samples";
import { inputSizes, prepareSamples } from "./samples";
import { defaultPositions, defaultSeed } from "./sampling";
import type { UnmappedReport } from "./unmapped";
import { describeUnmapped, reportUnmapped } from "./unmapped";

/** What an import is made from, and how. */
export interface AnalyzeNetworkOptions {
  /** The bytes of an ONNX model. */
  readonly model: Uint8Array;
  /** The model's file, for messages. */
  readonly file?: string;
  /** Reads the files that the model keeps big tensors in. */
  readonly externalFiles?: ExternalFiles;
  /** Sample inputs. Default: four samples of made-up noise. */
  readonly inputs?: SampleInputs;
  /** Sizes of unknown dimensions for made-up inputs, by name, or as `input.axis`. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Default: `auto`. */
  readonly scheme?: QuantizationScheme | "auto";
  /** Default: `recorded`. */
  readonly signedInputs?: SignedInputs;
  /** Output positions of each layer that are computed. Default: 384. */
  readonly samples?: number | "all";
  /** Of the drawn positions and of made-up inputs. Default: 1. */
  readonly seed?: number;
  /** Default: `common`. */
  readonly slicings?: SlicingSearch;
  /** Name of the layer that gets eight slices of one bit. Default: the last one, if it is a matrix product. */
  readonly lastLayer?: string;
  /** Whose architectures the statistics are for. Default: the package's. */
  readonly models?: Workspace;
  /** Only find the layers; no statistics. */
  readonly shapesOnly?: boolean;
  /** Also say how accurate the architectures compute each layer. */
  readonly withAccuracy?: boolean;
  readonly workers?: number | "auto";
  readonly signal?: AbortSignal;
  /** Called now and then, and at the end. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Default: onnxruntime-web. */
  readonly engine?: FloatEngine;
}

/** Runs of the network (two a sample) and layers that are done. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number;
}

/** Sizes of a layer as the layer files name them. */
export interface LayerShape {
  readonly C: number;
  readonly M: number;
  readonly R: number;
  readonly S: number;
  readonly P: number;
  readonly Q: number;
  readonly G: number;
  readonly H: number;
  readonly W: number;
  readonly Hpad: number;
  readonly Wpad: number;
  readonly Hstride: number;
  readonly Wstride: number;
  readonly Hdilation: number;
  readonly Wdilation: number;
}

/** A layer of a network of one's own, as the analysis found it. */
export interface ImportedLayer {
  readonly index: number;
  readonly name: string;
  /** The node in the model. */
  readonly node: string;
  readonly operator: LayerOperator;
  readonly shape: LayerShape;
  /** Of one sample. */
  readonly macs: number;
  readonly hasActivation: boolean;
  /** Computed positions, of all that there are. */
  readonly positions: number;
  readonly totalPositions: number;
  /** Undefined where only shapes were asked for. */
  readonly inputScale?: ActivationScale;
  readonly outputScale?: ActivationScale;
  /** Of each filter, or one where all are equal. */
  readonly weightScales: readonly number[];
  /** Passes in which the inputs enter a crossbar. */
  readonly passes: number;
  /** Undefined where only shapes were asked for. */
  readonly statistics?: LayerStatistics;
  /** By name: of architectures whose crossbars, converters, cells or slices are others than those of `statistics`. */
  readonly ownStatistics?: Readonly<Record<string, LayerStatistics>>;
  /** By architecture. */
  readonly accuracy?: Readonly<Record<string, LayerAccuracy>>;
}

/** A network of one's own: its layers, how it was quantised, and what could not be mapped. */
export interface ImportedNetwork {
  readonly file: string;
  readonly sha256: string;
  readonly scheme: QuantizationScheme;
  readonly signedInputs: SignedInputs;
  /** Output positions of each layer that were to be computed. */
  readonly samples: number | "all";
  readonly seed: number;
  readonly slicings: SlicingSearch;
  readonly inputSamples: number;
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
  /** The statistics are of noise, not of data. */
  readonly madeUpInputs: boolean;
  /** Null where sizes followed without a run. */
  readonly engine: { readonly name: string; readonly version: string } | null;
  /** The architectures that there are statistics for, and how they compute. */
  readonly designs: readonly ArithmeticDesign[];
  readonly layers: readonly ImportedLayer[];
  readonly unmapped: readonly UnmappedReport[];
  /** Multiply-accumulates of one sample: of the layers, and with the unmapped nodes whose work is known. */
  readonly mappedMacs: number;
  readonly totalMacs: number;
  readonly warnings: readonly string[];
}

/** A network that has been read, run on its samples and turned into integers. */
export interface PreparedNetwork {
  readonly file: string;
  readonly sha256: string;
  readonly model: OnnxModel;
  readonly engine: FloatEngine;
  readonly externalFiles: ExternalFiles;
  readonly constants: Constants;
  readonly found: GraphLayers;
  readonly scheme: QuantizationScheme;
  readonly samples: Samples;
  readonly measured: readonly MeasuredLayer[];
  /** How inputs enter a crossbar: as asked for, but symmetric ones always in two passes. */
  readonly wayOfInputs: SignedInputs;
  /** The layer that gets eight slices of one bit without a choice. */
  readonly lastLayer: GraphLayer | undefined;
}

/**
 * Reads a network and runs it on its samples.
 *
 * @param scales Those of its layers, where they are known from other samples.
 * @param afterRun Called after each run of the network.
 */
export async function prepareNetwork(
  options: AnalyzeNetworkOptions,
  scales?: readonly LayerScales[],
  afterRun?: (done: number, runs: number, layers: number) => void,
): Promise<PreparedNetwork> {
  const { file = "model.onnx", externalFiles = noExternalFiles, signal } = options;
  const { samples: positions = defaultPositions, seed = defaultSeed } = options;
  checkOptions(options);
  const modelHash = sha256(options.model);
  const model = await rewriteQuantizedLayers(await readModel(options.model, file), externalFiles);
  const engine = options.engine ?? (await onnxRuntime());
  const constants = await findConstants(model, () => Promise.resolve(engine), externalFiles);
  const found = findLayers(model, constants);
  if (found.layers.length === 0) throw noLayers(file, found);
  if (scales !== undefined && scales.length !== found.layers.length) throw otherModel(file);
  const scheme = chooseScheme(options.scheme ?? "auto", found);
  const lastLayer = findLastLayer(found.layers, options.lastLayer);
  const samples = prepareSamples(model, options.inputs, options.sizes ?? {}, seed);
  throwIfStopped(signal);
  const measured = await measureLayers({
    model,
    layers: found.layers,
    samples,
    engine,
    externalFiles,
    scheme,
    positions: options.shapesOnly ? 1 : positions,
    seed,
    scales,
    afterRun: async (done, runs) => {
      afterRun?.(done, runs, found.layers.length);
      await new Promise((resolve) => setTimeout(resolve, 0));
      throwIfStopped(signal);
    },
  });
  const wayOfInputs = signedInputsOf({
    signedInputs: options.signedInputs,
    symmetricInputs: scheme === "symmetric",
  });
  return {
    ...{ file, sha256: modelHash, model, engine, externalFiles, constants, found, scheme, samples, measured },
    ...{ wayOfInputs, lastLayer },
  };
}

/**
 * Makes layers and statistics from an ONNX model: runs it on sample inputs, quantises it, and does the arithmetic of
 * every layer as RAELLA's and ISAAC's crossbars do.
 *
 * @throws RaellaError with what is wrong with the model, the inputs or an option; `aborted` by the signal.
 */
export async function analyzeNetwork(options: AnalyzeNetworkOptions): Promise<ImportedNetwork> {
  requireOptions(analyzeNetworkSchema, options, "analyzeNetwork");
  if (options.shapesOnly) requireNoStatistics(options);
  const shapes = options.shapesOnly ? await analyzeShapes(options) : undefined;
  if (shapes !== undefined && !("obstacle" in shapes)) return shapes;
  try {
    return await withEngine(options, (engine) => analyzeWith(engine, options));
  } catch (error) {
    throw shapes !== undefined && isNotInstalled(error) ? unknownSizes(options, shapes.obstacle) : error;
  }
}

/** A network's layers without a run, or the node behind which sizes do not follow. */
async function analyzeShapes(
  options: AnalyzeNetworkOptions,
): Promise<ImportedNetwork | { readonly obstacle: OnnxNode | undefined }> {
  const { file = "model.onnx", externalFiles = noExternalFiles } = options;
  checkOptions(options);
  const model = await rewriteQuantizedLayers(await readModel(options.model, file), externalFiles);
  const inputShapes = inputSizes(model, options.inputs, options.sizes ?? {});
  const shapes = inferShapes(model, inputShapes, externalFiles);
  const { constants } = shapes;
  const dims = (name: string): readonly number[] | undefined => shapes.dims(name);
  const found = findLayers(model, constants);
  if (found.layers.length === 0) throw noLayers(file, found);
  findLastLayer(found.layers, options.lastLayer);
  const scheme = chooseScheme(options.scheme ?? "auto", found);
  // Sizes before the activation are those behind it.
  const outputOf = ({ output, linearOutput }: GraphLayer): readonly number[] | undefined =>
    dims(output) ?? dims(linearOutput);
  const missing = found.layers.find(
    (layer) => dims(layer.input) === undefined || outputOf(layer) === undefined,
  );
  if (missing !== undefined)
    return { obstacle: shapes.obstacle(dims(missing.input) === undefined ? missing.input : missing.output) };
  const layers = found.layers.map((graph, index): ImportedLayer => {
    const sizes = layerSizes(graph, dims(graph.input) ?? [], outputOf(graph) ?? [], file);
    return {
      ...describeGraphLayer(graph, sizes, index),
      positions: 0,
      totalPositions: positionsPerSample(sizes),
      weightScales: [],
      passes: scheme === "symmetric" ? 2 : 1,
    };
  });
  const unmapped = describeUnmapped(found.unmapped, dims);
  const mappedMacs = layers.reduce((sum, { macs }) => sum + macs, 0);
  return {
    file,
    sha256: sha256(options.model),
    scheme,
    signedInputs: options.signedInputs ?? "recorded",
    samples: options.samples ?? defaultPositions,
    seed: options.seed ?? defaultSeed,
    slicings: options.slicings ?? "common",
    inputSamples: 0,
    inputShapes: Object.fromEntries(inputShapes),
    madeUpInputs: false,
    engine: null,
    designs: [],
    layers,
    unmapped,
    mappedMacs,
    totalMacs: unmapped.reduce((sum, { macs }) => sum + (macs ?? 0), mappedMacs),
    warnings:
      options.signedInputs === "two-pass" && scheme !== "symmetric"
        ? [
            "Which inputs are signed follows from values, not from shapes: every layer is taken to need one pass.",
          ]
        : [],
  };
}

function unknownSizes(
  { file = "model.onnx" }: AnalyzeNetworkOptions,
  obstacle: OnnxNode | undefined,
): RaellaError {
  const behind = obstacle === undefined ? "the inputs" : nodeTitle(obstacle);
  return new RaellaError({
    code: "usage",
    message: `The sizes of all layers do not follow from the model: what ${behind} makes is known only when it is run, and onnxruntime-web is not installed.`,
    location: { file },
    value: obstacle?.operator,
    expected: "sizes of its outputs in the model, or the optional package onnxruntime-web, 1.22 or newer",
    remedy:
      "Infer shapes when you export the model (onnx.shape_inference), or install it: npm install onnxruntime-web",
  });
}

async function analyzeWith(engine: FloatEngine, options: AnalyzeNetworkOptions): Promise<ImportedNetwork> {
  const { signal, shapesOnly = false, withAccuracy = false } = options;
  const { samples: positions = defaultPositions, seed = defaultSeed, slicings = "common" } = options;
  const { models = defaultWorkspace() } = options;
  const designs = arithmeticArchitectures(models).map((name) => usualDesign(name, models));
  let before = 0;
  let steps = 0;
  const network = await prepareNetwork({ ...options, engine }, undefined, (done, runs, layers) => {
    [before, steps] = [runs, runs + (shapesOnly ? 0 : layers)];
    options.onProgress?.({ done, total: steps });
  });
  const { measured, scheme, samples, wayOfInputs, found } = network;
  const unmapped = await reportUnmapped(
    found.unmapped,
    network.model,
    network.constants,
    samples,
    engine,
    network.externalFiles,
  );
  // It is not needed any more, but its memory.
  if (options.engine === undefined) await engine.end?.();
  const jobs = measured.map(({ graph, integers, output }): LayerJob => ({
    layer: integers,
    output,
    designs,
    slicingSearch: slicings,
    signedInputs: wayOfInputs,
    symmetricInputs: scheme === "symmetric",
    isLast: graph === network.lastLayer,
    withAccuracy,
  }));
  const results = shapesOnly
    ? []
    : await runNetworkJobs(jobs, layerJobs, {
        workers: options.workers,
        signal,
        onJob: (done) => options.onProgress?.({ done: before + done, total: steps }),
      });
  const layers = measured.map((layer, index) => ({
    ...describeLayer(layer, index, inputPasses(layer.inputScale.zero, wayOfInputs).length),
    ...results[index],
  }));
  const mappedMacs = layers.reduce((sum, { macs }) => sum + macs, 0);
  return {
    file: network.file,
    sha256: network.sha256,
    scheme,
    signedInputs: options.signedInputs ?? "recorded",
    samples: positions,
    seed,
    slicings,
    inputSamples: samples.count,
    inputShapes: samples.shapes,
    madeUpInputs: samples.madeUp,
    engine: { name: engine.name, version: engine.version },
    designs,
    layers,
    unmapped,
    mappedMacs,
    totalMacs: unmapped.reduce((sum, { macs }) => sum + (macs ?? 0), mappedMacs),
    warnings: warningsOf(measured, samples.madeUp, shapesOnly),
  };
}

function otherModel(file: string): RaellaError {
  return new RaellaError({
    code: "usage",
    message: "The model has other layers than the imported network.",
    location: { file },
    remedy: "Give the model that was imported, or import this one.",
  });
}

function checkOptions({
  scheme = "auto",
  signedInputs = "recorded",
  samples,
  seed,
  slicings = "common",
}: AnalyzeNetworkOptions): void {
  const oneOf = (value: string, known: readonly string[], what: string): void => {
    if (known.includes(value)) return;
    throw new RaellaError({
      code: "usage",
      message: `There is no ${what} "${value}".`,
      value,
      expected: known.join(", "),
      remedy: suggestName(String(value), known),
    });
  };
  oneOf(scheme, ["auto", ...quantizationSchemes], "quantisation scheme");
  oneOf(signedInputs, ["recorded", "two-pass"], "way of signed inputs");
  oneOf(slicings, ["common", "full"], "choice of slicings");
  const whole = (value: number, least: number, what: string): void => {
    if (Number.isSafeInteger(value) && value >= least) return;
    throw new RaellaError({
      code: "out-of-range",
      message: `${what} cannot be ${value}.`,
      value,
      expected: `a whole number of at least ${least}`,
    });
  };
  if (samples !== undefined && samples !== "all") whole(samples, 1, "The number of samples");
  if (seed !== undefined) whole(seed, 0, "The seed");
}

/** What says how statistics are made says nothing where none are. */
function requireNoStatistics({ samples, seed, slicings, withAccuracy }: AnalyzeNetworkOptions): void {
  const given = Object.entries({ samples, seed, slicings, accuracy: withAccuracy || undefined });
  const needless = given.find(([, value]) => value !== undefined);
  if (needless === undefined) return;
  throw new RaellaError({
    code: "usage",
    message: `"${needless[0]}" says nothing here: only the shapes are asked for, and no statistics.`,
    value: String(needless[1]),
    remedy: "Leave it out, or shapesOnly (--shapes-only).",
  });
}

function noLayers(file: string, { unmapped }: GraphLayers): RaellaError {
  return new RaellaError({
    code: "schema",
    message: "The network has no layer that can be mapped to crossbars.",
    location: { file },
    expected: "a Conv, Gemm or MatMul with constant weights",
    details: unmapped
      .slice(0, 5)
      .map(({ node, reason }) => `${node.operator} "${nodeName(node)}": ${reason}`),
  });
}

/** A model's own scales, if it has any; symmetric ones for a transformer; else channel8. */
function chooseScheme(
  scheme: QuantizationScheme | "auto",
  { layers, hasAttention }: GraphLayers,
): QuantizationScheme {
  const hasOwn = layers.some(({ own, ownInput }) => own !== undefined || ownInput !== undefined);
  if (scheme === "own" && !hasOwn)
    throw new RaellaError({
      code: "usage",
      message: 'The network has no scales of its own, so that the scheme cannot be "own".',
      value: scheme,
      remedy: "Leave the scheme out, or choose channel8.",
    });
  if (scheme !== "auto") return scheme;
  return hasOwn ? "own" : hasAttention ? "symmetric" : "channel8";
}

function findLastLayer(layers: readonly GraphLayer[], name: string | undefined): GraphLayer | undefined {
  if (name === undefined) {
    const last = layers.at(-1);
    return last?.operator === "Conv" ? undefined : last;
  }
  const found = layers.find((layer) => layer.name === name || nodeName(layer.node) === name);
  if (found !== undefined) return found;
  throw new RaellaError({
    code: "unknown-name",
    message: `The network has no layer "${name}".`,
    value: name,
    remedy: suggestName(
      name,
      layers.map((layer) => layer.name),
    ),
  });
}

function describeLayer(measured: MeasuredLayer, index: number, passes: number): ImportedLayer {
  const { graph, sizes, integers, totalPositions, inputScale, outputScale, weightScales } = measured;
  return {
    ...describeGraphLayer(graph, sizes, index),
    positions: integers.samples,
    totalPositions,
    inputScale,
    outputScale,
    weightScales: weightScales.every((scale) => scale === weightScales[0])
      ? [weightScales[0]]
      : [...weightScales],
    passes,
  };
}

/** What follows from a layer's place in the graph and its sizes. */
function describeGraphLayer(
  graph: GraphLayer,
  sizes: MeasuredSizes,
  index: number,
): Pick<ImportedLayer, "index" | "name" | "node" | "operator" | "shape" | "macs" | "hasActivation"> {
  const { window } = graph;
  return {
    index,
    name: graph.name,
    node: nodeName(graph.node),
    operator: graph.operator,
    shape: {
      C: graph.channels,
      M: graph.filters,
      R: window.width,
      S: window.height,
      P: sizes.outputWidth,
      Q: sizes.outputHeight * sizes.images,
      G: graph.groups,
      H: sizes.inputHeight,
      W: sizes.inputWidth,
      Hpad: sizes.padTop,
      Wpad: sizes.padLeft,
      Hstride: window.strideY,
      Wstride: window.strideX,
      Hdilation: window.dilationY,
      Wdilation: window.dilationX,
    },
    macs: positionsPerSample(sizes) * graph.weights.length,
    hasActivation: graph.hasActivation,
  };
}

function warningsOf(
  measured: readonly MeasuredLayer[],
  madeUp: boolean,
  shapesOnly: boolean,
): readonly string[] {
  const warnings: string[] = [];
  if (madeUp && !shapesOnly)
    warnings.push(
      "No inputs were given: the statistics are of made-up noise. Give samples of real data (--inputs).",
    );
  for (const { graph, integers } of shapesOnly ? [] : measured)
    if (integers.inputs.every((code) => code === integers.inputZero))
      warnings.push(`The input of ${graph.name} is 0 wherever it was looked at: its statistics say nothing.`);
  return warnings;
}
