import * as v from "valibot";
import { dataWith, requireArgument, tableOf, text } from "../arguments";
import { RaellaError, suggestName } from "../errors";
// Files are what differs between a disk and a browser.
// eslint-disable-next-line no-restricted-imports
import { basename, dirname, nodeModule, resolve, sha256 } from "../platform";

/** Where the engine reads from: a disk, or files held in memory. Paths are absolute. */
export interface FileSource {
  /** What is there; undefined where there is nothing, and for paths that cannot be. */
  stamp(path: string): FileStamp | undefined;
  /** @throws Error with a `code` such as EACCES where it cannot be read. */
  read(path: string): Uint8Array;
  /**
   * The names in a folder, sorted; none if there is no such folder.
   * @throws Error with a `code` such as EACCES where it cannot be read.
   */
  list(folder: string): readonly string[];
  /** The path with links followed, as far as it exists. */
  realPath(path: string): string;
  /** Why nothing is at the end of a link, for people; undefined if the path is no link. */
  brokenLink(path: string): string | undefined;
}

/** What is known of a path without reading it. */
export interface FileStamp {
  readonly kind: "file" | "folder" | "other";
  /** In bytes. */
  readonly size: number;
  /** Others after every change, unless that comes in the same tick of the clock of the file system. */
  readonly version: readonly (string | bigint)[];
  /** When it was changed last, in milliseconds since 1970. */
  readonly changedMs: number;
}

const isCallable = (value: unknown): boolean => typeof value === "function";
const sourceSchema = dataWith("a source of files, as filesInMemory returns one", {
  ...{ stamp: isCallable, read: isCallable, list: isCallable, realPath: isCallable, brokenLink: isCallable },
});
const contentsSchema = tableOf(
  v.union([text, v.instance(Uint8Array)], "a text, or bytes"),
  "texts or bytes by path",
);

const usual = filesOnDisk() ?? filesInMemory({});
/** What a program has chosen to read from: state by its nature, as registrations are. */
let present = usual;

/** Where everything is read from: the disk, unless a program has chosen otherwise. */
export function presentFiles(): FileSource {
  return present;
}

/**
 * Has everything that is read from now on come from here; in a browser for instance from files that were fetched:
 * `useFiles(filesInMemory({"/models/architectures.yaml": "…", …}))`. Computations under way keep what they have
 * started with.
 * @param files Left out: the disk again.
 * @example
 * ```ts
 * const response = await fetch("files.json"); // { "/models/architectures.yaml": "…", … }
 * useFiles(filesInMemory((await response.json()) as Record<string, string>));
 * console.log(listArchitectures().map(({ name }) => name));
 * ```
 */
export function useFiles(files: FileSource = usual): void {
  requireArgument(sourceSchema, files, "the files of useFiles");
  present = files;
}

/** Errors for paths at which nothing is, or can be: through a file, too long, in a circle, with a null byte. */
const absences: ReadonlySet<unknown> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ENAMETOOLONG",
  "ELOOP",
  "ERR_INVALID_ARG_VALUE",
]);

function isAbsence(error: unknown): boolean {
  return absences.has((error as { readonly code?: unknown }).code);
}

/** What a name may have been meant for: the names in a folder, none if it cannot be read. */
export function namesNear(source: FileSource, folder: string): readonly string[] {
  try {
    return source.list(folder);
  } catch {
    return [];
  }
}

function filesOnDisk(): FileSource | undefined {
  const fs = nodeModule("node:fs");
  if (fs === undefined) return undefined;
  return {
    stamp(path) {
      try {
        const stats = fs.statSync(path, { throwIfNoEntry: false, bigint: true });
        if (stats === undefined) return undefined;
        const { ctimeMs, mtimeMs, ctimeNs, mtimeNs, size, ino, dev } = stats;
        return {
          kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
          size: Number(size),
          // The time of a change cannot be set by hand; it tells files apart that were given the same time of writing.
          version: [ctimeNs, mtimeNs, size, ino, dev],
          changedMs: Number(ctimeMs > mtimeMs ? ctimeMs : mtimeMs),
        };
      } catch {
        return undefined;
      }
    },
    read: (path) => fs.readFileSync(path),
    list(folder) {
      try {
        return fs.readdirSync(folder).sort();
      } catch (error) {
        if (isAbsence(error)) return [];
        throw error;
      }
    },
    realPath(path) {
      try {
        return fs.realpathSync(path);
      } catch {
        return resolve(path);
      }
    },
    brokenLink(path) {
      const isCircle = (error: unknown): boolean => (error as { code?: unknown }).code === "ELOOP";
      let target: string;
      try {
        target = fs.readlinkSync(path);
      } catch (error) {
        return isCircle(error) ? `The links in ${path} lead in a circle.` : undefined;
      }
      try {
        fs.statSync(path);
      } catch (error) {
        if (isCircle(error)) return `The links at ${path} lead in a circle.`;
      }
      return `${path} is a link to ${target}, which is not there.`;
    },
  };
}

/**
 * Files held in memory, with the folders that their paths name.
 * @param files Contents by path, texts in UTF-8.
 * @example
 * ```ts
 * useFiles(filesInMemory({ "/my/architecture.yaml": "…", "/my/layer.yaml": "…" }));
 * const specification = loadSpecification({ files: ["/my/architecture.yaml", "/my/layer.yaml"] });
 * ```
 */
export function filesInMemory(files: Readonly<Record<string, string | Uint8Array>>): FileSource {
  requireArgument(contentsSchema, files, "the files of filesInMemory");
  const encoder = new TextEncoder();
  const contents = new Map<string, Uint8Array>();
  const folders = new Map<string, Set<string>>([["/", new Set()]]);
  const stamps = new Map<string, FileStamp>();
  for (const [given, bytes] of Object.entries(files)) {
    const path = resolve("/", given);
    contents.set(path, typeof bytes === "string" ? encoder.encode(bytes) : bytes.slice());
    for (let at = path; at !== dirname(at); at = dirname(at)) {
      const names = folders.get(dirname(at)) ?? new Set();
      folders.set(dirname(at), names.add(basename(at)));
    }
  }
  const list = (folder: string): readonly string[] => [...(folders.get(folder) ?? [])].sort();
  const createStamp = (path: string): FileStamp | undefined => {
    const bytes = contents.get(path);
    if (bytes !== undefined)
      return { kind: "file", size: bytes.length, version: [sha256(bytes)], changedMs: 0 };
    if (!folders.has(path)) return undefined;
    return { kind: "folder", size: 0, version: list(path), changedMs: 0 };
  };
  return {
    stamp(path) {
      const known = stamps.get(path) ?? createStamp(path);
      if (known !== undefined) stamps.set(path, known);
      return known;
    },
    read(path) {
      const bytes = contents.get(path);
      if (bytes !== undefined) return bytes;
      throw Object.assign(new Error(`${path} is not there`), { code: "ENOENT" });
    },
    list,
    realPath: (path) => resolve(path),
    brokenLink: () => undefined,
  };
}

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
