import { RaellaError } from "../errors";
import type { LayerResult } from "./layer-result";
import { runRequest, type LayerRequest } from "./run-layer";

/** A result, or why there is none. */
export type Outcome = LayerResult | RaellaError;

/** Runs one layer; a mistake of the user becomes the outcome, a fault of the program is thrown. */
export function attempt(job: LayerRequest): Outcome {
  try {
    return runRequest(job);
  } catch (error) {
    if (error instanceof RaellaError) return error;
    throw error;
  }
}
