import assert from "node:assert/strict";
import { flatForm, type FlatForm } from "../../src/report/flat-form";
import { getSpec } from "../../src/spec/get-spec";
import { defaultWorkspace } from "../../src/spec/workspace";
import { readGoldenLines } from "../support/golden";

/** A flat form as the original writes it; lists of names are sorted, the working directory is `<cwd>`. */
type GoldenFlatForm = FlatForm;

/** What does not carry meaning: the order of factors and names. */
function normalize(value: unknown): unknown {
  if (typeof value === "string") {
    return /^\w+[<=]/.test(value) ? value.split(",").sort().join(",") : value.replace(cwd, "<cwd>");
  }
  if (Array.isArray(value)) {
    const items = value.map(normalize);
    return items.every((item) => typeof item === "string") ? [...items].sort() : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalize(item)]));
}

const cwd = defaultWorkspace().modelsDirectory;

describe("flatForm", () => {
  for (const golden of readGoldenLines<GoldenFlatForm>("flat-forms")) {
    const { architecture, dnn, layer, n_tiles, batch, typical } = golden;
    const settings = `${n_tiles ?? "default"} tiles, batch ${batch ?? "default"}${typical ? ", typical" : ""}`;
    it(`of ${architecture}, ${dnn} ${layer}, ${settings}, is the original's`, () => {
      const flat = flatForm(
        getSpec({
          ...{ architecture, dnn: dnn ?? "", layer: layer ?? "" },
          nTiles: n_tiles,
          batchSize: batch,
          useTypicalStatistics: typical,
        }),
      );
      assert.deepEqual(
        flat.levels.map(({ name }) => name),
        golden.levels.map(({ name }) => name),
      );
      flat.levels.forEach((level, index) => {
        assert.deepEqual(normalize(level), normalize(golden.levels[index]), level.name);
      });
      assert.deepEqual(normalize(flat.variables), normalize(golden.variables));
      for (const [name, value] of Object.entries(golden.instance)) {
        assert.equal(flat.instance[name], value, name);
      }
    });
  }
});
