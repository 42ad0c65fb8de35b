import { accuracyJobs } from "./layer-accuracy";
import { cutLayerJobs } from "./run-cut-network";
import { layerJobs } from "./layer-job";
import type { JobInThread } from "./run-network-jobs";

const kinds = { layer: layerJobs, accuracy: accuracyJobs, cutLayer: cutLayerJobs } satisfies Record<
  JobInThread["kind"],
  unknown
>;

/** What a helping thread does. */
export default () =>
  ({ kind, job }: JobInThread): unknown =>
    (kinds[kind].run as (job: unknown) => unknown)(job);
