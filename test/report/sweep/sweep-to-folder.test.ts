import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { registerEstimator } from "../../../src/components/registry";
import { mergeSweep, readSweep } from "../../../src/report/sweep/merged-sweep";
import { sweepToFolder } from "../../../src/report/sweep/sweep-to-folder";
import { planSweep } from "../../../src/study/sweep/plan-sweep";
import { sweep } from "../../../src/study/sweep/sweep";
import { countPoints } from "../../../src/study/sweep/sweep-plan";
import { copyWorkspace } from "../../spec/support/workspace-copy";
import { commandLineProcess } from "../../support/command-line-process";
import { runCli } from "../../support/run-cli";
import { reasonAgainstSlurm, startSlurmCluster, until } from "../../support/slurm-cluster";
import type { SlurmCluster } from "../../support/slurm-cluster";

const root = path.join(__dirname, "..", "..", "..");
const description = {
  name: "resumed",
  architectures: "raella",
  dnns: "resnet18",
  variables: { ADC_RESOLUTION: [5, 6, 7, 8, 9, 10], N_ADC_PER_BANK: [2, 4], COLUMNS_PER_CROSSBAR: [32, 512] },
  objective: { minimize: "energyPj" },
  chunkSize: 1,
};

function chunksIn(folder: string): string[] {
  try {
    return readdirSync(path.join(folder, "chunks")).filter((name) => /^chunk-\d+\.parquet$/.test(name));
  } catch {
    return [];
  }
}

/** File numbers and times of the chunks: a chunk that is written again gets new ones. */
function stampsOf(folder: string): Map<string, string> {
  return new Map(
    chunksIn(folder).map((name) => {
      const { ino, mtimeMs } = statSync(path.join(folder, "chunks", name));
      return [name, `${ino} ${mtimeMs}`];
    }),
  );
}

describe("interrupted and divided sweeps", () => {
  let scratch: string;
  let file: string;
  let expected: Buffer;
  let command: readonly string[];
  const place = (name: string): string => path.join(scratch, name);

  before(async function () {
    this.timeout(60_000);
    command = await commandLineProcess();
    scratch = mkdtempSync(path.join(tmpdir(), "raella-resume-"));
    file = place("sweep.yaml");
    writeFileSync(file, JSON.stringify(description));
    const { result, points, computed } = await sweepToFolder(description, place("whole"), { workers: 1 });
    assert.deepEqual([points, computed], [24, 24]);
    expected = readFileSync(String(result));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("go on only with the estimators they began with", async () => {
    const folder = place("estimators");
    const withRouter = async (energyPj: number): Promise<number> => {
      const remove = registerEstimator({
        name: "my router",
        classNames: ["isaac_router"],
        accuracyPercent: 99,
        parameters: {},
        actions: ["read", "write", "update", "idle"],
        areaUm2: () => 1000,
        energyPj: () => energyPj,
      });
      try {
        return (await sweepToFolder({ ...description, variables: { ADC_RESOLUTION: 7 } }, folder)).computed;
      } finally {
        remove();
      }
    };
    assert.deepEqual([await withRouter(777), await withRouter(777)], [1, 0]);
    // Its functions read the same: what differs is the value that they enclose.
    await assert.rejects(withRouter(778), /results of another sweep: other estimators were registered/);
    await assert.rejects(
      sweepToFolder({ ...description, variables: { ADC_RESOLUTION: 7 } }, folder),
      /other estimators were registered/,
    );
  });

  it("continue after being killed, neither losing nor repeating a stored point @thorough", async function () {
    this.timeout(120_000);
    const folder = place("killed");
    const start = (): ChildProcess =>
      spawn(command[0], [...command.slice(1), "sweep", file, "--out", folder, "--workers", "2"], {
        cwd: root,
        stdio: "ignore",
      });
    for (const enough of [1, 9]) {
      const child = start();
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await until(() => chunksIn(folder).length >= enough || child.exitCode !== null, `${enough} chunks`);
      child.kill("SIGKILL");
      await ended;
      const stamps = stampsOf(folder);
      assert.ok(stamps.size >= enough);
      assert.ok(stamps.size < 24, "the run was killed before it was done");
      writeFileSync(place(`stamps-${enough}.json`), JSON.stringify([...stamps]));
    }
    const child = start();
    assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 0);
    const finalStamps = stampsOf(folder);
    assert.equal(finalStamps.size, 24);
    for (const enough of [1, 9]) {
      const stamps = JSON.parse(readFileSync(place(`stamps-${enough}.json`), "utf8")) as [string, string][];
      for (const [name, stamp] of stamps) assert.equal(finalStamps.get(name), stamp, name);
    }
    assert.ok(readFileSync(path.join(folder, "results.parquet")).equals(expected));
    assert.ok(!readdirSync(path.join(folder, "chunks")).some((name) => name.startsWith(".")));
  });

  it("merge to the same file from shards in folders of their own", async () => {
    const folders = [0, 1, 2].map((index) => place(`shard-${index}`));
    for (const [index, folder] of folders.entries()) {
      const done = await sweepToFolder(description, folder, { shard: { index, count: 3 }, workers: 1 });
      assert.deepEqual([done.points, done.computed, done.result], [8, 8, null]);
    }
    await assert.rejects(mergeSweep(folders.slice(1)), /8 of 24 points have not been computed/);
    await mergeSweep(folders, { out: place("shards.parquet") });
    assert.ok(readFileSync(place("shards.parquet")).equals(expected));
    const again = await sweepToFolder(description, folders[0], { shard: { index: 0, count: 3 }, workers: 1 });
    assert.deepEqual([again.points, again.computed], [8, 0]);
  });

  it("compute damaged and foreign chunks again, and name them", async () => {
    const folder = place("damaged");
    await sweepToFolder(description, folder, { workers: 1 });
    const chunk = (number: number): string => path.join(folder, "chunks", chunksIn(folder).sort()[number]);
    const bytes = readFileSync(chunk(3));
    bytes[bytes.length >> 1] ^= 4;
    writeFileSync(chunk(3), bytes);
    copyFileSync(chunk(7), chunk(8));
    truncateSync(chunk(11), 0);
    const other = { ...description, variables: { ...description.variables, N_ADC_PER_BANK: [2, 8] } };
    await sweepToFolder(other, place("foreign"), { workers: 1 });
    copyFileSync(path.join(place("foreign"), "chunks", path.basename(chunk(13))), chunk(13));
    await assert.rejects(mergeSweep([folder]), /Chunks are damaged or do not belong to this sweep/);
    const { exitCode, stderr } = await runCli("sweep", file, "--out", folder, "--workers", "1");
    assert.equal(exitCode, 0, stderr);
    for (const number of [3, 8, 11, 13])
      assert.ok(stderr.includes(`${chunk(number)} was damaged or did not belong`), stderr);
    assert.match(stderr, /Computed 4 of 24 points; 20 were there already/);
    assert.ok(readFileSync(path.join(folder, "results.parquet")).equals(expected));
  });

  it("take no row of another sweep, whose description was removed", async () => {
    const folder = place("taken over");
    for (const chunkSize of [1, 2, 5]) {
      const changed = { ...description, chunkSize };
      const { replaced } = await sweepToFolder(changed, folder, { workers: 1 });
      assert.equal(replaced.length, chunkSize === 1 ? 0 : Math.ceil(24 / chunkSize));
      const { rows } = await readSweep(folder);
      const { rows: fresh } = await sweep(changed);
      assert.deepEqual(rows, fresh);
      rmSync(path.join(folder, "sweep.json"));
    }
  });

  it("belong to the tables of components as well, and to the files as they are", async () => {
    const folder = place("tables");
    const workspace = copyWorkspace(place("workspace"), {});
    const own = { ...description, typical: true, variables: { ADC_RESOLUTION: [5, 6] } };
    await sweepToFolder(own, folder, { workers: 1, workspace });
    const library = path.join(workspace.modelsDirectory, "component_library", "isaac.csv");
    const text = readFileSync(library, "utf8");
    writeFileSync(library, text.replace(/\d(?=\D*$)/, "7"));
    await assert.rejects(
      sweepToFolder(own, folder, { workers: 1, workspace }),
      /the file models\/component_library\/isaac\.csv has changed/,
    );
    writeFileSync(library, text);
    const onProgress = ({ done }: { done: number }): void => {
      if (done === 1) writeFileSync(library, `${text}\n`);
    };
    await assert.rejects(
      sweepToFolder(own, place("tables 2"), { workers: 1, workspace, onProgress }),
      /isaac\.csv was changed while the sweep was running/,
    );
    assert.deepEqual(chunksIn(place("tables 2")), ["chunk-000000.parquet"]);
    writeFileSync(library, text);
    const { computed } = await sweepToFolder(own, place("tables 2"), { workers: 1, workspace });
    assert.equal(computed, 1);
  });

  it("run and merge from the command line", async () => {
    const folder = place("command");
    for (const shard of ["0/2", "1/2"]) {
      const { exitCode, stdout } = await runCli(
        "sweep",
        file,
        "--out",
        folder,
        "--shard",
        shard,
        "--workers",
        "1",
        "--json",
      );
      assert.equal(exitCode, 0);
      assert.deepEqual(JSON.parse(stdout), { folder, points: 12, computed: 12, total: 24, result: null });
    }
    const csv = place("rows.csv");
    const merged = await runCli("sweep", "merge", folder, "--csv", csv);
    assert.equal(merged.exitCode, 0, merged.stderr);
    assert.match(merged.stdout, /^resumed: 24 points, \d+ ok, 0 excluded by the constraint, \d+ infeasible/);
    assert.match(merged.stdout, /Best for resnet18 \(minimize energyPj\)/);
    assert.ok(readFileSync(path.join(folder, "results.parquet")).equals(expected));
    assert.equal(readFileSync(csv, "utf8").trimEnd().split("\n").length, 25);
    const front = await runCli(
      "sweep",
      "front",
      folder,
      "--minimize",
      "energyPj",
      "--maximize",
      "topsPerMm2",
      "--json",
    );
    const { fronts } = JSON.parse(front.stdout) as { fronts: { resnet18: object[] } };
    assert.ok(fronts.resnet18.length >= 1);
    const whole = await runCli("sweep", file, "--out", folder, "--csv", csv);
    assert.match(whole.stderr, /Computed 0 of 24 points; 24 were there already/);
  });

  it("explain what is wrong with a command", async () => {
    const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
      [["sweep"], /The sweep file is missing/],
      [["sweep", place("none.yaml")], /There is no file/],
      [["sweep", file, "--out", place("x"), "--shard", "3/3"], /--shard cannot be "3\/3"/],
      [["sweep", file, "--out", place("x"), "--shard", "one"], /index\/count/],
      [["sweep", file, "--out", place("x"), "--workers", "0"], /--workers cannot be "0"/],
      [["sweep", "merge", place("none")], /There is no sweep in/],
      [["sweep", "front", place("shard-0")], /must be merged first/],
      [["sweep", "front", place("shards.parquet"), "--minimize", "nothing"], /uses "nothing"/],
    ];
    for (const [given, message] of mistakes) {
      const { exitCode, stderr } = await runCli(...given);
      assert.equal(exitCode, 2, given.join(" "));
      assert.match(stderr, message);
    }
  });

  const reason = reasonAgainstSlurm();
  describe(`on a Slurm cluster${reason === undefined ? "" : ` (skipped; ${reason})`}`, () => {
    let cluster: SlurmCluster | undefined;
    before(async function () {
      this.timeout(120_000);
      if (reason !== undefined) this.skip();
      cluster = await startSlurmCluster(place("cluster"));
    });
    after(async () => cluster?.stop());

    it("run as a job array that may be cancelled and submitted again @thorough", async function () {
      this.timeout(180_000);
      const { run, environment } = cluster as SlurmCluster;
      const folder = place("array");
      // The script splits its command at blanks; the folder of the package may have some.
      environment.RAELLA = place("raella");
      const words = command.map((word) => `'${word}'`).join(" ");
      writeFileSync(environment.RAELLA, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
      const submit = (): string =>
        run(
          "sbatch",
          "--parsable",
          "--array=0-2",
          `--chdir=${root}`,
          `--output=${place("slurm-%A-%a.out")}`,
          path.join(root, "examples", "slurm", "sweep.sbatch"),
          file,
          folder,
        ).trim();
      const isRunning = (job: string): boolean => run("squeue", "-h", "-j", job) !== "";
      const first = submit();
      await until(() => chunksIn(folder).length > 0, "the first chunk");
      run("scancel", first);
      await until(() => !isRunning(first), "the end of the cancelled job");
      const stored = stampsOf(folder);
      const second = submit();
      await until(() => !isRunning(second), "the end of the job", 150_000);
      const outputs = [0, 1, 2].map((task) => readFileSync(place(`slurm-${second}-${task}.out`), "utf8"));
      for (const output of outputs) assert.match(output, /Shard \d\/3: 8 of 24 points are in/);
      for (const [name, stamp] of stored) assert.equal(stampsOf(folder).get(name), stamp, name);
      await mergeSweep([folder]);
      assert.ok(readFileSync(path.join(folder, "results.parquet")).equals(expected));
      assert.equal(countPoints(planSweep(description)), 24);
    });
  });
});
