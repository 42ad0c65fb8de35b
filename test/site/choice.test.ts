import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { transformSync } from "esbuild";
import fc from "fast-check";
import {
  addressOf,
  cellOf,
  commandOf,
  readAddress,
  usualChoice,
  wayNames,
  ways,
} from "../../site/live/choice";
import type { Choice } from "../../site/live/choice";
import * as charts from "../../src/charts";
import * as raella from "../../src/index";
import { runCli } from "../support/run-cli";

const version = "1.2.3";

const choices: fc.Arbitrary<Choice> = fc.record(
  {
    dnn: fc.constantFrom("resnet18", "qdqbert"),
    architectures: fc.option(fc.uniqueArray(fc.constantFrom("isaac_like", "raella"), { minLength: 1 })),
    layers: fc.constantFrom("", "0", "0,10,20", "0-5,7"),
    tiles: fc.option(fc.integer({ min: 1, max: 999 })),
    batch: fc.option(fc.integer({ min: 1, max: 999 })),
    settings: fc.dictionary(
      fc.constantFrom("ADC_RESOLUTION", "CELL_CONFIG", "a"),
      fc.constantFrom("8", 'getcwd() + "/x & y.cell"', "1 / 3", "2 if 1 == 1 else 3"),
      { noNullPrototype: true },
    ),
    ways: fc.constantFrom<Choice["ways"]>({}, { fidelity: "corrected" }, { leakage: "yes", typical: "yes" }),
    speed: fc.constantFrom("throughput", "cycles"),
    layer: fc.option(fc.integer({ min: 0, max: 20 })),
    on: fc.option(fc.constantFrom("isaac_like", "raella")),
  },
  { noNullPrototype: true },
);

describe("a choice", () => {
  it("comes back from its address", () => {
    fc.assert(
      fc.property(choices, (choice) => {
        const read = readAddress(`#${addressOf(choice, version)}`);
        assert.deepEqual(read, { choice, problems: [], version });
      }),
    );
    assert.deepEqual(readAddress("").choice, usualChoice);
    assert.equal(
      addressOf({ ...usualChoice, settings: { ADC_RESOLUTION: "8" } }, "1"),
      "dnn=resnet18&set.ADC_RESOLUTION=8&version=1",
    );
  });

  it("has every part of an address that cannot be read told", () => {
    for (const [hash, problem] of [
      ["#tiles=0", /tiles cannot be "0"/],
      ["#batch=many", /batch cannot be "many"/],
      ["#layers=1-x", /cannot read "1-x"/],
      ["#layer=-1", /layer cannot be "-1"/],
      ["#network=resnet18", /knows no "network"/],
      ["#fidelity=exact", /fidelity=exact/],
      ["#speed=light", /speed=light/],
      ["#set.ADC_RESOLUTION=", /cannot read "ADC_RESOLUTION="/],
      ["#tiles=1&tiles=2", /"tiles" twice/],
    ] as const) {
      const { problems } = readAddress(hash);
      assert.equal(problems.length, 1, hash);
      assert.match(problems[0], problem);
    }
  });

  it("is a command that the command line reads, whatever way is chosen", async () => {
    for (const name of wayNames)
      for (const value of Object.keys(ways[name].values)) {
        const choice: Choice = {
          ...usualChoice,
          architectures: ["raella"],
          layers: "20",
          ways: { [name]: value },
        };
        const words = commandOf(choice).split(" ").slice(2);
        const { exitCode, stdout, stderr } = await runCli(...words, "--json");
        assert.equal(exitCode, 0, stderr);
        assert.equal((JSON.parse(stdout) as { dnn: string }).dnn, "resnet18");
      }
  });

  it("quotes for a shell what needs it", () => {
    const settings = { CELL_CONFIG: `getcwd() + "/it's.cell"` };
    assert.equal(
      commandOf({ ...usualChoice, settings }),
      `npx raella ablation --dnn resnet18 --set 'CELL_CONFIG=getcwd() + "/it'\\''s.cell"'`,
    );
  });

  it("is a cell that draws its figure", async () => {
    const choice: Choice = {
      ...usualChoice,
      architectures: ["raella"],
      layers: "0,20",
      batch: 8,
      settings: { ADC_RESOLUTION: "8", MACROS_PER_TILE: "2 * 4" },
      ways: { replication: "increment", leakage: "yes" },
      speed: "cycles",
    };
    const shown: unknown[] = [];
    const modules: Readonly<Record<string, unknown>> = {
      raella,
      "raella/charts": charts,
      "raella/notebook": { showChart: (chart: unknown) => void shown.push(chart) },
    };
    const wrapped = cellOf(choice).replace(/\n\n([^]*)/, "\n\nexport default async () => {\n$1};\n");
    const { code } = transformSync(wrapped, { loader: "ts", format: "cjs" });
    const module = { exports: {} as { default: () => Promise<void> } };
    // What is run was written by the page's own code.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function("require", "module", code) as (require: unknown, module: unknown) => void;
    run((name: string): unknown => modules[name] ?? (createRequire(__filename)(name) as unknown), module);
    await module.exports.default();
    const expected = await raella.runAblation("resnet18", {
      architectures: ["raella"],
      layers: [0, 20],
      batchSize: 8,
      variables: { ADC_RESOLUTION: 8, MACROS_PER_TILE: "2 * 4" },
      replication: "increment",
      leakage: true,
    });
    assert.deepEqual(shown, [charts.ablationChart(expected, { speed: "cycles" })]);
  });
});
