import { RaellaError, type ErrorDetails } from "../errors";
import { attempt, type Outcome } from "./run-jobs";
import type { LayerResult } from "./layer-result";
import type { LayerOptions } from "./study-options";

/** An outcome that can be sent between threads: errors as plain data. */
export type SentOutcome = { readonly result: LayerResult } | { readonly error: ErrorDetails };

/** The work of a helping thread: layers in, outcomes out, in the same order. */
export default function runLayersHere(jobs: readonly LayerOptions[]): readonly SentOutcome[] {
  return jobs.map((job) => {
    const outcome = attempt(job);
    return outcome instanceof RaellaError ? { error: outcome.toJSON() } : { result: outcome };
  });
}

/** Turns an outcome that was sent back into one. */
export function receiveOutcome(sent: SentOutcome): Outcome {
  return "result" in sent ? sent.result : new RaellaError(sent.error);
}
