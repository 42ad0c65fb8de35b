import type { Warning } from "../spec/specification";
import { formatLocation } from "../errors";

/** Writes text to standard output and waits until it has been taken, so that big results do not pile up. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`, () => resolve());
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

/** Writes the warnings of a result to standard error, each once. */
export function remarkWarnings(warnings: readonly Warning[]): void {
  const lines = warnings.map(({ message, location }) => {
    const place = location ? `${formatLocation(location)}: ` : "";
    return message.startsWith(place) ? message : `${place}${message}`;
  });
  for (const line of new Set(lines)) remark(`warning: ${line}`);
}
