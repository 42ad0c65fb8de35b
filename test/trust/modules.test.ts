import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const load = createRequire(__filename);
const sources = join(__dirname, "..", "..", "src");

/** What loading a module must leave alone. */
function surroundings(): object {
  const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
  return {
    listeners: listeners.map(String).sort(),
    globals: Object.keys(globalThis).sort(),
    prototypes: [Object, Array, String, Number, Function].map(({ prototype }) => Object.keys(prototype)),
    exitCode: process.exitCode,
  };
}

describe("every module", () => {
  it("loads by itself, and does nothing but define what it exports", () => {
    // The entry of the command line is the one file that runs something.
    const modules = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && file !== "cli.ts",
    );
    assert.ok(modules.length > 250);
    const before = surroundings();
    for (const file of modules.sort()) load(join(sources, file));
    assert.deepEqual(surroundings(), before);
  });
});
