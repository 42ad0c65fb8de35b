import { hash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { basename, dirname } from "node:path";
import type { SourceLocation } from "../errors";
import { RaellaError, suggestName } from "../errors";
import { isRemembering } from "../memory";

/** A text file as read. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

/** Largest accepted input file, in bytes. */
const maximumFileSize = 16 * 1024 * 1024;

/** Where a file lies, how large it is and when it was changed, in nanoseconds. */
type Stamp = BigIntStats;

/**
 * The files as they stand when a computation starts: each path is looked at once, when it is first asked for. A run of
 * many layers keeps one look, so that all of them see the same files, however long it takes and whoever edits them
 * meanwhile. The next call looks again; no clock decides whether it may.
 */
export class FileLook {
  private readonly stamps = new Map<string, Stamp | undefined>();
  private readonly digests = new Map<string, string | undefined>();
  private readonly files = new Map<string, SourceFile>();
  private readonly folders = new Map<string, readonly string[]>();
  /** Readers of which all is as it was when they read. */
  private readonly confirmed = new Set<FileReader>();

  /** Computes something that sees the files with this look. Not for promises: what they do later is outside. */
  during<T>(compute: (look: FileLook) => T): T {
    return computeWith(this, compute);
  }

  stamp(path: string): Stamp | undefined {
    if (!this.stamps.has(path)) this.stamps.set(path, stampOf(path));
    return this.stamps.get(path);
  }

  /** A hash of the contents of a file; of a folder, its names; undefined where there is nothing that can be read. */
  digest(path: string): string | undefined {
    if (!this.digests.has(path)) this.digests.set(path, this.findDigest(path));
    return this.digests.get(path);
  }

  private findDigest(path: string): string | undefined {
    const stamp = this.stamp(path);
    if (stamp === undefined) return undefined;
    if (!stamp.isFile()) {
      const known = settledDigest(path, stamp);
      if (known !== undefined) return known;
      const now = Date.now();
      const names = this.list(path).join("\n");
      if (isSettled(stamp, now)) rememberDigest(path, stamp, names);
      return names;
    }
    try {
      return settledDigest(path, stamp) ?? this.read(path).sha256;
    } catch (error) {
      if (error instanceof RaellaError) return undefined;
      throw error;
    }
  }

  /** Errors as {@link FileReader.read}. */
  read(path: string, location?: SourceLocation): SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const now = Date.now();
    const stamp = this.stamp(path);
    const file = readTextFile(path, stamp, location);
    if (stamp !== undefined && isSettled(stamp, now)) rememberDigest(path, stamp, file.sha256);
    this.files.set(path, file);
    this.digests.set(path, file.sha256);
    return file;
  }

  list(directory: string): readonly string[] {
    const known = this.folders.get(directory) ?? listDirectory(directory);
    this.folders.set(directory, known);
    return known;
  }

  /** A path whose contents are no longer those of this look; undefined if there is none. */
  firstChange(): string | undefined {
    const now = new FileLook();
    return [...this.digests].find(([path, digest]) => now.digest(path) !== digest)?.[0];
  }

  /** Whether everything that a reader has looked at is as it was. */
  confirms(reader: FileReader): boolean {
    const isSame = this.confirmed.has(reader) || reader.isUpToDate(this);
    if (isSame) this.confirmed.add(reader);
    return isSame;
  }
}

/** The look of the computation under way; none between computations. */
let presentLook: FileLook | undefined;

function computeWith<T>(look: FileLook, compute: (look: FileLook) => T): T {
  const outer = presentLook;
  presentLook = look;
  try {
    return compute(look);
  } finally {
    presentLook = outer;
  }
}

/** Computes something with one look at the files: that of the computation it is part of, or else a new one. */
export function withOneLook<T>(compute: (look: FileLook) => T): T {
  return presentLook === undefined ? computeWith(new FileLook(), compute) : compute(presentLook);
}

/** Hashes of contents by path, with the stamp of the file when it was read: they spare reading what is the same. */
const settledDigests = new Map<string, { readonly stamp: Stamp; readonly digest: string }>();
const settledDigestsLimit = 16_384;

function settledDigest(path: string, stamp: Stamp): string | undefined {
  const known = settledDigests.get(path);
  return known && isSameStamp(known.stamp, stamp) ? known.digest : undefined;
}

function rememberDigest(path: string, stamp: Stamp, digest: string): void {
  if (settledDigests.size >= settledDigestsLimit) settledDigests.clear();
  settledDigests.set(path, { stamp, digest });
}

/** The time of a change cannot be set by hand; it tells files apart that were given the same time of writing. */
function isSameStamp(first: Stamp, second: Stamp): boolean {
  return (
    first.ctimeNs === second.ctimeNs &&
    first.mtimeNs === second.mtimeNs &&
    first.size === second.size &&
    first.ino === second.ino &&
    first.dev === second.dev
  );
}

/** Longer than the clock of any file system takes to advance, in milliseconds. */
const unsettledTime = 2_500n;

/**
 * Whether a file read now will have another stamp after any change to come. One that was changed just now may be
 * changed again within the same tick of the file system's clock: its stamp says nothing, only its contents do.
 */
function isSettled({ ctimeMs, mtimeMs }: Stamp, now: number): boolean {
  return (ctimeMs > mtimeMs ? ctimeMs : mtimeMs) + unsettledTime < BigInt(now);
}

/** Reads files for one result and remembers which ones, so that the result can be renewed when they change. */
export class FileReader {
  private readonly existing = new Map<string, boolean>();
  private readonly digests = new Map<string, string | undefined>();
  private readonly files = new Map<string, SourceFile>();

  /**
   * The contents of a text file.
   *
   * @throws RaellaError `file-not-found` with the nearest name in the same folder.
   */
  read(path: string, location?: SourceLocation): SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    return withOneLook((look) => {
      this.existing.set(path, look.stamp(path) !== undefined);
      const file = look.read(path, location);
      this.files.set(path, file);
      this.digests.set(path, file.sha256);
      return file;
    });
  }

  /** The names in a folder, sorted; an empty list if there is no such folder. */
  list(directory: string): readonly string[] {
    return withOneLook((look) => {
      this.digests.set(directory, look.digest(directory));
      return look.list(directory);
    });
  }

  /** Whether there is a file or a folder of this path. */
  has(path: string): boolean {
    return withOneLook((look) => {
      const isThere = look.stamp(path) !== undefined;
      this.existing.set(path, isThere);
      return isThere;
    });
  }

  isFolder(path: string): boolean {
    return withOneLook((look) => this.has(path) && look.stamp(path)?.isDirectory() === true);
  }

  /** Every file read, in the order of reading. */
  sources(): readonly SourceFile[] {
    return [...this.files.values()];
  }

  /** Whether everything read or looked for is now as it was then. */
  isUpToDate(look: FileLook): boolean {
    for (const [path, isThere] of this.existing)
      if ((look.stamp(path) !== undefined) !== isThere) return false;
    for (const [path, digest] of this.digests) if (look.digest(path) !== digest) return false;
    return true;
  }
}

/** Undefined where there is nothing, and for paths that cannot be: through a file, too long, with a null byte. */
function stampOf(path: string): Stamp | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined;
  }
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function suggestFile(path: string): string {
  const folder = dirname(path);
  const names = listDirectory(folder);
  return names.length === 0 ? `There are no files in ${folder}.` : suggestName(basename(path), names);
}

function readContents(path: string, location?: SourceLocation): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new RaellaError({
      code: "file-not-found",
      message: `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`,
      location,
      value: path,
    });
  }
}

/** Why there is nothing at the end of a link; undefined if the path is no link. */
function brokenLink(path: string): string | undefined {
  let target: string;
  try {
    target = readlinkSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ELOOP"
      ? `The links in ${path} lead in a circle.`
      : undefined;
  }
  try {
    statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOOP") return `The links at ${path} lead in a circle.`;
  }
  return `${path} is a link to ${target}, which is not there.`;
}

/**
 * The text of a file in UTF-8, with or without its mark.
 * @throws RaellaError `schema` for UTF-16 and for what is no text.
 */
export function decodeText(contents: Buffer, path: string, location?: SourceLocation): string {
  const mark = contents.toString("latin1", 0, 2);
  const isWide = mark === "\xff\xfe" || mark === "\xfe\xff";
  if (isWide || contents.includes(0))
    throw new RaellaError({
      code: "schema",
      message: isWide ? `${path} is UTF-16.` : `${path} holds null characters: it is UTF-16, or no text.`,
      location,
      value: path,
      expected: "a text in UTF-8",
      remedy: "Save it as UTF-8.",
    });
  return contents.toString("utf8").replace(/^\uFEFF/, "");
}

function readTextFile(path: string, stamp: Stamp | undefined, location?: SourceLocation): SourceFile {
  if (stamp === undefined) {
    const link = brokenLink(path);
    throw new RaellaError({
      code: "file-not-found",
      message: link ?? `There is no file ${path}.`,
      location,
      value: path,
      remedy: link === undefined ? suggestFile(path) : undefined,
    });
  }
  if (!stamp.isFile())
    throw new RaellaError({
      code: "file-not-found",
      message: `${path} is not a file.`,
      location,
      value: path,
      remedy: stamp.isDirectory() ? `To read all files of the folder, write "${path}/*.yaml".` : undefined,
    });
  if (stamp.size > maximumFileSize)
    throw new RaellaError({
      code: "out-of-range",
      message: `${path} has ${stamp.size} bytes.`,
      location,
      expected: `at most ${maximumFileSize} bytes`,
    });
  const contents = readContents(path, location);
  const sha256 = hash("sha256", contents, "hex");
  return { path, text: decodeText(contents, path, location), sha256 };
}

interface MemoEntry<T> {
  readonly result: T;
  readonly reader: FileReader;
}

/** Results computed from files, by a key; a result is computed again when the contents of one of its files are others. */
export class FileMemo<T> {
  private readonly entries = new Map<string, MemoEntry<T>>();

  constructor(private readonly limit: number) {}

  get(key: string, compute: (reader: FileReader) => T): T {
    // Messages show paths as seen from the working directory.
    const place = `${process.cwd()}\n${key}`;
    return withOneLook((look) => {
      if (!isRemembering()) return compute(new FileReader());
      const known = this.entries.get(place);
      if (known !== undefined && look.confirms(known.reader)) return known.result;
      const reader = new FileReader();
      const result = compute(reader);
      if (known === undefined && this.entries.size >= this.limit) this.entries.clear();
      this.entries.set(place, { result, reader });
      return result;
    });
  }
}
