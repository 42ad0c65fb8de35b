import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { RaellaError } from "../errors";

/**
 * Writes a file so that a reader sees either the old content or the whole new one: into a temporary file beside
 * it, then renamed. Missing folders are made.
 * @throws RaellaError `usage` if the place cannot be written to.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  writeFilesAtomically(dirname(resolve(path)), { [basename(path)]: content });
}

/**
 * Writes several files into a folder, each atomically, after all of them have been written in full beside it: an
 * interruption leaves no half-written file, and a full disk no half-written set.
 * @throws RaellaError `usage` if the folder cannot be written to.
 */
export function writeFilesAtomically(
  directory: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  let temporary: string | undefined;
  try {
    makeFolders(directory);
    temporary = mkdtempSync(join(directory, ".writing-"));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(temporary, name), content);
    for (const name of Object.keys(files)) renameSync(join(temporary, name), join(directory, name));
  } catch (error) {
    throw new RaellaError({
      code: "usage",
      message: `Cannot write to ${directory}: ${(error as Error).message}.`,
      value: directory,
      remedy: "Choose a folder that you may write to.",
    });
  } finally {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Makes a folder and those above it. Several processes may do so at once. (Node's own way never returns where the
 * system refuses a folder as if the one above it were missing, as in /proc.)
 */
export function makeFolders(directory: string): void {
  if (existsSync(directory)) return;
  if (dirname(directory) !== directory) makeFolders(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
