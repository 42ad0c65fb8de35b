import type { SlicingSearch } from "./adaptive-slicing";
import { findSlicing } from "./adaptive-slicing";
import type { ArithmeticDesign } from "./arithmetic-design";
import { mostBitsOfSlices, noiseOf } from "./arithmetic-design";
import type { CenterFinder, LayerCenters } from "./center";
import { createCenterFinder } from "./center";
import { raellaConverterBits } from "./converter";
import type { CrossbarResult } from "./crossbar";
import { computeWithConverters } from "./crossbar";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import { exactAccumulators, outputCodes } from "./integer-layer";
import type { LayerAccuracy } from "./layer-accuracy";
import { layerAccuracyOf } from "./layer-accuracy";
import type { JobKind } from "./run-network-jobs";
import { raellaRows } from "./segments";
import type { Slicing } from "./slicing";
import { oneBitSlicing, slicingName } from "./slicing";
import { adcShare, averageWeight } from "./statistics";

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
  readonly noise: { readonly seed: number; readonly layer: number };
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
  const chosen = new Map<string, Slicing>();
  const choose = (rows: number, converterBits: number, cellBits: number): Slicing => {
    if (job.isLast) return oneBitSlicing;
    const key = [rows, converterBits, cellBits].join(" ");
    const options = { signedInputs, search: job.slicingSearch, rows, converterBits, cellBits };
    const known = chosen.get(key) ?? findSlicing(layer, output, { ...options, centers: centersOn(rows) });
    chosen.set(key, known);
    return known;
  };
  const slicings = designs.map((design, index): Slicing => {
    if (design.slices !== "adaptive") return design.slices;
    const cellBits = mostBitsOfSlices(design);
    return design.slicing === "anew"
      ? choose(design.rows, design.adcBits, cellBits)
      : (job.kept[index] ?? choose(raellaRows, raellaConverterBits, cellBits));
  });
  // Designs that differ in their converters only read the same sums.
  const results = new Map<string, CrossbarResult>();
  const keyOf = (slicing: Slicing, { rows, noise = 0 }: ArithmeticDesign, bits: number): string =>
    [slicingName(slicing), rows, bits, noise].join(" ");
  const compute = (slicing: Slicing, design: ArithmeticDesign): CrossbarResult => {
    const { rows, adcBits } = design;
    const key = keyOf(slicing, design, adcBits);
    if (!results.has(key)) {
      const alike = designs.filter(
        (other, index) =>
          other.encoding === "center_offset" &&
          keyOf(slicings[index], other, adcBits) === keyOf(slicing, design, adcBits),
      );
      const converters = [...new Set(alike.map((other) => other.adcBits))];
      const noise = noiseOf(design, job.noise);
      const speculation = alike.some((other) => other.speculation);
      const crossbar = { slicing, rows, signedInputs, exact, centers: centersOn(rows), noise, speculation };
      computeWithConverters(layer, crossbar, converters).forEach((result, index) =>
        results.set(keyOf(slicing, design, converters[index]), result),
      );
    }
    return results.get(key) as CrossbarResult;
  };
  const accuracies = designs.map((design, index): DesignLayerAccuracy => {
    const slicing = slicings[index];
    const result = design.encoding === "offset_invert" ? undefined : compute(slicing, design);
    return {
      ...layerAccuracyOf(design, slicing, reference, compute, job.noise),
      slicing: slicingName(slicing),
      slices: slicing.length,
      averageWeight: result ? averageWeight(result) : null,
      adcShare: result ? (design.speculation ? adcShare(result) : 1) : null,
    };
  });
  const centers = designs.map(({ encoding, rows }, index) =>
    encoding === "offset_invert" ? undefined : centersOn(rows).of(slicings[index]),
  );
  return { accuracies, centers };
}

export const accuracyJobs: JobKind<AccuracyJob, AccuracyJobResult> = {
  name: "accuracy",
  run: runAccuracyJob,
  work: ({ layer, designs }) =>
    layer.groups * layer.rows * layer.filters * layer.samples * (1 + designs.length),
};
