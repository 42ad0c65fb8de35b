import { runCommandLine } from "../../src/cli/run-command-line";

export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process and catches what it prints. */
export async function runCli(...given: readonly string[]): Promise<CommandOutput> {
  const printed = { stdout: "", stderr: "" };
  const originals = {
    stdout: process.stdout.write.bind(process.stdout),
    stderr: process.stderr.write.bind(process.stderr),
  };
  const catching =
    (stream: "stdout" | "stderr") =>
    (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      printed[stream] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") queueMicrotask(() => (callback as () => void)());
      return true;
    };
  process.stdout.write = catching("stdout");
  process.stderr.write = catching("stderr");
  try {
    const exitCode = await runCommandLine(["node", "raella", ...given]);
    return { exitCode, ...printed };
  } finally {
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
  }
}
