import { basename, dirname } from "../platform";
import * as v from "valibot";
import {
  callback,
  count,
  finite,
  flag,
  name,
  oneOf,
  optional,
  optionsOf,
  requireOnce,
  requireOptions,
} from "../arguments";
import { RaellaError } from "../errors";
import { freeze } from "../memory";
import { readBinaryFile } from "../spec/files";
import { givenWorkspace, workspaceSchema } from "../spec/workspace";
import type { Workspace } from "../spec/workspace";
import type { AccuracyAnalysis } from "./analyze-accuracy";
import { analyzeAccuracy } from "./analyze-accuracy";
import type { AnalyzeNetworkOptions } from "./prepare-network";
import type { ArithmeticDesign, SlicingChoice } from "./arithmetic-design";
import { arithmeticArchitectures, usualDesign } from "./arithmetic-design";
import type { ImageOptions } from "./images";
import {
  engineSchema,
  imagesSchema,
  pathOrArraysSchema,
  pathOrBytesSchema,
  pathOrLabelsSchema,
  seedSchema,
  signalSchema,
  workersSchema,
} from "./network-arguments";
import type { ImportRecord, ImportedFile } from "./network-sources";
import {
  filesBeside,
  findSource,
  hashFile,
  hashInputs,
  readImportRecord,
  readInputs,
  readLabels,
  requireImages,
} from "./network-sources";
import type { SampleInputs } from "./samples";

/** An imported network, and what is to be known of its accuracy. */
export interface NetworkAccuracyOptions extends Pick<
  AnalyzeNetworkOptions,
  "workers" | "signal" | "onProgress" | "engine" | "samples"
> {
  /** Name of an imported network. */
  readonly dnn: string;
  readonly workspace?: Workspace;
  /** The model that was imported: a path, or its bytes. Default: where it was when it was imported. */
  readonly model?: string | Uint8Array;
  /** Samples to look at: arrays, or a path as for an import. Default: those of the import. Scales are always the import's. */
  readonly inputs?: string | SampleInputs;
  readonly images?: ImageOptions;
  /** Classes of the samples, or the path of a `.npy` file or of a text with one number on each line. */
  readonly labels?: string | ArrayLike<number>;
  /** Default: all whose models declare an arithmetic. */
  readonly architectures?: string | readonly string[];
  /** Bits of the converters, 2 … 16. Default: those of each architecture. */
  readonly adcBits?: number | readonly number[];
  /** Rows of a crossbar. Default: those of each architecture. */
  readonly rows?: number | readonly number[];
  /** Keep the slicings of the import (the default), or choose them anew for each converter and number of rows. */
  readonly slicing?: SlicingChoice | readonly SlicingChoice[];
  /**
   * Standard deviation of Gaussian noise on every column sum that is converted, in steps of the converter, 0 … 1000. Slicings are
   * chosen without it. Default: 0, none.
   */
  readonly noise?: number | readonly number[];
  /** Of the noise. Default: 1. */
  readonly seed?: number;
  /** Run the whole network with the arithmetic of each design: loss, agreement, accuracy. */
  readonly endToEnd?: boolean;
}

/** How accurate designs compute an imported network. */
export interface NetworkAccuracy extends AccuracyAnalysis {
  readonly dnn: string;
}

const slicingChoices = ["kept", "anew"] as const;
const oneOrMore = <S extends v.GenericSchema>(item: S, expected: string): v.GenericSchema =>
  v.lazy((given) =>
    Array.isArray(given) ? v.pipe(v.array(item), v.minLength(1, `at least one of ${expected}`)) : item,
  );
const optionsSchema = optionsOf({
  dnn: name,
  workspace: optional(workspaceSchema),
  model: optional(pathOrBytesSchema),
  inputs: optional(pathOrArraysSchema),
  images: optional(imagesSchema),
  labels: optional(pathOrLabelsSchema),
  architectures: optional(oneOrMore(name, "the architectures")),
  adcBits: optional(oneOrMore(count, "the bits")),
  rows: optional(oneOrMore(count, "the rows")),
  slicing: optional(oneOrMore(oneOf(slicingChoices), "kept and anew")),
  noise: optional(oneOrMore(finite, "the deviations")),
  seed: optional(seedSchema),
  endToEnd: optional(flag),
  samples: optional(v.union([count, v.literal("all")], "a whole number, or all")),
  workers: optional(workersSchema),
  signal: optional(signalSchema),
  onProgress: optional(callback),
  engine: optional(engineSchema),
});

const listOf = <Item>(given: Item | readonly Item[] | undefined): readonly Item[] | undefined =>
  given === undefined || Array.isArray(given) ? (given as readonly Item[] | undefined) : [given as Item];

/**
 * How accurate an imported network is on the architectures, and with other converters and crossbars: what saturates,
 * how outputs change, how many slices that takes, and end to end what the network's result loses.
 *
 * @example
 * ```ts
 * const workspace = workspaceAt("my-workspace");
 * const { designs } = await networkAccuracy({ dnn: "mynet", workspace, adcBits: [5, 6, 7, 8], endToEnd: true });
 * ```
 * @throws RaellaError if the network was not imported, its model is not found, or an option is wrong.
 */
export async function networkAccuracy(options: NetworkAccuracyOptions): Promise<NetworkAccuracy> {
  requireOptions(optionsSchema, options, "networkAccuracy");
  return accuracyOfDesigns(options, designsOf(options));
}

/** Every combination of what was asked for. */
function designsOf(
  options: Pick<
    NetworkAccuracyOptions,
    "architectures" | "adcBits" | "rows" | "slicing" | "noise" | "workspace"
  >,
): readonly ArithmeticDesign[] {
  const workspace = givenWorkspace(options.workspace);
  const architectures = listOf(options.architectures) ?? arithmeticArchitectures(workspace);
  const usualDesigns = architectures.map((architecture) => usualDesign(architecture, workspace));
  requireOnce(
    "the architectures",
    usualDesigns.map(({ architecture }) => architecture),
  );
  requireOnce("the bits of the converters", listOf(options.adcBits) ?? []);
  requireOnce("the rows", listOf(options.rows) ?? []);
  requireOnce("the slicings", listOf(options.slicing) ?? []);
  requireOnce("the deviations of the noise", listOf(options.noise) ?? []);
  return usualDesigns.flatMap((usual) => {
    return (listOf(options.slicing) ?? [usual.slicing]).flatMap((slicing) =>
      (listOf(options.rows) ?? [usual.rows]).flatMap((rows) =>
        (listOf(options.adcBits) ?? [usual.adcBits]).flatMap((adcBits) =>
          (listOf(options.noise) ?? [0]).map((noise) => ({
            ...usual,
            ...{ adcBits, rows, slicing },
            ...(noise !== 0 && { noise }),
          })),
        ),
      ),
    );
  });
}

/** The same for given designs. */
export async function accuracyOfDesigns(
  options: Omit<NetworkAccuracyOptions, "architectures" | "adcBits" | "rows" | "slicing" | "noise">,
  designs: readonly ArithmeticDesign[],
): Promise<NetworkAccuracy> {
  const { dnn, labels } = options;
  const { statisticsDirectory } = givenWorkspace(options.workspace);
  const record = readImportRecord(dnn, statisticsDirectory);
  const { sources } = record;
  const root = dirname(statisticsDirectory);
  const model = options.model ?? findModel(record, root);
  const bytes = typeof model === "string" ? readBinaryFile(model, "The model") : model;
  const images = options.images ?? sources?.images;
  const inputs = options.inputs ?? findInputs(record, root);
  requireImages(inputs, options.images);
  const analysis = await analyzeAccuracy({
    model: bytes,
    file: typeof model === "string" ? basename(model) : record.file,
    ...(typeof model === "string" && { externalFiles: filesBeside(dirname(model)) }),
    inputs: typeof inputs === "string" ? await readInputs(inputs, bytes, images ?? {}) : inputs,
    // Inputs have sizes of their own.
    sizes: inputs === undefined ? sources?.sizes : undefined,
    lastLayer: sources?.lastLayer,
    scheme: record.scheme,
    signedInputs: record.signedInputs,
    samples: options.samples ?? record.samples,
    seed: record.seed,
    slicings: record.slicings,
    imported: record,
    designs,
    endToEnd: options.endToEnd,
    noiseSeed: options.seed,
    labels: typeof labels === "string" ? await readLabels(labels) : labels,
    workers: options.workers,
    signal: options.signal,
    onProgress: options.onProgress,
    engine: options.engine,
  });
  return freeze({ dnn, ...analysis });
}

function findModel({ sources, file }: ImportRecord, root: string): string {
  const missing = (why: string): RaellaError =>
    new RaellaError({
      code: "usage",
      message: `The model ${file} is needed again, and ${why}.`,
      expected: "the model that was imported",
      remedy: "Give its path (--model).",
    });
  if (sources === undefined) throw missing("the import does not say where it lies");
  return findSource(sources.model, root, "The model", (path) => hashFile(path, "The model"));
}

/** Undefined for made-up ones. */
function findInputs({ sources, madeUpInputs }: ImportRecord, root: string): string | undefined {
  const inputs: ImportedFile | null | undefined = sources?.inputs;
  if (madeUpInputs) return undefined;
  if (inputs !== undefined && inputs !== null) return findSource(inputs, root, "The inputs", hashInputs);
  throw new RaellaError({
    code: "usage",
    message: "Samples are needed, and the import does not say where its own lie.",
    expected: "samples, as for raella import",
    remedy: "Give their path (--inputs).",
  });
}
