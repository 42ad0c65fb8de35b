import assert from "node:assert/strict";
import { sweepChart } from "../../../src/report/charts/sweep-chart";
import type { SweepChartPoint } from "../../../src/report/charts/sweep-chart";
import { compileChart, textsOf } from "../../support/chart-checks";

const points: readonly SweepChartPoint[] = [64, 128, 256, 512].flatMap((value) =>
  ["first", "second"].map((series) => ({
    value,
    series,
    figures: { energy: 1e9 + value * 1e7, area: value * 1e4 },
  })),
);
const figures = {
  energy: { title: "Energy", quantity: "energyPj" },
  area: { title: "Area", quantity: "areaUm2" },
} as const;

describe("sweepChart", () => {
  it("has a panel for every figure over the values that were swept", async () => {
    const chart = sweepChart({ points, variable: { title: "Rows", unit: "cells", scale: "log" }, figures });
    assert.deepEqual(compileChart(chart).warnings, []);
    const texts = await textsOf(chart);
    for (const text of ["Energy (mJ)", "Area (mm²)", "Rows (cells)", "64", "512", "first", "second"]) {
      assert.ok(texts.includes(text), text);
    }
  });

  it("leaves out points without a figure, and takes values that are no numbers", async () => {
    const some = [
      { value: "yes", figures: { energy: 5e9 } },
      { value: "no", figures: { energy: NaN } },
    ];
    const chart = sweepChart({
      points: some,
      variable: { title: "Speculation" },
      figures: { energy: figures.energy },
    });
    assert.deepEqual(compileChart(chart).warnings, []);
    assert.equal(compileChart(chart).tooltips.length, 1);
    assert.ok((await textsOf(chart)).includes("yes"));
  });
});
