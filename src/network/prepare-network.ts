import { requireChoice, requireWhole } from "../arguments";
import { RaellaError, suggestName } from "../errors";
import { breathe, sha256 } from "../platform";
import { type Workspace } from "../spec/workspace";
import type { SlicingSearch } from "./adaptive-slicing";
import type { FloatEngine } from "./float-engine";
import { onnxRuntime } from "./float-engine";
import type { SignedInputs } from "./integer-layer";
import { signedInputsOf } from "./layer-statistics";
import type { LayerScales, MeasuredLayer } from "./measure-layers";
import { measureLayers } from "./measure-layers";
import type { Constants } from "./onnx/constants";
import { findConstants } from "./onnx/constants";
import type { GraphLayer, GraphLayers } from "./onnx/layers";
import { findLayers } from "./onnx/layers";
import type { OnnxModel } from "./onnx/model";
import { nodeName } from "./onnx/model";
import { readModel } from "./onnx/read-model";
import { rewriteQuantizedLayers } from "./onnx/rewrite-quantized";
import type { ExternalFiles } from "./onnx/tensor";
import { noExternalFiles } from "./onnx/tensor";
import type { QuantizationScheme } from "./quantization";
import { quantizationSchemes } from "./quantization";
import { throwIfStopped } from "./run-network-jobs";
import type { SampleInputs, Samples } from "./samples";
import { defaultPositions, defaultSeed, prepareSamples } from "./samples";

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
  const constants = await findConstants(model, engine, externalFiles);
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
      await breathe();
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

function otherModel(file: string): RaellaError {
  return new RaellaError({
    code: "usage",
    message: "The model has other layers than the imported network.",
    location: { file },
    remedy: "Give the model that was imported, or import this one.",
  });
}

export function checkOptions({
  scheme = "auto",
  signedInputs = "recorded",
  samples,
  seed,
  slicings = "common",
}: AnalyzeNetworkOptions): void {
  requireChoice("quantisation scheme", scheme, ["auto", ...quantizationSchemes]);
  requireChoice("way of signed inputs", signedInputs, ["recorded", "two-pass"]);
  requireChoice("choice of slicings", slicings, ["common", "full"]);
  if (samples !== undefined && samples !== "all") requireWhole("The number of samples", samples, 1);
  if (seed !== undefined) requireWhole("The seed", seed, 0);
}

export function noLayers(file: string, { unmapped }: GraphLayers): RaellaError {
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
export function chooseScheme(
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

export function findLastLayer(
  layers: readonly GraphLayer[],
  name: string | undefined,
): GraphLayer | undefined {
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
