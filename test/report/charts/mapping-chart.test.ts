import assert from "node:assert/strict";
import { mappingChart } from "../../../src/report/charts/mapping-chart";
import type { MappingChartLevel } from "../../../src/report/charts/mapping-chart";
import { layerMappingChart, mappedLayerLevels } from "../../../src/report/charts/study-charts";
import { diagnoseLayer } from "../../../src/study/diagnose-layer";
import { mapLayer, resultOf } from "../../../src/study/run-layer";
import { compileChart, textsOf } from "../../support/chart-checks";

interface Box {
  readonly level: string;
  readonly kind: string;
  readonly text: string;
  readonly left: number;
}

const levels: readonly MappingChartLevel[] = [
  { level: "DRAM", holds: ["Weights", "Inputs"], temporal: [{ dimension: "Q", factor: 7 }], spatial: [] },
  {
    level: "PE ×16",
    holds: [],
    temporal: [],
    spatial: [
      { dimension: "N", factor: 4 },
      { dimension: "M", factor: 3 },
    ],
    instances: { used: 1, available: 1 },
  },
  {
    level: "buffer",
    holds: ["Inputs"],
    temporal: [{ dimension: "P", factor: 14 }],
    spatial: [],
    instances: { used: 12, available: 16 },
    storage: { used: 100, available: 400 },
  },
  { level: "nothing", holds: [], temporal: [], spatial: [] },
];

const layer = { architecture: "raella", dnn: "resnet18", layer: 10 };

describe("mappingChart", () => {
  it("is accepted by Vega-Lite", () => {
    assert.deepEqual(compileChart(mappingChart(levels)).warnings, []);
  });

  it("shows every loop once, in its level, from the top left to the bottom right", () => {
    const boxes = (compileChart(mappingChart(levels)).tooltips as Box[]).filter(
      ({ left }) => left !== undefined,
    );
    assert.deepEqual(
      boxes.map(({ level, text }) => [level, text]),
      [
        ["DRAM · Weights, Inputs", "Q 7"],
        ["PE ×16", "N ×4"],
        ["PE ×16", "M ×3"],
        ["buffer · Inputs", "P 14"],
      ],
    );
    for (const [index, box] of boxes.slice(1).entries()) {
      const before = boxes[index];
      if (before.level === box.level) assert.ok(box.left > before.left);
    }
    assert.ok(boxes[0].left < boxes[1].left && boxes[1].left < boxes[3].left, "rows are indented");
    assert.deepEqual([...new Set(boxes.map(({ kind }) => kind))].sort(), [
      "In space: at the same time",
      "In time: one after another",
    ]);
  });

  it("tells how much of each level is used", async () => {
    const texts = await textsOf(mappingChart(levels));
    for (const text of ["Instances in use", "75\u00a0%", "Storage filled", "25\u00a0%"])
      assert.ok(texts.includes(text), text);
    assert.ok(!texts.includes("nothing"));
  });

  it("counts what a container's own loops use of its instances", () => {
    for (const options of [layer, { ...layer, layer: 12 }, { ...layer, dnn: "qdqbert", layer: 5 }]) {
      const mapped = mapLayer(options);
      const rows = mappedLayerLevels(mapped);
      const { usage } = diagnoseLayer(options);
      let [outsideUsed, outsideBuilt] = [1, 1];
      for (const { level, used, available } of usage) {
        const index = mapped.mapping.levels.findIndex(({ level: name }) => name === level);
        const { instances } = rows[index];
        // As the diagnosis says, times what is in use outside.
        const expected = { used: outsideUsed * used, available: outsideBuilt * available };
        assert.deepEqual(instances, expected, `${options.dnn} ${options.layer}: ${level}`);
        ({ used: outsideUsed, available: outsideBuilt } = expected);
      }
      const last = rows.filter(({ instances }) => instances !== undefined).at(-1)?.instances;
      const { spatialUtilization } = resultOf(mapped);
      assert.equal(last && last.used / last.available, spatialUtilization);
    }
  });

  it("draws the mapping of a real layer: its loops multiply to the bounds of the layer", () => {
    const mapped = mapLayer(layer);
    const chart = compileChart(layerMappingChart(mapped));
    assert.deepEqual(chart.warnings, []);
    const products: Record<string, number> = {};
    for (const { text, left } of chart.tooltips as Box[]) {
      if (left === undefined) continue;
      const [dimension, factor] = text.replaceAll(/[×,]/g, "").split(" ");
      products[dimension] = (products[dimension] ?? 1) * Number(factor);
    }
    const { bounds } = mapped.specification.workload;
    for (const [dimension, bound] of Object.entries(bounds)) {
      // Some architectures round up: a slice of bits that is not full.
      assert.ok((products[dimension] ?? 1) >= bound, dimension);
    }
  });
});
