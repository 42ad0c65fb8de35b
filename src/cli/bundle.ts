import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import type * as CommandLine from "./run-command-line";

/** Where the build puts the whole command line as one file (see `tools/bundle-command-line.mjs`). */
export const bundleFile = join(__dirname, "..", "bundle", "command-line.js");
/** What V8 compiled of it, behind a digest of both. */
const codeCacheFile = `${bundleFile}.cache`;
const digestLength = 32;

export interface CompiledBundle {
  readonly script: Script;
  readonly commandLine: typeof CommandLine;
}

/**
 * The command line as one file, in part compiled already: half of the time of a short command goes into finding,
 * reading and compiling modules. Undefined if there is no such file, as when running from sources.
 */
export function loadBundle(): typeof CommandLine | undefined {
  // Coverage is measured by module, and told by the source maps that they have.
  if (process.env.NODE_V8_COVERAGE) return undefined;
  const text = readIfThere(bundleFile);
  return text && compileBundle(text, readCodeCache(text)).commandLine;
}

/** Compiles and loads the bundle. V8 rejects a code cache of another version or with other flags. */
export function compileBundle(text: Buffer = readFileSync(bundleFile), cachedData?: Buffer): CompiledBundle {
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname, importPackage) {${text.toString("latin1")}\n})`,
    { filename: bundleFile, cachedData },
  );
  const module = { exports: {} as typeof CommandLine };
  const run = script.runInThisContext() as (...given: readonly unknown[]) => void;
  run(module.exports, createRequire(bundleFile), module, bundleFile, dirname(bundleFile), importPackage);
  return { script, commandLine: module.exports };
}

/** Code from a cache has lost its ways to `import()` and is lent this one. */
function importPackage(name: string): Promise<unknown> {
  return import(name);
}

/** Stores what has been compiled of the bundle so far, for the next start. */
export function storeCodeCache(script: Script): void {
  const code = script.createCachedData();
  writeFileSync(codeCacheFile, Buffer.concat([digest(readFileSync(bundleFile), code), code]));
}

/** V8 itself would take the code of any text of the same length, and does not look whether it is whole. */
function readCodeCache(text: Buffer): Buffer | undefined {
  const stored = readIfThere(codeCacheFile);
  const code = stored?.subarray(digestLength);
  return code && stored?.subarray(0, digestLength).equals(digest(text, code)) ? code : undefined;
}

function digest(text: Buffer, code: Buffer): Buffer {
  return createHash("sha256").update(text).update(code).digest();
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
