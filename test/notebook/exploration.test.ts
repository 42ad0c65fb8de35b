import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, statSync } from "node:fs";
import * as path from "node:path";

import { getSpec, listLayers, runLayer, runNetwork, type NetworkResult } from "../../src/index";
import { cellOf, readNotebook, textOf, withoutPictures, type Notebook } from "./support/executed-notebook";
import { root, Scratch } from "./support/jupyter";

const exploration = path.join(root, "notebooks/Exploration.ipynb");

/** A DNN on RAELLA with other crossbars, as the notebook sizes them, by the API for single networks. */
function onCrossbars(dnn: string, rows: number, columns: number, bits: number): Promise<NetworkResult> {
  return runNetwork({
    architecture: "raella",
    dnn,
    variables: {
      CIM_UNITS_PER_COLUMN: rows,
      COLUMNS_PER_CROSSBAR: columns,
      CROSSBARS_PER_MACRO: 2048 / rows,
      MACROS_PER_TILE: 4096 / columns,
      N_ADC_PER_BANK: columns / 128,
      ADC_RESOLUTION: bits,
    },
    aggregateTiles: 65_536,
    replication: "increment",
    baseAreaUm2: chipAreaUm2,
  });
}

/** Area of RAELLA's chip of 16 tiles, which the silicon of all designs is measured in; see the first test. */
let chipAreaUm2: number | undefined;

const energyOf = ({ totals, batchSize }: NetworkResult): number => totals.energyPj.total / Number(batchSize);

function densityOf({ totals, layers, batchSize }: NetworkResult): number {
  const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
  assert.ok(batchSize !== null);
  return (2 * macs * totals.throughputBatchesPerSecond) / 1e12 / (totals.pipelineAreaUm2ByGroup.total / 1e6);
}

/** A row of a table that was shown as text, by the text it begins with. */
function row(notebook: Notebook, cell: string, start: string): string {
  const lines = textOf(cellOf(notebook, cell)).split("\n");
  const found = lines.find((line) => line.startsWith(start));
  assert.ok(found, `${start} in ${lines.join("\n")}`);
  return found;
}

describe("Exploration.ipynb @thorough", function () {
  this.timeout(600_000);
  const notebook = readNotebook(exploration);
  const networks = new Map<string, NetworkResult>();

  before(async () => {
    const published = runLayer({ architecture: "raella", dnn: "resnet18", layer: 0 });
    chipAreaUm2 = published.areaUm2.total;
    for (const [dnn, rows, columns, bits] of [
      ["resnet18", 512, 512, 7],
      ["resnet18", 1024, 512, 8],
      ["qdqbert", 512, 512, 7],
      ["qdqbert", 1024, 2048, 8],
      ["mobilenetv2", 512, 512, 7],
      ["mobilenetv2", 1024, 512, 8],
    ] as const) {
      networks.set(`${dnn} ${rows} × ${columns}`, await onCrossbars(dnn, rows, columns, bits));
    }
  });

  const network = (name: string): NetworkResult => {
    const found = networks.get(name);
    assert.ok(found, name);
    return found;
  };

  it("is kept with its outputs, smaller than 2 MB as the tutorial", () => {
    assert.ok(statSync(exploration).size < 2e6);
    for (const { cell_type, id, execution_count } of notebook.cells)
      if (cell_type === "code") assert.ok(execution_count, id);
  });

  it("has the figures that the API gives for RAELLA itself", () => {
    for (const dnn of ["resnet18", "qdqbert"]) {
      const raella = network(`${dnn} 512 × 512`);
      const figures = row(notebook, "rule", dnn).split(/\s+/);
      assert.equal(figures[1], (energyOf(raella) / 1e6).toPrecision(4));
      assert.equal(figures.at(-1), densityOf(raella).toPrecision(4));
    }
  });

  it("tries bits on filters as long as those of its networks, and finds those of its designs", () => {
    const rowsOf = (dnn: string): number =>
      Math.max(
        ...listLayers(dnn).map((layer) => {
          const { bounds } = getSpec({ architecture: "raella", dnn, layer }).workload;
          return bounds.C * bounds.R * bounds.S;
        }),
      );
    const text = JSON.stringify(cellOf(notebook, "fidelity").source);
    assert.ok(text.includes(`filters of ${rowsOf("resnet18")} weights`));
    assert.ok(text.includes(`BERT's have at most as many as ${rowsOf("qdqbert")}`));
    for (const [rows, bits] of [
      ["128", 6],
      ["256", 7],
      ["512", 7],
      ["1,024", 8],
      ["2,048", 8],
    ] as const)
      assert.match(textOf(cellOf(notebook, "rule")), new RegExp(`^ *${rows} +${bits}$`, "m"));
  });

  it("has the figures that the API gives for its answers", () => {
    for (const [start, dnn, crossbar] of [
      ["3.00", "resnet18", "1024 × 512"],
      ["2.50", "qdqbert", "1024 × 2048"],
    ]) {
      const [raella, answer] = [network(`${dnn} 512 × 512`), network(`${dnn} ${crossbar}`)];
      const lines = textOf(cellOf(notebook, "answer")).split("\n");
      const line = lines.find((text) => text.trim().startsWith(start) && text.includes(` ${crossbar} `));
      assert.ok(line, lines.join("\n"));
      const saving = Math.round(100 * (1 - energyOf(answer) / energyOf(raella)));
      assert.ok(line.includes(` ${(energyOf(answer) / 1e6).toPrecision(3)} `), line);
      assert.ok(line.includes(` −${saving} % `), line);
      assert.ok(line.endsWith(densityOf(answer).toPrecision(3)), line);
    }
  });

  it("has the figures that the API gives where larger crossbars lose", () => {
    const [raella, larger] = [network("mobilenetv2 512 × 512"), network("mobilenetv2 1024 × 512")];
    const tiles = JSON.stringify(cellOf(notebook, "changes").outputs);
    for (const ratio of [energyOf(larger) / energyOf(raella), densityOf(larger) / densityOf(raella)]) {
      const change = Math.round(100 * (ratio - 1));
      const text = `${change < 0 ? "−" : "+"}${Math.abs(change)} %`;
      assert.match(tiles, new RegExp(`"text":"\\${text}","x":"1024 ×\\\\n512","y":"MobileNetV2"`));
    }
  });

  it("executes through tslab, to the very outputs that are kept", () => {
    const scratch = new Scratch();
    try {
      const executed = path.join(scratch.notebooks, "Exploration.ipynb");
      copyFileSync(exploration, executed);
      const program = path.join(root, "tools/execute-notebook.mjs");
      const { status, stderr } = spawnSync(process.execPath, [program, executed], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.deepEqual(withoutPictures(readNotebook(executed)), withoutPictures(notebook));
    } finally {
      scratch.remove();
    }
  });
});
