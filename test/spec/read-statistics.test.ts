import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { GetSpecOptions } from "../../src/spec/get-spec";
import { getSpec } from "../../src/spec/get-spec";
import { parseNameValueLines } from "../../src/spec/read-statistics";
import type { Specification } from "../../src/spec/specification";
import { findArchitecture, listArchitectures, listDnns, listLayers } from "../../src/spec/workspace";
import type { Workspace } from "../../src/spec/workspace";
import { withWorkspace, writeIn } from "./support/workspace-copy";

function spec(workspace: Workspace, options: Partial<GetSpecOptions> = {}): Specification {
  return getSpec({ architecture: "raella", dnn: "resnet18", layer: 10, workspace, ...options });
}

const header =
  "layer,layer_name,AVERAGE_WEIGHT_VALUE,AVERAGE_INPUT_VALUE,ADC_ACTION_SHARE,CIM_UNITS_PER_WEIGHT";
const table = `# my own figures\n${header}\n010,layer3.0.conv1,0.25,0.5,0.75,2\n`;
const tableFile = "recorded_statistics/torch_values/raella/resnet18.csv";
const layerFile = "recorded_statistics/torch_values/raella/resnet18/layer3.0.conv1";

describe("statistics of a layer", () => {
  it("come from a table with a line for each layer", () =>
    withWorkspace({ [tableFile]: table }, (workspace) => {
      const { variableValues, workload } = spec(workspace);
      assert.deepEqual(
        [
          variableValues.AVERAGE_WEIGHT_VALUE,
          variableValues.AVERAGE_INPUT_VALUE,
          variableValues.ADC_ACTION_SHARE,
        ],
        [0.25, 0.5, 0.75],
      );
      assert.equal(workload.bounds.L, 16);
    }));

  it("come from a file of lines NAME=value for each layer as well", () =>
    withWorkspace(
      { [layerFile]: "AVERAGE_WEIGHT_VALUE=0.25\n ADC_ACTION_SHARE = 1.0\n# by hand\n\nMY_OWN=3\n" },
      (workspace) => {
        const specification = spec(workspace);
        assert.deepEqual(specification.variables.ADC_ACTION_SHARE, {
          ...Object(specification.variables.ADC_ACTION_SHARE),
          expression: "1.0",
        });
        assert.equal(Object.keys(specification.variables).at(-1), "MY_OWN");
        assert.equal(specification.sources.at(-1)?.file, layerFile);
      },
    ));

  it("may not stand twice in a table", () =>
    withWorkspace(
      { [tableFile]: `${table}011,layer3.0.conv2,1,1,1,2\n010,layer3.0.conv1,1,1,1,2\n` },
      (workspace) =>
        assert.throws(
          () => spec(workspace),
          /resnet18\.csv:5.*The layer "layer3\.0\.conv1" has a line already: line 3\./s,
        ),
    ));

  it("leave out empty cells of a table", () =>
    withWorkspace({ [tableFile]: `${header}\n010,layer3.0.conv1,0.25,0.5,0.75,\n` }, (workspace) =>
      assert.equal(spec(workspace).variableValues.CIM_UNITS_PER_WEIGHT, 3),
    ));

  it("are read again when their file changes", () =>
    withWorkspace({ [tableFile]: table }, (workspace, root) => {
      assert.equal(spec(workspace).variableValues.ADC_ACTION_SHARE, 0.75);
      writeIn(root, tableFile, table.replace("0.75", "0.125"));
      waitMilliseconds(300);
      assert.equal(spec(workspace).variableValues.ADC_ACTION_SHARE, 0.125);
      writeIn(root, "models/raella/variables.yaml", "variables: {a: 1}\n");
      waitMilliseconds(300);
      assert.throws(() => spec(workspace), /The model has no variable BITS_PER_CELL/);
    }));

  it("are not needed by an architecture without rules for them", () =>
    withWorkspace(
      { "models/architectures.yaml": "architectures: [{name: mine, directory: raella}]\n" },
      (workspace) => {
        const specification = spec(workspace, { architecture: "Mine", variables: { ADC_ACTION_SHARE: 0.5 } });
        assert.equal(specification.identity.architecture, "mine");
        assert.equal(specification.variableValues.AVERAGE_WEIGHT_VALUE, 0.3);
        assert.equal(specification.variableValues.ADC_ACTION_SHARE, 0.5);
        assert.deepEqual(specification.estimationVariables, specification.variableValues);
      },
    ));

  const rules = (text: string): Record<string, string> => ({
    "models/architectures.yaml": `architectures:\n  - name: raella\n    directory: raella\n    statistics: ${text}\n`,
    [tableFile]: table,
  });

  it("are changed by the rules of the architecture", () =>
    withWorkspace(
      rules(
        "{adjustments: [{layer_name_contains: LAYER3, statistics: recorded, multiply: {ADC_ACTION_SHARE: 0.5}, set: {AVERAGE_INPUT_VALUE: 0.1}}," +
          " {dnns: [ResNet50], multiply: {ADC_ACTION_SHARE: 100}}, {statistics: typical, set: {ADC_ACTION_SHARE: 0.9}}]}",
      ),
      (workspace) => {
        const { variableValues } = spec(workspace);
        assert.deepEqual(
          [
            variableValues.AVERAGE_WEIGHT_VALUE,
            variableValues.AVERAGE_INPUT_VALUE,
            variableValues.ADC_ACTION_SHARE,
          ],
          [0.25, 0.1, 0.375],
        );
        assert.equal(spec(workspace, { useTypicalStatistics: true }).variableValues.ADC_ACTION_SHARE, 0.9);
      },
    ));

  const failing: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    Partial<GetSpecOptions>,
    string,
    RegExp,
  ])[] = [
    [
      "without a table or a folder",
      {},
      {},
      "statistics",
      /no recorded statistics of this DNN[^]*Use typical statistics/,
    ],
    [
      "of an unknown layer",
      { [tableFile]: table },
      { layer: 0 },
      "statistics",
      /no recorded statistics of the layer "conv1"/,
    ],
    [
      "of an unknown layer of a folder",
      { [layerFile]: "A=1\n" },
      { layer: 0 },
      "statistics",
      /the layer "conv1"[^]*file of that name/,
    ],
    [
      "with a line that says nothing",
      { [layerFile]: "A=1\nB\n" },
      {},
      "statistics",
      /layer3\.0\.conv1:2: "B" is not a statistic[^]*NAME=value/,
    ],
    ["with two values in a line", { [layerFile]: "A=1=2\n" }, {}, "statistics", /"A=1=2" is not a statistic/],
    ["with a name given twice", { [layerFile]: "A=1\nA=2\n" }, {}, "statistics", /A is given twice/],
    [
      "with a value that is no expression",
      { [layerFile]: "ADC_ACTION_SHARE=1 1\n" },
      {},
      "expression",
      /torch_values\/raella\/resnet18\/layer3\.0\.conv1 \(ADC_ACTION_SHARE\): Here "1" stands where an operator/,
    ],
    [
      "with a column that cannot be a variable",
      { [tableFile]: "layer_name,MY SHARE\nlayer3.0.conv1,1\n" },
      {},
      "statistics",
      /The column "MY SHARE" cannot be the name of a variable/,
    ],
    [
      "with the name of a dimension",
      { [layerFile]: "C=1\n" },
      {},
      "schema",
      /The variable "C" has the name of a dimension/,
    ],
    [
      "with a table without layer_name",
      { [tableFile]: "layer,A\n010,1\n" },
      {},
      "statistics",
      /no column layer_name/,
    ],
    [
      "with a table of unequal lines",
      { [tableFile]: `${header}\n010\n` },
      {},
      "schema",
      /there is 1 cell where the header has 6/,
    ],
    [
      "that are adjusted without being there",
      rules("{adjustments: [{multiply: {NONE: 2}}]}"),
      {},
      "statistics",
      /change the variable "NONE", which the model does not have/,
    ],
    [
      "with unknown rules",
      rules("{adjustment: []}"),
      {},
      "schema",
      /"adjustment" is not a key[^]*Did you mean "adjustments"/,
    ],
    [
      "with a wrong condition",
      rules("{adjustments: [{statistics: tipical}]}"),
      {},
      "schema",
      /"tipical" is not accepted here[^]*recorded or typical/,
    ],
  ];
  for (const [name, files, options, code, message] of failing)
    it(`${name} are refused`, () =>
      withWorkspace(files, (workspace) => assert.throws(() => spec(workspace, options), { code, message })));

  it("typical ones must be there for the architecture", () =>
    withWorkspace({}, (workspace, root) => {
      rmSync(join(root, "recorded_statistics/typical_values/raella"));
      assert.throws(() => spec(workspace, { useTypicalStatistics: true }), {
        code: "statistics",
        message: /no typical statistics of "raella"/,
      });
    }));

  it("need the name of the layer, and bit densities for ISAAC", () =>
    withWorkspace({}, (workspace, root) => {
      const layer = (lines: string): string =>
        `!include ../problem_shape.yaml\nproblem:\n  shape: *FC\n  instance: {C: 8, M: 8, R: 1, S: 1, P: 1, Q: 1, G: 1, N: BATCH_SIZE, I: INPUT_BITS, L: WEIGHT_BITS, T: OUTPUT_BITS}\n${lines}`;
      writeIn(root, "dnn_layers/mine/000.yaml", layer(""));
      assert.throws(() => spec(workspace, { dnn: "mine", layer: 0 }), {
        code: "statistics",
        message: /has no layer_name/,
      });
      assert.equal(
        spec(workspace, { dnn: "mine", layer: 0, useTypicalStatistics: true }).workload.name,
        "FC",
      );
      writeIn(root, "dnn_layers/mine/001.yaml", layer("  layer_name: a\n"));
      writeIn(
        root,
        "dnn_layers/mine/002.yaml",
        layer(
          "  layer_name: a\n  densities: {Weights: {unsigned_offset_invert_dense: [0.5, 0.25, 0, 0, 0, 0, 0, 1]}}\n",
        ),
      );
      writeIn(root, "recorded_statistics/torch_values/isaac_like/mine/a", "ADC_ACTION_SHARE=1\n");
      const isaac = { architecture: "isaac_like", dnn: "mine" };
      assert.throws(() => spec(workspace, { ...isaac, layer: 1 }), {
        code: "statistics",
        message: /no densities Weights\.unsigned_offset_invert_dense/,
      });
      writeIn(
        root,
        "dnn_layers/mine/003.yaml",
        layer("  layer_name: a\n  densities: {Weights: {unsigned_offset_invert_dense: [0.5, 1.25]}}\n"),
      );
      assert.throws(() => spec(workspace, { ...isaac, layer: 3 }), {
        code: "statistics",
        message: /A density of the weights of a is 1\.25[^]*0 to 1/,
      });
      assert.deepEqual(spec(workspace, { ...isaac, layer: 2 }).variables.AVERAGE_WEIGHT_VALUE, {
        expression: "0.28125 / 15 * 3",
        location: undefined,
      });
    }));
});

describe("lines NAME=value", () => {
  it("are read as texts", () =>
    assert.deepEqual(parseNameValueLines("A=1.0\r\n B = x + 1 \n", "file"), { A: "1.0", B: "x + 1" }));
  it("cannot name __proto__", () =>
    assert.throws(() => parseNameValueLines("__proto__=1\n", "file"), { code: "statistics" }));
});

describe("workspace", () => {
  it("lists architectures, DNNs and layers", () => {
    assert.deepEqual(
      listArchitectures().map(({ name, directory }) => `${name}: ${directory}`),
      [
        "isaac_like: isaac_like",
        "raella_no_speculation_2b_cells: raella",
        "raella_no_speculation: raella",
        "raella: raella",
      ],
    );
    assert.deepEqual(listDnns(), [
      "googlenet",
      "inceptionv3",
      "mobilenetv2",
      "qdqbert",
      "resnet18",
      "resnet50",
      "shufflenet1_0",
    ]);
    assert.deepEqual(
      listLayers("ResNet18"),
      Array.from({ length: 21 }, (_, index) => index),
    );
    assert.ok(findArchitecture("RAELLA").description.length > 100);
  });

  it("may have layers of its own, and says what is wrong with them", () =>
    withWorkspace(
      {
        "dnn_layers/mine/000.yaml": "variables: {a: 1}\n",
        "dnn_layers/mine/001.yaml": "problem: {shape: {dimensions: [A], data_spaces: []}}\n",
        "dnn_layers/mine/002.yaml": "problem: {instance: {}}\n",
        "dnn_layers/mine/notes.txt": "",
      },
      (workspace, root) => {
        assert.deepEqual(listDnns(workspace), ["mine", "resnet18"]);
        assert.deepEqual(listLayers("mine", workspace), [0, 1, 2]);
        assert.throws(() => spec(workspace, { dnn: "mine", layer: 0 }), {
          code: "schema",
          message: /other; this one has variables/,
        });
        assert.throws(() => spec(workspace, { dnn: "mine", layer: 1 }), {
          code: "schema",
          message: /The key "instance" is missing/,
        });
        assert.throws(() => spec(workspace, { dnn: "mine", layer: 2 }), {
          code: "schema",
          message: /The key "shape" is missing/,
        });
        rmSync(join(root, "dnn_layers", "mine"), { recursive: true });
        assert.deepEqual(listDnns(workspace), ["resnet18"]);
        assert.throws(() => listLayers("mine", workspace), { code: "unknown-name" });
        rmSync(join(root, "dnn_layers"), { recursive: true });
        assert.deepEqual(listDnns(workspace), listDnns());
      },
    ));
});

function waitMilliseconds(duration: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration);
}
