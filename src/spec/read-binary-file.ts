import { RaellaError, suggestName } from "../errors";
import { basename, dirname } from "../platform";
import { namesNear, presentFiles } from "./files";

/** Protobuf messages, and so models in one file, end at 2 GB. */
const maximumBytes = 2 ** 31 - 1;

/**
 * The bytes of a file.
 * @throws RaellaError `file-not-found` with the nearest name in its folder; `out-of-range` for one of 2 GB or more.
 */
export function readBinaryFile(path: string, what: string): Uint8Array {
  const files = presentFiles();
  const stamp = files.stamp(path);
  if (stamp === undefined)
    throw new RaellaError({
      code: "file-not-found",
      message: `${what} ${path} is not there.`,
      value: path,
      remedy: suggestName(basename(path), namesNear(files, dirname(path))),
    });
  if (stamp.size > maximumBytes)
    throw new RaellaError({
      code: "out-of-range",
      message: `${what} ${path} has ${stamp.size} bytes.`,
      value: stamp.size,
      expected: "less than 2 GB",
    });
  try {
    return new Uint8Array(files.read(path));
  } catch (error) {
    throw new RaellaError({
      code: "file-not-found",
      message: `${what} ${path} cannot be read: ${(error as Error).message}.`,
      value: path,
    });
  }
}

/** Names of the files in a folder that have one of these endings, sorted; undefined if it is no folder. */
export function filesInFolder(path: string, endings: RegExp): readonly string[] | undefined {
  const files = presentFiles();
  if (files.stamp(path)?.kind !== "folder") return undefined;
  return files.list(path).filter((name) => endings.test(name));
}
