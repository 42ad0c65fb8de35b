import type { SlicingSearch } from "./adaptive-slicing";
import { chooseSlicing, oneBitSlices } from "./adaptive-slicing";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import type { ArithmeticVariant, LayerAccuracy } from "./layer-accuracy";
import { layerAccuracy } from "./layer-accuracy";
import type { LayerStatistics } from "./layer-statistics";
import { statisticsOf } from "./layer-statistics";
import type { JobKind } from "./run-network-jobs";

/** The integer part of one layer: everything that a thread needs. */
export interface LayerJob {
  readonly layer: IntegerLayer;
  readonly output: OutputQuantization;
  readonly slicingSearch: SlicingSearch;
  readonly signedInputs: SignedInputs;
  readonly symmetricInputs: boolean;
  /** The layer gets eight slices of one bit without a choice. */
  readonly isLast: boolean;
  /** Also say how accurate the architectures are. */
  readonly withAccuracy: boolean;
}

export interface LayerJobResult {
  readonly statistics: LayerStatistics;
  readonly accuracy?: Readonly<Record<ArithmeticVariant, LayerAccuracy>>;
}

/** What a helping thread does. */
export default (): typeof runLayerJob => runLayerJob;

/** Does the integer part of a layer. */
export function runLayerJob(job: LayerJob): LayerJobResult {
  const { layer, output, signedInputs, slicingSearch, isLast } = job;
  const options = { signedInputs, search: slicingSearch };
  const chosen = isLast ? oneBitSlices(layer, options) : chooseSlicing(layer, output, options);
  const statistics = statisticsOf(layer, chosen, job.symmetricInputs);
  if (!job.withAccuracy) return { statistics };
  return { statistics, accuracy: layerAccuracy(layer, output, { ...chosen, signedInputs }) };
}

export const layerJobs: JobKind<LayerJob, LayerJobResult> = {
  file: "layer-job",
  run: runLayerJob,
  work: ({ layer }) => layer.groups * layer.rows * layer.filters * layer.samples,
};
