import assert from "node:assert/strict";
import { comparisonChart } from "../../../src/report/charts/comparison-chart";
import { energyOrigins } from "../../../src/report/notebook/energy-origins";
import { insideNotebook } from "../../../src/report/notebook/outputs";
import { progressBar } from "../../../src/report/notebook/progress-bar";
import { showChart } from "../../../src/report/notebook/show-chart";
import { showTable } from "../../../src/report/notebook/show-table";
import { mapLayer } from "../../../src/study/run-layer";

interface Shown {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly transient: { readonly display_id?: string };
  readonly update: boolean;
}

/** Runs something as if in a cell: with tslab loaded and waiting for outputs. */
async function inCell(run: () => void | Promise<void>): Promise<readonly Shown[]> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const jupyter = require("tslab/dist/jupyter.js") as { lastWriteDisplayData: unknown };
  const shown: Shown[] = [];
  jupyter.lastWriteDisplayData = (message: Omit<Shown, "update">, update: boolean) =>
    shown.push({ ...message, update });
  try {
    await run();
  } finally {
    jupyter.lastWriteDisplayData = null;
  }
  return shown;
}

const chart = comparisonChart({ title: "Demo", energyPj: { a: { ADC: 1 }, b: { ADC: 2 } } });

describe("outputs of cells", () => {
  it("are known to be possible only in a notebook", async () => {
    assert.equal(insideNotebook(), false);
    await inCell(() => assert.equal(insideNotebook(), true));
    assert.equal(insideNotebook(), false);
  });

  it("hold a chart as a picture, as an interactive chart and as words", async () => {
    const [{ data, metadata }] = await inCell(() => showChart(chart));
    assert.deepEqual(data["application/vnd.vegalite.v5+json"], chart);
    assert.equal(data["text/plain"], "[Chart: Demo]");
    const png = Buffer.from(String(data["image/png"]), "base64");
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.equal(png.readUInt32BE(16), metadata["image/png"].width * 2);
  });

  it("hold a table as HTML and as text", async () => {
    const [{ data }] = await inCell(() => showTable([{ design: "a", cycles: 5 }]));
    assert.match(String(data["text/html"]), /^<table>/);
    assert.match(String(data["text/plain"]), /design {2}cycles/);
  });
});

/** What is written to a stream of the process meanwhile. */
async function written(
  stream: NodeJS.WriteStream,
  run: () => void | Promise<void>,
  isTerminal = false,
): Promise<string> {
  const own = Object.getOwnPropertyDescriptors(stream);
  let text = "";
  stream.write = (chunk: string) => ((text += chunk), true);
  stream.isTTY = isTerminal;
  try {
    await run();
  } finally {
    for (const name of ["write", "isTTY"] as const) {
      if (own[name]) Object.defineProperty(stream, name, own[name]);
      else Reflect.deleteProperty(stream, name);
    }
  }
  return text;
}

describe("outside of a notebook", () => {
  it("tables are printed, and charts named", async () => {
    const table = await written(process.stdout, () => showTable([{ cycles: 5 }]));
    assert.equal(table, "cycles\n──────\n     5\n");
    assert.equal(await written(process.stdout, () => showChart(chart)), "[Chart: Demo]\n");
    const untitled = comparisonChart({ cycles: { a: 1 } });
    assert.equal(await written(process.stdout, () => showChart(untitled)), "[Chart]\n");
    const described = await written(process.stdout, () => showChart(chart, { description: "two bars" }));
    assert.equal(described, "[two bars]\n");
  });

  it("progress is shown on a terminal, and only there", async () => {
    const run = (): void => progressBar({ label: "Run" })({ done: 4, total: 4 });
    assert.equal(await written(process.stderr, run, true), `\rRun  ${"█".repeat(32)}  4 of 4\n`);
    assert.equal(await written(process.stderr, run, false), "");
  });
});

describe("progressBar", () => {
  it("updates one output in place, not too often, and ends in a state that says nothing of time", async () => {
    const shown = await inCell(() => {
      const progress = progressBar({ label: "ResNet18", noun: "layers" });
      for (let done = 0; done <= 20_000; done++) progress({ done, total: 20_000 });
      progress({ done: 20_000, total: 20_000 });
    });
    assert.ok(shown.length <= 20, `${shown.length} updates`);
    assert.deepEqual(
      shown.map(({ update }) => update),
      shown.map((_, index) => index > 0),
    );
    assert.equal(new Set(shown.map(({ transient }) => transient.display_id)).size, 1);
    assert.equal(shown.at(-1)?.data["text/plain"], `ResNet18  ${"█".repeat(32)}  20000 of 20000 layers`);
  });
});

describe("energyOrigins", () => {
  for (const leakage of [false, true])
    it(`adds up to the energy of the layer, level by level, the largest part first${leakage ? ", with leakage" : ""}`, () => {
      const mapped = mapLayer({ architecture: "isaac_like", dnn: "resnet18", layer: 3, leakage });
      const origins = energyOrigins(mapped);
      const near = (a: number, b: number): void =>
        assert.ok(Math.abs(a - b) <= 1e-12 * Math.abs(b), `${a} ≠ ${b}`);
      near(
        origins.reduce((sum, { share }) => sum + share, 0),
        1,
      );
      for (const { level, energyPj } of mapped.evaluation.levels) {
        const parts = origins.filter((origin) => origin.level === level);
        near(
          parts.reduce((sum, part) => sum + part.energyPj, 0),
          energyPj,
        );
      }
      for (const [index, { energyPj }] of origins.slice(1).entries())
        assert.ok(energyPj <= origins[index].energyPj);
      for (const { times, perActionPj, energyPj } of origins) near(times * perActionPj, energyPj);
      assert.equal(origins[0].component, "ADC");
    });
});
