import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLayer, sweep, workspaceAt } from "../../../src/index";
import { sweepToFolder } from "../../../src/sweep";
import type { SweepDescription, SweepResult, Workspace } from "../../../src/index";
import { importNetwork, networkAccuracy } from "../../../src/network";
import { replicateByDoubling } from "../../../src/study/replication";
import { near } from "../../network/golden-layers";
import { digitsModel, someDigits, writeNpy } from "../../support/digits";

const root = join(__dirname, "..", "..", "..");

type Row = SweepResult["rows"][number];

describe("Accuracy in a sweep", () => {
  let folder: string;
  let workspace: Workspace;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "raella-sweep-accuracy-"));
    // Sixteen of the images, so that runs end to end are short.
    const inputs = join(folder, "images.npy");
    writeNpy(inputs, await someDigits(16));
    await importNetwork({
      ...{ model: digitsModel, name: "digits", inputs, samples: 64, workspace: folder },
    });
    symlinkSync(join(root, "models"), join(folder, "models"));
    workspace = workspaceAt(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const base: SweepDescription = {
    architectures: "raella_no_speculation",
    dnns: "digits",
    variables: { ADC_RESOLUTION: [5, 7] },
  };

  it("adds error and slices, as networkAccuracy computes them, and leaves energy alone if slices are kept", async () => {
    const { rows, columns } = await sweep({ ...base, accuracy: { dnn: "digits" } }, { workspace });
    const plain = await sweep(base, { workspace });
    assert.ok(!columns.some(({ name }) => name === "loss"));
    const { designs } = await networkAccuracy({
      ...{ dnn: "digits", workspace, architectures: "raella_no_speculation", adcBits: [5, 7] },
    });
    rows.forEach((row, index) => {
      assert.equal(row.status, "ok");
      assert.equal(row.error, designs[index].meanError);
      assert.equal(row.meanSlices, designs[index].meanSlices);
      assert.equal(row.energyPj, plain.rows[index].energyPj);
    });
  });

  it("adds the noise that it is asked for, as networkAccuracy does @thorough", async () => {
    const noisy = { noise: 1.5, seed: 5 };
    const { rows } = await sweep({ ...base, accuracy: { dnn: "digits", ...noisy } }, { workspace });
    const { designs } = await networkAccuracy({
      ...{ dnn: "digits", workspace, architectures: "raella_no_speculation", adcBits: [5, 7], ...noisy },
    });
    assert.deepEqual(
      rows.map(({ error }) => error),
      designs.map(({ meanError }) => meanError),
    );
    const seedAlone = sweep({ ...base, accuracy: { dnn: "digits", seed: 5 } }, { workspace });
    await assert.rejects(seedAlone, /accuracy\.seed[^]*The seed is that of noise, and there is none/);
    const negative = sweep({ ...base, accuracy: { dnn: "digits", noise: -1 } }, { workspace });
    await assert.rejects(negative, /accuracy\.noise[^]*from 0 to 1000 steps/);
  });

  it("charges for slices chosen anew; at seven bits and 512 rows they are the import's @thorough", async () => {
    const { rows } = await sweep(
      {
        ...base,
        architectures: ["raella", "raella_no_speculation"],
        accuracy: { dnn: "digits", slicing: "anew" },
      },
      { workspace },
    );
    const plain = await sweep({ ...base, architectures: ["raella", "raella_no_speculation"] }, { workspace });
    const [fiveBits, sevenBits] = rows;
    assert.ok((fiveBits.meanSlices as number) > (sevenBits.meanSlices as number));
    assert.ok((fiveBits.error as number) < 0.09);
    for (const index of [1, 3]) assert.equal(rows[index].energyPj, plain.rows[index].energyPj);
    for (const index of [0, 2])
      assert.ok((rows[index].energyPj as number) > (plain.rows[index].energyPj as number));
    await followsFromSlices("raella_no_speculation", 5, rows[2]);
    // The same chip holds fewer weights of more slices: more silicon for no more throughput.
    const figure = (row: Row, name: string): number => row[name] as number;
    for (const index of [0, 2]) {
      const [row, before] = [rows[index], plain.rows[index]];
      assert.ok(figure(row, "pipelineAreaMm2") > figure(before, "pipelineAreaMm2"));
      assert.ok(figure(row, "inferencesPerSecond") <= figure(before, "inferencesPerSecond"));
      assert.ok(figure(row, "topsPerMm2") < figure(before, "topsPerMm2"));
    }
  });

  /** Energy, cycles and silicon of a design are those of its layers with the slices chosen for it. */
  async function followsFromSlices(architecture: string, adcBits: number, row: Row): Promise<void> {
    const { designs } = await networkAccuracy({
      ...{ dnn: "digits", workspace, architectures: architecture, adcBits, slicing: "anew" },
    });
    const nTiles = row.nTiles as number;
    const layers = designs[0].layers.map(({ slices, averageWeight, adcShare }, layer) =>
      runLayer({
        ...{ architecture, dnn: "digits", layer, workspace, nTiles, batchSize: row.batchSize as number },
        variables: {
          ADC_RESOLUTION: adcBits,
          CIM_UNITS_PER_WEIGHT: slices,
          AVERAGE_WEIGHT_VALUE: averageWeight as number,
          // Without speculation it is 1, as in the tables.
          ...(adcShare !== 1 && { ADC_ACTION_SHARE: adcShare as number }),
        },
      }),
    );
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    near(row.energyPj as number, sum(layers.map(({ energyPj }) => energyPj.total)), "energy");
    const cycles = layers.map((layer) => layer.cycles);
    assert.equal(row.cyclesTotal, sum(cycles));
    const tiles = replicateByDoubling(cycles, nTiles, row.tileBudget as number).tilesUsed;
    assert.equal(row.tilesUsed, tiles);
    near(row.pipelineAreaMm2 as number, (tiles * layers[0].areaUm2.total) / nTiles / 1e6, "area");
  }

  it("decides constraints on the loss before anything else, and goes on where it was", async () => {
    const description: SweepDescription = {
      ...base,
      ...{
        accuracy: { dnn: "digits", end_to_end: true },
        constraint: "loss <= 1",
        objective: { minimize: "loss" },
      },
    };
    const { rows } = await sweep(description, { workspace });
    assert.deepEqual(
      rows.map(({ status }) => status),
      ["excluded", "ok"],
    );
    assert.ok((rows[0].loss as number) > 10 && rows[0].energyPj === null);
    const target = join(folder, "result");
    const first = await sweepToFolder(description, target, { workspace });
    assert.equal(first.computed, 2);
    assert.ok(existsSync(join(target, "accuracy.json")));
    const again = await sweepToFolder(description, target, { workspace });
    assert.equal(again.computed, 0);
  });

  it("says of a design that its accuracy is not known, and why", async () => {
    const { rows } = await sweep(
      { ...base, variables: { BITS_PER_CELL: [2, 4], CIM_UNITS_PER_WEIGHT: 4 }, accuracy: { dnn: "digits" } },
      { workspace },
    );
    assert.equal(rows[0].status, "infeasible");
    assert.match(String(rows[0].reason), /Its slices have 4 bits, its cells 2/);
    assert.notEqual(rows[1].error, null);
  });

  it("refuses a network that was not imported, and keys that do not exist", async () => {
    await assert.rejects(
      sweep({ ...base, accuracy: { dnn: "digit" } }, { workspace }),
      /no imported network/,
    );
    const wrong = { ...base, accuracy: { dnn: "digits", slicng: "anew" } } as SweepDescription;
    await assert.rejects(sweep(wrong, { workspace }), /slicing/);
  });
});
