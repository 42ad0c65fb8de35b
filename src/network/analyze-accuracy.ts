import { requireOptions } from "../arguments";
import { RaellaError } from "../errors";
import { breathe } from "../platform";
import type { AccuracyJob, AccuracyJobResult, DesignLayerAccuracy } from "./layer-accuracy";
import { accuracyJobs } from "./layer-accuracy";
import type { ImportedLayer, ImportedNetwork } from "./imported-network";
import type { AnalyzeNetworkOptions, PreparedNetwork } from "./prepare-network";
import { prepareNetwork } from "./prepare-network";
import type { ArithmeticDesign } from "./arithmetic-design";
import { designKey, slicesDoNotFit } from "./arithmetic-design";
import { analogWork, bytesOfSample, runCutNetwork } from "./run-cut-network";
import type { CutNetwork, CutWithReference } from "./cut-network";
import { cutNetwork } from "./cut-network";
import { withEngine } from "./float-engine";
import type { EndToEndAccuracy, ReferenceAccuracy } from "./end-to-end";
import { checkLabels, endToEndAccuracy, poorQuantization, referenceAccuracy } from "./end-to-end";
import type { CutRun, CutRunResult, LayerArithmetic } from "./run-cut-network";
import { requireDesigns } from "./layer-arguments";
import { analyzeAccuracySchema } from "./network-arguments";
import type { LayerScales } from "./measure-layers";
import { positionsPerSample } from "./measure-layers";
import type { JobRunner } from "./run-network-jobs";
import { throwIfStopped, withJobRunner, workOf } from "./run-network-jobs";
import { defaultSeed } from "./samples";
import type { Slicing } from "./slicing";
import { parseSlicing } from "./slicing";

/** Samples that go through a network together: what is stored in crossbars serves them all. */
const samplesTogether = 4;

/** Bytes of the tensors of all samples and arithmetics that go through a network together, about. */
const runBytes = 128e6;

/** A network, and the designs that are to compute it. */
export interface AccuracyAnalysisOptions extends Omit<AnalyzeNetworkOptions, "shapesOnly" | "withAccuracy"> {
  readonly designs: readonly ArithmeticDesign[];
  /** The import of the same model, whose scales and slicings are kept. Default: they are set by these inputs. */
  readonly imported?: Pick<ImportedNetwork, "sha256" | "layers">;
  /** Also run the whole network with the arithmetic of each design. */
  readonly endToEnd?: boolean;
  /** Classes of the samples. */
  readonly labels?: ArrayLike<number>;
  /** Of the noise of designs that have any. Default: 1. */
  readonly noiseSeed?: number;
}

/** A layer of a design. */
export interface NamedLayerAccuracy extends DesignLayerAccuracy {
  readonly layer: number;
  readonly layerName: string;
}

/** How accurate a design computes a network. */
export interface DesignAccuracy extends ArithmeticDesign {
  /** Means over the layers: slices of a weight, error of the outputs that are not 0 in output steps, saturated share. */
  readonly meanSlices: number;
  readonly meanError: number;
  readonly meanSaturatedShare: number;
  readonly layers: readonly NamedLayerAccuracy[];
  /** Null unless it was asked for. */
  readonly endToEnd: EndToEndAccuracy | null;
}

/** How accurate designs compute a network, and what that was found from. */
export interface AccuracyAnalysis {
  readonly file: string;
  readonly sha256: string;
  readonly scheme: string;
  readonly signedInputs: string;
  readonly inputSamples: number;
  readonly madeUpInputs: boolean;
  readonly engine: { readonly name: string; readonly version: string };
  readonly reference: ReferenceAccuracy | null;
  /** Only if a design has noise. */
  readonly noiseSeed?: number;
  readonly designs: readonly DesignAccuracy[];
  readonly warnings: readonly string[];
}

/**
 * How accurate designs compute a network: layer by layer on the inputs that the float network gives, and, if asked for,
 * end to end.
 *
 * @throws RaellaError with what is wrong with the model, the inputs or an option; `aborted` by the signal.
 */
export async function analyzeAccuracy(options: AccuracyAnalysisOptions): Promise<AccuracyAnalysis> {
  requireOptions(analyzeAccuracySchema, options, "analyzeAccuracy");
  const { designs, imported, endToEnd = false, labels, signal, onProgress } = options;
  requireDesigns(designs, "the designs of analyzeAccuracy");
  if (options.noiseSeed !== undefined && !designs.some(isNoisy))
    throw new RaellaError({
      code: "usage",
      message: "The seed is that of noise, and there is none.",
      value: options.noiseSeed,
      expected: "noise above 0 (--noise) with a seed",
    });
  if (labels !== undefined && !endToEnd)
    throw new RaellaError({
      code: "usage",
      message: "Labels are only of use end to end.",
      expected: "endToEnd: true (--end-to-end) with labels",
    });
  const distinct = [...new Map(designs.map((design) => [designKey(design), design])).values()];
  let done = 0;
  let total = 0;
  const step = (): void => onProgress?.({ done: ++done, total });
  return withEngine(options, async (engine) => {
    const network = await prepareNetwork({ ...options, engine }, scalesOf(imported), (_, runs, layers) => {
      const samples = imported === undefined ? runs / 2 : runs;
      const parts = Math.ceil(samples / samplesTogether);
      total = runs + layers + (endToEnd ? samples + parts * layers * (distinct.length + 1) : 0);
      step();
    });
    if (imported !== undefined && imported.sha256 !== network.sha256) throw changedModel(network.file);
    const jobs = layerJobsOf(network, distinct, options);
    const work = workOf(jobs, accuracyJobs) + (endToEnd ? workEndToEnd(network, distinct) : 0);
    const atOnce = Math.max(jobs.length, endToEnd ? 2 * (distinct.length + 1) : 0);
    const { layers, whole } = await withJobRunner(options, { work, jobs: atOnce }, async (runner) => {
      const cut = endToEnd ? await cutWithReference(network, options, step) : undefined;
      const results = await runner.run(jobs, accuracyJobs, () => step());
      return {
        layers: results.map(({ accuracies }) => accuracies),
        whole: cut ? await runEndToEnd(network, cut, distinct, results, runner, options, step) : null,
      };
    });
    const results = new Map(
      distinct.map((design, index) => [
        designKey(design),
        {
          layers: layers.map((each, layer) => ({
            layer,
            layerName: network.measured[layer].graph.name,
            ...each[index],
          })),
          endToEnd: whole?.designs[index] ?? null,
        },
      ]),
    );
    throwIfStopped(signal);
    const { samples } = network;
    return {
      file: network.file,
      sha256: network.sha256,
      scheme: network.scheme,
      signedInputs: options.signedInputs ?? "recorded",
      inputSamples: samples.count,
      madeUpInputs: samples.madeUp,
      engine: { name: engine.name, version: engine.version },
      reference: whole?.reference ?? null,
      ...(designs.some(isNoisy) && { noiseSeed: options.noiseSeed ?? defaultSeed }),
      designs: designs.map((design): DesignAccuracy => {
        const result = results.get(designKey(design)) as Pick<DesignAccuracy, "layers" | "endToEnd">;
        const mean = (figure: (layer: NamedLayerAccuracy) => number): number =>
          result.layers.reduce((sum, layer) => sum + figure(layer), 0) / result.layers.length;
        return {
          ...design,
          meanSlices: mean(({ slices }) => slices),
          meanError: mean(({ error }) => error),
          meanSaturatedShare: mean(({ saturatedShare }) => saturatedShare),
          ...result,
        };
      }),
      warnings: warningsOf(network, whole?.reference ?? null),
    };
  });
}

const isNoisy = ({ noise = 0 }: ArithmeticDesign): boolean => noise > 0;

/** @throws RaellaError `usage` if the import has none. */
function scalesOf(imported: AccuracyAnalysisOptions["imported"]): readonly LayerScales[] | undefined {
  return imported?.layers.map(({ inputScale, outputScale }) => {
    if (inputScale !== undefined && outputScale !== undefined) return { inputScale, outputScale };
    throw new RaellaError({
      code: "usage",
      message: "The network was imported without its scales: only its shapes were asked for.",
      remedy: "Import it again without --shapes-only.",
    });
  });
}

function layerJobsOf(
  { measured, wayOfInputs, lastLayer }: PreparedNetwork,
  designs: readonly ArithmeticDesign[],
  { imported, slicings = "common", noiseSeed: seed = defaultSeed }: AccuracyAnalysisOptions,
): readonly AccuracyJob[] {
  return measured.map(({ graph, integers, output }, index): AccuracyJob => ({
    layer: integers,
    output,
    kept: designs.map((design) => keptSlicing(design, imported?.layers[index])),
    designs,
    slicingSearch: slicings,
    signedInputs: wayOfInputs,
    isLast: graph === lastLayer,
    noise: { seed, layer: index },
  }));
}

/** Multiply-accumulates of the network on all samples, exact and with each design, about. */
function workEndToEnd({ measured, samples }: PreparedNetwork, designs: readonly ArithmeticDesign[]): number {
  const macs = measured.reduce(
    (sum, { sizes, integers }) => sum + integers.weights.length * positionsPerSample(sizes),
    0,
  );
  return macs * samples.count * (1 + analogWork * designs.length);
}

/**
 * The slicing that the import chose for a layer.
 * @throws RaellaError `out-of-range` if the design's cells do not hold its slices.
 */
function keptSlicing(
  design: ArithmeticDesign,
  imported: Pick<ImportedLayer, "statistics" | "ownStatistics"> | undefined,
): Slicing | undefined {
  if (imported === undefined || design.slices !== "adaptive" || design.slicing === "anew") return undefined;
  const { slicing } = imported.ownStatistics?.[design.architecture] ?? imported.statistics ?? {};
  const kept = parseSlicing(slicing ?? "");
  const widest = Math.max(0, ...(kept ?? []));
  if (widest <= design.cellBits) return kept;
  throw slicesDoNotFit(
    widest,
    design.cellBits,
    "Choose the slicings anew (--choose-slicing), or import the network again, for this architecture, too.",
  );
}

async function cutWithReference(
  network: PreparedNetwork,
  { labels, signal }: AccuracyAnalysisOptions,
  step: () => void,
): Promise<CutWithReference> {
  const cut = await cutNetwork(network, async () => {
    step();
    await breathe();
    throwIfStopped(signal);
  });
  if (labels !== undefined) checkLabels(labels, cut.reference);
  return cut;
}

async function runEndToEnd(
  network: PreparedNetwork,
  { cut, reference: float }: CutWithReference,
  designs: readonly ArithmeticDesign[],
  layers: readonly AccuracyJobResult[],
  runner: JobRunner,
  { labels, noiseSeed = defaultSeed }: AccuracyAnalysisOptions,
  step: () => void,
): Promise<{ reference: ReferenceAccuracy; designs: readonly EndToEndAccuracy[] }> {
  const arithmetics: readonly LayerArithmetic[] = [
    { kind: "exact" },
    ...designs.map((design, index) => ({
      kind: "analog" as const,
      design,
      slicings: layers.map(({ accuracies }) => parseSlicing(accuracies[index].slicing) as Slicing),
      centers: layers.map(({ centers }) => centers[index]),
      signedInputs: network.wayOfInputs,
      noiseSeed,
    })),
  ];
  const inputs = Array.from({ length: network.samples.count }, (_, index) => network.samples.at(index));
  const runs = arithmetics.map((): CutRunResult[] => []);
  for (const part of cutRuns(cut, arithmetics, inputs)) {
    const results = await runCutNetwork(part, network.engine, runner, step);
    results.forEach((result, place) => runs[arithmetics.indexOf(part.arithmetics[place])].push(result));
  }
  const [ideal, ...others] = runs.map((run) => run.flatMap(({ outputs }) => outputs));
  return {
    reference: referenceAccuracy(ideal, float, labels),
    designs: others.map((outputs, index) => {
      const sum = (count: "conversions" | "saturated"): number =>
        runs[index + 1].reduce((total, part) => total + part[count], 0);
      return endToEndAccuracy(outputs, ideal, float, labels, sum("saturated") / sum("conversions"));
    }),
  };
}

/** Samples in even parts, of as many as go through a network together; arithmetics together as far as memory allows. */
function cutRuns(
  cut: CutNetwork,
  arithmetics: readonly LayerArithmetic[],
  inputs: CutRun["inputs"],
): readonly CutRun[] {
  const length = Math.ceil(inputs.length / Math.ceil(inputs.length / samplesTogether));
  const together = Math.max(1, Math.floor(runBytes / (length * bytesOfSample(cut))));
  const blocks = chunks(inputs, length);
  return chunks(arithmetics, together).flatMap((some) =>
    blocks.map((block, index) => ({ cut, arithmetics: some, inputs: block, firstSample: index * length })),
  );
}

const chunks = <Item>(items: readonly Item[], length: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
    items.slice(index * length, (index + 1) * length),
  );

function changedModel(file: string): RaellaError {
  return new RaellaError({
    code: "usage",
    message: "The model is not the one that was imported: its SHA-256 differs.",
    location: { file },
    remedy: "Give the model that was imported, or import this one again.",
  });
}

function warningsOf({ samples }: PreparedNetwork, reference: ReferenceAccuracy | null): readonly string[] {
  const warnings: string[] = [];
  if (samples.madeUp)
    warnings.push(
      "No inputs were given: the accuracy is that on made-up noise. Give samples of real data (--inputs).",
    );
  const sqnr = reference?.idealSqnrToFloat ?? Infinity;
  if (sqnr < poorQuantization)
    warnings.push(
      `The 8-bit network itself is not the float network: they agree to ${sqnr.toFixed(1)} dB only. What is lost beyond that says little; try another scheme (--scheme of raella import).`,
    );
  return warnings;
}
