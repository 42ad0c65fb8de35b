import { hash } from "node:crypto";
import { readdirSync, readFileSync, statSync, type Stats } from "node:fs";
import { basename, dirname } from "node:path";
import type { SourceLocation } from "../errors";
import { RaellaError, suggestName } from "../errors";

/** A text file as read. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly sha256: string;
}

/** Largest accepted input file, in bytes. */
const maximumFileSize = 16 * 1024 * 1024;

/** Time after which files are looked at again for changes, in milliseconds. */
const checkInterval = 250;

let intervalBegin = -checkInterval;

/** When the present interval began. What is found out about files in it holds until its end. */
function presentInterval(): number {
  const now = performance.now();
  if (now - intervalBegin >= checkInterval) intervalBegin = now;
  return intervalBegin;
}

/** Answers about files that are given again until the end of the interval. */
export class RecentAnswers<T> {
  private readonly answers = new Map<string, T>();
  private interval = 0;

  /** The answer remembered for a key, if there is one. */
  get(key: string): T | undefined {
    return this.interval === presentInterval() ? this.answers.get(key) : undefined;
  }

  set(key: string, answer: T): T {
    const interval = presentInterval();
    if (this.interval !== interval) this.answers.clear();
    this.interval = interval;
    this.answers.set(key, answer);
    return answer;
  }
}

/** When files were changed: many results come from the same ones. */
const recentTimes = new RecentAnswers<number>();

function recentTime(path: string): number {
  return recentTimes.get(path) ?? recentTimes.set(path, statusOf(path)?.mtimeMs ?? -1);
}

/** Reads files for one result and remembers which ones, so that the result can be renewed when they change. */
export class FileReader {
  private readonly stamps = new Map<string, number>();
  private readonly files = new Map<string, SourceFile>();
  private lastLook: { readonly path: string; readonly status: Stats | undefined } | undefined;

  private look(path: string): Stats | undefined {
    if (this.lastLook?.path === path) return this.lastLook.status;
    const status = statusOf(path);
    this.lastLook = { path, status };
    this.stamps.set(path, status?.mtimeMs ?? -1);
    return status;
  }

  /**
   * The contents of a text file.
   *
   * @throws RaellaError `file-not-found` with the nearest name in the same folder.
   */
  read(path: string, location?: SourceLocation): SourceFile {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const status = this.look(path);
    const file = knownFile(path, status) ?? readTextFile(path, status, location);
    this.files.set(path, file);
    return file;
  }

  /** The names in a folder, sorted; an empty list if there is no such folder. */
  list(directory: string): readonly string[] {
    this.look(directory);
    return listDirectory(directory);
  }

  /** Whether there is a file or a folder of this path. */
  has(path: string): boolean {
    return this.look(path) !== undefined;
  }

  /** Every file read, in the order of reading. */
  sources(): readonly SourceFile[] {
    return [...this.files.values()];
  }

  /** Whether anything looked at has changed since. */
  isOutdated(): boolean {
    for (const [path, time] of this.stamps) if (recentTime(path) !== time) return true;
    return false;
  }
}

/** Undefined where there is nothing, and for paths that cannot be: through a file, too long, with a null byte. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
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

function readTextFile(path: string, status: Stats | undefined, location?: SourceLocation): SourceFile {
  if (status === undefined)
    throw new RaellaError({
      code: "file-not-found",
      message: `There is no file ${path}.`,
      location,
      value: path,
      remedy: suggestFile(path),
    });
  if (!status.isFile())
    throw new RaellaError({
      code: "file-not-found",
      message: `${path} is not a file.`,
      location,
      value: path,
      remedy: status.isDirectory() ? `To read all files of the folder, write "${path}/*.yaml".` : undefined,
    });
  if (status.size > maximumFileSize)
    throw new RaellaError({
      code: "out-of-range",
      message: `${path} has ${status.size} bytes.`,
      location,
      expected: `at most ${maximumFileSize} bytes`,
    });
  const contents = readContents(path, location);
  const sha256 = hash("sha256", contents, "hex");
  const file = { path, text: contents.toString("utf8").replace(/^\uFEFF/, ""), sha256 };
  rememberFile(file, status);
  return file;
}

interface RememberedFile {
  readonly file: SourceFile;
  readonly status: Stats;
}

/** Files read lately: many layers include the same shape, several models the same components. */
const rememberedFiles = new Map<string, RememberedFile>();
const rememberedFilesLimit = 64;
const rememberedFileSize = 256 * 1024;

/** A file that changed so shortly before it is read may change again at the same time, in milliseconds. */
const unsettledTime = 1_000;

function knownFile(path: string, status: Stats | undefined): SourceFile | undefined {
  const known = rememberedFiles.get(path);
  if (known === undefined || status === undefined) return undefined;
  const { ctimeMs, ino, size } = known.status;
  return ctimeMs === status.ctimeMs && ino === status.ino && size === status.size ? known.file : undefined;
}

function rememberFile(file: SourceFile, status: Stats): void {
  if (status.size > rememberedFileSize || Date.now() - status.ctimeMs < unsettledTime) return;
  if (rememberedFiles.size >= rememberedFilesLimit) rememberedFiles.clear();
  rememberedFiles.set(file.path, { file, status });
}

interface MemoEntry<T> {
  readonly result: T;
  readonly reader: FileReader;
  /** The interval in which its files were looked at last. */
  interval: number;
}

/**
 * Results computed from files, by a key. A result is computed again when one of its files has changed; changes are
 * noticed after a fraction of a second, so that a sweep of many thousand calls does not ask for file times each time.
 */
export class FileMemo<T> {
  private readonly entries = new Map<string, MemoEntry<T>>();

  constructor(private readonly limit: number) {}

  get(key: string, compute: (reader: FileReader) => T): T {
    const interval = presentInterval();
    const known = this.entries.get(key);
    if (known !== undefined && (known.interval === interval || !known.reader.isOutdated())) {
      known.interval = interval;
      return known.result;
    }
    const reader = new FileReader();
    const result = compute(reader);
    if (this.entries.size >= this.limit) this.entries.clear();
    this.entries.set(key, { result, reader, interval });
    return result;
  }
}
