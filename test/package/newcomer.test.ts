import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { KernelClient, printed } from "../notebook/support/kernel-client";
import { packedProject } from "../support/packed-project";
import type { PackedProject } from "../support/packed-project";

/** What somebody new writes and types for a task, and what shows that it worked. */
interface Task {
  readonly files?: Readonly<Record<string, string>>;
  /** `raella …` or `node …`. */
  readonly commands: readonly string[];
  readonly shows: RegExp;
  /** A file that is there afterwards, and how it begins. */
  readonly leaves?: readonly [file: string, start: string];
}

const tasks: Readonly<Record<string, Task>> = {
  "a layer of one's own": {
    commands: ["raella layer -a raella --shape C=64,M=128,R=3,S=3,P=28,Q=28"],
    shows: /^raella · C=64 M=128 R=3 S=3 P=28 Q=28 · 16 tiles, batch 32\n[^]*Energy +210\.5 µJ/,
  },
  "a network of one's own": {
    files: {
      "layers.csv": "name,C,M,R,S,P,Q\nconv1,3,64,7,7,112,112\nfc,512,1024,1,1,1,1\n",
    },
    commands: [
      "raella import layers.csv --name tiny --workspace mine",
      "raella network -d tiny -a raella --typical --workspace mine",
    ],
    shows: /\b1 +fc\b[^]*batches per second/,
  },
  "an architecture of one's own": {
    files: {
      "mine/models/architectures.yaml":
        "architectures:\n  - name: wide\n    derived_from: raella\n    variables: { COLUMNS_PER_CROSSBAR: 1024, N_ADC_PER_BANK: 8 }\n    levels:\n      input_buffer: { subclass: my_buffer }\n",
      "mine/models/component_library/mine.csv":
        "name,actions,technology,width|datawidth,depth,energy_pj,area_um2,source\nmy_buffer,read|write|update,32,32,512,1,3000,data sheet\n",
    },
    commands: ["raella layer -a wide -d resnet18 -l fc --workspace mine"],
    shows: /^wide · resnet18, layer 20 \(fc\)/,
  },
  "a component of one's own": {
    files: {
      "component.mjs": `import { estimate, getSpec, registerEstimator } from "raella";
registerEstimator({
  name: "my buffers", classNames: ["isaac_edram"], accuracyPercent: 99, actions: ["read", "write", "update"],
  parameters: { depth: { kind: "number", unit: "rows", description: "rows of the memory" } },
  areaUm2: ({ depth }) => 40 * depth,
  energyPj: (action, { depth }) => (action === "read" ? 0.001 : 0.002) * depth,
});
console.log(estimate(getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 })).energy.energyPj.eDRAM_buf);
`,
    },
    commands: ["node component.mjs"],
    shows: /read: 2\.048[^]*write: 4\.096/,
  },
  "greedy steps of one's own": {
    files: {
      "steps.mjs": `import { defaultGreedySteps, greedy, runLayer } from "raella";
const layer = { architecture: "raella", dnn: "resnet18", layer: "fc" };
const steps = [greedy({ dimensions: "N", levels: ["macro"], optional: true }), ...defaultGreedySteps];
const usual = runLayer(layer), own = runLayer({ ...layer, greedySteps: steps });
console.log(own.mapping.find(({ level }) => /macro/.test(level)).loops, own.edp / usual.edp);
`,
    },
    commands: ["node steps.mjs"],
    shows: /dimension: 'N', factor: 8[^]*\d\.\d/,
  },
  "a sweep to CSV": {
    files: {
      "sweep.yaml":
        "architectures: raella\ndnns: resnet18\nvariables: { ADC_RESOLUTION: [7, 8] }\nobjective: { minimize: energyPj }\n",
    },
    commands: ["raella sweep sweep.yaml --csv sweep.csv"],
    shows: /Best for resnet18[^]*\b7\b/,
    leaves: ["sweep.csv", "point,design,architecture,dnn,"],
  },
  "a chart to PNG": {
    commands: ["raella layer -a raella -d resnet18 -l 10 --chart mapping.png"],
    shows: /^raella · resnet18/,
    leaves: ["mapping.png", "\u{fffd}PNG"],
  },
  "a data frame in an ES module": {
    files: {
      "frame.mjs": `import { runNetwork, toDataFrame } from "raella";
const frame = toDataFrame(await runNetwork({ architecture: "raella", dnn: "resnet18", layers: [10, 20] }));
frame.writeCSV("frame.csv");
console.log(frame.groupBy("group").agg({ energyPj: ["sum"] }).height, String(frame.getColumn("cycles").dtype));
`,
    },
    commands: ["node frame.mjs"],
    shows: /^\d+ .*Int64/,
    leaves: ["frame.csv", "architecture,dnn,layer,layerName,nTiles,batchSize,component,group,"],
  },
  "a data frame in CommonJS": {
    files: {
      "frame.cjs": `const { runLayer, toDataFrame } = require("raella");
const layer = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
console.log(toDataFrame(layer, { shape: "wide" }).getColumn("cycles").toArray());
`,
    },
    commands: ["node frame.cjs"],
    shows: /\[ 107800 \]/,
  },
  "a result verified": {
    commands: [
      "raella layer -a raella -d resnet18 -l 10 -o out",
      "raella verify out/result.json",
      "raella model out/input.yaml -m out/timeloop_mapper.map.yaml --json",
    ],
    shows: /result\.json is confirmed[^]*"cycles": 107800/,
  },
};

describe("somebody new, with the package in an empty project @thorough", function () {
  this.timeout(120_000);
  let project: PackedProject;
  before(async function () {
    project = (await packedProject()) ?? this.skip();
  });

  for (const [name, { files = {}, commands, shows, leaves }] of Object.entries(tasks))
    it(`has ${name}, in at most ten lines`, () => {
      const lines = [...Object.values(files).join("").trim().split("\n"), ...commands];
      assert.ok(lines.length <= 10, `${lines.length} lines`);
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(join(project.folder, dirname(file)), { recursive: true });
        project.write(file, text);
      }
      let shown = "";
      for (const command of commands) {
        const [program, ...words] = command.split(" ");
        const main = program === "raella" ? ["node_modules/raella/dist/cli.js"] : [];
        const { status, stdout, stderr } = project.node(...main, ...words);
        assert.equal(status, 0, `${command}\n${stderr}`);
        shown += stdout;
      }
      assert.match(shown, shows);
      if (leaves !== undefined)
        assert.ok(readFileSync(join(project.folder, leaves[0]), "utf8").startsWith(leaves[1]), leaves[0]);
    });

  it("has a notebook in another folder, in at most ten lines", async () => {
    mkdirSync(join(project.folder, "notebooks"));
    const kernel = await KernelClient.start(join(project.folder, "notebooks"));
    try {
      const cell = `import { runLayer, workspaceAt } from "raella";
const { energyPj } = runLayer({ architecture: "raella", layer: { C: 64, M: 128 } });
console.log(energyPj.total > 0);`;
      const ran = await kernel.run(cell);
      assert.equal(ran.reply.content.status, "ok", JSON.stringify(ran.reply.content));
      assert.equal(printed(ran), "true\n");
    } finally {
      await kernel.close();
    }
  });
});
