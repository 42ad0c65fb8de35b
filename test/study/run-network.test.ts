import assert from "node:assert/strict";
import { RaellaError, RaellaErrors } from "../../src/errors";
import { addUp } from "../../src/study/component-groups";
import type { LayerResult } from "../../src/study/layer-result";
import { runLayer } from "../../src/study/run-layer";
import { runAblation, runAll, runLayers, runNetwork } from "../../src/study/run-network";
import type { Progress } from "../../src/study/study-options";

describe("runLayer", () => {
  it("gives results that do not follow what is done to others", () => {
    // Two layers of the same shape on the same chip share what is equal.
    const run = (layer: number): LayerResult => runLayer({ architecture: "raella", dnn: "resnet18", layer });
    const fresh = structuredClone([run(2), run(3)]);
    const edited = run(2) as unknown as {
      energyPj: Record<string, number>;
      areaUm2: Record<string, unknown>;
      energyPerActionPj: Record<string, unknown>;
      accesses: Record<string, unknown>;
      mapping: unknown[];
    };
    const other = run(3);
    const edits = [
      () => (edited.energyPj.total = 0),
      () => (edited.areaUm2.total = 0),
      () => (edited.areaUm2.column_readout = 0),
      () => (edited.energyPerActionPj.column_readout = {}),
      () => (edited.accesses.column_readout = {}),
      () => edited.mapping.pop(),
    ];
    for (const edit of edits) assert.throws(edit, TypeError);
    assert.deepEqual(other, fresh[1]);
    assert.deepEqual([run(2), run(3)], fresh);
  });

  it("refuses edits of an area in a result", () => {
    const run = (): LayerResult => runLayer({ architecture: "raella", dnn: "resnet18", layer: 2 });
    const { column_readout: area } = run().areaUm2;
    const before = structuredClone(area);
    assert.throws(() => Object.assign(area, { each: 1, total: 1 }), TypeError);
    assert.deepEqual(run().areaUm2.column_readout, before);
  });
});

describe("runLayers", () => {
  it("returns layers in the order asked for, each as if run alone", async () => {
    const results = await runLayers({ architecture: "raella", dnn: "resnet18", layers: [20, 3] });
    assert.deepEqual(results, [
      runLayer({ architecture: "raella", dnn: "resnet18", layer: 20 }),
      runLayer({ architecture: "raella", dnn: "resnet18", layer: 3 }),
    ]);
  });

  it("tells how far it is", async () => {
    const seen: Progress[] = [];
    await runLayers({
      ...{ architecture: "raella", dnn: "resnet18", layers: [1, 2] },
      onProgress: (progress) => seen.push(progress),
    });
    const common = { total: 2, architecture: "raella", dnn: "resnet18" };
    assert.deepEqual(seen, [
      { done: 1, ...common, layer: 1 },
      { done: 2, ...common, layer: 2 },
    ]);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const run = runLayers({
      ...{ architecture: "raella", dnn: "resnet18" },
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 2) controller.abort();
        assert.ok(done <= 2);
      },
    });
    await assert.rejects(run, (error) => error instanceof RaellaError && error.code === "aborted");
  });

  it("names every layer that does not fit", async () => {
    const run = runLayers({ architecture: "isaac_like", dnn: "resnet18", layers: [0, 16, 18], nTiles: 1 });
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof RaellaErrors);
      assert.deepEqual(
        error.errors.map(({ code }) => code),
        ["no-mapping", "no-mapping"],
      );
      return true;
    });
  });

  it("tells of one mistake once", async () => {
    const run = runLayers({
      architecture: "raella",
      dnn: "resnet18",
      variables: { ADC_RESOLUTION: "NOTHING" },
    });
    await assert.rejects(run, (error) => error instanceof RaellaError && !(error instanceof RaellaErrors));
  });

  it("refuses an empty list and a bad number of workers", async () => {
    const options = { architecture: "raella", dnn: "resnet18" };
    await assert.rejects(runLayers({ ...options, layers: [] }), /No layer is given/);
    const many = Array.from({ length: 100_000 }, (_, layer) => layer);
    const began = performance.now();
    await assert.rejects(
      runLayers({ ...options, layers: many }),
      /has no layer 21\.\n {2}Expected: a layer from 0 to 20/,
    );
    assert.ok(performance.now() - began < 1000, "before anything is run");
    await assert.rejects(runLayers({ ...options, workers: 0 }), /There cannot be 0 workers/);
    await assert.rejects(runAblation("resnet18", { architectures: [] }), /No architecture is given/);
  });
});

describe("runNetwork", () => {
  it("sums energies over layers and takes the area of one chip", async () => {
    const layers = [0, 1, 2];
    const { totals, ...network } = await runNetwork({ architecture: "isaac_like", dnn: "resnet18", layers });
    for (const level of Object.keys(totals.energyPj)) {
      assert.equal(
        totals.energyPj[level],
        addUp(network.layers.map(({ energyPj }) => energyPj[level])),
        level,
      );
    }
    assert.deepEqual(totals.areaUm2, network.layers[0].areaUm2);
    assert.equal(totals.macs, addUp(network.layers.map(({ macs }) => macs)));
    for (const by of [totals.energyPjByGroup, totals.areaUm2ByGroup]) {
      const { total, ...groups } = by;
      assert.equal(addUp(Object.values(groups)), total);
    }
    const { total } = totals.areaUm2ByGroup;
    assert.equal(totals.pipelineAreaUm2ByGroup.total, (total * totals.tileBudget) / 16);
    assert.equal(network.layers[0].manifest, undefined);
    assert.ok(network.manifest.files.some(({ file }) => file.endsWith("resnet18/002.yaml")));
  });

  it("refuses a layer that is named twice, and architectures and DNNs", async () => {
    const chosen = { architecture: "raella", dnn: "resnet18" };
    await assert.rejects(runNetwork({ ...chosen, layers: [5, 0, 5] }), {
      message: /^The layers have 5 twice/,
    });
    for (const second of ["layer1.0.conv1", "001"]) {
      // @ts-expect-error Names are for JavaScript.
      const layers: number[] = [1, second];
      await assert.rejects(runNetwork({ ...chosen, layers }), {
        code: "usage",
        message: /^The layers have 1 twice/,
      });
    }
    await assert.rejects(runNetwork({ ...chosen, layers: [1, NaN] }), {
      message: /no layer NaN|layer is NaN/,
    });
    const architectures = ["raella", "isaac_like", "RAELLA"];
    await assert.rejects(runAblation("resnet18", { architectures, layers: [0] }), {
      message: /^The architectures have raella twice/,
    });
    await assert.rejects(runAll({ architectures: ["raella"], dnns: ["resnet18", "ResNet18"] }), {
      message: /^The DNNs have resnet18 twice/,
    });
  });

  it("never loses throughput by handing out replicas one by one", async () => {
    for (const aggregateTiles of [400, 4096, 65536]) {
      const options = { architecture: "raella", dnn: "resnet18", aggregateTiles } as const;
      const doubling = await runNetwork({ ...options, replication: "doubling" });
      const increment = await runNetwork({ ...options, replication: "increment" });
      assert.ok(
        increment.totals.throughputBatchesPerSecond >= doubling.totals.throughputBatchesPerSecond,
        String(aggregateTiles),
      );
      assert.ok(increment.totals.tilesUsed <= aggregateTiles);
    }
  });
});

describe("runAblation", () => {
  it("normalises tiles by area to the first architecture", async () => {
    const options = { layers: [10], aggregateTiles: 10_000 };
    const { networks } = await runAblation("resnet18", {
      ...options,
      architectures: ["isaac_like", "raella"],
    });
    const [base, other] = networks;
    assert.equal(base.totals.tileBudget, 10_000);
    const ratio = other.totals.areaUm2.total / base.totals.areaUm2.total;
    assert.equal(other.totals.tileBudget, Math.floor(10_000 / ratio));
  });
});

describe("runAll", () => {
  it("gives the same bytes with one, two and four workers", async function () {
    this.timeout(60_000);
    const options = {
      dnns: ["resnet18"],
      architectures: ["raella", "isaac_like"],
      search: "optimal",
    } as const;
    const texts: string[] = [];
    for (const workers of [1, 2, 4]) texts.push(JSON.stringify(await runAll({ ...options, workers })));
    assert.equal(texts[1], texts[0]);
    assert.equal(texts[2], texts[0]);
  });

  it("sends mistakes back from workers as they are", async function () {
    this.timeout(60_000);
    const options = { architecture: "raella", dnn: "resnet18", variables: { ADC_RESOLUTION: "1 +" } };
    const message = async (workers: number): Promise<string> =>
      runLayers({ ...options, workers }).then(
        () => "",
        (error: Error) => error.message,
      );
    assert.equal(await message(2), await message(1));
    assert.match(await message(1), /ADC_RESOLUTION/);
  });
});
