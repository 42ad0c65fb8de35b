import type { ProgressState } from "../report/notebook/progress-bar";

/** A progress bar on a terminal, nothing in a pipe. */
export async function progressOnTerminal(
  label: string,
  noun: string,
): Promise<((state: ProgressState) => void) | undefined> {
  if (!process.stderr.isTTY) return undefined;
  const { progressBar } = await import("../report/notebook/progress-bar.js");
  return progressBar({ label, noun });
}
