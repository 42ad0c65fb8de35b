import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cellFromText } from "../../src/components/circuits/cell-description";
import { RaellaError } from "../../src/errors";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { evaluateText, Scope } from "../../src/spec/expression";
import type { GetSpecOptions } from "../../src/spec/get-spec";
import { loadSpecification } from "../../src/spec/load-specification";
import { readMappingFile } from "../../src/spec/read-mapping-file";
import { parseNameValueLines } from "../../src/spec/read-statistics";
import { parseYaml } from "../../src/spec/yaml/load-yaml";
import { SourceText } from "../../src/spec/yaml/source-text";
import { mappingFromEntries } from "../../src/study/given-mapping";
import type { LayerResult } from "../../src/study/layer-result";
import { evaluateGivenMapping, mapLayer, resultOf, runLayer } from "../../src/study/run-layer";
import { runLayers } from "../../src/study/run-network";
import type { LayersOptions } from "../../src/study/run-network";
import { parseSweep } from "../../src/study/sweep/plan-sweep";
import { sweep } from "../../src/study/sweep/sweep";
import type { SweepDescription } from "../../src/study/sweep/sweep-description";
import { countPoints } from "../../src/study/sweep/sweep-plan";
import { verifyResult } from "../../src/study/verify-result";
import { runCli } from "../support/run-cli";
import { described, SequenceChecker } from "../trust/sequences/check-sequence";
import { createSequence } from "../trust/sequences/sequence";
import type { Step } from "../trust/sequences/sequence";
import { badFigure } from "./check-figures";
import { cellText, commands, expressions, mappingText, modelText, statisticsText, sweepText } from "./corpus";
import { mappingWords } from "./mapping-words";
import { mutateNumbers, mutateText, oddValues } from "./mutate";
import type { Random } from "./random";

/** Something that is fed with mutated inputs. */
export interface Target {
  readonly name: string;
  /** Inputs run in one go before the next target has its turn. */
  readonly batch: number;
  readonly create: (random: Random) => string;
  /** Throws for a mistake in the input; anything else than a RaellaError that it throws is a finding. */
  readonly run: (input: string) => unknown;
}

const folder = mkdtempSync(join(tmpdir(), "raella-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function requireFigures(result: unknown): void {
  const found = badFigure(result);
  if (found !== undefined) throw new Error(`A figure is unusable: ${found}`);
}

function filesBelow(place: string): readonly string[] {
  try {
    return readdirSync(place, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}

const scope = new Scope(
  new Map<string, number | string | readonly number[]>([
    ["WORD", 8],
    ["ROWS", 2],
    ["share", 0.25],
    ["name", "text"],
    ["list", [1, 2, 3]],
  ]),
);

/** Larger spaces take their time, which is no fault. */
const searchedMappings = 200_000;

let files = 0;

function modelFigures(text: string): void {
  // A name of its own for every text, since files are remembered by name and time of change.
  const file = written(`model-${files++ % 50}-${text.length}.yaml`, text);
  const specification = loadSpecification({ files: [file], greedySteps: [] });
  rmSync(file);
  if (buildMapSpace(specification).size > searchedMappings) return;
  const result: LayerResult = resultOf(mapLayer(specification));
  const { energyPj, areaUm2, cycles, edp, utilization, computes } = result;
  requireFigures({ energyPj, areaUm2, cycles, edp, utilization, computes });
}

const goodModel = (): string => join(folder, "good.yaml");
writeFileSync(goodModel(), modelText);

const optionNames = [
  "architecture",
  "dnn",
  "layer",
  "nTiles",
  "batchSize",
  "variables",
  "fidelity",
  "search",
  "objective",
  "timeLimitMs",
  "greedySteps",
  "adcBeyondLibrary",
  "useTypicalStatistics",
  "workspace",
];
const optionValues: readonly unknown[] = [
  ...[
    0,
    -1,
    1,
    1.5,
    16,
    1e6,
    1e6 + 1,
    1e9,
    NaN,
    Infinity,
    null,
    "",
    "raella",
    "resnet18",
    "isaac_like",
    true,
    [],
    {},
  ],
  ...[
    "__proto__",
    "constructor",
    "corrected",
    "timeloop",
    [1],
    { ADC_RESOLUTION: 9 },
    { ADC_RESOLUTION: "9**9**9" },
  ],
  ...[
    { MACROS_PER_TILE: 0 },
    { CIM_UNITS_PER_COLUMN: 7 },
    ...[
      "edp",
      "energy",
      "cycles",
      "survey",
      { energyExponent: 2, cyclesExponent: 1 },
      { energyExponent: -1, cyclesExponent: 1 },
    ],
    ...[[{ dimensions: ["M"], levels: ["column"], excludedLevels: [], closeOthers: true }], [null], [{}]],
    ...[{ modelsDirectory: "/nowhere" }, [{ dimensions: "M", levels: "column", temporalPermutation: ["Z"] }]],
    { BATCH_SIZE: "2*3" },
    { OUTPUT_BITS: 0 },
    { X: "Y" },
  ],
];

const knobs = [
  "ADC_RESOLUTION",
  "N_ADC_PER_BANK",
  "MACROS_PER_TILE",
  "CROSSBARS_PER_MACRO",
  "COLUMNS_PER_CROSSBAR",
];

function randomOptions(random: Random): Record<string, unknown> {
  const options: Record<string, unknown> = {
    architecture: "raella",
    dnn: "resnet18",
    layer: random.below(21),
  };
  if (random.chance(0.5))
    options.variables = {
      [random.pick(knobs)]: random.chance(0.5) ? random.below(300) - 2 : random.pick(oddValues),
    };
  for (let count = random.below(3); count > 0; count--)
    options[random.pick(optionNames)] = random.pick(optionValues);
  if (random.chance(0.05)) Object.assign(options, { search: "full", layer: 3, timeLimitMs: 300 });
  return options;
}

/** Options of a run of a few layers that only go wrong where they are meant to. */
function randomRun(random: Random): LayersOptions {
  return {
    architecture: random.pick(["raella", "isaac_like", "raella_no_speculation"]),
    dnn: "resnet18",
    layers: [...new Set([random.below(21), random.below(21), random.below(21)])],
    variables: { [random.pick(knobs)]: 1 + random.below(64) },
    search: random.chance(0.3) ? "timeloop" : "optimal",
    useTypicalStatistics: random.chance(0.3),
    fidelity: random.chance(0.3) ? "corrected" : "artifact",
  };
}

async function textOf(compute: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await compute());
  } catch (error) {
    if (error instanceof RaellaError) return error.message;
    throw error;
  }
}

function randomSweep(random: Random): SweepDescription {
  const values = (): number[] => {
    const first = 1 + random.below(12);
    return random.chance(0.5) ? [first, first + 1 + random.below(4)] : [first];
  };
  const throughput = random.pick<SweepDescription["throughput"]>([
    {},
    { scheme: "increment" },
    { areaBudgetMm2: 1 + random.below(300) },
    { aggregateTiles: random.below(100_000) + 1 },
  ]);
  return {
    architectures: random.pick(["raella", "isaac_like"]),
    dnns: "resnet18",
    nTiles: random.pick([1, 4, 16]),
    variables: { [random.pick(knobs)]: values(), CROSSBAR_LATENCY: values() },
    throughput,
    ...(random.chance(0.3) && {
      constraint: random.pick(["topsPerMm2 >= 0.5", "nTiles < 8", "energyPj > 1e9"]),
    }),
  };
}

/** The rows of a sweep by what is swept; numbers of points depend on the order of the values. */
async function rowsByInputs(description: SweepDescription): Promise<readonly string[]> {
  const { plan, rows } = await sweep(description, { workers: 1 });
  if (rows.length !== countPoints(plan))
    throw new Error(`${rows.length} rows of ${countPoints(plan)} points.`);
  rows.forEach((row) => {
    const found = row.status === "ok" ? badFigure(row) : undefined;
    if (found !== undefined) throw new Error(`A figure is unusable: ${found}`);
  });
  return rows.map((row) => JSON.stringify({ ...row, point: null, design: null })).sort();
}

let checker: SequenceChecker | undefined;

function sequenceChecker(): SequenceChecker {
  if (checker === undefined) {
    const created = (checker = new SequenceChecker());
    process.on("exit", () => created.remove());
  }
  return checker;
}

/** Places that output may be sent to, most of them bad ones. */
function randomPlace(random: Random): string {
  const parts = [
    "out",
    "good.yaml",
    "a/b",
    "..",
    ".",
    "\ud800",
    "é",
    "x".repeat(300),
    " ",
    "CON",
    "-",
    "%00",
  ];
  return join(folder, "output", ...Array.from({ length: 1 + random.below(3) }, () => random.pick(parts)));
}

let sample: string | undefined;

/** A JSON text with some values, near the root more often, replaced or taken away. */
function mutateData(text: string, random: Random): string {
  const root = JSON.parse(text) as Record<string, unknown>;
  for (let count = 1 + random.below(3); count > 0; count--) {
    let holder = root;
    let key = random.pick(Object.keys(holder));
    for (let inner = holder[key]; random.chance(0.6) && isHolder(inner); inner = holder[key]) {
      holder = inner;
      key = random.pick(Object.keys(holder));
    }
    if (random.chance(0.2)) Reflect.deleteProperty(holder, key);
    else holder[key] = random.chance(0.5) ? random.pick(optionValues) : random.pick(oddValues);
  }
  return JSON.stringify(root);
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

export const targets: readonly Target[] = [
  {
    name: "expressions",
    batch: 2000,
    create: (random) => mutateText(random.pick(expressions), random),
    run: (text) => evaluateText(text, scope, { workingDirectory: "/" }),
  },
  {
    name: "YAML",
    batch: 100,
    create: (random) => mutateText(modelText, random),
    run: (text) => parseYaml(new SourceText([{ text, file: "fuzz.yaml", fileLine: 0 }])),
  },
  {
    name: "models",
    batch: 20,
    create: (random) =>
      random.chance(0.6) ? mutateNumbers(modelText, random) : mutateText(modelText, random),
    run: modelFigures,
  },
  {
    name: "mappings",
    batch: 50,
    create: (random) =>
      random.chance(0.4)
        ? mutateNumbers(mappingText, random)
        : mutateText(mappingText, random, [...oddValues, ...mappingWords]),
    run: (text: string): void => {
      const specification = loadSpecification({ files: [goodModel()], greedySteps: [] });
      const file = written("mapping.yaml", text);
      const mapping = mappingFromEntries(specification, readMappingFile(file).entries);
      const { energyPj, cycles, edp } = resultOf(evaluateGivenMapping(specification, mapping));
      requireFigures({ energyPj, cycles, edp });
    },
  },
  {
    name: "statistics",
    batch: 200,
    create: (random) => mutateText(statisticsText, random),
    run: (text) => parseNameValueLines(text, "statistics"),
  },
  {
    name: "cells",
    batch: 200,
    create: (random) => mutateText(cellText, random),
    run: (text) => cellFromText(text, "cell", "artifact"),
  },
  {
    name: "sweeps",
    batch: 100,
    create: (random) => mutateText(sweepText, random),
    run: (text) => parseSweep(text, "sweep.yaml"),
  },
  {
    name: "swept designs",
    batch: 1,
    create: (random) => JSON.stringify(randomSweep(random)),
    run: async (text: string): Promise<void> => {
      const description = JSON.parse(text) as SweepDescription;
      const backwards: SweepDescription["variables"] = {};
      for (const [name, values] of Object.entries(description.variables ?? {}))
        Object.assign(backwards, { [name]: [values].flat().reverse() });
      const rows = await rowsByInputs(description);
      const others = await rowsByInputs({ ...description, variables: backwards });
      if (rows.join("\n") !== others.join("\n"))
        throw new Error("The rows depend on the order of the values.");
    },
  },
  {
    name: "threads",
    batch: 1,
    create: (random) => JSON.stringify(randomRun(random)),
    run: async (text: string): Promise<void> => {
      const options = JSON.parse(text) as LayersOptions;
      const [one, two] = [
        await textOf(() => runLayers({ ...options, workers: 1 })),
        await textOf(() => runLayers({ ...options, workers: 2 })),
      ];
      if (one !== two) throw new Error("The results depend on the number of workers.");
    },
  },
  {
    name: "sequences",
    batch: 1,
    create: (random) => JSON.stringify(createSequence(random, sequenceChecker(), 4 + random.below(9))),
    run: async (text: string): Promise<void> => {
      const steps = JSON.parse(text) as readonly Step[];
      const difference = await sequenceChecker().check(steps, steps.length % 4 !== 0);
      if (difference === undefined) return;
      throw new Error(described(await sequenceChecker().shorten(difference)));
    },
  },
  {
    name: "output paths",
    batch: 1,
    create: (random: Random): string => {
      const layer = ["layer", "-a", "raella", "-d", "resnet18", "-l", "3"];
      const network = ["ablation", "-d", "resnet18", "-a", "raella", "--layers", "3"];
      const words = random.pick([
        [...layer, "--out"],
        [...layer, "--json", "--out"],
        [...network, "--csv"],
        [...network, "--json", "--parquet"],
      ]);
      return [...words, randomPlace(random)].join("\u0001");
    },
    run: async (text: string): Promise<void> => {
      rmSync(join(folder, "output"), { recursive: true, force: true });
      const { exitCode, stderr } = await runCli(...text.split("\u0001"));
      if (exitCode !== 0 && exitCode !== 2) throw new Error(`Exit code ${exitCode}: ${stderr}`);
      if (exitCode === 2 && stderr.trim() === "") throw new Error("Exit code 2 without a word");
      const left = filesBelow(join(folder, "output")).filter((name) => /(^|\/)\.[^/]+$/.test(name));
      if (left.length > 0) throw new Error(`Something half-written is left: ${left.join(", ")}`);
    },
  },
  {
    name: "options",
    batch: 5,
    create: (random) =>
      JSON.stringify(randomOptions(random), (_, value: unknown) =>
        Number.isFinite(value) || typeof value !== "number" ? value : `#${value}`,
      ),
    run: (text: string): void => {
      const options = JSON.parse(text, (_, value: unknown) =>
        typeof value === "string" && value.startsWith("#") ? Number(value.slice(1)) : value,
      ) as GetSpecOptions;
      const { energyPj, areaUm2, cycles, edp } = runLayer(options);
      requireFigures({ energyPj, areaUm2, cycles, edp });
    },
  },
  {
    name: "results",
    batch: 2,
    create: (random: Random): string => {
      sample ??= JSON.stringify(runLayer({ architecture: "raella", dnn: "resnet18", layer: 3 }));
      return mutateData(sample, random);
    },
    run: (text) => verifyResult(JSON.parse(text)),
  },
  {
    name: "command lines",
    batch: 3,
    create: (random: Random): string => {
      const words = [...random.pick(commands)];
      const odd = [
        ...oddValues,
        "--json",
        "-l",
        "--layers",
        "0-3",
        "--set",
        "A=1",
        "--tiles",
        "--typical",
        "--help",
      ];
      for (let count = 1 + random.below(3); count > 0; count--) {
        const at = random.below(words.length + 1);
        const change = random.below(4);
        if (change === 0) words.splice(at, 1);
        else if (change === 1) words.splice(at, 0, random.pick(odd));
        else if (change === 2) words[Math.min(at, words.length - 1)] = random.pick(odd);
        else
          words[Math.min(at, words.length - 1)] = mutateText(
            words[Math.min(at, words.length - 1)] ?? "",
            random,
          );
      }
      return words.join("\u0001");
    },
    run: async (text: string): Promise<void> => {
      const words = text.split("\u0001").filter((word) => !/^(--out|-o|--csv|--parquet|--chart)/.test(word));
      const { exitCode, stderr } = await runCli(...words);
      if (exitCode === 1 || ![0, 2, 3].includes(exitCode))
        throw new Error(`Exit code ${exitCode}: ${stderr}`);
      if (exitCode === 2 && stderr.trim() === "") throw new Error("Exit code 2 without a word");
    },
  },
];
