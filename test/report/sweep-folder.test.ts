import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readParquet as polarsReadParquet } from "nodejs-polars";
import { RaellaError } from "../../src/errors";
import { mergeSweep } from "../../src/report/sweep/merge-sweep";
import { openSweep, readSweep } from "../../src/report/sweep/read-sweep";
import {
  chunkPath,
  finishedChunks,
  openSweepFolder,
  readSweepFolder,
  removeLeftovers,
  writeChunk,
  type SweepFolder,
  type SweepManifest,
} from "../../src/report/sweep/sweep-folder";
import { formatSweepText, objectivesFrom, summarizeSweep } from "../../src/report/sweep/sweep-text";
import { planSweep } from "../../src/study/sweep/plan-sweep";
import { chunkRange, countChunks, pointAt } from "../../src/study/sweep/sweep-plan";
import { sweepColumns, type SweepRow } from "../../src/study/sweep/sweep-row";

const plan = planSweep({
  name: "test",
  architectures: "raella",
  dnns: ["resnet18", "qdqbert"],
  variables: { A: Array.from({ length: 50 }, (_, index) => index), B: ["x", 'with "quotes", commas'] },
  objective: [{ minimize: "energyPj" }, { maximize: "topsPerMm2" }],
  chunkSize: 21,
});
const columns = sweepColumns(plan, ["ADC"]);
const manifest: SweepManifest = {
  format: "raella-sweep",
  formatVersion: 1,
  package: "raella",
  version: "0.0.0",
  plan,
  columns,
  files: { "models/raella/arch.yaml": "abc" },
};

/** Made-up results: every fifth point is infeasible. */
function rowOf(point: number): SweepRow {
  const { design, architecture, dnn, tiles, batch, variables } = pointAt(plan, point);
  const isInfeasible = point % 5 === 4;
  const cells = new Map<string, string | number | null>(
    Object.entries({ point, design, architecture, dnn, tiles, batch, ...variables }),
  );
  cells.set("status", isInfeasible ? "infeasible" : "ok");
  cells.set("reason", isInfeasible ? "Layer 3: too large, µ — ü" : null);
  if (!isInfeasible) {
    cells.set("energyPj", 1e9 / (1 + point) + 0.1);
    cells.set("topsPerMm2", 1 / (point - 100.5) ** 2);
  }
  return columns.map(({ name }) => cells.get(name) ?? null);
}

function rowsOf(chunk: number): SweepRow[] {
  const { start, end } = chunkRange(plan, chunk);
  return Array.from({ length: end - start }, (_, index) => rowOf(start + index));
}

const allChunks = Array.from({ length: countChunks(plan) }, (_, chunk) => chunk);

function isUsage(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RaellaError, String(error));
    assert.match(error.message, message);
    return true;
  };
}

describe("folder of a sweep", () => {
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(path.join(tmpdir(), "raella-sweep-"));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  async function filled(name: string, chunks: readonly number[] = allChunks): Promise<SweepFolder> {
    const folder = await openSweepFolder(path.join(scratch, name), manifest);
    for (const chunk of chunks) await writeChunk(folder, chunk, rowsOf(chunk));
    return folder;
  }

  it("merges to the same bytes in whatever order and place the chunks were stored", async () => {
    const whole = await filled("whole");
    const { file, rows, missing } = await mergeSweep([whole.path]);
    assert.deepEqual([rows, missing], [200, 0]);
    await filled("backwards", [...allChunks].reverse());
    await filled(
      "even",
      allChunks.filter((chunk) => chunk % 2 === 0),
    );
    await filled(
      "odd",
      allChunks.filter((chunk) => chunk % 2 === 1 || chunk === 4),
    );
    const merged = [["backwards"], ["odd", "even"], ["even", "odd"]];
    for (const names of merged) {
      const out = path.join(scratch, `${names.join("-")}.parquet`);
      await mergeSweep(
        names.map((name) => path.join(scratch, name)),
        { out },
      );
      assert.ok(readFileSync(out).equals(readFileSync(file)), names.join(" and "));
    }
  });

  it("gives back every cell", async () => {
    const { path: folder } = await filled("whole");
    await mergeSweep([folder]);
    const { rows, plan: stored } = await readSweep(folder);
    assert.deepEqual(stored, plan);
    const expected = allChunks.flatMap(rowsOf);
    assert.deepEqual(
      rows.map((row) => Object.values(row)),
      expected,
    );
  });

  it("is read by another Parquet reader", async () => {
    const { path: folder } = await filled("whole");
    const { file } = await mergeSweep([folder]);
    const frame = polarsReadParquet(file);
    assert.deepEqual(
      frame.columns,
      columns.map(({ name }) => name),
    );
    const records = frame.toRecords();
    assert.equal(records.length, 200);
    records.forEach((record, point) => {
      const row = rowOf(point);
      columns.forEach(({ name }, index) =>
        assert.equal(record[name] ?? null, row[index], `${name} of ${point}`),
      );
    });
  });

  it("writes CSV", async () => {
    const { path: folder } = await filled("whole");
    const csv = path.join(scratch, "rows.csv");
    await mergeSweep([folder], { csv });
    const lines = readFileSync(csv, "utf8").split("\n");
    assert.equal(lines.length, 202);
    assert.ok(lines[0].startsWith("point,design,architecture,dnn,tiles,batch,A,B,status,reason,layers,"));
    assert.ok(lines[1].startsWith("0,0,raella,resnet18,16,32,0,x,ok,,,,1000000000.1,"));
    assert.ok(lines[5].startsWith('4,2,raella,resnet18,16,32,1,x,infeasible,"Layer 3: too large, µ — ü",'));
    assert.ok(lines[3].startsWith('2,1,raella,resnet18,16,32,0,"with ""quotes"", commas",ok'));
  });

  it("knows which chunks are complete", async () => {
    const folder = await filled("some", [5, 0, 3]);
    writeFileSync(path.join(folder.path, "chunks", "chunk-000009.parquet"), "");
    writeFileSync(path.join(folder.path, "chunks", "chunk-999999.parquet"), "PAR1____PAR1");
    writeFileSync(path.join(folder.path, "chunks", "notes.txt"), "");
    assert.deepEqual(finishedChunks(folder), [0, 3, 5]);
    truncateSync(chunkPath(folder, 3), 100);
    assert.deepEqual(finishedChunks(folder), [0, 5]);
    assert.deepEqual(finishedChunks(readSweepFolder(folder.path)), [0, 5]);
  });

  it("removes what an interrupted process left behind, of its own chunks only", async () => {
    const folder = await filled("some", [0]);
    const chunks = path.join(folder.path, "chunks");
    for (const name of [".chunk-000001.parquet.00ff", ".chunk-000002.parquet.00ff"])
      writeFileSync(path.join(chunks, name), "half");
    removeLeftovers(folder, [0, 1, 3]);
    assert.deepEqual(readdirSync(chunks).sort(), [".chunk-000002.parquet.00ff", "chunk-000000.parquet"]);
  });

  it("says which points are missing, and merges the others on request", async () => {
    const folder = await filled(
      "some",
      allChunks.filter((chunk) => chunk !== 2 && chunk !== 4),
    );
    await assert.rejects(
      mergeSweep([folder.path]),
      isUsage(/42 of 200 points have not been computed, among them 42 to 62, 84 to 104/),
    );
    assert.ok(!readdirSync(folder.path).some((name) => name.includes("results")));
    const { rows, missing } = await mergeSweep([folder.path], { partial: true });
    assert.deepEqual([rows, missing], [158, 42]);
  });

  it("refuses to mix different sweeps", async () => {
    const folder = await filled("one", [0]);
    const other = (changes: Partial<SweepManifest>): SweepManifest => ({ ...manifest, ...changes });
    const attempts: readonly (readonly [SweepManifest, RegExp])[] = [
      [other({ plan: { ...plan, constraint: "A > 1" } }), /another sweep: "constraint" was different/],
      [other({ version: "9.9.9" }), /computed by version 0\.0\.0, this is 9\.9\.9/],
      [
        other({ files: { "models/raella/arch.yaml": "abd" } }),
        /the file models\/raella\/arch\.yaml has changed/,
      ],
      [other({ columns: [] }), /columns were different/],
    ];
    for (const [changed, message] of attempts)
      await assert.rejects(openSweepFolder(folder.path, changed), isUsage(message));
    await openSweepFolder(path.join(scratch, "two"), attempts[0][0]);
    await assert.rejects(
      mergeSweep([folder.path, path.join(scratch, "two")]),
      isUsage(/belong to different sweeps/),
    );
  });

  it("explains folders that hold no sweep", async () => {
    await assert.rejects(mergeSweep([]), isUsage(/nothing to merge/));
    await assert.rejects(mergeSweep([path.join(scratch, "none")]), isUsage(/There is no sweep in/));
    mkdirSync(path.join(scratch, "broken"));
    const file = path.join(scratch, "broken", "sweep.json");
    writeFileSync(file, "{");
    await assert.rejects(mergeSweep([path.join(scratch, "broken")]), isUsage(/cannot be read/));
    writeFileSync(file, "{}");
    await assert.rejects(
      mergeSweep([path.join(scratch, "broken")]),
      isUsage(/does not describe a sweep of this version/),
    );
    await assert.rejects(openSweep(path.join(scratch, "none")), isUsage(/There is no file/));
    await assert.rejects(openSweep(file), isUsage(/does not hold a sweep/));
    writeFileSync(path.join(scratch, "file"), "");
    await assert.rejects(openSweepFolder(path.join(scratch, "file"), manifest), isUsage(/Cannot write to/));
  });

  it("does not overwrite a merged file when a chunk cannot be read", async () => {
    const folder = await filled("whole");
    const { file } = await mergeSweep([folder.path]);
    const before = readFileSync(file);
    const bytes = readFileSync(chunkPath(folder, 1));
    bytes.fill(0xff, 4, bytes.length - 60);
    writeFileSync(chunkPath(folder, 1), bytes);
    await assert.rejects(mergeSweep([folder.path]));
    assert.ok(readFileSync(file).equals(before));
    assert.deepEqual(readdirSync(folder.path).sort(), ["chunks", "results.parquet", "sweep.json"]);
    copyFileSync(file, path.join(scratch, "copy.parquet"));
    assert.equal((await readSweep(path.join(scratch, "copy.parquet"))).rows.length, 200);
  });

  it("is summarized with its Pareto front for each DNN", async () => {
    const { path: folder } = await filled("whole");
    await mergeSweep([folder]);
    const stored = await openSweep(folder);
    const summary = await summarizeSweep(stored);
    assert.deepEqual([summary.points, summary.ok, summary.excluded, summary.infeasible], [200, 160, 0, 40]);
    assert.deepEqual(summary.reasons, [{ reason: "Layer 3: too large, µ — ü", points: 40 }]);
    // Energy falls and density rises up to point 100; behind it only energy gets better.
    const pointsOf = (dnn: string): unknown[] => (summary.fronts.get(dnn) ?? []).map(({ point }) => point);
    const feasible = (point: number): boolean => point % 5 !== 4;
    const expected = Array.from({ length: 200 }, (_, point) => point).filter(
      (point) => point >= 100 && feasible(point),
    );
    assert.deepEqual(
      pointsOf("resnet18"),
      expected.filter((point) => point % 2 === 0),
    );
    assert.deepEqual(
      pointsOf("qdqbert"),
      expected.filter((point) => point % 2 === 1),
    );
    const text = formatSweepText(stored, summary);
    assert.match(
      text,
      /^test: 200 points, 160 ok, 0 excluded by the constraint, 40 infeasible\n {2}40 × Layer 3/,
    );
    assert.match(text, /Pareto front for resnet18, 40 designs \(minimize energyPj, maximize topsPerMm2\)/);
    assert.match(text, /and 20 more/);
    const single = await summarizeSweep(stored, objectivesFrom([], ["energyPj / 2 - 3"]));
    assert.deepEqual(
      [...single.fronts.values()].map((front) => front.map(({ point }) => point)),
      [[0], [1]],
    );
    assert.equal(objectivesFrom([], []), undefined);
    assert.throws(() => objectivesFrom([""], []), isUsage(/objective is empty/));
    await assert.rejects(
      summarizeSweep(stored, [{ minimize: "energyPjj" }]),
      isUsage(/Did you mean "energyPj"/),
    );
  });
});
