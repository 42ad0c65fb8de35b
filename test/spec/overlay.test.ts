import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import type { RaellaError } from "../../src/errors";
import { loadComponentGroups } from "../../src/spec/component-groups";
import { getSpec } from "../../src/spec/get-spec";
import { loadSpecification } from "../../src/spec/load-specification";
import {
  defaultWorkspace,
  findDnn,
  listArchitectures,
  listDnns,
  listLayers,
  workspaceAt,
} from "../../src/spec/workspace";
import type { Workspace } from "../../src/spec/workspace";
import { runLayer } from "../../src/study/run-layer";
import { runAblation, runNetwork } from "../../src/study/run-network";
import { sweep } from "../../src/study/sweep/sweep";
import { verifyResult } from "../../src/study/verify-result";
import { runCli } from "../support/run-cli";
import { withFiles } from "./support/small-model";
import { copyWorkspace, writeIn } from "./support/workspace-copy";

const layerFile = (name: string, channels = 64): string =>
  `!include ../problem_shape.yaml
problem:
  layer_name: ${name}
  shape: *conv2D
  instance: {C: ${channels}, M: 128, R: 3, S: 3, P: 28, Q: 28, G: 1, N: BATCH_SIZE, I: INPUT_BITS, L: WEIGHT_BITS, T: OUTPUT_BITS}
`;
const table = (...lines: readonly string[]): string =>
  `layer,layer_name,AVERAGE_WEIGHT_VALUE,AVERAGE_INPUT_VALUE,ADC_ACTION_SHARE,CIM_UNITS_PER_WEIGHT\n${lines.join("\n")}\n`;
const raellaTable = "recorded_statistics/torch_values/raella";
const original = (...path: readonly string[]): string =>
  readFileSync(join(defaultWorkspace().modelsDirectory, ...path), "utf8");

/** Runs something in a folder that holds only these files. */
async function inWorkspace(
  files: Readonly<Record<string, string>>,
  use: (workspace: Workspace, root: string) => Promise<void> | void,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "raella-overlay-"));
  try {
    for (const [name, text] of Object.entries(files)) writeIn(root, name, text);
    await use(workspaceAt(root), root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const derived = `architectures:
  - name: my_design
    derived_from: raella
    variables: {ADC_RESOLUTION: 8}
    levels: {input_buffer: {subclass: my_buffer}}
`;
const library = `name,actions,technology,width|datawidth,depth,energy_pj,area_um2,source
my_buffer,read|write|update,32,32,512,1000,2900,mine
`;
const chosen = { architecture: "raella", dnn: "resnet18", layer: 10 } as const;

describe("a workspace with only what is new", function () {
  this.timeout(60_000);

  it("has layers beside those of the package, which include the package's files", () =>
    inWorkspace(
      {
        "dnn_layers/mynet/000.yaml": layerFile("first"),
        [`${raellaTable}/mynet.csv`]: table("000,first,0.06,0.33,0.42,3"),
      },
      async (workspace) => {
        assert.deepEqual(listDnns(workspace), [...listDnns(), "mynet"].sort());
        assert.deepEqual(listLayers("mynet", workspace), [0]);
        assert.deepEqual(listLayers("resnet18", workspace), listLayers("resnet18"));
        assert.deepEqual(listArchitectures(workspace), listArchitectures());
        const result = runLayer({ architecture: "raella", dnn: "mynet", layer: 0, workspace });
        assert.equal(result.layerName, "first");
        const { manifest, ...figures } = runLayer({ ...chosen, workspace });
        const { manifest: packages, ...same } = runLayer(chosen);
        assert.deepEqual(figures, same);
        // What comes from the package is called as it is there.
        assert.deepEqual(manifest?.files, packages?.files);
        assert.deepEqual((await verifyResult(JSON.parse(JSON.stringify(result)))).differences, []);
      },
    ));

  it("lets other folders, copies of editors and names with other numbers be", () => {
    const plain = runLayer(chosen);
    return inWorkspace(
      {
        "dnn_layers/mynet/000.yaml": layerFile("first"),
        "model/network.onnx": "weights",
        "models/architectures.yaml~": "old",
        "models/macros2.yaml": "a: 1",
        "models/cell_config/mine.cell": "-Key: 1",
        "models/cell_configs/mine.cel": "-Key: 1",
        "models/component_library/notes.txt": "mine",
        "models/component_library/mine.csv~": "old",
        "models/component_library/.~lock.mine.csv#": "me",
        "dnn_layers/problem_shape2.yaml": "a: 1",
        "recorded_statistics/torch_values/raella/resnet34.csv": table("000,first,0.06,0.33,0.42,3"),
      },
      (workspace) => assert.deepEqual(runLayer({ ...chosen, workspace }).energyPj, plain.energyPj),
    );
  });

  it("refuses what nothing reads because of a slip in its name", async () => {
    const statistics = table("010,layer3.0.conv1,0.06,0.33,0.5,3");
    const layer = { "dnn_layers/mynet/000.yaml": layerFile("first") };
    for (const [path, near, more] of [
      ["model/architectures.yaml", "models", layer],
      ["Models/architectures.yaml", "models", layer],
      ["dnn_layer/mynet/000.yaml", "dnn_layers", { "models/architectures.yaml": derived }],
      ["dnn-layers/mynet/000.yaml", "dnn_layers", { "models/architectures.yaml": derived }],
      ["recorded_statistic/typical_values/raella", "recorded_statistics", layer],
      ["models/architecture.yaml", "architectures.yaml", {}],
      ["models/architectures.yml", "architectures.yaml", {}],
      ["models/component_libary/mine.csv", "component_library", {}],
      ["models/component_library/mine.cvs", "mine.csv", {}],
      ["models/component_library/mine.CSV", "mine.csv", {}],
      ["models/component_library/isaac.txt", "isaac.csv", {}],
      ["models/component_library/mine.csv.txt", "mine.csv", {}],
      ["models/macros.yaml.txt", "macros.yaml", {}],
      ["models/cell_config/raella.cell", "cell_configs", {}],
      ["models/cell_configs/raella.cel", "raella.cell", {}],
      ["models/cell_configs/isaac.cells", "isaac.cell", {}],
      ["models/cell_configs/isaac.cell.txt", "isaac.cell", {}],
      ["dnn_layers/problem_shapes.yaml", "problem_shape.yaml", {}],
      ["recorded_statistics/torch_value/raella/resnet18.csv", "torch_values", {}],
      ["recorded_statistics/typical_value/raella", "typical_values", {}],
      ["recorded_statistics/torch_values/raela/resnet18.csv", "raella", {}],
      ["recorded_statistics/torch_values/raella/resnet18.txt", "resnet18.csv", {}],
      ["recorded_statistics/torch_values/raella/resnt18.csv", "resnet18.csv", {}],
      ["models/raella/variables.yml", "variables.yaml", {}],
      ["models/raella/variable.yaml", "variables.yaml", {}],
      ["models/common_components/mine.yml", "mine.yaml", {}],
      ["dnn_layers/resnet18/010.yml", "010.yaml", {}],
      ["dnn_layers/resnet18/10.yaml", "010.yaml", {}],
    ] as const)
      await inWorkspace({ [path]: path.endsWith(".yaml") ? derived : statistics, ...more }, (workspace) =>
        assert.throws(
          () => runLayer({ ...chosen, workspace }),
          ({ code, message }: RaellaError) => {
            const named = path.split("/").find((part) => message.includes(`${part}.\n`));
            assert.ok(named, message);
            assert.match(message, /^Nothing reads /);
            assert.ok(message.endsWith(`Did you mean "${near}"?`), message);
            return code === "unknown-name";
          },
          path,
        ),
      );
    for (const [name, right] of [
      ["001.yml", "001.yaml"],
      ["001.YAML", "001.yaml"],
      ["1.yaml", "001.yaml"],
      ["0001.yaml", "001.yaml"],
    ])
      await inWorkspace({ ...layer, [`dnn_layers/mynet/${name}`]: layerFile("second") }, (workspace) =>
        assert.throws(() => listLayers("mynet", workspace), {
          code: "unknown-name",
          message: new RegExp(`Nothing reads .*${name}\\.\\n.*"${right}"`),
        }),
      );
    for (const name of ["raella.txt", "raela"])
      await inWorkspace({ [`recorded_statistics/typical_values/${name}`]: "A=1" }, (workspace) =>
        assert.throws(() => runLayer({ ...chosen, useTypicalStatistics: true, workspace }), {
          message: /Nothing reads .*\n.*"raella"/,
        }),
      );
  });

  it("reads cells from any folder that its models name", async () => {
    const cell = original("cell_configs", "raella.cell");
    for (const path of ["cell_config/raella.cell", "cell_configs/raella.cel"])
      await inWorkspace(
        {
          [`models/${path}`]: cell,
          "models/architectures.yaml": `architectures:
  - {name: my_design, derived_from: raella, variables: {CELL_CONFIG: getcwd() + "/${path}"}}
`,
        },
        (workspace) =>
          assert.deepEqual(
            runLayer({ ...chosen, architecture: "my_design", workspace }).energyPj,
            runLayer(chosen).energyPj,
          ),
      );
  });

  it("names its own copy of a file where that lacks what the package's models rely on", async () => {
    const old = original("macros.yaml").replace(/^check_macros_ignore:[^]*/m, "");
    const more = { "models/architectures.yaml": derived, "models/component_library/mine.csv": library };
    await inWorkspace({ "models/macros.yaml": old, ...more }, (workspace, root) => {
      const told = (file: string) => (error: RaellaError) => {
        assert.match(
          error.message,
          /^\S+arch\.yaml:\d+:\d+: The alias \*speculation_is_on_or_off stands for nothing/,
        );
        assert.ok(
          error.message.includes(
            `with the package's own ${file}: ${join(root, "models", file)} is in its place`,
          ),
        );
        assert.match(error.message, /Bring it up to date, or remove it\.$/);
        return true;
      };
      for (const architecture of ["raella", "my_design"])
        assert.throws(() => runLayer({ ...chosen, architecture, workspace }), told("macros.yaml"));
      const files = [
        ...["raella/*.yaml", "common_components/*.yaml", "mapper.yaml"].map((path) =>
          join(root, "models", path),
        ),
        join(root, "dnn_layers/resnet18/010.yaml"),
      ];
      assert.throws(
        () => loadSpecification({ files, workspace, usePlaceholders: true }),
        told("macros.yaml"),
      );
      // What goes wrong for another reason is not laid at its door.
      assert.throws(
        () => runLayer({ ...chosen, layer: 99, workspace }),
        ({ message }: RaellaError) => !/macros/.test(message),
      );
    });
    const problem = readFileSync(join(defaultWorkspace().layersDirectory, "problem_shape.yaml"), "utf8");
    await inWorkspace(
      { "dnn_layers/problem_shape.yaml": problem.replaceAll("conv2D", "conv") },
      (workspace) =>
        assert.throws(() => runLayer({ ...chosen, workspace }), /package's own problem_shape\.yaml: /),
    );
  });

  it("is said to be wrong where it is, not the package", () =>
    inWorkspace(
      {
        "models/architectures.yaml": `architectures:
  - {name: nowhere, derived_from: raella, variables: {N_ADC_PER_BANK: 0}}
  - {name: negative, derived_from: raella, variables: {INPUT_BITS: -3}}
  - {name: right, derived_from: raella, variables: {ADC_RESOLUTION: 8}}
  - {name: placed, derived_from: raella, variables: {CROSSBAR_LATENCY: LATENCYY}}
`,
      },
      (workspace) => {
        const said = (architecture: string, more: object = {}): string => {
          try {
            getSpec({ ...chosen, architecture, workspace, ...more });
          } catch (error) {
            return (error as RaellaError).message;
          }
          return "";
        };
        assert.match(
          said("nowhere"),
          /raella has no such error: this comes from what nowhere changes, N_ADC_PER_BANK \(.*architectures\.yaml:2:\d+\)/,
        );
        assert.match(
          said("negative"),
          /The size of I is -3[^]*what negative changes, INPUT_BITS \(.*:3:\d+\)/,
        );
        assert.match(said("placed"), /architectures\.yaml:5:\d+ .*LATENCYY/);
        assert.doesNotMatch(said("placed"), /no such error/);
        const ofCaller = said("right", { variables: { N_ADC_PER_BANK: 0 } });
        assert.match(ofCaller, /This comes from N_ADC_PER_BANK=0, as it was set/);
        assert.doesNotMatch(ofCaller, /no such error/);
      },
    ));

  it("of which several architectures lack the same says it once", () =>
    inWorkspace({ "dnn_layers/mynet/000.yaml": layerFile("first") }, async (workspace) => {
      const architectures = ["raella", "isaac_like", "raella_no_speculation"];
      await assert.rejects(runAblation("mynet", { architectures, workspace }), (error: RaellaError) => {
        assert.match(
          error.message,
          /^There are no recorded statistics of this DNN on this architecture\.\n[^]*so for mynet on raella, mynet on isaac_like and mynet on raella_no_speculation/,
        );
        assert.equal(error.message.match(/no recorded statistics/g)?.length, 1);
        return error.code === "statistics";
      });
    }));

  it("may hold what only looks like a slip", () =>
    inWorkspace(
      {
        "models/architectures.yaml": `${derived}  - {name: raella2, directory: scram}\n`,
        "models/scram/arch.yaml": original("raella", "arch.yaml"),
        "model/notes.txt": "notes",
        "dnn_layers/resnet19/000.yaml": layerFile("first"),
        "dnn_layers/resnet19/README.md": "notes",
        "models/component_library/README.md": "notes",
        "recorded_statistics/torch_values/raella2/resnet18.csv": table("010,layer3.0.conv1,0.06,0.33,0.5,3"),
        "recorded_statistics/torch_values/raella/resnet19.csv": table("000,first,0.06,0.33,0.5,3"),
      },
      (workspace) => {
        runLayer({ ...chosen, workspace });
        runLayer({ ...chosen, dnn: "resnet19", layer: 0, workspace });
      },
    ));

  it("is told from its path", () =>
    assert.throws(() => runLayer({ ...chosen, workspace: "my-workspace" as never }), {
      code: "usage",
      message:
        /"workspace" in the options of runLayer cannot be "my-workspace"\.\n.*workspaceAt\("my-workspace"\)/,
    }));

  it("adds and replaces single layers and their statistics", () =>
    inWorkspace(
      {
        "dnn_layers/resnet18/010.yaml": layerFile("layer3.0.conv1"),
        "dnn_layers/resnet18/021.yaml": layerFile("another"),
        [`${raellaTable}/resnet18.csv`]: table("021,another,0.06,0.33,0.5,3"),
        [`${raellaTable}/resnet50/layer1.0.conv1`]: "AVERAGE_WEIGHT_VALUE=0.5\nAVERAGE_INPUT_VALUE=0.33\n",
        "recorded_statistics/typical_values/raella": "CIM_UNITS_PER_WEIGHT=4\n",
      },
      (workspace) => {
        assert.deepEqual(listLayers("resnet18", workspace), [...listLayers("resnet18"), 21]);
        assert.equal(getSpec({ ...chosen, workspace }).workload.bounds.C, 64);
        assert.equal(getSpec({ ...chosen, layer: 9, workspace }).workload.bounds.C, 128);
        const share = (layer: number): unknown =>
          getSpec({ ...chosen, layer, workspace }).variableValues.ADC_ACTION_SHARE;
        assert.equal(share(21), 0.5);
        assert.equal(share(9), getSpec({ ...chosen, layer: 9 }).variableValues.ADC_ACTION_SHARE);
        const first = { ...chosen, dnn: "resnet50", layer: 1, usePlaceholders: true };
        assert.notEqual(
          getSpec({ ...first, workspace }).variableValues.AVERAGE_WEIGHT_VALUE,
          getSpec(first).variableValues.AVERAGE_WEIGHT_VALUE,
        );
        const typical = { ...chosen, useTypicalStatistics: true, usePlaceholders: true };
        assert.equal(getSpec({ ...typical, workspace }).variableValues.CIM_UNITS_PER_WEIGHT, 4);
      },
    ));

  it("has architectures that are derived from others, with components of its own", () =>
    inWorkspace(
      { "models/architectures.yaml": derived, "models/component_library/mine.csv": library },
      async (workspace) => {
        assert.deepEqual(
          listArchitectures(workspace).map(({ name, derivedFrom }) => [name, derivedFrom]),
          [...listArchitectures().map(({ name }) => [name, undefined]), ["my_design", "raella"]],
        );
        const options = { ...chosen, architecture: "my_design", workspace };
        const specification = getSpec(options);
        assert.equal(specification.variableValues.ADC_RESOLUTION, 8);
        assert.equal(getSpec({ ...chosen, workspace }).variableValues.ADC_RESOLUTION, 7);
        const { energy } = estimate(specification);
        assert.ok(energy.energyPj.input_buffer.read > 100);
        const same = runLayer({ ...chosen, variables: { ADC_RESOLUTION: 8 } });
        const result = runLayer(options);
        assert.equal(result.energyPj.column_readout, same.energyPj.column_readout);
        assert.notEqual(result.energyPj.input_buffer, same.energyPj.input_buffer);
        assert.ok(result.manifest?.files.some(({ file }) => file === "models/architectures.yaml"));
        assert.deepEqual((await verifyResult(JSON.parse(JSON.stringify(result)))).differences, []);
        const study = { architecture: "my_design", dnn: "resnet18", workspace } as const;
        const network = await runNetwork(study);
        for (const workers of [1, 2]) {
          const plan = { architectures: "my_design", dnns: "resnet18", nTiles: [16, 32], chunkSize: 1 };
          const { rows } = await sweep(plan, { workspace, workers });
          assert.equal(rows[0].energyPj, network.totals.energyPj.total);
        }
      },
    ));

  it("may derive from what is derived, and replace an architecture of the package", () =>
    inWorkspace(
      {
        "models/architectures.yaml": `architectures:
  - {name: Raella, derived_from: raella, variables: {ADC_RESOLUTION: 6}}
  - {name: second, derived_from: RAELLA, variables: {N_ADC_PER_BANK: 8}}
  - {name: raella, derived_from: raella, variables: {ADC_RESOLUTION: 5}}
`,
      },
      (workspace) => {
        const values = getSpec({ ...chosen, architecture: "second", workspace }).variableValues;
        assert.deepEqual([values.ADC_RESOLUTION, values.N_ADC_PER_BANK], [7, 8]);
        assert.equal(getSpec({ ...chosen, workspace }).variableValues.ADC_RESOLUTION, 5);
      },
    ));

  it("may not describe an architecture twice in one file", () =>
    inWorkspace(
      {
        "models/architectures.yaml": `architectures:
  - {name: mine, derived_from: raella, variables: {ADC_RESOLUTION: 6}}
  - {name: raella, derived_from: raella}
  - {name: mine, derived_from: raella, variables: {ADC_RESOLUTION: 5}}
`,
      },
      (workspace) => {
        assert.throws(
          () => listArchitectures(workspace),
          /architectures\.yaml:4.*There is an architecture "mine" already, in line 2\./s,
        );
      },
    ));

  it("prefers what it says of a component that the package has, too", () =>
    inWorkspace(
      {
        "models/component_library/isaac.csv":
          "name,actions,technology,width|datawidth,depth,energy_pj,area_um2,source\nisaac_edram,read,32,256,2048,5000,1,mine\n",
      },
      (workspace) => {
        const own = estimate(getSpec({ ...chosen, workspace })).energy.energyPj;
        const packages = estimate(getSpec(chosen)).energy.energyPj;
        assert.equal(own.eDRAM_buf.read, 5000);
        // The scales of the quantizer lie in such a memory, too.
        const others = { eDRAM_buf: 0, output_quantize: 0 };
        assert.deepEqual({ ...own, ...others }, { ...packages, ...others });
        assert.equal(own.eDRAM_buf.write, packages.eDRAM_buf.write);
        const files = (workspace?: Workspace): readonly string[] =>
          runLayer({ ...chosen, workspace }).manifest?.files.map(({ file }) => file) ?? [];
        const added = files(workspace).filter((file) => !files().includes(file));
        assert.deepEqual(added, ["(package)/models/component_library/isaac.csv"]);
      },
    ));

  it("may replace a file that the package's include, and is seen when that comes or goes", () =>
    inWorkspace({ "dnn_layers/mynet/000.yaml": layerFile("first") }, (workspace, root) => {
      const resolution = (): unknown => getSpec({ ...chosen, workspace }).variableValues.ADC_RESOLUTION;
      assert.equal(resolution(), 7);
      const text = original("raella", "variables.yaml");
      writeIn(root, "models/raella/variables.yaml", text.replace("ADC_RESOLUTION: 7", "ADC_RESOLUTION: 9"));
      assert.equal(resolution(), 9);
      rmSync(join(root, "models"), { recursive: true });
      assert.equal(resolution(), 7);
    }));

  it("says in which file a mistake stands", () =>
    inWorkspace(
      {
        "models/raella/variables.yaml": original("raella", "variables.yaml").replace(
          "ADC_RESOLUTION: 7",
          "ADC_RESOLUTION: SEVEN",
        ),
      },
      (workspace, root) => {
        assert.throws(
          () => getSpec({ ...chosen, workspace }),
          (error: Error) => error.message.startsWith(`${root}/models/raella/variables.yaml:`),
        );
        writeIn(root, "models/raella/variables.yaml", original("raella", "variables.yaml"));
        writeIn(root, "models/mapper.yaml", "mapper: {optimization_metrics: [speed]}\n");
        assert.throws(
          () => getSpec({ ...chosen, workspace }),
          (error: Error) => error.message.startsWith(`${root}/models/mapper.yaml:`),
        );
      },
    ));

  it("may be given with files, which then include the package's", () =>
    inWorkspace(
      {
        "models/raella/variables.yaml": original("raella", "variables.yaml").replace(
          "ADC_RESOLUTION: 7",
          "ADC_RESOLUTION: 8",
        ),
        "dnn_layers/mynet/000.yaml": layerFile("first"),
      },
      (workspace, root) => {
        const files = ["models/raella/*.yaml", "models/common_components/*.yaml", "models/mapper.yaml"]
          .concat("dnn_layers/mynet/000.yaml")
          .map((file) => join(root, file));
        const specification = loadSpecification({ files, workspace, usePlaceholders: true });
        assert.equal(specification.variableValues.ADC_RESOLUTION, 8);
        assert.equal(specification.identity.architecture, "raella");
        assert.throws(() => loadSpecification({ files, usePlaceholders: true }), { code: "file-not-found" });
      },
    ));

  it("has groups of components before those of the package", () =>
    inWorkspace(
      {
        "models/component_groups.yaml":
          "component_groups:\n  - {name: Mine, levels: [input_buffer]}\n  - {name: ADC, levels: [my_adc]}\n",
      },
      (workspace) => {
        const groups = loadComponentGroups(workspace);
        assert.deepEqual(
          groups.slice(0, 2).map(({ name }) => name),
          ["Mine", "ADC"],
        );
        assert.deepEqual(groups[1].levels, ["my_adc", "column_readout", "shift_add", "timely_psubbuf"]);
        assert.equal(groups.length, loadComponentGroups().length + 1);
      },
    ));

  it("finds DNNs in any letter case, and spells them as they are listed", () =>
    inWorkspace(
      {
        "dnn_layers/MyNet/000.yaml": layerFile("first"),
        [`${raellaTable}/MyNet.csv`]: table("000,first,0.06,0.33,0.42,3"),
        "dnn_layers/Twice/000.yaml": layerFile("first", 32),
        "dnn_layers/twice/000.yaml": layerFile("first", 64),
      },
      async (workspace) => {
        for (const name of ["MyNet", "mynet", "MYNET"]) {
          assert.equal(findDnn(name, workspace), "MyNet");
          assert.equal(runLayer({ ...chosen, dnn: name, layer: 0, workspace }).dnn, "MyNet");
        }
        assert.equal((await runNetwork({ architecture: "raella", dnn: "mynet", workspace })).dnn, "MyNet");
        const channels = (dnn: string): number =>
          getSpec({ ...chosen, dnn, layer: 0, workspace, useTypicalStatistics: true }).workload.bounds.C;
        assert.deepEqual([channels("Twice"), channels("twice")], [32, 64]);
      },
    ));

  it("is refused where nothing is there", () =>
    inWorkspace({ "notes.txt": "" }, (workspace, root) => {
      for (const use of [
        listDnns,
        listArchitectures,
        (given: Workspace) => getSpec({ ...chosen, workspace: given }),
      ])
        assert.throws(() => use(workspace), {
          code: "file-not-found",
          message: /is no workspace: it holds none of the folders models, dnn_layers, recorded_statistics/,
        });
      assert.throws(() => listDnns(workspaceAt(join(root, "nowhere"))), {
        code: "file-not-found",
        message: /There is no workspace .*nowhere\.[^]*raella init/,
      });
    }));

  it("is left alone where it has everything that models share", () =>
    withFiles({}, (root) => {
      const workspace = copyWorkspace(root, {
        "models/architectures.yaml": "architectures:\n  - {name: only, directory: raella}\n",
        "models/component_groups.yaml": "component_groups: []\n",
      });
      assert.deepEqual(
        listArchitectures(workspace).map(({ name }) => name),
        ["only"],
      );
      assert.deepEqual(listDnns(workspace), ["resnet18"]);
      assert.deepEqual(loadComponentGroups(workspace), []);
    }));

  it("is made by `raella init`, which overwrites nothing, and named by option or environment", () =>
    inWorkspace({}, async (_, root) => {
      const folder = join(root, "mine");
      for (const nameless of ["", " "]) {
        const refused = await runCli("init", nameless);
        assert.equal(refused.exitCode, 2);
        assert.match(refused.stderr, /The folder of the workspace has no name/);
      }
      const made = await runCli("init", folder);
      assert.equal(made.exitCode, 0, made.stderr);
      const again = await runCli("init", folder, "--json");
      assert.equal(again.exitCode, 2);
      assert.match(again.stderr, /There is a workspace in .*mine already/);
      const words = ["layer", "-a", "my_design", "-d", "mynet", "-l", "0", "--json"] as const;
      const named = await runCli(...words, "--workspace", folder);
      assert.equal(named.exitCode, 0, named.stderr);
      process.env.RAELLA_WORKSPACE = folder;
      try {
        assert.equal((await runCli(...words)).stdout, named.stdout);
        const listed = await runCli("dnns", "--json");
        assert.match(listed.stdout, /"mynet"/);
      } finally {
        delete process.env.RAELLA_WORKSPACE;
      }
      assert.equal((await runCli(...words)).exitCode, 2);
      const result = join(root, "result.json");
      writeIn(root, "result.json", named.stdout);
      assert.equal((await runCli("verify", result)).exitCode, 0);
      renameSync(folder, join(root, "moved"));
      assert.equal((await runCli("verify", result)).exitCode, 2);
      assert.equal((await runCli("verify", result, "--workspace", join(root, "moved"))).exitCode, 0);
    }));
});
