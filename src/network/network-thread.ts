import { accuracyJobs } from "./accuracy-job";
import { cutLayerJobs } from "./cut-layer-job";
import { layerJobs } from "./layer-job";

const kinds = { layer: layerJobs, accuracy: accuracyJobs, cutLayer: cutLayerJobs };

/** A job of one of the kinds that there are. */
export interface JobInThread {
  readonly kind: keyof typeof kinds;
  readonly job: unknown;
}

/** What a helping thread does. */
export default () =>
  ({ kind, job }: JobInThread): unknown =>
    (kinds[kind].run as (job: unknown) => unknown)(job);
