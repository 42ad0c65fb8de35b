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

/** The work of a helping thread: layers in, outcomes out, in the same order. All that it finds stays until it ends. */
export default function layersWork(
  registered: Registrations,
): (jobs: readonly LayerRequest[]) => readonly SentOutcome[] {
  const surroundings = new Surroundings(registered);
  return (jobs) =>
    jobs.map((job) => {
      const outcome = surroundings.during(() => attempt(job));
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
