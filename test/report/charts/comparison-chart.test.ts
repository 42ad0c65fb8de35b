import assert from "node:assert/strict";

import { comparisonChart } from "../../../src/report/charts/comparison-chart";
import { renderPng, renderSvg } from "../../../src/report/charts/render-chart";
import { colorsOfGroups, componentGroups, sortGroups } from "../../../src/report/theme/chart-style";
import { compileChart, textsOf } from "../../support/chart-checks";

const energyPj = {
  isaac_like: { ADC: 3e9, Crossbar: 1e9, "Input Buffer": 0 },
  raella: { Crossbar: 0.6e9, ADC: 0.4e9, "systolic array": 0.25e9, Other: 1e8 },
};
const areaUm2 = { isaac_like: { ADC: 9.28e6 }, raella: { ADC: 10.7e6 } };
const cycles = { isaac_like: 2_508_800, raella: 107_800 };

describe("comparisonChart", () => {
  it("is a specification that Vega-Lite accepts without a warning", () => {
    assert.deepEqual(compileChart(comparisonChart({ energyPj, areaUm2, cycles })).warnings, []);
    assert.deepEqual(compileChart(comparisonChart({ energyPj: { raella: energyPj.raella } })).warnings, []);
    assert.deepEqual(compileChart(comparisonChart({ cycles })).warnings, []);
  });

  it("puts the total and its multiple of the first design above each bar, in units fit for the figures", async () => {
    const texts = await textsOf(comparisonChart({ energyPj, areaUm2, cycles }));
    for (const text of ["4.00", "1.35", "0.34×", "9.28", "10.7", "1.15×", "2.51", "0.108", "0.043×"]) {
      assert.ok(texts.includes(text), text);
    }
    for (const title of ["Energy (mJ)", "Area (mm²)", "Cycles (million)"])
      assert.ok(texts.includes(title), title);
  });

  it("shows no multiples for a single design", async () => {
    const texts = await textsOf(comparisonChart({ cycles: { raella: 107_800 } }));
    assert.ok(texts.includes("108"));
    assert.ok(texts.every((text) => !text.endsWith("×")));
  });

  it("lists the groups in the legend as they are stacked, the topmost first, without those that are zero", async () => {
    const texts = await textsOf(comparisonChart({ energyPj }));
    const groups = ["Other", "systolic array", "Crossbar", "Input Buffer", "ADC"];
    const legend = texts.filter((text) => groups.includes(text));
    assert.deepEqual(legend, ["Other", "systolic array", "Crossbar", "ADC"]);
    const stack = (
      compileChart(comparisonChart({ energyPj })).tooltips as { group?: string; order: number }[]
    )
      .filter(({ group }) => group !== undefined)
      .sort((a, b) => b.order - a.order)
      .map(({ group }) => group);
    assert.deepEqual([...new Set(stack)], legend);
  });

  it("writes nothing upright", async () => {
    const long = { raella_no_speculation_2b_cells: 2, "a design of rather many words": 3 };
    const svg = await renderSvg(comparisonChart({ energyPj, cycles: long, areaUm2 }));
    assert.doesNotMatch(svg, /rotate\((-?90|-?270)\)/);
  });

  it("breaks names of designs into level lines", async () => {
    const names = { isaac_like: "ISAAC-like", raella: "RAELLA, + Adaptive Slicing" };
    const texts = await textsOf(comparisonChart({ cycles, names }));
    for (const line of ["ISAAC-like", "RAELLA,", "+ Adaptive", "Slicing"])
      assert.ok(texts.includes(line), line);
  });

  it("is drawn the same every time, at twice the resolution", async () => {
    const chart = comparisonChart({ energyPj, areaUm2, cycles });
    const [first, second] = [await renderPng(chart), await renderPng(chart)];
    assert.deepEqual(first.png, second.png);
    const header = Buffer.from(first.png);
    assert.equal(header.readUInt32BE(16), first.width * 2);
    assert.equal(header.readUInt32BE(20), first.height * 2);
  });
});

describe("colours of component groups", () => {
  it("stay the same whatever else is in the chart", () => {
    const all = colorsOfGroups([...componentGroups, "DRAM", "PE"]);
    for (const group of [...componentGroups, "DRAM"])
      assert.equal(colorsOfGroups([group])[group], all[group]);
  });

  it("are different within a chart, also for many groups that have none of their own", () => {
    const unknown = Array.from({ length: 12 }, (_, index) => `level ${index}`);
    const colors = Object.values(colorsOfGroups([...componentGroups, ...unknown]));
    assert.equal(new Set(colors).size, componentGroups.length + 12);
  });

  it("are never equal to those of another known group", () => {
    assert.equal(new Set(Object.values(colorsOfGroups(componentGroups))).size, componentGroups.length);
  });

  it("follow the order of stacking", () => {
    assert.deepEqual(sortGroups(["Other", "b", "Crossbar", "a", "ADC"]), [
      "ADC",
      "Crossbar",
      "a",
      "b",
      "Other",
    ]);
  });
});
