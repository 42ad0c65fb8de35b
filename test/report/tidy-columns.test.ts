import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "papaparse";
import { toDataFrame, writeCsv, writeParquet } from "../../src/report/data-frame";
import type { NetworkAccuracy } from "../../src/network/network-accuracy";
import { componentColumns, formatCsv, layersOf, layerWideColumns } from "../../src/report/tidy-columns";
import { loadComponentGroups } from "../../src/spec/component-groups";
import type { AblationResult } from "../../src/study/network-result";
import { runLayer } from "../../src/study/run-layer";
import { gainsOver } from "../../src/study/gains";
import { runAblation } from "../../src/study/run-network";
import { sweep } from "../../src/study/sweep/sweep";
import { workspaceAt } from "../../src/spec/workspace";
import { withFiles } from "../spec/support/small-model";

const typeOf = (frame: ReturnType<typeof toDataFrame>, column: string): string =>
  String(frame.getColumn(column).dtype).replace(/^DataType\((.*)\)$/, "$1");

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

  it("group components without being told how, and count in whole numbers", function () {
    this.timeout(30_000);
    const frame = toDataFrame(ablation);
    assert.deepEqual(frame.getColumn("group").toArray(), componentColumns(ablation, groups).group);
    const counted = ["layer", "nTiles", "batchSize", "instances", "cycles"];
    assert.deepEqual(
      counted.map((name) => typeOf(frame, name)),
      counted.map(() => "Int64"),
    );
    const { cycles } = layersOf(ablation)[0];
    assert.ok(frame.writeCSV().toString().split("\n")[1].endsWith(`,${cycles}`));
    const wide = toDataFrame(ablation, { shape: "wide" });
    assert.ok(wide.columns.includes("ADC (pJ)") && !wide.columns.includes("column_readout (pJ)"));
    assert.equal(typeOf(wide, "macs"), "Int64");
    assert.equal(typeOf(wide, "energyPj"), "Float64");
    assert.deepEqual(
      toDataFrame(JSON.parse(JSON.stringify(ablation)) as AblationResult).toRecords(),
      frame.toRecords(),
    );
  });

  it("take the groups of the workspace that results come from", function () {
    this.timeout(30_000);
    withFiles(
      { "models/component_groups.yaml": "component_groups:\n  - {name: Mine, levels: [input_buffer]}\n" },
      (root) => {
        const workspace = workspaceAt(root);
        const layer = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, workspace });
        assert.ok(toDataFrame(layer).getColumn("group").toArray().includes("Mine"));
      },
    );
  });

  it("may be of sweeps, gains and accuracies", async function () {
    this.timeout(60_000);
    const plan = { architectures: "raella", dnns: "resnet18", variables: { ADC_RESOLUTION: [7, 8] } };
    const swept = await sweep(plan, { workers: 1 });
    const frame = toDataFrame(swept);
    assert.deepEqual(
      frame.columns,
      swept.columns.map(({ name }) => name),
    );
    assert.deepEqual(frame.toRecords(), swept.rows);
    const whole = ["point", "ADC_RESOLUTION", "cyclesTotal", "tilesUsed"];
    assert.deepEqual(
      whole.map((name) => typeOf(frame, name)),
      whole.map(() => "Int64"),
    );

    const gains = gainsOver([ablation]);
    const tidy = toDataFrame(gains).toRecords();
    assert.deepEqual(tidy[0], {
      ...{ architecture: "raella", base: "isaac_like", dnn: "resnet18", figure: "energyEfficiency" },
      ...{ replication: null, factor: gains[0].dnns[0].energyEfficiency },
    });
    assert.equal(tidy[1].figure, "throughput");
    const wide = toDataFrame(gains, { shape: "wide" });
    assert.equal(wide.height, 1);
    assert.ok(wide.columns.includes("throughput (doubling)"));

    const layers = [0, 1].map((layer) => ({ layer, layerName: `l${layer}`, slices: 3, error: 0.5 }));
    const accuracy = { dnn: "mine", designs: [{ architecture: "raella", adcBits: 7, rows: 512, layers }] };
    const shapes = ["tidy", "wide"] as const;
    assert.deepEqual(
      shapes.map((shape) => toDataFrame(accuracy as unknown as NetworkAccuracy, { shape }).height),
      [2, 1],
    );
  });

  for (const [what, given] of [
    ["nothing", undefined],
    ["a number", 5],
    ["a list of numbers", [5]],
    ["gains among layers", [{ base: "raella", dnns: [] }, {}]],
    ["an object", {}],
  ] as const)
    it(`are not made of ${what}`, () =>
      assert.throws(() => toDataFrame(given as unknown as AblationResult), { code: "usage" }));

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
