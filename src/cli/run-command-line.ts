import { createRequire } from "node:module";
import { inspect } from "node:util";
import { CommanderError } from "commander";
import type { Command } from "commander";
import { RaellaError, RaellaErrors } from "../errors";
import { cannotWrite } from "../report/write-atomically";
import { exitCodes, ExitWith } from "./output";
import { createProgram } from "./program";

/**
 * Runs the command line and returns the exit code. Mistakes of the user are explained on standard error, with
 * `--json` also as `{"error": …}` on standard output; only faults of the program show a stack trace.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  listenForErrors(process.stdout, endOfOutput);
  listenForErrors(process.stderr, ignoreLostRemarks);
  const { version } = createRequire(__filename)("../../package.json") as { version: string };
  const program = createProgram(version);
  program.hook("preAction", requireWorkingDirectory);
  program.hook("preAction", (_, command) => requireNoneBefore(command));
  throwInsteadOfExiting(program);
  refuseRepetitions(program);
  const json = argv.includes("--json");
  const waiting = process.listeners("SIGINT");
  try {
    await program.parseAsync([...argv]);
    return exitCodes.success;
  } catch (error) {
    return report(error, json);
  } finally {
    // Nothing is left that Ctrl-C could stop.
    for (const listener of process.listeners("SIGINT"))
      if (!waiting.includes(listener)) process.off("SIGINT", listener);
  }
}

/** For good: what the last words meet with is told when the command is over. */
function listenForErrors(stream: NodeJS.WriteStream, listener: (error: NodeJS.ErrnoException) => void): void {
  if (!stream.listeners("error").includes(listener)) stream.on("error", listener);
}

function throwInsteadOfExiting(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwInsteadOfExiting(subcommand);
}

/** @throws RaellaError `usage` for an option of one value that is given twice, and for a flag and its opposite. */
function refuseRepetitions(command: Command): void {
  const given = new Map<string, { readonly flag: string; readonly value: unknown }>();
  for (const option of command.options) {
    // Of these, every value counts.
    if (option.variadic || Array.isArray(option.defaultValue)) continue;
    const flag = option.long ?? option.flags;
    const isFlag = !option.required && !option.optional;
    command.on(`option:${option.name()}`, (value: unknown) => {
      const earlier = given.get(option.attributeName());
      given.set(option.attributeName(), { flag, value });
      if (earlier === undefined || (isFlag && earlier.flag === flag)) return;
      throw new RaellaError({
        code: "usage",
        message: isFlag
          ? `${earlier.flag} and ${flag} contradict each other.`
          : `${flag} is given twice: ${String(earlier.value)} and ${String(value)}.`,
        value,
        remedy: "Give one of them.",
      });
    });
  }
  for (const subcommand of command.commands) refuseRepetitions(subcommand);
}

/** @throws RaellaError `usage` for options of a command in front of its subcommand, which has options of its own. */
function requireNoneBefore(command: Command): void {
  for (let parent = command.parent; parent !== null; parent = parent.parent)
    for (const option of parent.options) {
      if (parent.getOptionValueSource(option.attributeName()) !== "cli") continue;
      throw new RaellaError({
        code: "usage",
        message: `${option.long ?? option.flags} stands before "${command.name()}", where it says nothing.`,
        remedy: `Write it behind "${command.name()}", if it has such an option, or leave it out.`,
      });
    }
}

function report(error: unknown, json: boolean): number {
  if (error instanceof ExitWith) return error.exitCode;
  if (error instanceof CommanderError) return reportUsage(error, json);
  if (error instanceof RaellaError) {
    process.stderr.write(`${red("error:")} ${error.message}\n`);
    if (json) printError(error instanceof RaellaErrors ? manyErrors(error) : error.toJSON());
    return error.code === "aborted" ? exitCodes.interrupted : exitCodes.mistake;
  }
  process.stderr.write(
    `${red("internal error:")} ${inspect(error)}\nThis is a fault of the program, please report it.\n`,
  );
  if (json) printError({ code: "internal", message: String(error) });
  return exitCodes.fault;
}

/** Commander has already written its message, except for `--help` and `--version`, which are no mistakes. */
function reportUsage(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return exitCodes.success;
  if (json && !error.code.startsWith("commander.help")) {
    printError({ code: "usage", message: error.message.replace(/^error: /, "") });
  }
  return exitCodes.mistake;
}

function manyErrors(errors: RaellaErrors): object {
  return { ...errors.toJSON(), errors: errors.errors.map((error) => error.toJSON()) };
}

function printError(error: object): void {
  process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
}

/** Red on a terminal, as it is elsewhere. */
function red(text: string): string {
  return process.stderr.isTTY && !process.env.NO_COLOR ? `\u001b[31m${text}\u001b[39m` : text;
}

/** `raella … | head` closes the pipe early: that is no error. A full disk behind it is one, of the user's. */
function endOfOutput(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(exitCodes.success);
  const reason = cannotWrite("standard output", error);
  process.stderr.write(`${red("error:")} ${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exit(exitCodes.mistake);
}

/** Where messages cannot be written, the exit code still tells. */
function ignoreLostRemarks(): void {
  // Nobody is left to be told.
}

/** @throws RaellaError `usage` where paths cannot be understood: the folder of the process has been removed. */
function requireWorkingDirectory(): void {
  try {
    process.cwd();
  } catch {
    throw new RaellaError({
      code: "usage",
      message: "The folder in which the command was started is no longer there.",
      remedy: "Go to another folder.",
    });
  }
}
