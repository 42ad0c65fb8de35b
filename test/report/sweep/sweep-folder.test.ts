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
import { RaellaError } from "../../../src/errors";
import { mergeSweep, openSweep, readSweep } from "../../../src/report/sweep/merged-sweep";
import {
  chunkPath,
  examineChunks,
  openSweepFolder,
  readSweepFolder,
  writeChunk,
} from "../../../src/report/sweep/sweep-folder";
import type { SweepFolder, SweepManifest } from "../../../src/report/sweep/sweep-folder";
import { formatSweepText, objectivesFrom, summarizeSweep } from "../../../src/report/sweep/sweep-text";
import { planSweep } from "../../../src/study/sweep/plan-sweep";
import { chunkRange, countChunks, pointAt } from "../../../src/study/sweep/sweep-plan";
import { sweepColumns } from "../../../src/study/sweep/sweep-row";
import type { SweepRow } from "../../../src/study/sweep/sweep-row";

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
  formatVersion: 2,
  package: "raella",
  version: "0.0.0",
  plan,
  columns,
  files: { "models/raella/arch.yaml": "abc" },
};

/** Made-up results: every fifth point is infeasible. */
function rowOf(point: number): SweepRow {
  const { design, architecture, dnn, nTiles, batchSize, variables } = pointAt(plan, point);
  const isInfeasible = point % 5 === 4;
  const cells = new Map<string, string | number | null>(
    Object.entries({ point, design, architecture, dnn, nTiles, batchSize, ...variables }),
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
    const folder = openSweepFolder(path.join(scratch, name), manifest);
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
    assert.ok(
      lines[0].startsWith("point,design,architecture,dnn,nTiles,batchSize,A,B,status,reason,layers,"),
    );
    assert.ok(lines[1].startsWith("0,0,raella,resnet18,16,32,0,x,ok,,,,1000000000.1,"));
    assert.ok(lines[5].startsWith('4,2,raella,resnet18,16,32,1,x,infeasible,"Layer 3: too large, µ — ü",'));
    assert.ok(lines[3].startsWith('2,1,raella,resnet18,16,32,0,"with ""quotes"", commas",ok'));
  });

  it("knows which chunks are complete", async () => {
    const folder = await filled("some", [5, 0, 3]);
    writeFileSync(path.join(folder.path, "chunks", "chunk-000009.parquet"), "");
    writeFileSync(path.join(folder.path, "chunks", "chunk-999999.parquet"), "PAR1____PAR1");
    writeFileSync(path.join(folder.path, "chunks", "notes.txt"), "");
    assert.deepEqual(examineChunks(folder), { finished: [0, 3, 5], broken: [9] });
    truncateSync(chunkPath(folder, 3), 100);
    const now = { finished: [0, 5], broken: [3, 9] };
    assert.deepEqual(examineChunks(folder), now);
    assert.deepEqual(examineChunks(readSweepFolder(folder.path)), now);
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
      [other({ estimators: "abc" }), /other estimators were registered/],
      [other({ columns: [] }), /columns were different/],
    ];
    for (const [changed, message] of attempts)
      assert.throws(() => openSweepFolder(folder.path, changed), isUsage(message));
    openSweepFolder(path.join(scratch, "two"), attempts[0][0]);
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
    await assert.rejects(mergeSweep([path.join(scratch, "broken")]), isUsage(/sweep\.json is damaged/));
    for (const text of ["{}", "null", "[1]", ""]) {
      writeFileSync(file, text);
      await assert.rejects(
        mergeSweep([path.join(scratch, "broken")]),
        isUsage(/sweep\.json is damaged|earlier/),
      );
    }
    writeFileSync(file, JSON.stringify({ ...manifest, formatVersion: 1 }));
    await assert.rejects(mergeSweep([path.join(scratch, "broken")]), isUsage(/is of an earlier version/));
    await assert.rejects(openSweep(path.join(scratch, "none")), isUsage(/There is no file/));
    await assert.rejects(openSweep(file), isUsage(/does not hold a sweep/));
    writeFileSync(path.join(scratch, "file"), "");
    assert.throws(() => openSweepFolder(path.join(scratch, "file"), manifest), isUsage(/Cannot write to/));
  });

  it("does not overwrite a merged file when a chunk cannot be read", async () => {
    const folder = await filled("whole");
    const { file } = await mergeSweep([folder.path]);
    const before = readFileSync(file);
    const bytes = readFileSync(chunkPath(folder, 1));
    bytes.fill(0xff, 4, bytes.length - 60);
    writeFileSync(chunkPath(folder, 1), bytes);
    await assert.rejects(
      mergeSweep([folder.path]),
      isUsage(
        /damaged or do not belong to this sweep: .*chunk-000001\.parquet\.\n.*Run the same sweep again/,
      ),
    );
    assert.ok(readFileSync(file).equals(before));
    assert.deepEqual(readdirSync(folder.path).sort(), ["chunks", "results.parquet", "sweep.json"]);
    copyFileSync(file, path.join(scratch, "copy.parquet"));
    assert.equal((await readSweep(path.join(scratch, "copy.parquet"))).rows.length, 200);
  });

  it("takes a good copy of a chunk from another folder where one is damaged", async () => {
    const folder = await filled("one");
    const { file } = await mergeSweep([folder.path]);
    const expected = readFileSync(file);
    const other = await filled("other", [1]);
    truncateSync(chunkPath(folder, 1), 50);
    const { broken } = await mergeSweep([folder.path, other.path]);
    assert.deepEqual(broken, []);
    assert.ok(readFileSync(file).equals(expected));
    const partial = await mergeSweep([folder.path], { partial: true });
    assert.deepEqual([partial.broken, partial.missing], [[chunkPath(folder, 1)], 21]);
  });

  it("tells chunks of other points and of other sweeps", async () => {
    const folder = await filled("one");
    copyFileSync(chunkPath(folder, 3), chunkPath(folder, 4));
    const changed = { ...manifest, plan: { ...plan, chunkSize: 20 } };
    const other = openSweepFolder(path.join(scratch, "two"), changed);
    await writeChunk(other, 5, rowsOf(5));
    copyFileSync(chunkPath(other, 5), chunkPath(folder, 5));
    assert.deepEqual(examineChunks(folder).broken, [4, 5]);
    await assert.rejects(
      mergeSweep([folder.path]),
      isUsage(/chunk-000004\.parquet, .*chunk-000005\.parquet/),
    );
    // The description of the sweep was removed, and another one takes the folder over.
    rmSync(path.join(folder.path, "sweep.json"));
    assert.deepEqual(examineChunks(openSweepFolder(folder.path, changed)).finished, [5]);
  });

  it("never gives another figure for a flipped bit anywhere, nor hangs, and names the file", async function () {
    this.timeout(60_000);
    const folder = await filled("one");
    const { file } = await mergeSweep([folder.path]);
    const out = path.join(scratch, "again.parquet");
    const expected = readFileSync(file);
    const { rows } = await readSweep(file);
    const use = async (target: string): Promise<void> => {
      if (target === file) return assert.deepEqual((await readSweep(file)).rows, rows);
      await mergeSweep([folder.path], { out });
      assert.ok(readFileSync(out).equals(expected));
    };
    let noticed = 0;
    for (const target of [path.join(folder.path, "sweep.json"), chunkPath(folder, 2), file]) {
      const bytes = readFileSync(target);
      const tries = 100;
      for (let index = 0; index < tries; index += 1) {
        // Half of them in the last bytes, where the structure of the file stands.
        const from = index % 2 === 0 ? 0 : bytes.length - Math.min(bytes.length, 3000);
        const at = from + Math.floor(((index * 2654435761) % 2 ** 32) / (2 ** 32 / (bytes.length - from)));
        const flipped = Buffer.from(bytes);
        flipped[at] ^= 1 << (index % 8);
        writeFileSync(target, flipped);
        try {
          await use(target);
        } catch (error) {
          assert.ok(error instanceof RaellaError, String(error));
          assert.ok(error.message.includes(path.basename(target)), error.message);
          noticed += 1;
        }
      }
      writeFileSync(target, bytes);
      await use(target);
    }
    // A bit of the blanks in sweep.json may not matter, nor one of a text that JSON can write in two ways.
    assert.ok(noticed > 290, `${noticed} of 300`);
  });

  it("refuses to write two results to one place, or over its own chunks", async () => {
    const folder = await filled("one");
    const out = path.join(scratch, "out");
    await assert.rejects(
      mergeSweep([folder.path], { out, csv: out }),
      isUsage(/Two outputs would be written/),
    );
    const over = chunkPath(folder, 1);
    await assert.rejects(
      mergeSweep([folder.path], { out: over }),
      isUsage(/would be overwritten, but is read/),
    );
    assert.deepEqual(examineChunks(folder).broken, []);
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
