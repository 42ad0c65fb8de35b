import type { Registrations } from "../components/registry";
import { RaellaError, RaellaErrors } from "../errors";
import type { ErrorDetails } from "../errors";
import { freeze } from "../memory";
import type { LayerResult } from "./layer-result";
import { attempt } from "./run-jobs";
import type { Outcome } from "./run-jobs";
import type { LayerRequest } from "./run-layer";
import { Surroundings } from "./surroundings";

/** An outcome that can be sent between threads: errors as plain data, several found at once as a list. */
export type SentOutcome =
  | { readonly result: LayerResult }
  | { readonly error: ErrorDetails }
  | { readonly errors: readonly ErrorDetails[] };

/** Layers for a thread, with what is registered where they come from. */
export interface SentJobs {
  readonly jobs: readonly LayerRequest[];
  readonly registered: Registrations;
}

/** What this thread has found; it lives as long as one run. */
let surroundings: Surroundings | undefined;

/** The work of a helping thread: layers in, outcomes out, in the same order. */
export default function runLayersHere({ jobs, registered }: SentJobs): readonly SentOutcome[] {
  const own = (surroundings ??= new Surroundings(registered));
  return jobs.map((job) => {
    const outcome = own.during(() => attempt(job));
    if (outcome instanceof RaellaErrors) return { errors: outcome.errors.map((error) => error.toJSON()) };
    return outcome instanceof RaellaError ? { error: outcome.toJSON() } : { result: outcome };
  });
}

/** Turns an outcome that was sent back into one; what was frozen is a fresh copy by then. */
export function receiveOutcome(sent: SentOutcome): Outcome {
  if ("result" in sent) return freeze(sent.result);
  if ("error" in sent) return new RaellaError(sent.error);
  return new RaellaErrors(sent.errors.map((error) => new RaellaError(error)));
}
