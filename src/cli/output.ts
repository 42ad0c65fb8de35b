import { placedMessage, RaellaError } from "../errors";
import type { ProgressState } from "../report/notebook/progress-bar";
import { checkPlaces, isStandardOutput } from "../report/write-atomically";
import type { LayersWarning } from "../study/network-result";

/** What the process ends with. */
export const exitCodes = { success: 0, fault: 1, mistake: 2, different: 3, interrupted: 130 } as const;

/** Thrown by a command that has said all there is to say and wants this exit code. */
export class ExitWith extends Error {
  constructor(readonly exitCode: number) {
    super(`Exit code ${exitCode}`);
  }
}

/** Writes text to standard output and waits until it has been taken, so that big results do not pile up. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`, () => resolve());
  });
}

/**
 * Checks the files that a command is to write before it begins, so that nothing is lost and nothing computed in vain.
 * @param inputs Files that it reads.
 * @returns Whether standard output is one of them: what is printed otherwise is then left out.
 * @throws RaellaError `usage` for two outputs in one place, one of them being the JSON object.
 */
export function checkOutputs(
  outputs: readonly (string | undefined)[],
  { json, inputs = [] }: { readonly json?: boolean; readonly inputs?: readonly string[] },
): boolean {
  checkPlaces(outputs, inputs);
  const taken = outputs.find((path) => path !== undefined && isStandardOutput(path));
  if (taken !== undefined && json)
    throw new RaellaError({
      code: "usage",
      message: `Both the JSON object and ${taken} would be written to standard output.`,
      value: taken,
      expected: "a place of its own for each output",
    });
  return taken !== undefined;
}

/** @throws RaellaError `usage` for a name that does not say what kind of picture is meant. */
export function checkChartName(file: string | undefined): void {
  if (file === undefined || /\.(png|svg|json)$/i.test(file)) return;
  throw new RaellaError({
    code: "usage",
    message: `The chart cannot be written to "${file}".`,
    value: file,
    expected: "a file name that ends in .png, .svg or .json",
  });
}

/** Prints one JSON object; `indent` 0 puts it on one line. */
export function printJson(value: unknown, indent = 2): Promise<void> {
  return print(JSON.stringify(value, null, indent));
}

/** Writes a remark beside the result, to standard error. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Writes the warnings of results to standard error, each once, with the layers that have it. */
export function remarkWarnings(warnings: readonly (LayersWarning & { readonly of?: string })[]): void {
  const lines = new Map<string, Set<string>>();
  for (const { layers, of, ...warning } of warnings) {
    const line = placedMessage(warning);
    const known = lines.get(line) ?? new Set();
    lines.set(line, known);
    if (layers !== undefined && layers.length > 0)
      known.add(`${of === undefined ? "" : `${of}: `}${layersText(layers)}`);
  }
  for (const [line, owners] of lines)
    remark(`warning: ${line}${owners.size === 0 ? "" : ` (${[...owners].join("; ")})`}`);
}

/** E.g. `layers 0-3, 7`. */
function layersText(layers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const layer of [...layers].sort((first, second) => first - second)) {
    const run = runs.at(-1);
    if (run?.[1] === layer - 1) run[1] = layer;
    else runs.push([layer, layer]);
  }
  const parts = runs.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  return `layer${layers.length === 1 ? "" : "s"} ${parts.join(", ")}`;
}

/**
 * A signal that is aborted by Ctrl-C, so that a run can end in good order. A second Ctrl-C ends the process as usual.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

/** A progress bar on a terminal, nothing in a pipe. */
export async function progressOnTerminal(
  label: string,
  noun: string,
): Promise<((state: ProgressState) => void) | undefined> {
  if (!process.stderr.isTTY) return undefined;
  const { progressBar } = await import("../report/notebook/progress-bar.js");
  return progressBar({ label, noun });
}
