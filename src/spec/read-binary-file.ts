import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { RaellaError, suggestName } from "../errors";

/** Protobuf messages, and so models in one file, end at 2 GB. */
const maximumBytes = 2 ** 31 - 1;

/**
 * The bytes of a file.
 * @throws RaellaError `file-not-found` with the nearest name in its folder; `out-of-range` for one of 2 GB or more.
 */
export function readBinaryFile(path: string, what: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > maximumBytes)
      throw new RaellaError({
        code: "out-of-range",
        message: `${what} ${path} has ${size} bytes.`,
        value: size,
        expected: "less than 2 GB",
      });
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if (error instanceof RaellaError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RaellaError({
      code: "file-not-found",
      message:
        code === "ENOENT" ? `${what} ${path} is not there.` : `${what} ${path} cannot be read: ${message}.`,
      value: path,
      remedy: code === "ENOENT" ? suggestName(basename(path), namesBeside(path)) : undefined,
    });
  }
}

/** Names of the files in a folder that have one of these endings, sorted; undefined if it is no folder. */
export function filesInFolder(path: string, endings: RegExp): readonly string[] | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  return readdirSync(path)
    .filter((name) => endings.test(name))
    .sort();
}

function namesBeside(path: string): readonly string[] {
  try {
    return readdirSync(dirname(path));
  } catch {
    return [];
  }
}
