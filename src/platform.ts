// The place where the engine runs: Node, a browser or a worker. Where they differ is here, in `threads.ts` and in
// `spec/files.ts`; all else from `spec` to `study` is plain JavaScript.
import type * as Hashes from "@noble/hashes/sha2";
import type * as Crypto from "node:crypto";
import type * as Fs from "node:fs";
import type * as Module from "node:module";
import type * as Os from "node:os";
import type * as WorkerThreads from "node:worker_threads";
import type * as Pathe from "pathe";

interface NodeModules {
  readonly "node:crypto": typeof Crypto;
  readonly "node:events": { readonly setMaxListeners: (most: number, target: AbortSignal) => void };
  readonly "node:fs": typeof Fs;
  readonly "node:module": typeof Module;
  readonly "node:os": typeof Os;
  readonly "node:path": Paths;
  readonly "node:worker_threads": typeof WorkerThreads;
}

/** A module of Node's own; undefined where there is no Node. Nothing that a bundler for browsers would look for. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  if (typeof process === "undefined") return undefined;
  const wanted: string = name;
  return process.getBuiltinModule?.(wanted) as NodeModules[Name] | undefined;
}

interface Paths {
  readonly basename: (path: string, suffix?: string) => string;
  readonly dirname: (path: string) => string;
  readonly extname: (path: string) => string;
  readonly isAbsolute: (path: string) => boolean;
  readonly join: (...parts: string[]) => string;
  readonly relative: (from: string, to: string) => string;
  readonly resolve: (...parts: string[]) => string;
  readonly sep: string;
}

/** In browsers paths are texts with slashes. */
const paths: Paths = nodeModule("node:path") ?? (require("pathe") as typeof Pathe);

export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = paths;

const crypto = nodeModule("node:crypto");

/** The hash SHA-256 of a text in UTF-8 or of bytes, in hexadecimal digits. */
export function sha256(contents: string | Uint8Array): string {
  if (crypto !== undefined) return crypto.hash("sha256", contents, "hex");
  const hashes = require("@noble/hashes/sha2") as typeof Hashes;
  const bytes = hashes.sha256(typeof contents === "string" ? new TextEncoder().encode(contents) : contents);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The working directory; the root where there is none. */
export function workingDirectory(): string {
  return typeof process === "undefined" || process.cwd === undefined ? "/" : process.cwd();
}

/** Folder of the code: `dist` of the package, `src` when run from sources. Nothing is there in a browser. */
export const codeFolder = typeof __dirname === "undefined" ? "/dist" : __dirname;

/** Root of the package, with its models, layers and statistics. */
export const packageFolder = dirname(codeFolder);

/** Lets other events through: progress, interruptions, messages. */
export function breathe(): Promise<void> {
  return new Promise((resolve) =>
    typeof setImmediate === "undefined" ? setTimeout(resolve, 0) : setImmediate(resolve),
  );
}
