import { randomUUID } from "node:crypto";

import { optional, optionsOf, requireOptions, text } from "../../arguments";
import { insideNotebook, remarkMissingKernel, sendMimeBundle } from "./outputs";

/** What a progress bar counts. */
export interface ProgressBarOptions {
  /** What is under way, e.g. `ResNet18 on four architectures`. */
  readonly label: string;
  /** What is counted, e.g. `layers`. */
  readonly noun?: string;
}

/** How far something is. */
export interface ProgressState {
  readonly done: number;
  readonly total: number;
}

/** Updates arrive at most this often: a front end that is sent more falls behind. */
const interval = 100;
const barLength = 32;

/**
 * A progress bar that updates in place, in a notebook or on a terminal (standard error); nothing elsewhere. Call
 * the returned function with every step. What stays at the end does not depend on how long it took.
 */
export function progressBar(options: ProgressBarOptions): (state: ProgressState) => void {
  requireOptions(optionsOf({ label: text, noun: optional(text) }), options, "progressBar");
  remarkMissingKernel("progress bars");
  const write = insideNotebook() ? notebookWriter() : terminalWriter();
  let shownAt = -Infinity;
  let finished = false;
  return (state) => {
    const now = performance.now();
    const last = state.done >= state.total;
    if (finished || (!last && now - shownAt < interval)) return;
    shownAt = now;
    finished = last;
    write(progressText(options, state), last);
  };
}

/** E.g. `ResNet18  ████████████░░░░░░░░  12 of 21 layers`. */
function progressText({ label, noun = "" }: ProgressBarOptions, { done, total }: ProgressState): string {
  const filled = total > 0 ? Math.round((barLength * Math.min(done, total)) / total) : barLength;
  const bar = "█".repeat(filled) + "░".repeat(barLength - filled);
  return `${label}  ${bar}  ${done} of ${total} ${noun}`.trimEnd();
}

function notebookWriter(): (text: string) => void {
  const displayId = randomUUID();
  let shown = false;
  return (text) => {
    sendMimeBundle({ data: { "text/plain": text }, displayId }, shown);
    shown = true;
  };
}

function terminalWriter(): (text: string, last: boolean) => void {
  if (!process.stderr.isTTY) return () => undefined;
  return (text, last) => {
    process.stderr.write(`\r${text}${last ? "\n" : ""}`);
  };
}
