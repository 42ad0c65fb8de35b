import type { SlicingSearch } from "./adaptive-slicing";
import { findSlicings } from "./adaptive-slicing";
import type { ArithmeticDesign } from "./arithmetic-design";
import type { CenterFinder, LayerCenters } from "./center";
import { createCenterFinder } from "./center";
import { raellaConverterBits } from "./converter";
import type { ConvertedSums, CrossbarResult } from "./crossbar";
import { computeWithConverters, convertedSums } from "./crossbar";
import type { IntegerLayer, OutputDifference, OutputQuantization, SignedInputs } from "./integer-layer";
import { compareOutputs, exactAccumulators, outputCodes } from "./integer-layer";
import { computeInIsaac } from "./isaac-encoding";
import type { ColumnNoise } from "./noise";
import { noiseOf } from "./noise";
import type { JobKind } from "./run-network-jobs";
import type { Slicing } from "./slicing";
import { mostBitsOfSlices, oneBitSlicing, raellaRows, segmentRows, slicingName } from "./slicing";
import { adcShare, averageWeight } from "./statistics";

/** How accurate an architecture computes a layer. */
export interface LayerAccuracy extends OutputDifference {
  /** Share of the conversions that met an end of the converter. */
  readonly saturatedShare: number;
}

/** The design that computes a layer, and what is known of it already. */
export interface LayerAccuracyOptions {
  /** The slicing that was chosen for the layer. */
  readonly slicing: Slicing;
  /** Default: those of each architecture. */
  readonly rows?: number;
  readonly converterBits?: number;
  readonly signedInputs?: SignedInputs;
  /** Of the sums of columns. Designs with a deviation of their own keep it. Default: none. */
  readonly noise?: ColumnNoise;
  /** Default: the package's architectures. */
  readonly designs?: readonly ArithmeticDesign[];
}

/** A layer with its exact output codes, to which others are compared. */
interface ExactLayer {
  readonly layer: IntegerLayer;
  readonly output: OutputQuantization;
  readonly exact: Uint8Array;
}

/** How accumulators change the output codes. */
function differenceOf(
  { accumulators, saturated, conversions }: ConvertedSums,
  { layer, output, exact }: ExactLayer,
): LayerAccuracy {
  return {
    saturatedShare: saturated / conversions,
    ...compareOutputs(outputCodes(accumulators, layer, output), exact, output.zero),
  };
}

/**
 * What the arithmetic of a design makes of a layer.
 * @param result Of Center+Offset crossbars; undefined for a design whose columns hold codes, which is computed here.
 */
export function layerAccuracyOf(
  design: ArithmeticDesign,
  slicing: Slicing,
  exact: ExactLayer,
  result: CrossbarResult | undefined,
  noise: Omit<ColumnNoise, "deviation"> = {},
): LayerAccuracy {
  if (result !== undefined) return differenceOf(convertedSums(result, design.speculation), exact);
  const { rows, adcBits: converterBits } = design;
  const crossbar = { rows, converterBits, slicing, noise: noiseOf(design, noise) };
  return differenceOf(computeInIsaac(exact.layer, crossbar), exact);
}

/**
 * How the arithmetic of each design changes the output codes of a layer, given its true inputs. `rows` and `converterBits`
 * are for Center+Offset; designs whose columns hold codes, as ISAAC's do, keep their own.
 */
export function layerAccuracy(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: LayerAccuracyOptions & { readonly designs: readonly ArithmeticDesign[] },
): Readonly<Record<string, LayerAccuracy>> {
  const { slicing, rows, converterBits, signedInputs = "recorded", noise } = options;
  const designs = options.designs.map((design): ArithmeticDesign => ({
    noise: noise?.deviation,
    ...design,
    slicing: "kept",
    ...(design.encoding === "center_offset" && {
      rows: rows ?? design.rows,
      adcBits: converterBits ?? design.adcBits,
    }),
  }));
  const { accuracies } = runAccuracyJob({
    ...{ layer, output, designs, signedInputs, noise: noise ?? {} },
    ...{ kept: designs.map(() => slicing), slicingSearch: "common", isLast: false },
  });
  return Object.fromEntries(
    accuracies.map(({ saturatedShare, changed, meanAbs, error, sqnr }, index) => [
      designs[index].architecture,
      { saturatedShare, changed, meanAbs, error, sqnr },
    ]),
  );
}

/** One layer, and the designs that compute it. */
export interface AccuracyJob {
  readonly layer: IntegerLayer;
  readonly output: OutputQuantization;
  /** For each design the slicing of the import; undefined where it is to be chosen as an import does. */
  readonly kept: readonly (Slicing | undefined)[];
  readonly designs: readonly ArithmeticDesign[];
  readonly slicingSearch: SlicingSearch;
  readonly signedInputs: SignedInputs;
  /** The layer gets eight slices of one bit without a choice. */
  readonly isLast: boolean;
  /** What noise follows from besides its deviation. */
  readonly noise: Omit<ColumnNoise, "deviation">;
}

/** How accurate a design computes a layer, and with which slices. */
export interface DesignLayerAccuracy extends LayerAccuracy {
  readonly slicing: string;
  readonly slices: number;
  /** Mean state of the cells and share of the conversions, as the cost model takes them. Not of ISAAC. */
  readonly averageWeight: number | null;
  readonly adcShare: number | null;
}

/** What a job comes to, for each of the designs, in their order. */
export interface AccuracyJobResult {
  readonly accuracies: readonly DesignLayerAccuracy[];
  /** Undefined where there are none: in ISAAC. */
  readonly centers: readonly (LayerCenters | undefined)[];
}

function runAccuracyJob(job: AccuracyJob): AccuracyJobResult {
  const { layer, output, signedInputs, designs } = job;
  const exact = exactAccumulators(layer);
  const reference = { layer, output, exact: outputCodes(exact, layer, output) };
  const finders = new Map<number, CenterFinder>();
  const centersOn = (rows: number): CenterFinder => {
    const known = finders.get(rows) ?? createCenterFinder(layer, rows);
    finders.set(rows, known);
    return known;
  };
  // Crossbars of more rows than a filter has compute as those that it fills.
  const rowsOf = (limit: number): number => segmentRows(layer.rows, limit);
  const chosen = new Map<string, Slicing>();
  const choose = (limit: number, bits: number, cellBits: number): Slicing => {
    if (job.isLast) return oneBitSlicing;
    const rows = rowsOf(limit);
    const keyOf = (converterBits: number): string => [rows, converterBits, cellBits].join(" ");
    if (!chosen.has(keyOf(bits))) {
      // Designs that differ in their converters only try slicings on the same sums.
      const alike = designs.filter(
        (design) =>
          design.slices === "adaptive" &&
          design.slicing === "anew" &&
          rowsOf(design.rows) === rows &&
          mostBitsOfSlices(design) === cellBits,
      );
      const converters = [...new Set([bits, ...alike.map(({ adcBits }) => adcBits)])];
      const options = { signedInputs, search: job.slicingSearch, rows, cellBits, centers: centersOn(rows) };
      findSlicings(layer, output, options, converters).forEach((slicing, index) =>
        chosen.set(keyOf(converters[index]), slicing),
      );
    }
    return chosen.get(keyOf(bits)) as Slicing;
  };
  const slicings = designs.map((design, index): Slicing => {
    if (design.slices !== "adaptive") return design.slices;
    const cellBits = mostBitsOfSlices(design);
    return design.slicing === "anew"
      ? choose(design.rows, design.adcBits, cellBits)
      : (job.kept[index] ?? choose(raellaRows, raellaConverterBits, cellBits));
  });
  const accuracies = new Array<DesignLayerAccuracy>(designs.length);
  const centers = new Array<LayerCenters | undefined>(designs.length);
  const finish = (index: number, result?: CrossbarResult): void => {
    const [design, slicing] = [designs[index], slicings[index]];
    accuracies[index] = {
      ...layerAccuracyOf(design, slicing, reference, result, job.noise),
      slicing: slicingName(slicing),
      slices: slicing.length,
      averageWeight: result ? averageWeight(result) : null,
      adcShare: result ? (design.speculation ? adcShare(result) : 1) : null,
    };
    centers[index] = result?.centers;
  };
  // Designs that differ in their converters only read the same sums.
  const together = new Map<string, number[]>();
  for (const [index, { encoding, rows, noise = 0 }] of designs.entries()) {
    if (encoding === "offset_invert") {
      finish(index);
      continue;
    }
    const key = [slicingName(slicings[index]), rowsOf(rows), noise].join(" ");
    together.set(key, [...(together.get(key) ?? []), index]);
  }
  for (const indices of together.values()) {
    const [first] = indices;
    const rows = rowsOf(designs[first].rows);
    const crossbar = {
      ...{ slicing: slicings[first], rows, signedInputs, exact, centers: centersOn(rows) },
      noise: noiseOf(designs[first], job.noise),
      plain: indices.some((index) => !designs[index].speculation),
      speculation: indices.some((index) => designs[index].speculation),
    };
    const converters = [...new Set(indices.map((index) => designs[index].adcBits))];
    const results = computeWithConverters(layer, crossbar, converters);
    for (const index of indices) finish(index, results[converters.indexOf(designs[index].adcBits)]);
  }
  return { accuracies, centers };
}

export const accuracyJobs: JobKind<AccuracyJob, AccuracyJobResult> = {
  kind: "accuracy",
  run: runAccuracyJob,
  work: ({ layer, designs }) =>
    layer.groups * layer.rows * layer.filters * layer.samples * (1 + designs.length),
};
