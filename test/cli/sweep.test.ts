import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../support/run-cli";

interface Printed {
  readonly points: number;
  readonly ok: number;
  readonly infeasible: number;
  readonly missing: number;
  readonly computed: number;
  readonly result: string;
  readonly fronts: Readonly<
    Record<string, readonly { readonly nTiles: number; readonly batchSize: number }[]>
  >;
}

const description = {
  name: "sizes",
  architectures: ["isaac_like", "raella"],
  dnns: "resnet18",
  nTiles: [1, 64],
  batchSize: [1, 32],
  chunkSize: 2,
};

describe("raella sweep", () => {
  let directory: string;
  const place = (name: string): string => join(directory, name);
  const text = async (...command: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runCli("sweep", ...command);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  };
  const json = async (...command: string[]): Promise<Printed> =>
    JSON.parse(await text(...command, "--json")) as Printed;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "raella-sweep-"));
    writeFileSync(place("sizes.yaml"), JSON.stringify(description));
    await text(place("sizes.yaml"), "--out", place("sizes"), "--workers", "1");
  });
  after(() => rmSync(directory, { recursive: true }));

  it("counts its points as JSON, and computes none twice", async () => {
    const { points, computed, ok, infeasible, result } = await json(
      place("sizes.yaml"),
      "--out",
      place("sizes"),
    );
    assert.deepEqual({ points, computed }, { points: 8, computed: 0 });
    assert.equal(ok + infeasible, 8);
    assert.equal(result, place(join("sizes", "results.parquet")));
  });

  it("names every quantity that varies, and both goals of a Pareto front", async () => {
    const printed = await text(
      ...["front", place("sizes"), "--minimize", "energyPerInferencePj", "--maximize", "topsPerMm2"],
    );
    assert.match(
      printed,
      /^Pareto front for resnet18, 1 design \(minimize energyPerInferencePj, maximize topsPerMm2\)$/m,
    );
    assert.match(printed, /^ *point +architecture +nTiles +batchSize +energy per inference µJ/m);
  });

  it("has no front without an objective", async () => {
    const { exitCode, stderr } = await runCli("sweep", "front", place("sizes"));
    assert.equal(exitCode, 2);
    assert.match(stderr, /There is no objective\.[^]*--minimize EXPRESSION/);
  });

  it("merges what is there, and says how much is missing", async () => {
    await text(place("sizes.yaml"), "--out", place("half"), "--shard", "0/2");
    const merge = ["merge", place("half"), "--partial"];
    const csv = place("half.csv");
    assert.match(await text(...merge, "--csv", csv), /^4 points are missing\.$/m);
    assert.equal(readFileSync(csv, "utf8").trimEnd().split("\n").length, 5);
    const { points, missing } = await json(...merge);
    assert.deepEqual({ points, missing }, { points: 4, missing: 4 });
  });

  it("writes into a folder with its file's name unless told otherwise", async () => {
    const previous = process.cwd();
    process.chdir(directory);
    try {
      assert.match(
        await text("sizes.yaml", "--shard", "1/2"),
        /^Shard 1\/2: 4 of 8 points are in sizes\.sweep\./,
      );
    } finally {
      process.chdir(previous);
    }
  });
});
