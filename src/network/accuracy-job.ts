import type { SlicingSearch } from "./adaptive-slicing";
import { findSlicing } from "./adaptive-slicing";
import type { ArithmeticDesign } from "./arithmetic-design";
import { mostBitsOfSlices } from "./arithmetic-design";
import type { CrossbarResult } from "./crossbar";
import { computeInCrossbars } from "./crossbar";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import { exactAccumulators, outputCodes } from "./integer-layer";
import type { LayerAccuracy } from "./layer-accuracy";
import { layerAccuracyOf } from "./layer-accuracy";
import type { JobKind } from "./run-network-jobs";
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
}

/** How accurate a design computes a layer, and with which slices. */
export interface DesignLayerAccuracy extends LayerAccuracy {
  readonly slicing: string;
  readonly slices: number;
  /** Mean state of the cells and share of the conversions, as the cost model takes them. Not of ISAAC. */
  readonly averageWeight: number | null;
  readonly adcShare: number | null;
}

/** What a helping thread does. */
export default (): typeof runAccuracyJob => runAccuracyJob;

/** What a layer comes to in each of the designs, in their order. */
function runAccuracyJob(job: AccuracyJob): readonly DesignLayerAccuracy[] {
  const { layer, output, signedInputs } = job;
  const exact = outputCodes(exactAccumulators(layer), layer, output);
  const chosen = new Map<string, Slicing>();
  const results = new Map<string, CrossbarResult>();
  const choose = (rows: number | undefined, converterBits: number | undefined, cellBits: number): Slicing => {
    const key = [rows, converterBits, cellBits].join(" ");
    const known = chosen.get(key);
    if (known !== undefined) return known;
    const options = { signedInputs, search: job.slicingSearch, rows, converterBits, cellBits };
    const found = job.isLast ? oneBitSlicing : findSlicing(layer, output, options);
    chosen.set(key, found);
    return found;
  };
  const compute = (slicing: Slicing, { rows, adcBits: converterBits }: ArithmeticDesign): CrossbarResult => {
    const key = [slicingName(slicing), rows, converterBits].join(" ");
    const result =
      results.get(key) ?? computeInCrossbars(layer, { slicing, rows, converterBits, signedInputs });
    results.set(key, result);
    return result;
  };
  return job.designs.map((design, index): DesignLayerAccuracy => {
    const { rows, adcBits: converterBits } = design;
    const slicing =
      design.slices !== "adaptive"
        ? design.slices
        : design.slicing === "anew"
          ? choose(rows, converterBits, mostBitsOfSlices(design))
          : (job.kept[index] ?? choose(undefined, undefined, mostBitsOfSlices(design)));
    const accuracy = layerAccuracyOf(design, slicing, { layer, output, exact }, compute);
    const result = design.encoding === "offset_invert" ? undefined : compute(slicing, design);
    return {
      ...accuracy,
      slicing: slicingName(slicing),
      slices: slicing.length,
      averageWeight: result ? averageWeight(result) : null,
      adcShare: result ? (design.speculation ? adcShare(result) : 1) : null,
    };
  });
}

export const accuracyJobs: JobKind<AccuracyJob, readonly DesignLayerAccuracy[]> = {
  file: "accuracy-job",
  run: runAccuracyJob,
  work: ({ layer, designs }) =>
    layer.groups * layer.rows * layer.filters * layer.samples * (1 + designs.length),
};
