import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RaellaError } from "../../src/errors";
import { getSpec, runLayer, runNetwork, workspaceAt } from "../../src/index";
import type { Workspace } from "../../src/index";
import { importLayerList, importNetwork, networkAccuracy } from "../../src/network";
import type { ImportNetworkOptions } from "../../src/network";
import { defaultWorkspace } from "../../src/spec/workspace";
import { near } from "../network/golden-layers";
import { smallModel } from "../network/small-model";
import type { FloatEngine } from "../../src/network/float-engine";
import { onnxRuntime } from "../../src/network/float-engine";
import { readTiny, tinyBytes, tinyInputs, tinyPath } from "../network/golden-networks";

/** All files below a folder, by their path. */
function filesBelow(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
}

describe("An imported network", () => {
  const golden = readTiny("convs_channel8_corrected");
  const attention = readTiny("attention_symmetric_corrected");
  let root: string;
  /** It runs in this thread, and is there at once. */
  let engine: FloatEngine;
  /** The package's models with the imported layers. */
  let workspace: Workspace;

  before(async () => (engine = await onnxRuntime()));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "raella-import-"));
    workspace = {
      ...defaultWorkspace(),
      layersDirectory: join(root, "dnn_layers"),
      statisticsDirectory: join(root, "recorded_statistics"),
    };
  });

  afterEach(() => rmSync(root, { recursive: true }));

  const importConvs = (changes: Partial<ImportNetworkOptions> = {}): ReturnType<typeof importNetwork> =>
    importNetwork({
      model: tinyPath(golden.model),
      name: "convs",
      inputs: tinyInputs(golden),
      samples: 64,
      workspace: root,
      workers: 1,
      engine,
      ...changes,
    });

  it("is a DNN like any other", async () => {
    const { files, network } = await importConvs();
    assert.deepEqual(
      files,
      Object.keys(filesBelow(root))
        .filter((file) => file !== "dnn_layers/problem_shape.yaml")
        .sort((first, second) => files.indexOf(first) - files.indexOf(second)),
    );
    const result = await runNetwork({ architecture: "raella", dnn: "convs", workspace });
    assert.deepEqual(
      result.layers.map(({ layerName }) => layerName),
      ["conv_grouped_1", "depthwise", "c3", "depthwise_second", "fc"],
    );
    network.layers.forEach(({ macs }, index) =>
      assert.equal(result.layers[index].macs, macs * Number(result.batchSize)),
    );
    for (const architecture of ["isaac_like", "raella_no_speculation_2b_cells", "raella_no_speculation"])
      assert.ok(runLayer({ architecture, dnn: "convs", layer: 0, workspace }).energyPj.total > 0);
  });

  it("has its statistics as variables, multiplied where inputs take two passes", async () => {
    await importConvs({ signedInputs: "two-pass", samples: "all" });
    golden.layers.forEach((layer, index) => {
      const passes = layer.failed.length;
      const of = (architecture: string): Readonly<Record<string, unknown>> =>
        getSpec({ architecture, dnn: "convs", layer: index, workspace }).variableValues;
      const raella = of("raella");
      near(raella.ADC_ACTION_SHARE as number, passes * layer.adcShare, `share of ${index}`);
      near(raella.AVERAGE_INPUT_VALUE as number, passes * layer.averageInputSpeculation, `input of ${index}`);
      assert.equal(raella.CIM_UNITS_PER_WEIGHT, layer.slicing.length);
      const plain = of("raella_no_speculation");
      near(plain.AVERAGE_INPUT_VALUE as number, passes * layer.averageInput, `input of ${index}`);
      assert.equal(plain.ADC_ACTION_SHARE, passes);
      // ISAAC's codes take one pass in any case.
      const isaac = of("isaac_like");
      near(isaac.AVERAGE_INPUT_VALUE as number, passes * layer.averageInput, `input of ${index}`);
      assert.equal(isaac.ADC_ACTION_SHARE, 1);
      assert.equal(isaac.CROSSBAR_LATENCY, of("isaac_like").CROSSBAR_LATENCY);
    });
    const [first] = golden.layers;
    assert.equal(first.failed.length, 2);
    const latency = (layer: number): number =>
      getSpec({ architecture: "raella", dnn: "convs", layer, workspace }).variableValues
        .CROSSBAR_LATENCY as number;
    assert.equal(latency(0), 2 * latency(1));
  });

  it("of made-up inputs has the sizes of others that its accuracy is asked for", async () => {
    const model = await smallModel({
      nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
      inputs: { x: { dims: ["N", "length", 4] } },
      tensors: { w: { dims: [4, 3], values: Array.from({ length: 12 }, (_, index) => (index % 5) - 2) } },
      outputs: ["y"],
    });
    const path = join(root, "model.onnx");
    writeFileSync(path, model);
    await importNetwork({ model: path, name: "small", workspace: root, sizes: { length: 6 }, workers: 1 });
    const data = Array.from({ length: 2 * 5 * 4 }, (_, index) => Math.sin(index));
    const asked = { dnn: "small", workspace: workspaceAt(root), architectures: ["raella"], workers: 1 };
    const others = await networkAccuracy({ ...asked, inputs: { dims: [2, 5, 4], data } });
    assert.deepEqual([others.inputSamples, others.madeUpInputs], [2, false]);
    assert.equal((await networkAccuracy(asked)).inputSamples, 4);
  });

  it("is the same with one and with two workers, and again", async () => {
    await importConvs();
    const once = filesBelow(root);
    await importConvs({ workers: 2, engine: undefined });
    assert.deepEqual(filesBelow(root), once);
  });

  it("replaces one of the same name, all of it", async () => {
    await importNetwork({
      model: tinyBytes(attention.model),
      name: "convs",
      inputs: tinyInputs(attention),
      samples: 64,
      workspace: root,
      workers: 1,
      engine,
    });
    assert.equal(readdirSync(join(root, "dnn_layers", "convs")).length, 6);
    await importConvs();
    assert.deepEqual(
      readdirSync(join(root, "dnn_layers", "convs")),
      ["000", "001", "002", "003", "004"].map((name) => `${name}.yaml`),
    );
  });

  it("does not replace one that was not imported", async () => {
    await assert.rejects(importConvs({ name: "resnet18" }), /There is a DNN "resnet18" already/);
    await assert.rejects(importConvs({ name: "My Net" }), /cannot be named "My Net"/);
    assert.deepEqual(filesBelow(root), {});
  });

  it("leaves no statistics to what replaces it", async () => {
    const list = join(root, "layers.csv");
    const header = "name,C,M,R,S,P,Q\n";
    writeFileSync(list, `${header}stem,3,16,3,3,16,16\n`);
    const spec = { architecture: "raella", dnn: "convs", layer: 0, workspace };
    const other = "recorded_statistics/torch_values/raella/others.csv";
    const replacements = [
      () => importConvs({ shapesOnly: true, samples: undefined }),
      () => importLayerList({ list, name: "convs", workspace: root }),
    ];
    for (const replace of replacements) {
      const { files } = await importConvs();
      assert.ok(runLayer(spec).energyPj.total > 0);
      const own = join(root, "recorded_statistics/torch_values/of_mine");
      mkdirSync(own);
      writeFileSync(join(own, "convs.csv"), "layer\n000\n");
      writeFileSync(join(root, other), "layer\n000\n");
      assert.ok(files.some((file) => file.endsWith(".csv")));
      const { files: left } = await replace();
      const expected = [...left, other, "dnn_layers/problem_shape.yaml", "layers.csv"];
      assert.deepEqual(Object.keys(filesBelow(root)).sort(), expected.sort());
      assert.throws(() => runLayer(spec), /no recorded statistics/);
      rmSync(own, { recursive: true });
    }
    // What is wrong with the new one leaves the earlier one as it is.
    await importConvs();
    const before = filesBelow(join(root, "recorded_statistics"));
    writeFileSync(list, "name,C,M,Rr\nstem,3,16,3\n");
    assert.throws(() => importLayerList({ list, name: "convs", workspace: root }), /no "Rr"/);
    assert.deepEqual(filesBelow(join(root, "recorded_statistics")), before);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const controller = new AbortController();
    await assert.rejects(
      importConvs({ signal: controller.signal, onProgress: ({ done }) => done > 7 && controller.abort() }),
      (error) => error instanceof RaellaError && error.code === "aborted",
    );
    assert.deepEqual(readdirSync(root), []);
  });

  it("has only its layers where only shapes are asked for", async () => {
    const { files } = await importConvs({ shapesOnly: true, samples: undefined });
    assert.equal(files.filter((file) => file.endsWith(".csv")).length, 0);
    const options = { dnn: "convs", layer: 0, workspace };
    const statistics = { ...workspace, statisticsDirectory: defaultWorkspace().statisticsDirectory };
    assert.throws(() => runLayer({ architecture: "raella", ...options }), /no recorded statistics/);
    const typical = runLayer({
      architecture: "raella",
      ...options,
      workspace: statistics,
      useTypicalStatistics: true,
    });
    assert.ok(typical.energyPj.total > 0);
  });

  it("may be a list of layers", () => {
    const list = join(root, "layers.csv");
    writeFileSync(list, "name,C,M,R,S,P,Q,Hstride,Wstride\nstem,3,16,3,3,16,16,2,2\nclasses,16,10,,,,,,\n");
    const { network } = importLayerList({ list, name: "listed", workspace: root });
    assert.deepEqual(
      network.layers.map(({ name, operator, shape }) => [name, operator, shape.C, shape.W, shape.G]),
      [
        ["stem", "Conv", 3, 33, 1],
        ["classes", "MatMul", 16, 1, 1],
      ],
    );
    writeFileSync(list, "name,C,M,Rr\nstem,3,16,3\n");
    assert.throws(
      () => importLayerList({ list, name: "listed", workspace: root }),
      /A layer has no "Rr"[^]*Did you mean "R"/,
    );
  });

  it("says which files are not there", async () => {
    const missing = tinyPath("conv.onnx");
    await assert.rejects(
      importConvs({ model: missing }),
      /conv\.onnx is not there[^]*Did you mean "convs\.onnx"/,
    );
    await assert.rejects(importConvs({ inputs: tinyPath("x.npy") }), /x\.npy is not there/);
    await assert.rejects(importConvs({ inputs: tinyPath("") }), /There are no images in/);
    assert.ok(!existsSync(join(root, "dnn_layers")));
  });
});
