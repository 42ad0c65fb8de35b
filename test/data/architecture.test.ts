import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const load = createRequire(__filename);
const root = join(__dirname, "..", "..");
const text = readFileSync(join(root, "docs", "architecture.md"), "utf8");

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The rows of the table of equations. */
const rows = text
  .slice(text.indexOf("## Equations"))
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2)
  .map(cellsOf);

const wordsIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word);

/** Where a name is declared and exported. */
const declarations = new Map<string, string[]>();
for (const file of readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })) {
  // What hands arguments on once they are checked is called as what it hands them to.
  if (!file.endsWith(".ts") || file.endsWith("layer-arguments.ts")) continue;
  const source = readFileSync(join(root, "src", file), "utf8");
  for (const [, name] of source.matchAll(/^(?:export )?(?:async )?(?:function\*?|const|class) (\w+)/gm))
    declarations.set(name, [...(declarations.get(name) ?? []), file.replaceAll("\\", "/")]);
}

describe("docs/architecture.md", () => {
  it("names the home of every equation, and each is the only one", () => {
    assert.ok(rows.length >= 25);
    for (const [equation, file, names, source] of rows) {
      const path = /^`src\/(.+)`$/.exec(file)?.[1] ?? "";
      assert.ok(path !== "" && existsSync(join(root, "src", path)), `${equation}: ${file} is not there`);
      const exported = load(join(root, "src", path)) as Readonly<Record<string, unknown>>;
      assert.ok(wordsIn(names).length > 0, equation);
      for (const name of wordsIn(names)) {
        assert.equal(typeof exported[name], "function", `${path} exports ${name}`);
        assert.deepEqual(declarations.get(name), [path], `${name} is declared once`);
      }
      assert.ok(source.length > 0, `${equation} has a source`);
    }
  });

  it("names what a researcher looks for", () => {
    for (const equation of [
      ...["multicast", "words received", "capacity", "forwarding", "access rules", "row accesses", "cycles"],
      ...["ADC energy", "row driver", "SRAM", "replication", "the tie rule", "greedy allocation", "leakage"],
      ...[
        "technology scaling",
        "clusters",
        "quantisation",
        "Center+Offset",
        "speculation",
        "adaptive slicing",
      ],
    ])
      assert.ok(
        rows.some(([name]) => name.includes(equation)),
        equation,
      );
  });

  it("lists the folders in the order that the lint rules hold", () => {
    const listed = [...text.matchAll(/^\| `(\w+)\/`/gm)].map(([, folder]) => folder);
    const rules = readFileSync(join(root, "eslint.config.mjs"), "utf8");
    const held = /folderOrder = \[([^\]]+)\]/.exec(rules)?.[1].match(/\w+/g);
    assert.deepEqual(listed, [...(held ?? []), "cli"]);
    for (const folder of listed) assert.ok(existsSync(join(root, "src", folder)), folder);
  });

  it("names files that are there", () => {
    const named = [...text.matchAll(/`((?:src|test|models|docs)\/[\w./-]*)`/g)].map(([, file]) => file);
    assert.ok(named.length > 10);
    for (const file of named) assert.ok(existsSync(join(root, file)), file);
  });
});
