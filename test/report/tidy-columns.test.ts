import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "papaparse";
import { toDataFrame, writeCsv, writeParquet } from "../../src/report/data-frame";
import { componentColumns, formatCsv, layersOf, layerWideColumns } from "../../src/report/tidy-columns";
import { loadComponentGroups } from "../../src/spec/component-groups";
import type { AblationResult } from "../../src/study/network-result";
import { runLayer } from "../../src/study/run-layer";
import { runAblation } from "../../src/study/run-network";

describe("tables of results", () => {
  const groups = loadComponentGroups();
  let ablation: AblationResult;
  before(async () => {
    ablation = await runAblation("resnet18", { architectures: ["isaac_like", "raella"], layers: [10, 20] });
  });

  it("take layers out of whatever they are given", () => {
    const [network] = ablation.networks;
    assert.equal(layersOf(ablation).length, 4);
    assert.equal(layersOf(network).length, 2);
    assert.equal(layersOf(network.layers[0]).length, 1);
    assert.equal(layersOf([ablation, network]).length, 6);
  });

  it("have leakage as a component where it counts", () => {
    const layer = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, leakage: true });
    const { component, group, energyPj, areaUm2 } = componentColumns(layer, groups);
    const row = component.indexOf("leakage");
    assert.deepEqual([group[row], energyPj[row], areaUm2[row]], ["Leakage", layer.energyPj.leakage, 0]);
    assert.equal(layerWideColumns(layer, groups)["Leakage (pJ)"][0], layer.energyPj.leakage);
  });

  it("have one row per architecture, layer and component, none of them lost", () => {
    const columns = componentColumns(ablation, groups);
    const names = Object.keys(columns);
    assert.deepEqual(names.slice(0, 6), ["architecture", "dnn", "layer", "layerName", "nTiles", "batchSize"]);
    const lengths = new Set(Object.values(columns).map((column) => column.length));
    assert.equal(lengths.size, 1);
    const energy = columns.energyPj.reduce<number>((sum, value) => sum + Number(value), 0);
    const expected = layersOf(ablation).reduce((sum, layer) => sum + layer.energyPj.total, 0);
    assert.ok(Math.abs(energy - expected) <= expected * 1e-12);
    const row = columns.component.findIndex(
      (component, index) => component === "column_readout" && columns.architecture[index] === "raella",
    );
    assert.equal(columns.group[row], "ADC");
    assert.equal(columns.areaUm2[row], Number(columns.areaEachUm2[row]) * Number(columns.instances[row]));
  });

  it("have a wide shape with one row per layer and one column per group", () => {
    const columns = layerWideColumns(ablation, groups);
    assert.equal(columns.layer.length, 4);
    const groupColumns = Object.keys(columns).filter((name) => name.endsWith(" (pJ)"));
    assert.deepEqual(groupColumns.slice(0, 2), ["ADC (pJ)", "Crossbar (pJ)"]);
    columns.energyPj.forEach((energy, row) => {
      const sum = groupColumns.reduce((total, name) => total + Number(columns[name][row]), 0);
      assert.ok(Math.abs(sum - Number(energy)) <= Number(energy) * 1e-12);
    });
  });

  it("say what the greedy steps would cost where the full map space was searched", () => {
    const options = { architecture: "raella", dnn: "resnet18", layer: 20 };
    const full = runLayer({ ...options, search: "full" });
    const columns = layerWideColumns([full, runLayer(options)], groups);
    assert.deepEqual(columns.gapToBound, [0, null]);
    assert.deepEqual(columns.greedyEnergyPj, [full.fullSearch?.heuristic?.energyPj, null]);
    assert.deepEqual(columns.greedyCycles, [full.fullSearch?.heuristic?.cycles, null]);
    assert.ok(!("greedyCycles" in layerWideColumns(ablation, groups)));
  });

  it("become CSV that reads back as the same values", () => {
    const columns = componentColumns(ablation, groups);
    const rows = parse<Record<string, string>>(formatCsv(columns), {
      header: true,
      skipEmptyLines: true,
    }).data;
    assert.equal(rows.length, columns.layer.length);
    rows.forEach((row, index) => {
      for (const [name, cell] of Object.entries(row)) {
        const value = columns[name][index];
        if (typeof value === "number") assert.equal(Number(cell), value);
        else assert.equal(cell, value ?? "");
      }
    });
    assert.equal(formatCsv({ "a,b": ['say "x"', null] }), '"a,b"\n"say ""x"""\n\n');
  });

  it("become data frames with units in the column names", function () {
    this.timeout(30_000);
    const frame = toDataFrame(ablation, { groups });
    const columns = componentColumns(ablation, groups);
    assert.deepEqual(frame.columns, Object.keys(columns));
    assert.equal(frame.height, columns.layer.length);
    assert.deepEqual(frame.getColumn("energyPj").toArray(), columns.energyPj);
    assert.equal(toDataFrame(ablation, { groups, shape: "wide" }).height, 4);
  });

  it("are written as CSV and Parquet", function () {
    this.timeout(30_000);
    const directory = mkdtempSync(join(tmpdir(), "raella-tables-"));
    try {
      writeCsv(join(directory, "a.csv"), ablation, groups);
      assert.equal(
        readFileSync(join(directory, "a.csv"), "utf8"),
        formatCsv(componentColumns(ablation, groups)),
      );
      writeParquet(join(directory, "a.parquet"), ablation, groups);
      assert.equal(readFileSync(join(directory, "a.parquet")).subarray(0, 4).toString(), "PAR1");
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
