import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
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

describe("names of types", () => {
  it("belong to one type each", () => {
    const places = new Map<string, string[]>();
    for (const file of readdirSync(sources, { recursive: true, encoding: "utf8" }).sort()) {
      if (!file.endsWith(".ts")) continue;
      const text = readFileSync(join(sources, file), "utf8");
      const declared = text.matchAll(/^(?:export )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm);
      for (const [, name] of declared) places.set(name, [...(places.get(name) ?? []), file]);
    }
    assert.ok(places.size > 500);
    assert.deepEqual(
      [...places].filter(([, files]) => files.length > 1),
      [],
    );
  });
});

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
