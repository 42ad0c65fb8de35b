import { RaellaError } from "../errors";
import type { LayerOptions, Progress } from "./study-options";

/** What is reported after a layer of a study. */
export function progressOf(
  { architecture, dnn, layer }: LayerOptions,
  done: number,
  total: number,
): Progress {
  return { done, total, architecture, dnn, layer };
}

/** @throws RaellaError `aborted` */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new RaellaError({ code: "aborted", message: "The run was stopped before it was finished." });
}
