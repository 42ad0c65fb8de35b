import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as ts from "typescript";

const root = resolve(__dirname, "../..");
const sources = join(root, "src");
const entries = ["index", "advanced", "engine", "charts", "network", "notebook", "sweep"];

interface DocumentedName {
  readonly name: string;
  readonly examples: readonly string[];
}

/** What a module declares with a docstring, and the examples in it. */
function documentedNames(file: string): readonly DocumentedName[] {
  const text = readFileSync(file, "utf8");
  const declared = text.matchAll(
    /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export (?:async )?(?:function|const|class) (\w+)/g,
  );
  return [...declared].map(([, comment, name]) => {
    const lines = comment.replace(/^ *\* ?/gm, "");
    return { name, examples: [...lines.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code) };
  });
}

/** Values that an entry exports. */
function exportedValues(entry: string): readonly string[] {
  const text = readFileSync(join(sources, `${entry}.ts`), "utf8");
  const own = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type ")),
  );
  const passedOn = [...text.matchAll(/^export \* from "\.\/(\w+)"/gm)].flatMap(([, other]) =>
    exportedValues(other),
  );
  return [...own, ...passedOn];
}

describe("the examples in docstrings", function () {
  this.timeout(120_000);
  const modules = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const documented = modules.flatMap((name) => documentedNames(join(sources, name)));

  it("show how everything in the root is used that takes something", () => {
    /** They say all by their names. */
    const obvious = [
      "defaultGreedySteps",
      "defaultWorkspace",
      "listArchitectures",
      "listDnns",
      "RaellaErrors",
    ];
    const names = exportedValues("index");
    assert.ok(names.length > 30);
    const without = names.filter(
      (name) =>
        !obvious.includes(name) &&
        !documented.some((known) => known.name === name && known.examples.length > 0),
    );
    assert.deepEqual(without, []);
  });

  it("have the right types @thorough", () => {
    const examples = documented.flatMap(({ name, examples: own }) => own.map((code) => ({ name, code })));
    assert.ok(examples.length > 50);
    const seen = new Set<string>();
    const imports = entries.map((entry) => {
      const names = exportedValues(entry).filter((name) => !seen.has(name) && seen.add(name));
      return `import { ${names.join(", ")} } from "../src/${entry}";`;
    });
    const functions = examples.map(
      ({ name, code }, index) => `export async function ${name}Example${index}(): Promise<void> {\n${code}}`,
    );
    const file = join(root, "test", "all-examples.ts");
    const text = [...imports, ...functions].join("\n");
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (name) => ts.sys.readFile(name)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(
      {
        ...config.compilerOptions,
        noUnusedLocals: false,
        incremental: false,
        declaration: false,
        noEmit: true,
      },
      root,
    );
    const host = ts.createCompilerHost({ ...options, tsBuildInfoFile: undefined });
    const disk = ts.createCompilerHost(options);
    host.fileExists = (name) => name === file || disk.fileExists(name);
    host.getSourceFile = (name, ...rest) =>
      name === file ? ts.createSourceFile(name, text, rest[0]) : disk.getSourceFile(name, ...rest);
    const program = ts.createProgram([file], { ...options, tsBuildInfoFile: undefined }, host);
    const faults = program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .concat(program.getSyntacticDiagnostics(program.getSourceFile(file)))
      .map(({ messageText, start = 0 }) => {
        const line = text.slice(0, start).split("\n").length - 1;
        return `${text.split("\n")[line]}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      });
    assert.deepEqual(faults, []);
  });
});
