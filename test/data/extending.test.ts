import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getSpec } from "../../src/spec/get-spec";
import type { Workspace } from "../../src/spec/workspace";
import { listArchitectures, listDnns, listLayers, workspaceAt } from "../../src/spec/workspace";
import { workspace as original } from "./support";

/** What docs/extending.md says a user can do, done in a copy of the files. */
describe("extending the models", () => {
  let root: string;
  let workspace: Workspace;

  before(() => {
    root = mkdtempSync(join(tmpdir(), "raella-extending-"));
    workspace = workspaceAt(root);
    cpSync(original.modelsDirectory, workspace.modelsDirectory, { recursive: true });
    cpSync(original.statisticsDirectory, workspace.statisticsDirectory, { recursive: true });
    mkdirSync(workspace.layersDirectory);
    for (const name of ["problem_shape.yaml", "resnet18"])
      cpSync(join(original.layersDirectory, name), join(workspace.layersDirectory, name), {
        recursive: true,
      });
    cpSync(join(workspace.modelsDirectory, "isaac_like"), join(workspace.modelsDirectory, "my_design"), {
      recursive: true,
    });
    replaceIn(join(workspace.modelsDirectory, "my_design", "variables.yaml"), [
      ["COLUMNS_PER_CROSSBAR: 128", "COLUMNS_PER_CROSSBAR: 256"],
      ["AVERAGE_INPUT_VALUE: 0.12", "AVERAGE_INPUT_VALUE: 0.2"],
    ]);
    appendFileSync(
      join(workspace.modelsDirectory, "architectures.yaml"),
      `
  - name: my_design
    title: My design
    description: ISAAC-like, with larger crossbars.
    directory: my_design
    statistics:
      average_weight_from_bit_densities: true
      average_weight_top_state: 15

  - name: without_statistics
    directory: my_design
`,
    );
    writeFileSync(
      join(workspace.statisticsDirectory, "typical_values", "my_design"),
      "AVERAGE_WEIGHT_VALUE=0.5\nAVERAGE_INPUT_VALUE=0.13\nADC_ACTION_SHARE=1\nSPECULATION_ENABLED=0\n",
    );
    mkdirSync(join(workspace.layersDirectory, "my_dnn"));
    writeFileSync(
      join(workspace.layersDirectory, "my_dnn", "000.yaml"),
      `!include ../problem_shape.yaml
problem:
  layer_name: first
  shape: *FC
  instance:
    {C: 512, M: 256, R: 1, S: 1, P: 1, Q: 1, G: 1, N: BATCH_SIZE, I: INPUT_BITS, L: WEIGHT_BITS, T: OUTPUT_BITS}
`,
    );
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  function replaceIn(file: string, replacements: readonly (readonly [string, string])[]): void {
    const text = replacements.reduce(
      (current, [from, to]) => {
        assert.ok(current.includes(from), from);
        return current.replace(from, to);
      },
      readFileSync(file, "utf8"),
    );
    writeFileSync(file, text);
  }

  const size = { nTiles: 16, batchSize: 32 };

  it("adds architectures", () => {
    assert.deepEqual(
      listArchitectures(workspace).map(({ name, title }) => [name, title]),
      [
        ["isaac_like", "ISAAC-like"],
        ["raella_no_speculation_2b_cells", "RAELLA, Center+Offset"],
        ["raella_no_speculation", "RAELLA, + Adaptive Slicing"],
        ["raella", "RAELLA"],
        ["my_design", "My design"],
        ["without_statistics", "without_statistics"],
      ],
    );
    const layer = { dnn: "resnet18", layer: 10, ...size, workspace };
    const typical = getSpec({ architecture: "my_design", useTypicalStatistics: true, ...layer });
    assert.equal(typical.variableValues.COLUMNS_PER_CROSSBAR, 256);
    assert.equal(typical.variableValues.AVERAGE_INPUT_VALUE, 0.13);
    const without = getSpec({ architecture: "without_statistics", ...layer });
    assert.equal(without.variableValues.AVERAGE_INPUT_VALUE, 0.2);
    assert.equal(without.variableValues.AVERAGE_WEIGHT_VALUE, 0.5);
  });

  it("says which statistics are missing", () => {
    assert.throws(
      () => getSpec({ architecture: "my_design", dnn: "resnet18", layer: 10, ...size, workspace }),
      /statistics/i,
    );
  });

  it("adds a DNN, with typical or with its own statistics", () => {
    assert.deepEqual(listDnns(workspace), ["my_dnn", "resnet18"]);
    assert.deepEqual(listLayers("my_dnn", workspace), [0]);
    const layer = { architecture: "raella", dnn: "my_dnn", layer: 0, ...size, workspace };
    const typical = getSpec({ ...layer, useTypicalStatistics: true });
    assert.equal(typical.workload.bounds.C, 512);
    assert.equal(typical.workload.name, "FC");
    assert.equal(typical.workload.bounds.L, 24);
    const folder = join(workspace.statisticsDirectory, "torch_values", "raella");
    writeFileSync(
      join(folder, "my_dnn.csv"),
      "layer,layer_name,AVERAGE_WEIGHT_VALUE,AVERAGE_INPUT_VALUE,ADC_ACTION_SHARE,CIM_UNITS_PER_WEIGHT\n000,first,0.05,0.4,0.5,2\n",
    );
    const recorded = getSpec(layer);
    assert.equal(recorded.variableValues.ADC_ACTION_SHARE, 0.5);
    assert.equal(recorded.workload.bounds.L, 16);
  });

  it("reads statistics of one layer per file", () => {
    const folder = join(workspace.statisticsDirectory, "torch_values", "raella_no_speculation", "my_dnn");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "first"),
      "AVERAGE_WEIGHT_VALUE=0.05\nAVERAGE_INPUT_VALUE=0.4\nADC_ACTION_SHARE=1.0\nCIM_UNITS_PER_WEIGHT=4\nSPECULATION_ENABLED=0\n",
    );
    const { variableValues } = getSpec({
      architecture: "raella_no_speculation",
      dnn: "my_dnn",
      layer: 0,
      ...size,
      workspace,
    });
    assert.equal(variableValues.WEIGHT_BITS, 32);
    assert.equal(variableValues.AVERAGE_INPUT_VALUE, 0.4);
  });

  it("asks ISAAC for bit densities only with recorded statistics", () => {
    const layer = { architecture: "isaac_like", dnn: "my_dnn", layer: 0, ...size, workspace };
    assert.equal(getSpec({ ...layer, useTypicalStatistics: true }).variableValues.AVERAGE_WEIGHT_VALUE, 0.1);
    const file = join(workspace.statisticsDirectory, "torch_values", "isaac_like", "my_dnn.csv");
    writeFileSync(file, "layer,layer_name,AVERAGE_INPUT_VALUE,ADC_ACTION_SHARE\n000,first,0.2,1.0\n");
    assert.throws(() => getSpec(layer), /unsigned_offset_invert_dense/);
    appendFileSync(
      join(workspace.layersDirectory, "my_dnn", "000.yaml"),
      `  densities:
    Weights: {unsigned_offset_invert_dense: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]}
    Inputs: {unsigned_offset: "0 0 0 0 0 0 0 0"}
`,
    );
    // Twelve half-filled places of eight bits, on a scale where a 2-bit cell reaches 3 of 15.
    assert.equal(getSpec(layer).variableValues.AVERAGE_WEIGHT_VALUE, (6 / 8 / 15) * 3);
  });
});
