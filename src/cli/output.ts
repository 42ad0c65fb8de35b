import { formatLocation, RaellaError } from "../errors";
import type { ProgressState } from "../report/notebook/progress-bar";
import { checkPlaces, isStandardOutput } from "../report/write-atomically";
import type { Warning } from "../spec/specification";

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

/** Prints one JSON object; `indent` 0 puts it on one line. */
export function printJson(value: unknown, indent = 2): Promise<void> {
  return print(JSON.stringify(value, null, indent));
}

/** Writes a remark beside the result, to standard error. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Writes the warnings of a result to standard error, each once. */
export function remarkWarnings(warnings: readonly Warning[]): void {
  const lines = warnings.map(({ message, location }) => {
    const place = location ? `${formatLocation(location)}: ` : "";
    return message.startsWith(place) ? message : `${place}${message}`;
  });
  for (const line of new Set(lines)) remark(`warning: ${line}`);
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
