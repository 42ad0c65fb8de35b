/**
 * A signal that is aborted by Ctrl-C, so that a run can end in good order. A second Ctrl-C ends the process as usual.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}
