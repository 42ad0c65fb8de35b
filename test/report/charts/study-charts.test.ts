import assert from "node:assert/strict";
import { ablationChart, layerChart, layerMappingChart } from "../../../src/report/charts/study-charts";
import { mapLayer, runLayer } from "../../../src/study/run-layer";
import { runAblation } from "../../../src/study/run-network";
import { compileChart, textsOf } from "../../support/chart-checks";

const sizes = { nTiles: 16, batchSize: 32 };

describe("layerChart", () => {
  it("shows the figures of a result", async () => {
    const result = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, ...sizes });
    const texts = await textsOf(layerChart(result));
    assert.ok(texts.includes((result.energyPj.total / 1e6).toPrecision(3)));
    assert.ok(texts.includes((result.cycles / 1e3).toPrecision(3)));
    assert.ok(texts.includes((result.areaUm2.total / 1e6).toPrecision(3)));
    assert.ok(texts.includes("16 tiles, batch of 32"));
  });

  it("carries the warnings of the run under its title, each once", async () => {
    const variables = { N_ADC_PER_BANK: 1, BITS_PER_CELL: 1 };
    const options = { architecture: "raella", dnn: "resnet18", layer: 10, variables, ...sizes };
    const result = runLayer(options);
    for (const chart of [
      layerChart(result),
      layerMappingChart(mapLayer(options)),
      layerChart([result, result]),
    ]) {
      assert.deepEqual(compileChart(chart).warnings, []);
      const texts = await textsOf(chart);
      const lines = texts.filter((text) => text.startsWith("Warning: "));
      assert.equal(lines.length, 2);
      assert.match(lines[0], /^Warning: The converters cannot keep up: each would make 3\.72 billion/);
      assert.match(texts.join(" "), /A weight has 8 bits, but its slices hold only 3/);
    }
    const network = await textsOf(ablationChart(await runAblation("resnet18", { layers: [10], variables })));
    assert.ok(network.some((text) => text.startsWith("Warning: ")));
  });

  it("shows leakage where it counts", async () => {
    const layer = { architecture: "raella", dnn: "resnet18", layer: 10, ...sizes };
    assert.ok(!(await textsOf(layerChart(runLayer(layer)))).includes("Leakage"));
    assert.ok((await textsOf(layerChart(runLayer({ ...layer, leakage: true })))).includes("Leakage"));
  });

  it("puts several architectures side by side", async () => {
    const architectures = ["isaac_like", "raella"];
    const results = architectures.map((architecture) =>
      runLayer({ architecture, dnn: "resnet18", layer: 10, ...sizes }),
    );
    const texts = await textsOf(layerChart(results, { title: "Both" }));
    for (const text of ["Both", "ISAAC-like", "RAELLA", "1.00×"]) assert.ok(texts.includes(text), text);
  });
});

describe("ablationChart", () => {
  it("shows the cycles of layers, or the throughput and area of the pipeline", async () => {
    const ablation = await runAblation("ResNet18", { layers: [19, 20], ...sizes });
    const [{ totals }] = ablation.networks;
    const cycles = ablationChart(ablation);
    assert.deepEqual(compileChart(cycles).warnings, []);
    const texts = await textsOf(cycles);
    assert.ok(texts.includes("resnet18, 2 layers"));
    assert.ok(texts.includes(((totals.cycles[0] + totals.cycles[1]) / 1e3).toPrecision(3)));

    const pipeline = await textsOf(ablationChart(ablation, { speed: "throughput" }));
    assert.ok(pipeline.includes((totals.throughputBatchesPerSecond / 1e6).toPrecision(3)));
    assert.ok(pipeline.includes("Throughput (million batches/s)"));
    assert.ok(pipeline.some((text) => text.startsWith("the area of 65,536 tiles")));
    const area = Math.round(totals.pipelineAreaUm2ByGroup.total / 1e6).toLocaleString("en-US");
    assert.ok(pipeline.includes(area));
  });
});
