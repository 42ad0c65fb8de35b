import { RaellaError, RaellaErrors, type ErrorDetails } from "../errors";
import { attempt, type Outcome } from "./attempt-layer";
import type { LayerResult } from "./layer-result";
import type { LayerRequest } from "./run-layer";

/** An outcome that can be sent between threads: errors as plain data, several found at once as a list. */
export type SentOutcome =
  | { readonly result: LayerResult }
  | { readonly error: ErrorDetails }
  | { readonly errors: readonly ErrorDetails[] };

/** The work of a helping thread: layers in, outcomes out, in the same order. */
export default function runLayersHere(jobs: readonly LayerRequest[]): readonly SentOutcome[] {
  return jobs.map((job) => {
    const outcome = attempt(job);
    if (outcome instanceof RaellaErrors) return { errors: outcome.errors.map((error) => error.toJSON()) };
    return outcome instanceof RaellaError ? { error: outcome.toJSON() } : { result: outcome };
  });
}

/** Turns an outcome that was sent back into one. */
export function receiveOutcome(sent: SentOutcome): Outcome {
  if ("result" in sent) return sent.result;
  if ("error" in sent) return new RaellaError(sent.error);
  return new RaellaErrors(sent.errors.map((error) => new RaellaError(error)));
}
