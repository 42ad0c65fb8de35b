import assert from "node:assert/strict";
import { isExpressionText } from "../../src/spec/expression";
import { getSpec } from "../../src/spec/get-spec";
import type { Value } from "../../src/spec/specification";
import { defaultWorkspace } from "../../src/spec/workspace";
import { readGoldenLines } from "../support/golden";

interface GoldenFlatForm {
  readonly architecture: string;
  readonly dnn: string;
  readonly layer: string;
  readonly n_tiles: number | null;
  readonly batch: number | null;
  readonly typical: boolean;
  readonly variables: Readonly<Record<string, Value>>;
  readonly instance: Readonly<Record<string, Value>>;
  readonly levels: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Value>> }[];
}

// What the flat forms print is compared with the original's where they are written; here it is the order of attributes
// and variables, which decides what an expression may name, and the exact values.
describe("levels of the original models", () => {
  const { modelsDirectory } = defaultWorkspace();

  for (const golden of readGoldenLines<GoldenFlatForm>("flat-forms")) {
    const { architecture, dnn, layer, typical } = golden;
    const name = `${architecture}, ${dnn} ${layer}${typical ? ", typical" : ""}, ${golden.n_tiles ?? "default"} tiles`;
    const specification = getSpec({
      architecture,
      dnn,
      layer,
      nTiles: golden.n_tiles,
      batchSize: golden.batch,
      useTypicalStatistics: typical,
    });

    it(`${name}: attributes are equal in value and order`, () => {
      specification.levels.forEach((level, index) => {
        const { attributes } = golden.levels[index];
        const expected = Object.entries(attributes).map(([key, value]) => [
          key,
          typeof value === "string" ? value.replace("<cwd>", modelsDirectory) : value,
        ]);
        assert.deepEqual(Object.entries(level.attributes), expected, level.name);
      });
    });

    it(`${name}: variables are equal as written, in order`, () => {
      const written = Object.entries(specification.variables).map(([key, value]) => [
        key,
        isExpressionText(value) ? value.expression : value,
      ]);
      assert.deepEqual(written, Object.entries(golden.variables));
    });

    it(`${name}: problem instance is equal`, () =>
      assert.deepEqual({ ...specification.workload.instance }, golden.instance));

    it(`${name}: there is nothing to warn of`, () => assert.deepEqual(specification.warnings, []));
  }
});
