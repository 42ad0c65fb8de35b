import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { KernelClient, printed } from "../notebook/support/kernel-client";
import { packedProject } from "../support/packed-project";
import type { PackedProject } from "../support/packed-project";
import type { Ending } from "../support/packed-project";

const load = createRequire(__filename);
const root = join(__dirname, "..", "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
};

/** A program that uses every entry, with types that would not fit if they came out as `any`. */
const program = `
import { runLayer, type LayerResult } from "raella";
import { buildMapSpace, type MapSpace } from "raella/advanced";
import { comparisonChart, renderPng, type ChartSpecification } from "raella/charts";
import { filesInMemory, type FileSource } from "raella/engine";
import { showTable } from "raella/notebook";
import { importNetwork } from "raella/network";
import { paretoFront, sweep, type SweepResult } from "raella/sweep";

const result: LayerResult = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
// @ts-expect-error: an energy is a number
export const wrongEnergy: string = result.energyPj["total"];
// @ts-expect-error: there is no such option
runLayer.bind(undefined, { architecture: "raella", dnn: "resnet18", leyer: 10 });
const chart: ChartSpecification = comparisonChart({ cycles: { a: 1, b: 2 } });
export const later: Promise<SweepResult> | undefined = undefined as ReturnType<typeof sweep> | undefined;
export const space: ((...given: never[]) => MapSpace) | undefined = buildMapSpace;
export const source: FileSource = filesInMemory({});
showTable([{ cycles: 5 }]);
void renderPng(chart).then(({ png }) => {
  const [first]: Uint8Array = png;
  console.log(result.cycles > 0, first, typeof paretoFront, typeof importNetwork);
});
`;

describe("the package in a new project @thorough", function () {
  this.timeout(120_000);
  let project: PackedProject;
  before(async function () {
    project = (await packedProject()) ?? this.skip();
  });

  it("brings its command, and no compiler or kernel", () => {
    const commands = readdirSync(join(project.folder, "node_modules", ".bin"));
    assert.ok(commands.includes("raella"));
    for (const name of ["tsc", "tsserver", "tslab", "node"]) assert.ok(!commands.includes(name), name);
    for (const name of ["tslab", "zeromq", "typescript"])
      assert.ok(!existsSync(join(project.folder, "node_modules", name)), name);
    const { stdout } = project.node(
      "node_modules/raella/dist/cli.js",
      ...["layer", "-a", "raella", "-d", "resnet18", "-l", "10"],
    );
    assert.match(stdout, /^raella · resnet18, layer 10/);
  });

  it("type-checks and runs as ESM and as CommonJS", () => {
    for (const ending of ["mts", "cts"]) project.write(`main.${ending}`, program);
    const options =
      "--strict --target es2022 --module nodenext --outDir . --pretty false --skipLibCheck false";
    const { stdout } = project.node(
      join(root, "node_modules", "typescript-7", "bin", "tsc"),
      ...["main.mts", "main.cts", ...options.split(" ")],
    );
    // Types of other packages may complain.
    const isOwn = (line: string): boolean => !/^node_modules\/(?!raella\/)|^\s|^$/.test(line);
    assert.deepEqual(stdout.split("\n").filter(isOwn), []);
    for (const file of ["main.mjs", "main.cjs"]) {
      const ran = project.node(file);
      assert.deepEqual(
        [ran.status, ran.stdout],
        [0, "cycles\n──────\n     5\ntrue 137 function function\n"],
        ran.stderr,
      );
    }
  });

  it("says what shows charts in a notebook, and shows tables and progress as text", () => {
    const script = (environment: string): Ending => {
      project.write(
        "show.cjs",
        `${environment}; const { showChart, showTable, progressBar } = require("raella/notebook");
         progressBar({ label: "Run" })({ done: 1, total: 1 });
         showTable([{ cycles: 5 }]);
         showChart({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", title: "Demo" });`,
      );
      return project.node("show.cjs");
    };
    const remark = (what: string): string =>
      `Notebooks show ${what} through the kernel tslab, which is not installed: npm install --save-dev tslab`;
    const charts = `${remark("charts")}. In a script, saveChart writes a chart to a file.\n`;
    const plain = script("");
    assert.equal(plain.stdout, "cycles\n──────\n     5\n[Chart: Demo]\n");
    assert.equal(plain.stderr, charts);
    // Jupyter tells its kernels, whichever they are, its process.
    const inOtherKernel = script('process.env.JPY_PARENT_PID = "1"');
    assert.equal(inOtherKernel.stderr, `${remark("progress bars")}.\n${remark("tables")}.\n${charts}`);
  });

  it("has what its documents and notebooks link to", () => {
    const home = join(project.folder, "node_modules", "raella");
    const documents = readdirSync(home, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.(md|ipynb)$/.test(file),
    );
    assert.ok(documents.length > 8);
    for (const file of documents) {
      const text = readFileSync(join(home, file), "utf8");
      for (const [, link] of text.matchAll(/\]\((?![a-z]+:|#|attachment)([^)\s#]+)[^)]*\)/g))
        assert.ok(existsSync(join(home, dirname(file), link)), `${file} links to ${link}`);
    }
  });

  it("lets a cell import its subpaths, with completion, types and outputs", async () => {
    const kernel = await KernelClient.start(project.folder);
    try {
      const imported = await kernel.run(
        `import * as charts from "raella/charts";
         import { showTable } from "raella/notebook";
         import { paretoFront } from "raella/sweep";
         import { buildMapSpace } from "raella/advanced";
         showTable([{ cycles: 5 }]);
         console.log(typeof paretoFront, typeof buildMapSpace);`,
      );
      assert.equal(imported.reply.content.status, "ok", JSON.stringify(imported.reply.content));
      assert.equal(printed(imported), "function function\n");
      assert.ok(imported.outputs.some(({ header }) => header.msg_type === "display_data"));
      const code = "charts.compar";
      const id = await kernel.send("shell", "complete_request", { code, cursor_pos: code.length });
      assert.deepEqual((await kernel.reply(id)).content.matches, ["comparisonChart"]);
      const { reply } = await kernel.run("const pictures: string = charts.renderPng;");
      assert.match(String(reply.content.evalue), /=> Promise<PngImage>' is not assignable/);
    } finally {
      await kernel.close();
    }
  });
});

/** What the root exports; another name needs a good reason. */
const rootNames = [
  ...["getSpec", "loadSpecification", "greedy", "defaultGreedySteps", "defaultWorkspace", "workspaceAt"],
  ...["listArchitectures", "listDnns", "listLayers", "loadComponentGroups"],
  ...[
    "runLayer",
    "mapLayer",
    "resultOf",
    "runLayers",
    "runNetwork",
    "runAblation",
    "runAll",
    "runGains",
    "programNetwork",
  ],
  "sweep",
  ...["evaluateGivenMapping", "mappingFromEntries", "readMappingFile", "diagnoseLayer", "verifyResult"],
  ...["estimate", "explainArea", "explainEnergy", "formatExplanation"],
  ...["registerComponentLibrary", "registerEstimator", "filesInMemory", "useFiles"],
  ...["toDataFrame", "writeCsv", "writeParquet", "writeLayerFiles", "RaellaError", "RaellaErrors"],
];

describe("the scripts of the package", () => {
  it("are none that npm warns of where the package is installed", () => {
    const { scripts } = manifest;
    for (const name of ["preinstall", "install", "postinstall", "prepare"])
      assert.ok(!(name in scripts), name);
    assert.equal(scripts.postprepare, scripts.build, "a copy of the repository is built by npm ci");
    assert.equal(scripts.prepack, scripts.build);
  });
});

describe("the entries of the package", () => {
  const entries = Object.keys(manifest.exports)
    .filter((name) => name !== "." && name !== "./package.json")
    .map((name) => posix.basename(name));

  it("are the modules at the top of the sources, found the new way and the old", () => {
    const modules = readdirSync(join(root, "src")).filter((file) => file.endsWith(".ts"));
    const names = modules.map((file) => file.slice(0, -3));
    const inside = ["arguments", "cli", "errors", "index", "memory", "platform", "random", "threads"];
    assert.deepEqual(entries, names.filter((name) => !inside.includes(name)).sort());
    for (const name of entries) {
      const built = { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
      assert.deepEqual(manifest.exports[`./${name}`], built);
      assert.deepEqual(manifest.typesVersions["*"][name], [`dist/${name}.d.ts`]);
    }
  });

  it("keep the root small, and share nothing with it but `sweep`; the engine is the root without what writes", () => {
    const namesOf = (file: string): string[] =>
      Object.keys(load(join(root, "src", `${file}.ts`)) as object).filter(
        (name) => name !== "default" && name !== "module.exports",
      );
    const atRoot = namesOf("index");
    assert.deepEqual(atRoot.sort(), rootNames.sort());
    const writing = ["toDataFrame", "writeCsv", "writeLayerFiles", "writeParquet"];
    assert.deepEqual([...namesOf("engine"), ...writing].sort(), atRoot);
    for (const entry of entries.filter((name) => name !== "engine")) {
      const shared = namesOf(entry).filter((name) => atRoot.includes(name));
      assert.deepEqual(shared, entry === "sweep" ? ["sweep"] : [], entry);
    }
  });

  it("share no name", () => {
    const owner = new Map<string, string>();
    for (const entry of entries.filter((name) => name !== "engine"))
      for (const name of Object.keys(load(join(root, "src", `${entry}.ts`)) as object)) {
        if (name === "default" || name === "module.exports") continue;
        assert.equal(owner.get(name), undefined, `${name} is in ${owner.get(name)} and in ${entry}`);
        owner.set(name, entry);
      }
  });
});

describe("CONTRIBUTING.md", () => {
  it("names files that are there", () => {
    const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
    const named = [...text.matchAll(/(?:src|test|tools|bench|docs)\/[\w./-]*/g)].map(([file]) =>
      file.replace(/\.$/, ""),
    );
    assert.ok(named.length > 20);
    for (const file of named) assert.ok(existsSync(join(root, file)), file);
  });
});
