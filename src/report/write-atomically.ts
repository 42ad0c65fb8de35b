import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { RaellaError } from "../errors";
import { sha256 } from "../platform";

/**
 * Writes a file so that a reader sees either the old content or the whole new one, as {@link openOutput}.
 * @throws RaellaError `usage` if the place cannot be written to.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  writeOutputs([[path, content]]);
}

/**
 * Writes several files into a folder, each atomically, after all of them have been written in full beside their
 * places: an interruption leaves no half-written file, and a full disk no half-written set.
 * @throws RaellaError `usage` if the folder cannot be written to.
 */
export function writeFilesAtomically(
  directory: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  writeOutputs(Object.entries(files).map(([name, content]) => [join(directory, name), content] as const));
}

function writeOutputs(files: readonly (readonly [path: string, content: string | Uint8Array])[]): void {
  const outputs: Output[] = [];
  try {
    for (const [path, content] of files) {
      const output = openOutput(path);
      outputs.push(output);
      output.write(content);
    }
    for (const output of outputs) output.commit();
  } finally {
    for (const output of outputs) output.abandon();
  }
}

/**
 * Refuses to write two things to one place, over what is read, or to a folder.
 * @param inputs Files that must stay as they are.
 * @throws RaellaError `usage`
 */
export function checkPlaces(outputs: readonly (string | undefined)[], inputs: readonly string[] = []): void {
  const given = outputs.filter((path) => path !== undefined);
  const targets = given.map((path) => explaining(path, () => targetOf(path)));
  const inputTargets = new Set(inputs.map((path) => explaining(path, () => targetOf(path))));
  given.forEach((path, index) => {
    if (isFolder(path)) throw cannotWrite(path, Object.assign(new Error(), { code: "EISDIR" }));
    const isInput = inputTargets.has(targets[index]);
    if (!isInput && targets.indexOf(targets[index]) === index) return;
    throw new RaellaError({
      code: "usage",
      message: isInput
        ? `${path} would be overwritten, but is read.`
        : `Two outputs would be written to ${path}.`,
      value: path,
      expected: "a place of its own for each output",
    });
  });
}

function isFolder(path: string): boolean {
  return explaining(path, () => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

/** Where a path leads in the end. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const target = missingTarget(resolve(path));
    const parent = dirname(target);
    return parent === target ? target : join(targetOf(parent), basename(target));
  }
}

/** Something that is being written. Its errors are RaellaErrors `usage` that name the path. */
export interface Output {
  write(content: string | Uint8Array): void;
  /** All is written: from now on it stands at its path. */
  commit(): void;
  /** Gives up and leaves what stood at the path before, if that is a file; does nothing after `commit`. */
  abandon(): void;
}

/**
 * Opens a path to be written. A file is written beside its place and moved there when it is complete, with the mode and
 * the owner of the file that it replaces; missing folders are made. Links are followed. What is no ordinary file (a
 * pipe, a device, standard output) or has several names is written to as it stands.
 * @throws RaellaError `usage` if the path is a folder or cannot be written to.
 */
export function openOutput(path: string): Output {
  return explaining(path, () => {
    const descriptor = openDescriptor(path);
    if (descriptor !== undefined) return writeTo(path, descriptor, false);
    const standing = statSync(path, { throwIfNoEntry: false });
    if (standing?.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
    if (standing && (!standing.isFile() || standing.nlink > 1))
      return writeTo(path, openSync(path, "w"), true);
    // What may not be written to is not replaced either.
    if (standing) closeSync(openSync(path, "r+"));
    return replaceWhenComplete(path, standing);
  });
}

/** The number in `/dev/stdout`, `/dev/fd/3` or `/proc/self/fd/3`, where that stands for a file. */
function openDescriptor(path: string): number | undefined {
  const name = /^\/(?:dev|proc\/self)\/(stdout|stderr|fd\/\d+)$/.exec(resolve(path))?.[1];
  if (name === undefined) return undefined;
  const descriptor = { stdout: 1, stderr: 2 }[name] ?? Number(name.slice("fd/".length));
  // To open it once more would begin the file anew, beside what else is printed there.
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? descriptor : undefined;
}

/** Whether a path stands for standard output. */
export function isStandardOutput(path: string): boolean {
  return /^\/(?:dev\/stdout|dev\/fd\/1|proc\/self\/fd\/1)$/.test(resolve(path));
}

function writeTo(path: string, file: number, isOurs: boolean): Output {
  let isOpen = true;
  const close = (): void => {
    if (isOpen && isOurs) closeSync(file);
    isOpen = false;
  };
  const write = (content: string | Uint8Array): void => {
    try {
      writeAll(file, content);
    } catch (error) {
      // Whoever reads standard output may stop when it is enough.
      if ((error as NodeJS.ErrnoException).code !== "EPIPE" || !isStandardOutput(path)) throw error;
    }
  };
  return {
    write: (content) => explaining(path, () => write(content)),
    commit: () => explaining(path, close),
    abandon: close,
  };
}

function replaceWhenComplete(path: string, standing: Stats | undefined): Output {
  const target = standing ? realpathSync(path) : missingTarget(resolve(path));
  makeFolders(dirname(target));
  removeLeftovers([target]);
  const temporary = temporaryName(target);
  const file = openSync(temporary, "wx", standing ? standing.mode & 0o777 : 0o666);
  let isOpen = true;
  const abandon = (): void => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(file);
    rmSync(temporary, { force: true });
  };
  return {
    write: (content) => explaining(path, () => writeAll(file, content)),
    commit: () =>
      explaining(path, () => {
        try {
          if (standing) keepOwnerAndMode(file, standing);
          // On a full or remote disk some errors show only now.
          fsyncSync(file);
          renameSync(temporary, target);
          closeSync(file);
          isOpen = false;
        } finally {
          abandon();
        }
      }),
    abandon,
  };
}

function keepOwnerAndMode(file: number, { uid, gid, mode }: Stats): void {
  if (uid !== process.getuid?.() || gid !== process.getgid?.())
    try {
      fchownSync(file, uid, gid);
    } catch {
      // Only root may give files away.
    }
  fchmodSync(file, mode & 0o7777);
}

/** Where a path leads that is nothing or a link to nothing. */
function missingTarget(path: string, links = 0): string {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return path;
  if (links > 40) throw Object.assign(new Error("too many links"), { code: "ELOOP" });
  return missingTarget(resolve(dirname(path), readlinkSync(path)), links + 1);
}

function writeAll(file: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(file, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      // A pipe that does not wait by itself, and whose reader is slow.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** A name beside a path that no other process and no other call uses, and that says who does. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${stemOf(path)}.${host()}.${process.pid}.${randomBytes(6).toString("hex")}`);
}

/** Names of files have a limit of 255 bytes. */
function stemOf(path: string): string {
  const name = basename(path);
  return Buffer.byteLength(name) > 120 ? sha256(name).slice(0, 32) : name;
}

function host(): string {
  return hostname()
    .replace(/[^A-Za-z0-9-]/g, "-")
    .slice(0, 40);
}

/** How long nobody needs for a file, in milliseconds. */
const abandonedAfter = 600_000;

/** Removes what processes that were killed have left of these files; not what others are writing now. */
export function removeLeftovers(paths: Iterable<string>): void {
  const stems = new Map<string, Set<string>>();
  for (const path of paths) {
    const folder = dirname(path);
    stems.set(folder, (stems.get(folder) ?? new Set()).add(stemOf(path)));
  }
  for (const [folder, wanted] of stems)
    for (const name of readdirSync(folder)) {
      const [, stem, where, pid] = /^\.(.+?)\.([A-Za-z0-9-]+)\.(\d+)\.[0-9a-f]{12}$/.exec(name) ?? [];
      if (stem !== undefined && wanted.has(stem) && isAbandoned(join(folder, name), where, Number(pid)))
        rmSync(join(folder, name), { force: true });
    }
}

function isAbandoned(file: string, where: string, pid: number): boolean {
  if (where !== host()) {
    const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
    return mtimeMs !== undefined && Date.now() - mtimeMs > abandonedAfter;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
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

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "there is no room left for you on the disk",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "the disk can only be read",
  EISDIR: "it is a folder",
  ENOTDIR: "the path leads through a file",
  ELOOP: "the links in it lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EPIPE: "its reader has gone",
};

/** Has a path written to, and says in words of the user why it could not be. */
export function explaining<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** The error for a path that could not be written. */
export function cannotWrite(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof RaellaError || code === undefined) return error;
  return new RaellaError({
    code: "usage",
    message: `Cannot write to ${path}: ${reasons[code] ?? (error as Error).message}.`,
    value: path,
    remedy:
      code === "ENOSPC" || code === "EDQUOT"
        ? "Make room, or choose another place."
        : "Choose a place that you may write to.",
  });
}
