import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluateInOrder, toTable } from "../../src/spec/expression";
import { FileReader } from "../../src/spec/file-memo";
import { loadModel, modelDirectoryFiles } from "../../src/spec/model-files";
import { readCsv } from "../../src/spec/read-csv";
import type { ValueTable } from "../../src/spec/specification";
import { workspace } from "./support";

const { modelsDirectory } = workspace;
const documented = readCsv(join(__dirname, "..", "golden", "default-variables.csv"));

/** The variables of a model folder without any statistics. */
function defaultVariables(directory: string): ValueTable {
  const { document } = loadModel(modelDirectoryFiles(modelsDirectory, directory), new FileReader(), {
    roots: [modelsDirectory],
    base: modelsDirectory,
    fidelity: "artifact",
  });
  const scope = evaluateInOrder(Object.entries(document.variables), null, {
    workingDirectory: modelsDirectory,
  });
  return toTable(scope);
}

describe("variables", () => {
  for (const directory of ["raella", "isaac_like"]) {
    it(`of ${directory} evaluate to the documented defaults`, () => {
      const actual = defaultVariables(directory);
      const expected = documented.filter((row) => row[directory] !== "");
      assert.equal(expected.length, directory === "raella" ? 41 : 39);
      assert.deepEqual(Object.keys(actual).sort(), expected.map((row) => row.name).sort());
      for (const { name, [directory]: text } of expected) {
        const value = actual[name];
        if (name === "CELL_CONFIG") assert.equal(value, `${modelsDirectory}/${text}`);
        else {
          assert.equal(typeof value, "number", name);
          const error = Math.abs(Number(value) - Number(text));
          assert.ok(error <= 1e-12 * Math.abs(Number(text)), `${name}: ${String(value)}`);
        }
      }
    });
  }
});
