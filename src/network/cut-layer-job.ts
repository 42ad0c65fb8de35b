import type { ArithmeticDesign } from "./arithmetic-design";
import type { LayerCenters } from "./center";
import type { ConvertedSums } from "./crossbar";
import { convertInCrossbars } from "./crossbar";
import type { CutLayer } from "./cut-network";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer } from "./integer-layer";
import { exactAccumulators } from "./integer-layer";
import { computeInIsaac } from "./isaac-encoding";
import { positionsPerSample, readWindow } from "./measure-layers";
import type { ColumnNoise } from "./noise";
import type { JobKind } from "./run-network-jobs";
import type { Slicing } from "./slicing";

/** How a design computes a layer. */
export interface LayerCrossbars {
  readonly design: ArithmeticDesign;
  readonly slicing: Slicing;
  readonly centers: LayerCenters | undefined;
  readonly signedInputs: SignedInputs;
  readonly noise: ColumnNoise | undefined;
}

/** Some positions of a layer of a cut network, with one arithmetic. */
export interface CutLayerJob {
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
