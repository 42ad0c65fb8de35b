import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RaellaError } from "../../src/errors";
import { loadPublishedFigures } from "../../src/spec/published-figures";
import { workspaceAt } from "../../src/spec/workspace";
import { gainsOver, runGains, tileParts } from "../../src/study/gains";
import type { AblationResult } from "../../src/study/network-result";
import { programNetwork } from "../../src/study/programming";
import { runAblation, runAll, runNetwork } from "../../src/study/run-network";
import { runLayer } from "../../src/study/run-layer";
import { sweep } from "../../src/study/sweep/sweep";

const near = (actual: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${actual}, not ${expected}`);

describe("what is gained over the first architecture", function () {
  this.timeout(120_000);
  const pair = { architectures: ["isaac_like", "raella"] };
  let ablations: readonly AblationResult[];

  before(async () => {
    ablations = await runAll({ ...pair, dnns: ["resnet18", "shufflenet1_0"] });
  });

  it("are ratios of energy and throughput, their geometric mean and the largest one", () => {
    const [gains] = gainsOver(ablations, loadPublishedFigures());
    const [first, second] = gains.dnns.map(({ energyEfficiency }) => energyEfficiency);
    const [isaac, raella] = ablations[0].networks.map(({ totals }) => totals);
    near(first, isaac.energyPj.total / raella.energyPj.total);
    near(
      gains.dnns[0].throughput.doubling ?? 0,
      raella.throughputBatchesPerSecond / isaac.throughputBatchesPerSecond,
    );
    near(gains.energyEfficiency.geometricMean, Math.sqrt(first * second));
    assert.equal(gains.energyEfficiency.maximum, Math.max(first, second));
    assert.deepEqual(
      gains.published.map(({ figure, statistic, value, certainty }) => [figure, statistic, value, certainty]),
      [
        ["energyEfficiency", "maximum", 4.9, "published"],
        ["throughput", "maximum", 3.3, "published"],
        ["energyEfficiency", "geometric mean", 3.9, "remembered"],
        ["throughput", "geometric mean", 2, "remembered"],
      ],
    );
    assert.ok(Object.isFrozen(gains) && Object.isFrozen(gains.dnns[0]));
  });

  it("are given by both schemes where a paper says what is gained", async () => {
    const dnns = ["resnet18", "shufflenet1_0"];
    const [gains] = await runGains(ablations, { ...pair, dnns });
    const finer = await runAll({ ...pair, dnns, replication: "increment" });
    const [isaac, raella] = finer[1].networks.map(({ totals }) => totals);
    near(
      gains.dnns[1].throughput.increment ?? 0,
      raella.throughputBatchesPerSecond / isaac.throughputBatchesPerSecond,
    );
    near(gains.dnns[1].throughput.doubling ?? 0, gainsOver(ablations)[0].dnns[1].throughput.doubling ?? 0);
  });

  it("none for a single architecture, and nothing published of a base that no paper has", async () => {
    assert.deepEqual(
      gainsOver([await runAblation("resnet18", { architectures: ["raella"], layers: [0] })]),
      [],
    );
    const turned = await runAblation("resnet18", { architectures: ["raella", "isaac_like"], layers: [0] });
    assert.deepEqual(gainsOver([turned], loadPublishedFigures())[0].published, []);
  });
});

describe("a tile beside a published one", () => {
  it("has every level with an area, and then what only the paper has", async () => {
    const network = await runNetwork({ architecture: "isaac_like", dnn: "resnet18", layers: [0] });
    const parts = tileParts(network, loadPublishedFigures(), "isaac");
    near(
      parts.reduce((sum, { areaMm2 }) => sum + areaMm2, 0),
      network.layers[0].areaUm2.total / 16e6,
    );
    near(
      parts.reduce((sum, part) => sum + (part.publishedAreaMm2 ?? 0), 0),
      0.372,
      2e-3,
    );
    assert.equal(parts.find(({ component }) => component === "column_readout")?.count, 96);
    assert.match(parts.at(-1)?.component ?? "", /sigmoid/);
  });
});

describe("silicon for a pipeline", () => {
  const network = { architecture: "raella", dnn: "resnet18", layers: [0, 1] };

  it("in mm², the same for every architecture and in sweeps", async () => {
    const { networks } = await runAblation("resnet18", { layers: [0, 1], areaBudgetMm2: 600 });
    for (const { totals, replication } of networks) {
      const tile = totals.areaUm2.total / 16e6;
      assert.equal(totals.tileBudget, Math.floor(600 / tile));
      assert.equal(replication.areaBudgetMm2, 600);
    }
    const { rows } = await sweep({
      architectures: "raella",
      dnns: "resnet18",
      throughput: { areaBudgetMm2: 600 },
    });
    assert.equal(rows[0].tileBudget, networks[3].totals.tileBudget);
  });

  it("is not given twice", async () => {
    await assert.rejects(
      runNetwork({ ...network, areaBudgetMm2: 600, aggregateTiles: 1024 }),
      /Both areaBudgetMm2 and aggregateTiles say how much silicon there is/,
    );
    await assert.rejects(runNetwork({ ...network, areaBudgetMm2: -1 }), RaellaError);
  });

  it("compared by published areas of tiles: 1,024 tiles of ISAAC are 743 of RAELLA", async () => {
    const { networks } = await runAblation("resnet18", {
      ...{ layers: [0], aggregateTiles: 1024, tileAreas: "published" },
    });
    assert.deepEqual(
      networks.map(({ totals }) => totals.tileBudget),
      [1024, 743, 743, 743],
    );
  });

  it("with an architecture of which no tile is published is refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "raella-gains-"));
    try {
      for (const part of ["models", "dnn_layers", "recorded_statistics"])
        cpSync(join(__dirname, "../..", part), join(folder, part), { recursive: true });
      const file = join(folder, "models/published_figures.csv");
      writeFileSync(file, "figure,architecture,base,statistic,component,value,unit,certainty,source\n");
      const options = { ...network, tileAreas: "published", workspace: workspaceAt(folder) } as const;
      await assert.rejects(runNetwork(options), /No area of a tile of raella is published/);
      writeFileSync(file, "figure,architecture,value,certainty\ntileArea,raella,nine,published\n");
      await assert.rejects(runNetwork(options), /The column "value" of a published figure is "nine"/);
      rmSync(file);
      assert.deepEqual(loadPublishedFigures(workspaceAt(folder)), []);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("that does not hold the layers, or a batch that does not fill the tiles, is said", async () => {
    const small = await runNetwork({ ...network, aggregateTiles: 16 });
    assert.match(small.warnings?.[0].message ?? "", /the 2 layers need 32 tiles at once, but only 16 fit/);
    const bert = await runNetwork({ architecture: "raella", dnn: "qdqbert", nTiles: 64 });
    assert.match(
      bert.warnings?.[0].message ?? "",
      /the batch limits the throughput.* twice as large it would do 2\.00 times as many a second/,
    );
    // Layers that are not the slowest any more, since they have got most of the tiles.
    const many = await runNetwork({
      ...{ architecture: "raella", dnn: "shufflenet1_0", nTiles: 64, aggregateTiles: 56_806 },
    });
    assert.match(
      many.warnings?.[0].message ?? "",
      /the batch limits the throughput\. \d+ of 57 layers, which have \d+ % of the tiles, cannot share 32 samples/,
    );
    const enough = await runNetwork({ architecture: "raella", dnn: "qdqbert", nTiles: 64, batchSize: 128 });
    assert.equal(enough.warnings, undefined);
  });
});

describe("programming", () => {
  it("writes every slice of every weight once, at the price of a corrected cell", async () => {
    const network = await runNetwork({ architecture: "raella", dnn: "resnet18", layers: [10] });
    const programming = programNetwork(network);
    assert.ok(programming);
    // 128 x 256 x 3 x 3 weights in three slices.
    assert.equal(programming.writes, 128 * 256 * 9 * 3);
    near(programming.energyPj, programming.writes * 9.592017);
    // 512 rows, 40 ns each.
    near(programming.timeS ?? 0, 512 * 40e-9);
    assert.equal(programming.loads, 1);
  });

  it("says how often the silicon is loaded where the weights do not fit", async () => {
    const network = await runNetwork({ architecture: "isaac_like", dnn: "resnet18", areaBudgetMm2: 5 });
    const programming = programNetwork(network);
    assert.ok(programming);
    assert.equal(programming.loads, Math.ceil(programming.tilesNeeded / Math.floor(5 / 0.579755300682)));
    assert.ok(programming.loads > 1 && programming.tilesNeeded >= 21);
  });
});

describe("efficiency", () => {
  it("is energy, operations and conversions of a multiply-accumulate", () => {
    const layer = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
    near(layer.energyPerMacPj, layer.energyPj.total / layer.macs);
    near(layer.topsPerWatt, 2 / layer.energyPerMacPj);
    // One conversion per column and step, of which speculation leaves a share.
    const columns = layer.accesses.column_readout.Outputs;
    const share = 0.4401024992513518; // recorded for the layer
    near(layer.conversions ?? 0, (columns.reads / 8) * columns.instances * share, 1e-6);
    near(layer.conversionsPerMac ?? 0, (layer.conversions ?? 0) / layer.macs);
  });

  it("of a network is that of its sums; the utilization is weighted by the work", async () => {
    const { layers, totals } = await runNetwork({ architecture: "isaac_like", dnn: "resnet18" });
    const sum = (figure: (layer: (typeof layers)[number]) => number): number =>
      layers.reduce((total, layer) => total + figure(layer), 0);
    near(totals.energyPerMacPj, totals.energyPj.total / sum(({ macs }) => macs));
    near(
      totals.conversions ?? 0,
      sum(({ conversions }) => conversions ?? 0),
    );
    near(
      totals.spatialUtilization,
      sum(({ macs, spatialUtilization }) => macs * spatialUtilization) / sum(({ macs }) => macs),
    );
  });
});
