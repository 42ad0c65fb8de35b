import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Workspace } from "../../src/index";
import { runLayer, sweep, workspaceAt } from "../../src/index";
import { importNetwork, networkAccuracy, usualDesign } from "../../src/network";
import { digitsModel, someDigits, writeNpy } from "../support/digits";

const root = join(__dirname, "..", "..");

/** Architectures of one's own: one that only has another name, one of other crossbars, one of fixed slices that speculates. */
const entries = `
  - name: twin
    directory: raella
    statistics: *raella_statistics
  - name: narrow
    directory: narrow
    statistics: *raella_statistics
  - name: lean
    derived_from: raella
    variables: {CIM_UNITS_PER_COLUMN: 256, ADC_RESOLUTION: 6}
  - name: plain
    derived_from: raella_no_speculation_2b_cells
  - name: fixed
    directory: raella
    arithmetic: {slices: [4, 4]}
    statistics: *raella_statistics
  - name: silent
    directory: silent
`;

const replaceIn = (file: string, ...changes: readonly (readonly [string | RegExp, string])[]): void =>
  writeFileSync(
    file,
    changes.reduce((text, [from, to]) => text.replace(from, to), readFileSync(file, "utf8")),
  );

describe("An architecture that is derived from RAELLA", () => {
  let folder: string;
  let workspace: Workspace;
  const table = (architecture: string): readonly Readonly<Record<string, string>>[] => {
    const file = join(folder, "recorded_statistics", "torch_values", architecture, "digits.csv");
    const [head, ...rows] = readFileSync(file, "utf8").trim().split("\n");
    const names = head.split(",");
    return rows.map((row) => Object.fromEntries(row.split(",").map((cell, index) => [names[index], cell])));
  };

  before(async function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "raella-derived-"));
    const models = join(folder, "models");
    cpSync(join(root, "models"), models, { recursive: true });
    for (const name of ["narrow", "silent"])
      cpSync(join(models, "raella"), join(models, name), { recursive: true });
    replaceIn(
      join(models, "narrow", "variables.yaml"),
      [/CIM_UNITS_PER_COLUMN: 512/, "CIM_UNITS_PER_COLUMN: 256"],
      [/ADC_RESOLUTION: 7/, "ADC_RESOLUTION: 6"],
      // Names of its own, too.
      [/converter_bits: ADC_RESOLUTION/, "converter_bits: ADC_RESOLUTION + 0"],
    );
    replaceIn(join(models, "silent", "variables.yaml"), [/\narithmetic:[^]*/, "\n"]);
    replaceIn(join(models, "architectures.yaml"), [/$/, entries]);
    const inputs = join(folder, "images.npy");
    writeNpy(inputs, await someDigits(8));
    await importNetwork({
      model: digitsModel,
      ...{ inputs, name: "digits", samples: 32, workspace: folder },
    });
    workspace = workspaceAt(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("gets statistics of its own crossbars and converters, whatever it is called", () => {
    assert.deepEqual(table("twin"), table("raella"));
    assert.deepEqual(table("lean"), table("narrow"));
    assert.deepEqual(table("plain"), table("raella_no_speculation_2b_cells"));
    const slices = (architecture: string): number =>
      table(architecture).reduce((sum, row) => sum + Number(row.CIM_UNITS_PER_WEIGHT), 0);
    assert.ok(slices("narrow") !== slices("raella"), "six bits on 256 rows take other slices");
    assert.notDeepEqual(
      table("narrow").map((row) => row.ADC_ACTION_SHARE),
      table("raella").map((row) => row.ADC_ACTION_SHARE),
    );
    assert.deepEqual(new Set(table("fixed").map((row) => row.CIM_UNITS_PER_WEIGHT)), new Set(["2"]));
    assert.ok(table("fixed").some((row) => Number(row.ADC_ACTION_SHARE) > 0.375));
    for (const architecture of ["twin", "narrow", "fixed"])
      assert.ok(runLayer({ architecture, dnn: "digits", layer: 0, workspace }).energyPj.total > 0);
  });

  it("is as accurate as one of the package with the same rows, bits and slices @thorough", async () => {
    const ofName = async (architecture: string, options: object = {}): ReturnType<typeof networkAccuracy> =>
      networkAccuracy({ dnn: "digits", workspace, architectures: architecture, ...options });
    const figures = (accuracy: Awaited<ReturnType<typeof networkAccuracy>>): unknown =>
      accuracy.designs.map(({ layers, meanError }) => ({ layers, meanError }));
    assert.deepEqual(figures(await ofName("twin")), figures(await ofName("raella")));
    const narrow = await ofName("narrow", { slicing: "anew" });
    assert.deepEqual([narrow.designs[0].rows, narrow.designs[0].adcBits], [256, 6]);
    assert.deepEqual(
      figures(narrow),
      figures(await ofName("raella", { rows: 256, adcBits: 6, slicing: "anew" })),
    );
    // What the import chose for it is what it would choose.
    assert.deepEqual(figures(await ofName("narrow")), figures(narrow));
  });

  it("can be swept, and variables of a sweep change its arithmetic @thorough", async () => {
    const variables = { ADC_RESOLUTION: [6, 7], CIM_UNITS_PER_COLUMN: 256 };
    const rowsOf = async (architecture: string): Promise<unknown> => {
      const description = { architectures: architecture, dnns: "digits", variables };
      const accuracy = { dnn: "digits", slicing: "anew" } as const;
      const { rows } = await sweep({ ...description, accuracy }, { workspace });
      return rows.map(({ error, meanSlices, status }) => ({ error, meanSlices, status }));
    };
    assert.deepEqual(await rowsOf("narrow"), await rowsOf("raella"));
  });

  it("is told what is missing where its model does not say how it computes", async () => {
    await assert.rejects(
      networkAccuracy({ dnn: "digits", workspace, architectures: "silent" }),
      /does not say how its crossbars compute[^]*arithmetic/,
    );
    await assert.rejects(
      sweep({ architectures: "silent", dnns: "digits", accuracy: { dnn: "digits" } }, { workspace }),
      /does not say how its crossbars compute/,
    );
    await assert.rejects(networkAccuracy({ dnn: "digits", workspace, architectures: "twinn" }), /twin/);
    replaceIn(join(folder, "models", "architectures.yaml"), ["slices: [4, 4]", "slices: [4, 5]"]);
    assert.throws(() => usualDesign("fixed", workspace), /\[4, 2, 2\]/);
  });
});
