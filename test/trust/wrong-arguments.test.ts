import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as raella from "../support/public-api";
import { spoilt, wrongValues } from "../support/wrong-values";

const layer = { architecture: "raella", dnn: "resnet18", layer: 10 } as const;
const specification = raella.getSpec(layer);
const mapped = raella.mapLayer(layer);
const result = raella.resultOf(mapped);
const groups = raella.loadComponentGroups();
const plan = raella.planSweep({ architectures: "raella", dnns: "resnet18" });
const explanation = raella.explainArea(specification, "eDRAM_buf");
const component = { class: "isaac_adc", attributes: { resolution: 8, technology: 32 } };
const rows = [
  { a: 1, b: 2, dnn: "x", status: "ok" },
  { a: 2, b: 3, dnn: "x", status: "ok" },
];
const axis = { column: "a", title: "A" };
const chart = raella.layerChart(result);
/** The same with one dot in place of its panels: drawn hundreds of times. */
const dot = { data: { values: [{ a: 1 }] }, mark: "point", encoding: { x: { field: "a", type: "ordinal" } } };
const smallChart = { ...chart, hconcat: [dot] };
const sensitivities = raella.mainEffects(rows, ["a"], "b");
const goal = { minimize: () => 1 };
const estimator = {
  name: "none",
  classNames: ["nothing_at_all"],
  accuracyPercent: 50,
  parameters: {},
  actions: [],
  areaUm2: () => 0,
  energyPj: () => 0,
};
const quick = { layers: [0], architectures: ["raella"], search: "optimal", workers: 1 } as const;

/** Right arguments of every exported function; wrong ones take the place of each, and of each of their parts. */
async function rightArguments(): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const network = await raella.runNetwork({ ...layer, layers: [0], ...{ layer: undefined } });
  const ablation = await raella.runAblation("resnet18", { layers: [0], architectures: ["raella"] });
  return {
    getSpec: [{ ...layer, variables: {}, newVariables: {}, nTiles: 16, greedySteps: [] }],
    loadSpecification: [{ files: ["x.yaml"], statistics: {}, includeRoots: [], variables: {} }],
    greedy: [
      { dimensions: "C", levels: [], excludedLevels: [], closeOthers: true, temporalPermutation: "C" },
    ],
    defaultWorkspace: [],
    filesInMemory: [{ "/a": "b" }],
    listArchitectures: [raella.defaultWorkspace()],
    listVariables: ["raella", raella.defaultWorkspace()],
    listDnns: [raella.defaultWorkspace()],
    listLayers: ["resnet18", raella.defaultWorkspace()],
    workspaceAt: ["x"],
    loadComponentGroups: [raella.defaultWorkspace()],
    readMappingFile: ["x.yaml", { defines: {}, includeRoots: [] }],
    estimate: [specification, { fidelity: "artifact", cycleTimeS: 1e-9, decimalPlaces: 6 }],
    componentArea: [component, { fidelity: "artifact" }],
    componentEnergy: [component, "read", { fidelity: "artifact" }],
    componentModels: [{ fidelity: "artifact" }],
    leakagePower: [specification, { fidelity: "artifact", cycleTimeS: 1e-9 }],
    explainArea: [specification, "eDRAM_buf", {}],
    explainEnergy: [specification, "eDRAM_buf", "read", {}],
    leavesOf: [explanation],
    explanationRows: [explanation],
    formatExplanation: [explanation],
    registerComponentLibrary: ["x", { accuracyPercent: 1 }],
    registerEstimator: [estimator],
    buildMapSpace: [specification],
    mappingAt: [raella.buildMapSpace(specification), 0],
    evaluateMapping: [specification, mapped.tables.energy, mapped.mapping],
    searchFullMapSpace: [specification, mapped.tables.energy, { workLimit: 1, startFrom: mapped.mapping }],
    evaluateGivenMapping: [specification, mapped.mapping],
    mapLayer: [{ ...layer, search: "optimal" }],
    resultOf: [mapped, { search: "optimal" }, { files: ["x"], greedy: true }],
    runLayer: [{ ...layer, search: "optimal", useTypicalStatistics: false }],
    mappingFromEntries: [specification, []],
    runAblation: ["resnet18", { ...quick, aggregateTiles: 65536, replication: "doubling", baseAreaUm2: 1 }],
    runAll: [{ ...quick, layers: undefined, dnns: [] }],
    programNetwork: [network, { nTiles: 16, batchSize: 32 }],
    runGains: [[ablation], { ...quick, layers: undefined, dnns: [] }],
    gainsOver: [[ablation], raella.loadPublishedFigures()],
    tileParts: [network, raella.loadPublishedFigures(), "isaac"],
    loadPublishedFigures: [raella.defaultWorkspace()],
    runLayers: [{ ...layer, layer: undefined, layers: [0], workers: 1, onProgress: () => undefined }],
    runNetwork: [{ ...layer, layer: undefined, layers: [0], replication: "doubling" }],
    groupOfLevel: ["eDRAM_buf", groups],
    sumByGroup: [result.energyPj, groups],
    batchesPerSecond: [1],
    replicateByDoubling: [[1, 2], 16, 100],
    replicateByIncrement: [[[{ tiles: 1, cycles: 1 }]], 10],
    tileBudget: [100, 1, 1],
    diagnoseLayer: [{ ...layer, nTiles: 16 }],
    verifyResult: [result, { workers: 1 }],
    sweep: [{ architectures: "raella", dnns: "nonsense" }, { workers: 1 }],
    planSweep: [
      {
        ...{ architectures: "raella", dnns: "resnet18", variables: { A: [1] }, objective: { minimize: "x" } },
        ...{ points: [{ B: 1 }], random: { count: 1 }, throughput: { aggregateTiles: 1 } },
        ...{ accuracy: { dnn: "x" }, nTiles: { from: 1, to: 2, step: 1 } },
      },
    ],
    parseSweep: ["architectures: raella\ndnns: resnet18", "x.yaml"],
    countDesigns: [plan],
    countPoints: [plan],
    pointAt: [plan, 0],
    groupColumnName: ["ADC"],
    frontsByDnn: [rows, [goal]],
    frontObjectives: [[{ minimize: "a" }], ["a"]],
    paretoFront: [rows, [goal]],
    mainEffects: [rows, ["a"], "b", 3],
    oneAtATime: [rows, ["a"], "b", { a: 1 }],
    sweepToFolder: [
      { architectures: "raella", dnns: "nonsense" },
      "x",
      { workers: 1, shard: { index: 0, count: 1 } },
    ],
    mergeSweep: [["x"], { out: "x", csv: "x", partial: true }],
    openSweep: ["x"],
    readSweep: ["x"],
    toDataFrame: [result, { shape: "tidy", groups }],
    componentColumns: [result, groups],
    formatCsv: [{ a: [1] }],
    layerWideColumns: [result, groups],
    writeCsv: ["x.csv", result, groups],
    writeParquet: ["x.parquet", result, groups],
    layerFiles: [mapped, result, "x"],
    writeLayerFiles: ["x", mapped, result, "x"],
    flatForm: [specification],
    formatMappingText: [mapped.mapping, mapped.evaluation],
    formatStatisticsText: [mapped],
    formatLayerText: [result, groups],
    formatAblationText: [ablation, true],
    formatNetworkText: [network],
    ablationChart: [ablation, { speed: "cycles", title: "x" }],
    layerEnergiesChart: [network, { title: "x", subtitle: "y", perMac: true }],
    layerChart: [result, { title: "x" }],
    layerMappingChart: [mapped, { title: "x", dimensionNames: { P: "x" } }],
    comparisonChart: [{ energyPj: { a: { b: 1 } }, cycles: { a: 1 }, names: { a: "A" }, relative: true }],
    sweepChart: [
      { points: [{ value: 1, figures: { a: 1 } }], variable: { title: "x" }, figures: { a: { title: "A" } } },
    ],
    mappingChart: [[], { title: "x" }],
    designScatter: [{ designs: rows, x: axis, y: axis, tooltip: ["b"], color: axis, width: 10 }],
    designHeatmap: [{ designs: rows, x: axis, y: axis, figure: axis, neutral: 1 }],
    parallelCoordinates: [{ designs: rows, axes: [axis], color: axis, maxLines: 3 }],
    tornadoChart: [{ sensitivities, figureTitle: "x", goal: "minimize", names: {} }],
    chartRow: [[chart], { title: "x" }],
    renderPng: [smallChart, 1],
    renderSvg: [smallChart],
    saveChart: [smallChart, "x.json"],
    showChart: [chart, { description: "x" }],
    showTable: [rows, { columns: ["a"], maxRows: 1, digits: 3, columnOptions: { a: { title: "A" } } }],
    showValue: [chart],
    warningLines: [result],
    progressBar: [{ label: "x", noun: "y" }],
    energyOrigins: [mapped, groups],
  };
}

/** The same of functions that also take a specification. */
const ofSpecification: Readonly<Record<string, readonly unknown[]>> = {
  mapLayer: [specification, { search: "optimal" }],
  runLayer: [specification, { search: "optimal", strict: true }],
  diagnoseLayer: [specification],
};

/** They show whatever they are given. */
const takeAnything = ["showValue", "warningLines"];

/** Whether a value that may look like an object of options, but holds none, takes the place of one. */
const isContainer = (title: string): boolean => /= (a Map|a Set|a date|an instance)$/.test(title);

/** Classes, and what all others depend on. */
const testedApart = ["RaellaError", "RaellaErrors", "useFiles"];

describe("wrong arguments", function () {
  this.timeout(300_000);
  const started = process.cwd();
  let folder: string;
  const { log } = console;
  before(() => process.chdir((folder = mkdtempSync(join(tmpdir(), "raella-arguments-")))));
  beforeEach(() => (console.log = () => undefined));
  afterEach(() => (console.log = log));
  after(() => {
    process.chdir(started);
    rmSync(folder, { recursive: true });
  });

  it("are no files to read from", () => {
    const [, ...wrong] = wrongValues;
    for (const [title, value] of wrong)
      assert.throws(() => raella.useFiles(value as never), raella.RaellaError, title);
    const incomplete = { ...raella.filesInMemory({}), list: undefined };
    assert.throws(() => raella.useFiles(incomplete as never), /The files of useFiles cannot be/);
  });

  it("that had another name in version 0.1 are told the new one", () => {
    const renamed = (call: () => unknown, old: string, now: string): void =>
      assert.throws(call, (error: Error) => error.message.includes(`"${old}" is now "${now}".`));
    const given = (options: object): typeof layer => ({ ...layer, ...options });
    renamed(() => raella.runLayer(given({ batch: 1 })), "batch", "batchSize");
    renamed(() => raella.getSpec(given({ tiles: 1 })), "tiles", "nTiles");
    const description = { architectures: "raella", dnns: "resnet18" };
    renamed(() => raella.planSweep({ ...description, ...{ batch: 1 } }), "batch", "batchSize");
    renamed(() => raella.frontObjectives([{ minimize: "tiles" }], ["nTiles"]), "tiles", "nTiles");
  });

  it("are Maps, Sets and inherited values in place of an object of names and values", async () => {
    const refused = /cannot be .*Expected.*(names and values|variables and)/s;
    const inherited = Object.create({ ADC_RESOLUTION: 6 }) as object;
    for (const values of [
      new Map([["ADC_RESOLUTION", 6]]),
      new Set(["ADC_RESOLUTION"]),
      new Date(),
      inherited,
    ]) {
      for (const key of ["variables", "newVariables"]) {
        const given = { ...layer, [key]: values } as never;
        assert.throws(() => raella.runLayer(given), refused);
        assert.throws(() => raella.getSpec(given), refused);
        const network = { architecture: "raella", dnn: "resnet18", layers: [0], [key]: values } as never;
        await assert.rejects(raella.runLayers(network), refused);
      }
      const sweep = { architectures: "raella", dnns: "resnet18" };
      assert.throws(() => raella.planSweep({ ...sweep, variables: values as never }), refused);
      assert.throws(() => raella.planSweep({ ...sweep, points: [values as never] }), refused);
    }
    assert.throws(() => raella.runLayer(new Map([["dnn", "resnet18"]]) as never), /cannot be a Map/);
    class Sizes {
      get C(): number {
        return 64;
      }
    }
    for (const sizes of [new Map([["C", 64]]), new Set([64]), new Date(), new Sizes()])
      assert.throws(
        () => raella.runLayer({ architecture: "raella", layer: sizes as never }),
        /The layer is an? (Map|Set|Date|Sizes)\./,
      );
    const sweep = { architectures: "raella", dnns: "resnet18" };
    for (const key of ["throughput", "random", "accuracy", "objective", "nTiles"])
      for (const value of [new Map(), new Set(), new Date(), new Sizes()])
        assert.throws(
          () => raella.planSweep({ ...sweep, [key]: value }),
          new RegExp(`The value of "${key}" cannot be an? (Map|Set|Date|Sizes)\\.`),
          key,
        );
    const bare = Object.assign(Object.create(null), { ADC_RESOLUTION: 6 }) as Record<string, number>;
    assert.deepEqual(
      raella.getSpec({ ...layer, variables: bare }).variables,
      raella.getSpec({ ...layer, variables: { ...bare } }).variables,
    );
  });

  it("are refused with a message of the package's own, by every function", async () => {
    const known = await rightArguments();
    const functions = Object.entries(raella).filter(
      ([name, value]) => typeof value === "function" && !testedApart.includes(name),
    );
    assert.deepEqual(
      functions.map(([name]) => name).filter((name) => !(name in known)),
      [],
      "every function has arguments here",
    );
    const raw: string[] = [];
    const accepted: string[] = [];
    let calls = 0;
    for (const [name, value] of functions) {
      const call = value as (...given: readonly unknown[]) => unknown;
      const cases = [known[name], ofSpecification[name] ?? []].flatMap((right) =>
        [...spoilt(right)].map(([title, given]) => ({ right, title, given })),
      );
      for (const { right, title, given } of cases) {
        // All DNNs on all architectures would take its time.
        if (name === "runAll" && title.includes("argument 0 = ") && /undefined|\{\}/.test(title)) continue;
        calls += 1;
        try {
          const returned = await call(...given);
          // What the package hands out may have parts that a function does not look at.
          const spoiltOne = right[Number(/\d+/.exec(title))];
          const isOurs = Object.isFrozen(spoiltOne) || spoiltOne === chart || spoiltOne === smallChart;
          if (isContainer(title) && !isOurs && !takeAnything.includes(name))
            accepted.push(`${name}: ${title}`);
          if (name.startsWith("register") && typeof returned === "function") (returned as () => void)();
        } catch (error) {
          if (!(error instanceof raella.RaellaError)) raw.push(`${name}: ${title}: ${String(error)}`);
        }
      }
    }
    assert.equal(raw.join("\n"), "");
    assert.equal(accepted.join("\n"), "");
    assert.ok(calls > 1500, `${calls} calls`);
  });
});
