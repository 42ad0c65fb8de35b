import { RaellaError } from "../errors";
import { requireOptions } from "../arguments";
import { sha256 } from "../platform";
import { defaultWorkspace } from "../spec/workspace";
import { arithmeticArchitectures, usualDesign } from "./arithmetic-design";
import type { FloatEngine } from "./float-engine";
import { isNotInstalled, withEngine } from "./float-engine";
import { inputPasses } from "./integer-layer";
import type { LayerJob } from "./layer-job";
import { layerJobs } from "./layer-job";
import type { MeasuredLayer } from "./measure-layers";
import { layerSizes, positionsPerSample } from "./measure-layers";
import type { Constants } from "./onnx/constants";
import type { GraphLayer, UnmappedNode } from "./onnx/layers";
import { findLayers } from "./onnx/layers";
import { inferShapes } from "./onnx/infer-shapes";
import type { OnnxModel, OnnxNode } from "./onnx/model";
import { elementCount, isOperator, nodeName, nodeTitle } from "./onnx/model";
import { withPart } from "./onnx/part";
import { readModel } from "./onnx/read-model";
import { rewriteQuantizedLayers } from "./onnx/rewrite-quantized";
import type { ExternalFiles } from "./onnx/tensor";
import { noExternalFiles } from "./onnx/tensor";
import { analyzeNetworkSchema } from "./network-arguments";
import { withJobRunner, workOf } from "./run-network-jobs";
import type { Samples } from "./samples";
import { defaultPositions, defaultSeed, inputSizes } from "./samples";
import type { ImportedLayer, ImportedNetwork, UnmappedReport } from "./imported-network";
import { describeGraphLayer, describeLayer } from "./imported-network";
import type { AnalyzeNetworkOptions } from "./prepare-network";
import { checkOptions, chooseScheme, findLastLayer, noLayers, prepareNetwork } from "./prepare-network";

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
  return networkOf(options, layers, describeUnmapped(found.unmapped, dims), {
    file,
    sha256: sha256(options.model),
    scheme,
    inputSamples: 0,
    inputShapes: Object.fromEntries(inputShapes),
    madeUpInputs: false,
    engine: null,
    designs: [],
    warnings:
      options.signedInputs === "two-pass" && scheme !== "symmetric"
        ? [
            "Which inputs are signed follows from values, not from shapes: every layer is taken to need one pass.",
          ]
        : [],
  });
}

type FoundNetwork = Pick<
  ImportedNetwork,
  | "file"
  | "sha256"
  | "scheme"
  | "inputSamples"
  | "inputShapes"
  | "madeUpInputs"
  | "engine"
  | "designs"
  | "warnings"
>;

/** What was found of a network, with what was asked for. */
function networkOf(
  options: AnalyzeNetworkOptions,
  layers: readonly ImportedLayer[],
  unmapped: readonly UnmappedReport[],
  { file, sha256: modelHash, scheme, warnings, ...run }: FoundNetwork,
): ImportedNetwork {
  const mappedMacs = layers.reduce((sum, { macs }) => sum + macs, 0);
  return {
    file,
    sha256: modelHash,
    scheme,
    signedInputs: options.signedInputs ?? "recorded",
    samples: options.samples ?? defaultPositions,
    seed: options.seed ?? defaultSeed,
    slicings: options.slicings ?? "common",
    ...run,
    layers,
    unmapped,
    mappedMacs,
    totalMacs: unmapped.reduce((sum, { macs }) => sum + (macs ?? 0), mappedMacs),
    warnings,
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
  const { shapesOnly = false, withAccuracy = false } = options;
  const { slicings = "common", models = defaultWorkspace() } = options;
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
    : await withJobRunner(options, { work: workOf(jobs, layerJobs), jobs: jobs.length }, (runner) =>
        runner.run(jobs, layerJobs, (done) => options.onProgress?.({ done: before + done, total: steps })),
      );
  const layers = measured.map((layer, index) => ({
    ...describeLayer(layer, index, inputPasses(layer.inputScale.zero, wayOfInputs).length),
    ...results[index],
  }));
  return networkOf(options, layers, unmapped, {
    file: network.file,
    sha256: network.sha256,
    scheme,
    inputSamples: samples.count,
    inputShapes: samples.shapes,
    madeUpInputs: samples.madeUp,
    engine: { name: engine.name, version: engine.version },
    designs,
    warnings: warningsOf(measured, samples.madeUp, shapesOnly),
  });
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

type TensorSizes = (name: string) => readonly number[] | undefined;

/** What the nodes that are not mapped would take, by the sizes of tensors. */
function describeUnmapped(unmapped: readonly UnmappedNode[], dims: TensorSizes): readonly UnmappedReport[] {
  return unmapped.map(({ node, reason }) => ({
    operator: node.operator,
    name: nodeName(node),
    reason,
    macs: multiplyAccumulates(node, dims),
  }));
}

/** The same where the sizes of tensors are those in one run. */
async function reportUnmapped(
  unmapped: readonly UnmappedNode[],
  model: OnnxModel,
  constants: Constants,
  samples: Samples,
  engine: FloatEngine,
  externalFiles: ExternalFiles,
): Promise<readonly UnmappedReport[]> {
  const report = (dims: TensorSizes): readonly UnmappedReport[] => describeUnmapped(unmapped, dims);
  const tensors = new Set(
    unmapped.flatMap(({ node }) => [...node.inputs, ...node.outputs]).filter((name) => name !== ""),
  );
  const given = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const made = new Set(model.nodes.flatMap(({ outputs }) => outputs));
  const asked = [...tensors].filter((name) => made.has(name) && !constants.has(name));
  const inputs = samples.at(0);
  if (asked.length === 0) return report((name) => inputs.get(name)?.dims);
  const outputs = await withPart(model, asked, given, engine, externalFiles, (run) => run(inputs));
  return report((name) =>
    constants.has(name) ? constants.dims(name) : (outputs.get(name) ?? inputs.get(name))?.dims,
  );
}

/** Multiply-accumulates of a node; null for operators whose work depends on more than shapes. */
function multiplyAccumulates(node: OnnxNode, dims: TensorSizes): number | null {
  const [first, second] = node.inputs.map((name) => dims(name));
  const [output] = node.outputs.map((name) => dims(name));
  if (first === undefined || second === undefined || output === undefined) return null;
  if (isOperator(node, "MatMul", "MatMulInteger")) return elementCount(output) * (first.at(-1) ?? 1);
  if (isOperator(node, "Gemm")) {
    const isTransposed = (node.attributes.get("transA")?.integer ?? 0) !== 0;
    return elementCount(output) * first[isTransposed ? 0 : 1];
  }
  if (isOperator(node, "Conv", "ConvInteger", "DeformConv"))
    return elementCount(output) * elementCount(second.slice(1));
  if (isOperator(node, "ConvTranspose")) return elementCount(first) * elementCount(second.slice(1));
  // [directions, gates · hidden, inputs], [directions, gates · hidden, hidden], for every step of the sequence.
  const recurrent = node.inputs[2] === undefined ? undefined : dims(node.inputs[2]);
  if (isOperator(node, "LSTM", "GRU", "RNN") && recurrent !== undefined)
    return first[0] * first[1] * (elementCount(second) + elementCount(recurrent));
  return null;
}
