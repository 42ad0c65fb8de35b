import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, statSync } from "node:fs";
import * as path from "node:path";

import { greedy, runAblation, runLayer, runNetwork } from "../../src/index";
import type { NetworkResult } from "../../src/index";
import {
  barsOf,
  cellOf,
  readNotebook,
  textOf,
  withoutPictures,
  type Cell,
  type Notebook,
} from "./support/executed-notebook";
import { findJupyter, root, runJupyter, Scratch } from "./support/jupyter";

const tutorial = path.join(root, "notebooks/RAELLA.ipynb");
const setup = { nTiles: 16, batchSize: 32 } as const;

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${actual} instead of ${expected}`);
}

function nearAll(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [index, value] of actual.entries()) near(value, expected[index]);
}

const totalCycles = ({ totals }: NetworkResult): number =>
  totals.cycles.reduce((sum, cycles) => sum + cycles);

/** The figures in the outputs are those that the API gives. Units of the charts are stated with each. */
async function checkFigures(notebook: Notebook): Promise<void> {
  const cell = (id: string): Cell => cellOf(notebook, id);
  const result = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, ...setup });
  const [[energy, area, cycles]] = barsOf(cell("plot-layer"));
  near(energy[0], result.energyPj.total / 1e6);
  near(area[0], result.areaUm2.total / 1e6);
  near(cycles[0], result.cycles / 1e3);
  assert.ok(textOf(cell("plot-layer")).includes(`${result.cycles.toLocaleString("en-US")} cycles`));
  assert.ok(textOf(cell("map-layer")).startsWith(`${result.mapSpace.size} mappings`));

  const layers = barsOf(cell("ablate-layers"));
  const units = [
    [1e9, 1e6],
    [1e6, 1e3],
    [1e6, 1e3],
  ];
  for (const [index, layer] of [0, 10, 20].entries()) {
    const { networks } = await runAblation("resnet18", { layers: [layer], ...setup });
    const [energies, , cyclesOfLayer] = layers[index];
    nearAll(
      energies,
      networks.map(({ totals }) => totals.energyPj.total / units[index][0]),
    );
    nearAll(
      cyclesOfLayer,
      networks.map((network) => totalCycles(network) / units[index][1]),
    );
  }

  const { networks } = await runAblation("resnet18", { ...setup, aggregateTiles: 65536 });
  const [[energies, areas, throughputs]] = barsOf(cell("throughput"));
  nearAll(
    energies,
    networks.map(({ totals }) => totals.energyPj.total / 1e9),
  );
  nearAll(
    areas,
    networks.map(({ totals }) => totals.pipelineAreaUm2ByGroup.total / 1e6),
  );
  nearAll(
    throughputs,
    networks.map(({ totals }) => totals.throughputBatchesPerSecond / 1e3),
  );
  assert.match(textOf(cell("by-path")), /Both specifications give the same energy/);
  for (const { architecture, totals } of networks) {
    const figures = textOf(cell("throughput"))
      .split("\n")
      .find((line) => line.startsWith(`${architecture} `));
    const [, , used, helper, own] = (figures ?? "").split(/\s+/);
    assert.equal(helper, own, figures);
    assert.equal(used, totals.tilesUsed.toLocaleString("en-US"));
  }
  const alone = { architecture: "raella", dnn: "resnet18", layer: 10, nTiles: 1, batchSize: 1 } as const;
  const switchedOn = {
    greedySteps: [],
    search: "full",
    adcBeyondLibrary: "survey-all",
    leakage: true,
  } as const;
  const gaps = textOf(cell("accelforge"))
    .split("\n")
    .find((line) => line.startsWith("total"));
  const [, , ours, , , all] = (gaps ?? "").split(/\s+/);
  for (const [shown, options] of [
    [ours, {}],
    [all, switchedOn],
  ] as const) {
    const { energyPj, macs } = runLayer({ ...alone, ...options });
    assert.equal(shown, ((1e3 * energyPj.total) / macs).toPrecision(3));
  }
  const table = textOf(cell("run-dnn"));
  for (const network of networks) assert.ok(table.includes(totalCycles(network).toLocaleString("en-US")));
  assert.match(table, /84 of 84 layers/);

  const optima = await runNetwork({
    architecture: "raella",
    dnn: "resnet18",
    ...setup,
    search: "full",
    greedySteps: [greedy({ dimensions: "L", levels: ["column"] })],
  });
  const percent = (ratio: number): string => (100 * (ratio - 1)).toFixed(1);
  const raella = networks[3];
  const extraEnergy = percent(raella.totals.energyPj.total / optima.totals.energyPj.total);
  const extraCycles = percent(totalCycles(raella) / totalCycles(optima));
  const cost = textOf(cell("full-search-dnn"));
  assert.ok(cost.includes(`${extraEnergy} % more energy and ${extraCycles} % more cycles`), cost);
  assert.match(cost, /21 optima are proven/);
}

describe("RAELLA.ipynb", function () {
  this.timeout(240_000);
  const scratch = new Scratch();
  const executed = path.join(scratch.notebooks, "RAELLA.ipynb");
  after(() => scratch.remove());

  it("has the sections of the tutorial in their order", () => {
    const headings = readNotebook(tutorial)
      .cells.filter(({ cell_type }) => cell_type === "markdown")
      .flatMap(
        ({ source }) =>
          [source]
            .flat()
            .join("")
            .match(/^## .+$/gm) ?? [],
      )
      .map((heading) => heading.slice(3));
    assert.deepEqual(headings, [
      "Getting started",
      "Speeding up mapping",
      "Collecting input files and assembling the specification",
      "Mapping a DNN layer",
      "Plotting energy, area and time",
      "Ablation of one layer",
      "Ablation of several layers",
      "Ablation of a full DNN",
      "A full DNN with energy, area and throughput",
      "Against the papers",
      "Sweeping a design variable",
      "What the greedy steps cost",
      "Tips for extending the model",
      "Contact",
      "Glossary",
      "References",
    ]);
  });

  it("is kept with its outputs, smaller than 2 MB, and its figures are right", async () => {
    assert.ok(statSync(tutorial).size < 2e6);
    await checkFigures(readNotebook(tutorial));
  });

  it("executes through tslab, to the very outputs that are kept @thorough", () => {
    copyFileSync(tutorial, executed);
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, "tools/execute-notebook.mjs"), executed],
      { encoding: "utf8" },
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(withoutPictures(readNotebook(executed)), withoutPictures(readNotebook(tutorial)));
  });

  it("executes through Jupyter, to the same outputs", async function () {
    const jupyter = await findJupyter();
    if (jupyter === undefined) return this.skip();
    copyFileSync(tutorial, executed);
    const convert = ["nbconvert", "--to", "notebook", "--inplace", "--execute"];
    runJupyter(jupyter, [...convert, "--ExecutePreprocessor.record_timing=False", executed], scratch.folder);
    assert.deepEqual(withoutPictures(readNotebook(executed)), withoutPictures(readNotebook(tutorial)));
  });
});
