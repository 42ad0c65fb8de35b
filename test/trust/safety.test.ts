import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { RaellaError } from "../../src/errors";
import { evaluateText } from "../../src/spec/expression";
import { emptyScope } from "../../src/spec/expression/runtime-value";
import { loadSpecification } from "../../src/spec/load-specification";
import { defaultWorkspace } from "../../src/spec/workspace";
import { parseYaml } from "../../src/spec/yaml/load-yaml";
import { SourceText } from "../../src/spec/yaml/source-text";
import { mapLayer, resultOf, runLayer } from "../../src/study/run-layer";
import { parseSweep } from "../../src/study/sweep/plan-sweep";
import { replaced } from "../spec/support/small-model";
import { inFolder, smallWhole } from "./bad-inputs/case";

const evaluate = (text: string): unknown => evaluateText(text, emptyScope, { workingDirectory: "/w" });

/** Every file below a folder: path, content hash and time of change. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const status = statSync(path);
      const content = status.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
      return `${name} ${status.mtimeMs} ${content}`;
    });
}

describe("expressions reach nothing but their scope", () => {
  const inherited = Object.getOwnPropertyNames(Object.prototype);
  const globals = [
    "process",
    "require",
    "globalThis",
    "module",
    "Function",
    "this",
    "self",
    "console",
    "Math",
  ];
  for (const name of [...inherited, ...globals])
    it(name, () => {
      assert.throws(() => evaluate(name), RaellaError);
      assert.throws(() => evaluate(`${name}()`), RaellaError);
      assert.throws(() => evaluate(`getcwd()[${name}]`), RaellaError);
      assert.throws(() => evaluate(`[1][${JSON.stringify(name)}]`), RaellaError);
    });
});

describe("expressions are bounded", () => {
  const bombs: Readonly<Record<string, string>> = {
    "powers of powers": "9**9**9**9",
    "powers with brackets": "((9**9)**9)**9",
    "many powers": Array.from({ length: 900 }, () => "9").join("**"),
    "nested lists": `${"[".repeat(5000)}${"]".repeat(5000)}`,
    "100 kB of brackets": "(".repeat(100_000),
    "lists that double": "[[0] * 9999] * 9999",
    "lists of lists of lists": "len(list(range(9999)) + list(range(9999)))",
    "texts that double": "('a' * 9999) + ('a' * 9999)",
    factorials: "factorial(factorial(20))",
    combinations: "comb(10**15, 10**14)",
    permutations: "perm(10**15, 10**14)",
    "products of ranges": "prod(range(1, 9999))",
    "nested conditionals": "1 if ".repeat(2000) + "1" + " else 1".repeat(2000),
    "nested calls": `${"abs(".repeat(1500)}1${")".repeat(1500)}`,
    "a long chain of comparisons": Array.from({ length: 3000 }, () => "1").join("<"),
    "subscripts of subscripts": `[1]${"[0]".repeat(2000)}`,
  };
  for (const [name, text] of Object.entries(bombs))
    it(name, () => {
      const started = process.cpuUsage();
      assert.throws(() => evaluate(text), RaellaError);
      const { user } = process.cpuUsage(started);
      assert.ok(user < 1_000_000, `${user / 1000} ms`);
    });
});

it("nothing can be repeated as often as one likes", () => {
  assert.equal(evaluate("len([] * 9007199254740993)"), 0);
  assert.equal(evaluate("'' * 9007199254740993"), "");
});

describe("YAML texts are bounded", () => {
  const parse = (text: string): unknown =>
    parseYaml(new SourceText([{ text, file: "bomb.yaml", fileLine: 0 }]));
  const aliases = (levels: number): string =>
    Array.from({ length: levels }, (_, level) =>
      level === 0 ? "a0: &a0 [1,2,3,4,5,6,7,8,9]" : `a${level}: &a${level} [${`*a${level - 1},`.repeat(9)}]`,
    ).join("\n");
  const texts: Readonly<Record<string, string>> = {
    "aliases of aliases": aliases(12),
    "merges of merges": Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? "b0: &b0 {x: [1,2,3,4,5,6,7,8,9]}"
        : `b${level}: &b${level} {${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((key) => `k${key}: *b${level - 1}`).join(", ")}}`,
    ).join("\n"),
    brackets: "[".repeat(400),
    "brackets on lines": "[\n".repeat(400),
    "maps in maps": "{a: ".repeat(400),
    "lists in lists": `${"- ".repeat(400)}1`,
    "keys in keys": `${"? ".repeat(400)}1`,
    indentation: Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
  };
  for (const [name, text] of Object.entries(texts))
    it(name, () => assert.throws(() => parse(text), RaellaError));

  it("also in sweep files", () => {
    for (const text of Object.values(texts)) assert.throws(() => parseSweep(text, "sweep.yaml"), RaellaError);
  });
});

describe("names that objects inherit are names like any other, or refused", () => {
  const names = ["toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "__defineGetter__"];

  function figures(text: string): unknown {
    return inFolder({ "model.yaml": text }, (folder) => {
      const specification = loadSpecification({ files: [join(folder, "model.yaml")], greedySteps: [] });
      const { cycles, energyPj, areaUm2 } = resultOf(mapLayer(specification));
      return [cycles, energyPj.total, areaUm2.total];
    });
  }

  const usual = figures(smallWhole);
  const places: Readonly<Record<string, (name: string) => string>> = {
    variables: (name) =>
      replaced(
        replaced(smallWhole, "WORD: 8", `WORD: 8\n  ${name}: 8`),
        "datawidth: WORD,",
        `datawidth: ${name},`,
      ),
    attributes: (name) => replaced(smallWhole, "datawidth: WORD,", `datawidth: WORD, ${name}: 3,`),
    levels: (name) => smallWhole.replaceAll(/\bbuffer\b/g, name),
    "compute levels": (name) => smallWhole.replaceAll(/\bmac\b/g, name),
    "data spaces": (name) => smallWhole.replaceAll(/\bZ\b/g, name),
    dimensions: (name) => smallWhole.replaceAll(/\bK\b/g, name),
    containers: (name) => replaced(smallWhole, "name: pe", `name: ${name}`),
  };
  for (const [place, write] of Object.entries(places))
    it(place, () => {
      for (const name of names) assert.deepEqual(figures(write(name)), usual, name);
      assert.throws(() => figures(write("__proto__")), RaellaError);
      if (["variables", "attributes", "dimensions", "data spaces"].includes(place))
        assert.throws(() => figures(write("constructor")), RaellaError);
    });

  it("leave the prototypes of objects as they were", () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    for (const name of ["__proto__", "constructor", "prototype"])
      try {
        figures(smallWhole.replaceAll("system.memory", `system.${name}`));
      } catch (error) {
        assert.ok(error instanceof RaellaError);
      }
    assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before);
    assert.equal(Reflect.get({}, "read"), undefined);
    assert.equal(Reflect.get(Object, "read"), undefined);
  });
});

describe("reading", () => {
  it("models never writes", () => {
    const { modelsDirectory, layersDirectory, statisticsDirectory } = defaultWorkspace();
    const folders = [
      modelsDirectory,
      join(layersDirectory, "resnet18"),
      join(statisticsDirectory, "typical_values"),
    ];
    const before = folders.map(snapshot);
    runLayer({ architecture: "raella", dnn: "resnet18", layer: 3, useTypicalStatistics: true });
    runLayer({ architecture: "isaac_like", dnn: "resnet18", layer: 3, fidelity: "corrected" });
    assert.deepEqual(folders.map(snapshot), before);
  });
});
