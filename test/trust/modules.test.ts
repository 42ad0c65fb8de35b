import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

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

/** The modules that each module imports, types included, by their paths below the sources. */
function imports(): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(sources, file), "utf8");
      const paths = [...text.matchAll(/^(?:import|export|\}) [^;]*?from "(\.[^"]+)";/gm)].map(([, path]) =>
        join(dirname(file), path),
      );
      return [
        file,
        paths.map((path) => (files.includes(`${path}.ts`) ? `${path}.ts` : join(path, "index.ts"))),
      ];
    }),
  );
}

describe("every module", () => {
  it("imports none that imports it, not even for a type", () => {
    const modules = imports();
    assert.ok([...modules.values()].flat().length > 1000);
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      if (path.includes(file) || done.has(file)) return;
      for (const next of modules.get(file) ?? assert.fail(`There is no ${file}`))
        visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of modules.keys()) visit(file, []);
    assert.deepEqual(circles, []);
  });

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
