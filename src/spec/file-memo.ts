import type { SourceLocation } from "../errors";
import { RaellaError, suggestName } from "../errors";
import { Memo, Scoped } from "../memory";
import { basename, dirname, join, sep, sha256, workingDirectory } from "../platform";
import type { FileSource, FileStamp } from "./files";
import { namesNear, presentFiles } from "./files";

/** A text file as read. */
interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

/** Largest accepted input file, in bytes. */
const maximumFileSize = 16 * 1024 * 1024;

/**
 * The files as they stand when a computation starts: each path is looked at once, when it is first asked for. A run of
 * many layers keeps one look, so that all of them see the same files, however long it takes and whoever edits them
 * meanwhile. The next call looks again; no clock decides whether it may.
 */
export class FileLook {
  private readonly stamps = new Map<string, LookedAt>();
  private readonly digests = new Map<string, string | undefined>();
  private readonly files = new Map<string, SourceFile>();
  private readonly folders = new Map<string, readonly string[]>();
  /** Readers of which all is as it was when they read: without it a warm layer takes 3 % more time. */
  private readonly confirmed = new Set<FileReader>();

  constructor(readonly source: FileSource = presentFiles()) {}

  /** Computes something that sees the files with this look. Not for promises: what they do later is outside. */
  during<T>(compute: (look: FileLook) => T): T {
    return presentLook.during(this, () => compute(this));
  }

  stamp(path: string): FileStamp | undefined {
    return this.lookAt(path).stamp;
  }

  private lookAt(path: string): LookedAt {
    const known = this.stamps.get(path);
    if (known !== undefined) return known;
    const stamp = this.source.stamp(path);
    const found = { stamp, isSettled: stamp !== undefined && isSettled(stamp) };
    this.stamps.set(path, found);
    return found;
  }

  /** What a path holds, to recognise it later. */
  markOf(path: string): Mark {
    const { stamp, isSettled } = this.lookAt(path);
    return { digest: this.digest(path), version: isSettled ? stamp?.version : undefined };
  }

  /** Whether the stamp of a path alone tells that it holds what it did when it was marked. */
  recognises(path: string, { version }: Mark): boolean {
    const now = version === undefined ? undefined : this.stamp(path)?.version;
    return version !== undefined && now !== undefined && isSame(version, now);
  }

  /** A hash of the contents of a file; of a folder, its names; undefined where there is nothing that can be read. */
  digest(path: string): string | undefined {
    if (!this.digests.has(path)) this.digests.set(path, this.findDigest(path));
    return this.digests.get(path);
  }

  private findDigest(path: string): string | undefined {
    const { stamp } = this.lookAt(path);
    if (stamp === undefined) return undefined;
    try {
      return stamp.kind === "file" ? this.read(path).sha256 : this.list(path).join("\n");
    } catch (error) {
      if (error instanceof RaellaError) return undefined;
      throw error;
    }
  }

  /** Errors as {@link FileReader.read}. */
  read(path: string, location?: SourceLocation): SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const file = readTextFile(this.source, path, this.stamp(path), location);
    this.files.set(path, file);
    this.digests.set(path, file.sha256);
    return file;
  }

  list(directory: string): readonly string[] {
    const known = this.folders.get(directory) ?? listFolder(this.source, directory);
    this.folders.set(directory, known);
    return known;
  }

  /** A path whose contents are no longer those of this look; undefined if there is none. */
  firstChange(): string | undefined {
    const now = new FileLook(this.source);
    return [...this.digests].find(([path, digest]) => now.digest(path) !== digest)?.[0];
  }

  /** Whether everything that a reader has looked at is as it was. */
  confirms(reader: FileReader): boolean {
    const isSame = this.confirmed.has(reader) || reader.isUpToDate(this);
    if (isSame) this.confirmed.add(reader);
    return isSame;
  }
}

interface LookedAt {
  readonly stamp: FileStamp | undefined;
  /** At this time. */
  readonly isSettled: boolean;
}

/** What a path held: with the version of its stamp, where that alone tells whether it is the same, contents need no look. */
interface Mark {
  readonly digest: string | undefined;
  readonly version: FileStamp["version"] | undefined;
}

function isSame(one: FileStamp["version"], other: FileStamp["version"]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** The look of the computation under way; none between computations. */
const presentLook = new Scoped<FileLook>();

/** Computes something with one look at the files: that of the computation it is part of, or else a new one. */
export function withOneLook<T>(compute: (look: FileLook) => T): T {
  const look = presentLook.now;
  return look === undefined ? new FileLook().during(compute) : compute(look);
}

/** Longer than the clock of any file system takes to advance, in milliseconds. */
const unsettledMs = 2_500;

/**
 * Whether a file that is read from now on will have another stamp after any change to come. One that was changed just now
 * may be changed again within the same tick of the file system's clock: its stamp says nothing, only its contents do.
 */
function isSettled({ changedMs }: FileStamp): boolean {
  return changedMs + unsettledMs < Date.now();
}

/** A folder that lies over another: what `upper` lacks is read at the same place in `lower`. */
export interface Overlay {
  readonly upper: string;
  readonly lower: string;
}

/** Reads files for one result and remembers which ones, so that the result can be renewed when they change. */
export class FileReader {
  private readonly existing = new Map<string, boolean>();
  private readonly marks = new Map<string, Mark>();
  private readonly files = new Map<string, SourceFile>();

  constructor(readonly overlays: readonly Overlay[] = []) {}

  /** Takes what another reader with the same overlays has read or looked for as read or looked for by this one. */
  include(other: FileReader): void {
    for (const [path, file] of other.files) this.files.set(path, file);
    for (const [path, isThere] of other.existing) this.existing.set(path, isThere);
    for (const [path, mark] of other.marks) this.marks.set(path, mark);
  }

  /**
   * The contents of a text file, and where they stand.
   *
   * @throws RaellaError `file-not-found` with the nearest name in the same folder.
   */
  read(path: string, location?: SourceLocation): SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    return withOneLook((look) => {
      const place = this.placeOf(path);
      this.isThere(place);
      const file = look.read(place, location);
      this.files.set(path, file);
      this.marks.set(place, look.markOf(place));
      return file;
    });
  }

  /**
   * The names in a folder, sorted; an empty list if there is no such folder.
   * @throws RaellaError `file-not-found` where it cannot be read.
   */
  list(folder: string): readonly string[] {
    const lists = this.placesOf(folder).map((place) => this.namesIn(place));
    return lists.length === 1 ? lists[0] : [...new Set(lists.flat())].sort();
  }

  /** The same without what the folder lies over. */
  namesIn(folder: string): readonly string[] {
    return withOneLook((look) => {
      this.marks.set(folder, look.markOf(folder));
      return look.list(folder);
    });
  }

  /** Whether there is a file or a folder of this path. */
  has(path: string): boolean {
    return this.isThere(this.placeOf(path));
  }

  isFolder(path: string): boolean {
    return withOneLook((look) => this.has(path) && look.stamp(this.placeOf(path))?.kind === "folder");
  }

  /**
   * The files and folders that an absolute path stands for, sorted by name: `*` and `?` match within a name, `**` any
   * folders. Names that begin with a dot are only what is called so.
   */
  matching(pattern: string): readonly string[] {
    const within = (folder: string): readonly string[] =>
      this.list(folder === "" ? sep : folder)
        .filter((name) => !name.startsWith("."))
        .map((name) => `${folder}${sep}${name}`);
    const withFolders = (folder: string): readonly string[] => [
      folder,
      ...within(folder)
        .filter((path) => this.isFolder(path))
        .flatMap(withFolders),
    ];
    const below = (folders: readonly string[], part: string): readonly string[] => {
      if (part === "**") return folders.flatMap(withFolders);
      if (!/[*?]/.test(part))
        return folders.map((folder) => `${folder}${sep}${part}`).filter((path) => this.has(path));
      const name = wildcard(part);
      return folders.flatMap(within).filter((path) => name.test(basename(path)));
    };
    const [root, ...parts] = pattern.split(sep);
    return [...new Set(parts.reduce(below, [root]))].sort();
  }

  /** Where what is read under a path stands; the path itself if it is nowhere. */
  placeOf(path: string): string {
    const places = this.placesOf(path);
    return places.length === 1 ? path : (places.find((place) => this.isThere(place)) ?? path);
  }

  /** Where a path is looked for, in order: itself, then what it lies over. */
  placesOf(path: string): readonly string[] {
    const over = this.overlays.find(({ upper }) => isWithin(upper, path));
    return over === undefined ? [path] : [path, over.lower + path.slice(over.upper.length)];
  }

  private isThere(place: string): boolean {
    return withOneLook((look) => {
      const isThere = look.stamp(place) !== undefined;
      this.existing.set(place, isThere);
      return isThere;
    });
  }

  /**
   * Every file read, in the order of reading; one of a folder below by its path in the folder that lies over it, marked
   * where a file is there, too.
   */
  sources(): readonly SourceFile[] {
    return [...this.files].map(([path, { text, sha256 }]) => {
      const over = this.overlays.find(({ lower }) => isWithin(lower, path));
      if (over === undefined) return { path, text, sha256 };
      const rest = path.slice(over.lower.length);
      const isTaken = this.files.has(over.upper + rest);
      const marked = join(dirname(over.upper), "(package)", basename(over.upper));
      return { path: (isTaken ? marked : over.upper) + rest, text, sha256 };
    });
  }

  /** Whether everything read or looked for is now as it was then. */
  isUpToDate(look: FileLook): boolean {
    // Without pairs of names and values, which every call of the package would leave to be cleared away.
    for (const path of this.existing.keys())
      if ((look.stamp(path) !== undefined) !== this.existing.get(path)) return false;
    for (const path of this.marks.keys()) {
      const mark = this.marks.get(path);
      if (mark === undefined || look.recognises(path, mark)) continue;
      const now = look.markOf(path);
      if (now.digest !== mark.digest) return false;
      // With its new stamp the same contents need not be read once more.
      this.marks.set(path, now);
    }
    return true;
  }
}

/** A name with `*` and `?`. */
function wildcard(part: string): RegExp {
  const escaped = part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}$`);
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

function suggestFile(source: FileSource, path: string): string {
  const folder = dirname(path);
  const names = namesNear(source, folder);
  return names.length === 0 ? `There are no files in ${folder}.` : suggestName(basename(path), names);
}

/** An error of the system becomes one for people: EACCES. Faults of the program stay what they are. */
function unreadable(path: string, error: unknown, location?: SourceLocation): unknown {
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string") return error;
  return new RaellaError({
    code: "file-not-found",
    message: `${path} cannot be read: ${code}.`,
    location,
    value: path,
  });
}

function listFolder(source: FileSource, folder: string): readonly string[] {
  try {
    return source.list(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/**
 * The text of a file in UTF-8, with or without its mark.
 * @throws RaellaError `schema` for UTF-16 and for what is no text.
 */
export function decodeText(contents: Uint8Array, path: string, location?: SourceLocation): string {
  const [first, second] = contents;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isWide || contents.includes(0))
    throw new RaellaError({
      code: "schema",
      message: isWide ? `${path} is UTF-16.` : `${path} holds null characters: it is UTF-16, or no text.`,
      location,
      value: path,
      expected: "a text in UTF-8",
      remedy: "Save it as UTF-8.",
    });
  return new TextDecoder().decode(contents);
}

function readTextFile(
  source: FileSource,
  path: string,
  stamp: FileStamp | undefined,
  location?: SourceLocation,
): SourceFile {
  if (stamp === undefined) {
    const link = source.brokenLink(path);
    throw new RaellaError({
      code: "file-not-found",
      message: link ?? `There is no file ${path}.`,
      location,
      value: path,
      remedy: link === undefined ? suggestFile(source, path) : undefined,
    });
  }
  if (stamp.kind !== "file")
    throw new RaellaError({
      code: "file-not-found",
      message: `${path} is not a file.`,
      location,
      value: path,
      remedy:
        stamp.kind === "folder" ? `To read all files of the folder, write "${path}/*.yaml".` : undefined,
    });
  if (stamp.size > maximumFileSize)
    throw new RaellaError({
      code: "out-of-range",
      message: `${path} has ${stamp.size} bytes.`,
      location,
      expected: `at most ${maximumFileSize} bytes`,
    });
  let contents: Uint8Array;
  try {
    contents = source.read(path);
  } catch (error) {
    throw unreadable(path, error, location);
  }
  return { path, text: decodeText(contents, path, location), sha256: sha256(contents) };
}

interface Remembered<T> {
  readonly result: T;
  readonly reader: FileReader;
}

/** So much that keys do not count. */
const sizeOfEach = 1_000;

/** Results computed from files, by a key; a result is computed again when the contents of one of its files are others. */
export class FileMemo<T> {
  private readonly memo: Memo<Remembered<T>>;

  /**
   * @param count How many results are remembered, at least half of it.
   * @param joint Whether they are what the files say, or computed from it.
   */
  constructor(count: number, joint: "files" | "computed" = "files") {
    this.memo = new Memo(count * sizeOfEach, () => sizeOfEach, joint);
  }

  /** @param overlays Folders that lie over others while the result is computed. */
  get(key: string, compute: (reader: FileReader) => T, overlays: readonly Overlay[] = []): T {
    return this.remembered(key, compute, overlays).result;
  }

  /** The same for a part of what another reader reads: that has then read these files, too. */
  within(reader: FileReader, key: string, compute: (reader: FileReader) => T): T {
    const { result, reader: own } = this.remembered(key, compute, reader.overlays);
    reader.include(own);
    return result;
  }

  private remembered(
    key: string,
    compute: (reader: FileReader) => T,
    overlays: readonly Overlay[],
  ): Remembered<T> {
    return withOneLook((look) => {
      return this.memo.get(
        // Messages show paths as seen from the working directory.
        overlays.reduce(
          (text, { upper, lower }) => `${text}\n${upper} ${lower}`,
          `${workingDirectory()}\n${key}`,
        ),
        () => {
          const reader = new FileReader(overlays);
          return { result: compute(reader), reader };
        },
        ({ reader }) => look.confirms(reader),
      );
    });
  }
}
