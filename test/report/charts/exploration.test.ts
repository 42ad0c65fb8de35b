import assert from "node:assert/strict";

import { chartRow } from "../../../src/report/charts/chart-specification";
import type { ChartSpecification } from "../../../src/report/charts/chart-specification";
import { designHeatmap } from "../../../src/report/charts/exploration-heatmap";
import { parallelCoordinates } from "../../../src/report/charts/exploration-parallel";
import { designScatter } from "../../../src/report/charts/exploration-scatter";
import { tornadoChart } from "../../../src/report/charts/exploration-tornado";
import { renderSvg } from "../../../src/report/charts/render-chart";
import { oneAtATime } from "../../../src/study/sweep/sensitivity";
import { compileChart, textsOf } from "../../support/chart-checks";

/** More rows cost less and are faster; more bits cost more; the widest do not fit. */
const designs = [512, 1024, 2048].flatMap((rows) =>
  [6, 7, 8].map((bits) => ({
    rows,
    bits,
    name: `${rows} × ${bits}`,
    energy: rows === 2048 ? null : (bits * 1e8) / rows,
    density: rows === 2048 ? null : rows / 512 + bits / 100,
  })),
);
const energy = { column: "energy", title: "Energy (mJ)", scale: 1e-6, goal: "minimize" } as const;
const density = { column: "density", title: "Density", goal: "maximize" } as const;
const rowsAxis = { column: "rows", title: "Rows" };
const bitsAxis = { column: "bits", title: "Bits" };

const scatter = designScatter({
  designs,
  x: density,
  y: { ...energy, logarithmic: true },
  color: { column: "rows", title: "rows" },
  ruledOut: ({ bits }) => bits === 6,
  tooltip: ["name"],
  label: ({ name }) => (name === "512 × 7" || name === "1024 × 8" ? name : null),
});
const heatmap = designHeatmap({
  designs,
  x: rowsAxis,
  y: bitsAxis,
  figure: energy,
  mark: ({ name }) => name === "512 × 7",
  missing: () => "too large",
});
const parallel = parallelCoordinates({
  designs,
  axes: [rowsAxis, bitsAxis, { ...energy, logarithmic: true }, density],
  color: { column: "rows", title: "rows" },
  highlight: ({ rows }) => rows === 1024,
});
const tornado = tornadoChart({
  sensitivities: oneAtATime(designs, ["rows", "bits"], "energy", { rows: 512, bits: 7 }),
  figureTitle: energy.title,
  scale: 1e-6,
  names: { rows: "rows of a crossbar" },
});
const charts: Readonly<Record<string, ChartSpecification>> = {
  scatter,
  heatmap,
  parallel,
  tornado,
  row: chartRow([scatter, { ...scatter, title: "again" }], { title: "two", subtitle: "side by side" }),
};

/** Rows of the chart's data that have all of these fields. */
function dataWith(chart: ChartSpecification, ...fields: string[]): readonly Record<string, unknown>[] {
  const rows = compileChart(chart).tooltips as readonly Record<string, unknown>[];
  return rows.filter((row) => fields.every((field) => field in row));
}

describe("charts of designs", () => {
  for (const [name, chart] of Object.entries(charts)) {
    it(`${name}: Vega-Lite accepts it without a warning, and nothing stands upright`, async () => {
      assert.deepEqual(compileChart(chart).warnings, []);
      assert.doesNotMatch(await renderSvg(chart), /rotate\((-?90|-?270)\)/);
    });
  }

  it("scatter: draws the front of what competes, names designs, and leaves out what has no figure", async () => {
    const texts = await textsOf(scatter);
    for (const text of ["Energy (mJ)", "Density", "512 × 7", "1024 × 8"])
      assert.ok(texts.includes(text), text);
    assert.ok(!texts.includes("2048"), "not in the legend either");
    const layers = scatter.layer as readonly {
      readonly mark: { readonly type: string };
      readonly data: { readonly values: readonly { readonly t0: string }[] };
    }[];
    const drawnAs = (type: string): readonly string[][] =>
      layers.filter(({ mark }) => mark.type === type).map(({ data }) => data.values.map(({ t0 }) => t0));
    assert.deepEqual(drawnAs("line"), [["1024 × 7", "1024 × 8"]]);
    const [crosses, rings] = drawnAs("point");
    assert.deepEqual(crosses, ["512 × 6", "1024 × 6"]);
    assert.deepEqual(rings, ["512 × 7"]);
  });

  it("heat map: a tile for every pair, with the figure in its unit or the reason why there is none", async () => {
    const texts = await textsOf(heatmap);
    for (const text of ["1.17", "1.37", "1.56", "0.586", "0.684", "0.781"])
      assert.ok(texts.includes(text), text);
    assert.equal(texts.filter((text) => text === "too large").length, 3);
    const fillOf = (text: string): unknown =>
      dataWith(heatmap, "fill").find((tile) => tile.text === text)?.fill;
    assert.equal(fillOf("1.56"), "#eaf3ee", "the worst is pale");
    assert.equal(fillOf("0.586"), "#2f3b73", "the best is dark");
  });

  it("heat map: blue is better and orange worse than a neutral figure, whichever way is good", () => {
    const changes = [-0.2, 0, 0.2].map((change) => ({ x: "a", y: String(change), change }));
    for (const [goal, colors] of [
      ["minimize", ["#1f5f99", "#f4f6f8", "#b85400"]],
      ["maximize", ["#b85400", "#f4f6f8", "#1f5f99"]],
    ] as const) {
      const chart = designHeatmap({
        designs: changes,
        x: { column: "x", title: "" },
        y: { column: "y", title: "" },
        figure: { column: "change", title: "", goal },
        neutral: 0,
        format: (change) => `${100 * change} %`,
      });
      assert.deepEqual(
        dataWith(chart, "fill").map(({ fill }) => fill),
        colors,
      );
      assert.deepEqual(
        dataWith(chart, "fill").map(({ text }) => text),
        ["-20 %", "0 %", "20 %"],
      );
    }
  });

  it("parallel coordinates: better is up, names and colours only for what is brought out", async () => {
    const strong = dataWith(parallel, "height", "value");
    const heightOf = (value: string): unknown => strong.find((place) => place.value === value)?.height;
    assert.equal(heightOf("Rows: 1024"), 1);
    assert.equal(heightOf("Energy (mJ): 0.5859"), 1);
    assert.ok(strong.every(({ color }) => color === 1024));
    // A piece with two ends from every axis on.
    assert.equal(dataWith(parallel, "height", "design").length, 6 * 4 * 2);
    const texts = await textsOf(parallel);
    assert.equal(texts.filter((text) => text === "512").length > 0, true, "a tick on the axis");
  });

  it("tornado: the widest bar first, with the values of its ends", async () => {
    const texts = await textsOf(tornado);
    assert.ok(texts.indexOf("rows of a crossbar") < texts.indexOf("bits"));
    for (const text of ["1024", "6", "8", "Energy (mJ)"]) assert.ok(texts.includes(text), text);
    const [end] = dataWith(tornado, "change").filter(({ at }) => at === "1024");
    assert.equal(end.change, "−50\u00a0%");
  });

  it("row: one legend for charts of the same colours", async () => {
    const texts = await textsOf(charts.row);
    assert.equal(texts.filter((text) => text === "rows").length, 1);
    for (const text of ["two", "side by side", "again"]) assert.ok(texts.includes(text), text);
  });
});
