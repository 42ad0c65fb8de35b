import { readFileSync } from "node:fs";
import { counted, RaellaError } from "../errors";
import { formatCount } from "../report/text-table";
import { decodeText } from "../spec/file-memo";
import { workspaceAt } from "../spec/workspace";
import { verifyResult } from "../study/verify-result";
import type { Verification } from "../study/verify-result";
import { exitCodes, ExitWith, interruptSignal, print, printJson } from "./output";

/** Differences shown before the rest is only counted. */
const shown = 20;

/** `raella verify` */
export async function verifyCommand(
  file: string,
  { json, workspace }: { readonly json?: boolean; readonly workspace?: string },
): Promise<void> {
  const verification = await verifyResult(readJson(file), {
    signal: interruptSignal(),
    ...(workspace !== undefined && { workspace: workspaceAt(workspace) }),
  });
  await (json ? printJson(verification) : print(verificationText(file, verification)));
  if (!verification.equal) throw new ExitWith(exitCodes.different);
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = decodeText(readFileSync(file), file);
  } catch (error) {
    if (error instanceof RaellaError) throw error;
    throw new RaellaError({
      code: "file-not-found",
      message: `The result cannot be read: ${(error as Error).message}.`,
      location: { file },
      value: file,
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RaellaError({
      code: "usage",
      message: `This is not JSON: ${(error as Error).message}.`,
      location: { file },
      expected: "what a command prints with --json, or result.json of --out",
    });
  }
}

function verificationText(file: string, { equal, differences, changedFiles, version }: Verification): string {
  const lines = [
    equal
      ? `${file} is confirmed: every figure is the same.`
      : `${file} is not confirmed: ${counted(differences.length, "figure", formatCount)} ${differences.length === 1 ? "differs" : "differ"}.`,
  ];
  if (version.then !== version.now) lines.push(`  It is of version ${version.then}, this is ${version.now}.`);
  for (const changed of changedFiles) lines.push(`  ${changed} is not the same as then.`);
  for (const { path, before, after } of differences.slice(0, shown)) {
    lines.push(`  ${path}: ${JSON.stringify(before)} then, ${JSON.stringify(after)} now`);
  }
  if (differences.length > shown) lines.push(`  … and ${formatCount(differences.length - shown)} more`);
  return lines.join("\n");
}
