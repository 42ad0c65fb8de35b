import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wholeInput } from "../../src/report/layer-files";
import type { LayerResult } from "../../src/study/layer-result";
import { runCli } from "../support/run-cli";
import { smallModel, smallProblem, specificationOf } from "../spec/support/small-model";

/** What two runs of the same input have in common. */
function figures(printed: string): Partial<LayerResult> {
  const others = [
    "architecture",
    "dnn",
    "layer",
    "manifest",
    "mapSpace",
    "notes",
    "warnings",
    "errorPercent",
  ];
  const result = JSON.parse(printed) as LayerResult;
  return Object.fromEntries(Object.entries(result).filter(([name]) => !others.includes(name)));
}

async function ran(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(...words, "--json");
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

const cases: readonly (readonly string[])[] = [
  ...["raella", "isaac_like", "raella_no_speculation_2b_cells"].map((name) => [
    ...["layer", "-a", name, "-d", "resnet18", "-l", "10"],
  ]),
  ["layer", "-a", "raella", "-d", "qdqbert", "-l", "0"],
  ["layer", "-a", "raella", "-d", "mobilenetv2", "-l", "1", "-t", "4", "--fidelity", "corrected"],
  ["layer", "-a", "raella", "--shape", "C=64,M=128,R=3,S=3,P=28,Q=28", "--set", "ADC_RESOLUTION=8"],
  ["map", join(__dirname, "..", "fixtures", "own-architecture-with-bandwidth.yaml")],
];

describe("the input that --out writes", function () {
  this.timeout(60_000);
  for (const words of cases)
    it(`of ${words.map((word) => word.split("/").at(-1)).join(" ")} reads back as the same`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "raella-whole-"));
      try {
        const first = figures(await ran(...words, "--out", folder));
        const fidelity = words.includes("corrected") ? ["--fidelity", "corrected"] : [];
        const input = [join(folder, "input.yaml"), ...fidelity];
        const mapping = join(folder, "timeloop_mapper.map.yaml");
        assert.deepEqual(figures(await ran("model", ...input, "-m", mapping)), first);
        assert.deepEqual(figures(await ran("map", ...input)), first);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  it("names the coefficients of a projection, products of several as well", () => {
    const problem = smallProblem
      .replace(
        "dimensions: [M, N, K]",
        "dimensions: [M, N, K]\n    coefficients: [{name: X, default: 2}, {name: Y, default: 3}]",
      )
      .replace("projection: [[[M]], [[K]]]", "projection: [[[M, X, Y], [K, X]]]");
    const specification = specificationOf({ "model.yaml": smallModel, "problem.yaml": problem });
    const tables = { energy: { energyPj: {} }, area: { areaUm2: {} } };
    const { problem: written } = wholeInput(specification, tables) as unknown as {
      problem: { shape: { data_spaces: { projection: unknown }[] } };
    };
    assert.deepEqual(written.shape.data_spaces[0].projection, [
      [
        ["M", "X", "Y"],
        ["K", "X"],
      ],
    ]);
  });
});
