import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { smallModel, smallProblem } from "../spec/support/small-model";
import { runCli, type CommandOutput } from "../support/run-cli";
import { smallTables } from "../trust/bad-inputs/case";

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Runs the command line without the rights of root. */
async function withoutRights(command: readonly string[]): Promise<CommandOutput> {
  if (!isRoot) return runCli(...command);
  process.seteuid?.(nobody);
  try {
    return await runCli(...command);
  } finally {
    process.seteuid?.(0);
  }
}

const sweepText = JSON.stringify({
  architectures: "raella",
  dnns: "resnet18",
  variables: { ADC_RESOLUTION: [6, 7] },
  objective: { minimize: "energyPj" },
  chunkSize: 1,
});
describe("faults of the world around a command", function () {
  this.timeout(60_000);
  let scratch: string;
  let place: string;
  const at = (name: string): string => join(place, name);

  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), "raella-faults-"));
    chmodSync(scratch, 0o777);
    place = scratch;
    writeFileSync(at("model.yaml"), smallModel + smallProblem + smallTables);
    writeFileSync(at("sweep.yaml"), sweepText);
    // Everything is loaded before rights are given up.
    for (const command of [
      ["map", at("model.yaml"), "--out", at("warm")],
      ["model", at("model.yaml"), "-m", at("warm/timeloop_mapper.map.yaml")],
      ["network", "-d", "resnet18", "-a", "raella", "--csv", at("w.csv"), "--parquet", at("w.parquet")],
      ["sweep", at("sweep.yaml"), "--out", at("done"), "--csv", at("s.csv"), "--workers", "1"],
      ["verify", at("warm/result.json")],
      ["diagnose", at("model.yaml")],
      ["components", at("model.yaml")],
      ["spec", at("model.yaml")],
      ["sweep", "front", at("done")],
    ]) {
      const { exitCode, stderr } = await runCli(...command);
      assert.equal(exitCode, 0, `${command.join(" ")}: ${stderr}`);
    }
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));
  beforeEach(() => {
    place = mkdtempSync(join(scratch, "case-"));
    chmodSync(place, 0o777);
  });

  const made = (name: string): string => join(scratch, name);

  /** An error for its user: exit code 2, the path and a sentence, no stack. */
  function assertExplained({ exitCode, stderr }: CommandOutput, path: string): void {
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /^error: /m);
    assert.doesNotMatch(stderr, /internal error|^ +at /m);
    assert.ok(stderr.includes(basename(path)), stderr);
  }

  /** Nothing half-written stays anywhere. */
  function assertNoLeftovers(folder: string): void {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      names.filter((name) => basename(name).startsWith(".")),
      [],
    );
  }

  const readers: Readonly<Record<string, (path: string) => readonly string[]>> = {
    map: (path) => ["map", path],
    "map of two files": (path) => ["map", made("model.yaml"), path],
    spec: (path) => ["spec", path],
    components: (path) => ["components", path],
    diagnose: (path) => ["diagnose", path],
    "model, its specification": (path) => ["model", path, "-m", made("warm/timeloop_mapper.map.yaml")],
    "model, its mapping": (path) => ["model", made("model.yaml"), "-m", path],
    verify: (path) => ["verify", path],
    sweep: (path) => ["sweep", path, "--out", at("never")],
    "sweep merge": (path) => ["sweep", "merge", path],
    "sweep front": (path) => ["sweep", "front", path, "--minimize", "energyPj"],
  };
  const badInputs: Readonly<Record<string, () => string>> = {
    "is missing": () => at("missing"),
    "is in a folder that is missing": () => at("no/such/file"),
    "is a folder": () => {
      mkdirSync(at("folder"));
      return at("folder");
    },
    "lies below a file": () => {
      writeFileSync(at("file"), "");
      return at("file/below");
    },
    "may not be read": () => {
      writeFileSync(at("secret"), "variables: {A: 1}\n");
      chmodSync(at("secret"), 0);
      return at("secret");
    },
    "lies in a folder that may not be read": () => {
      mkdirSync(at("closed"));
      writeFileSync(at("closed/file"), "variables: {A: 1}\n");
      chmodSync(at("closed"), 0);
      return at("closed/file");
    },
    "is a link to nothing": () => {
      symlinkSync("nowhere", at("link"));
      return at("link");
    },
    "is a link to itself": () => {
      symlinkSync("circle", at("circle"));
      return at("circle");
    },
    "is empty": () => {
      writeFileSync(at("empty"), "");
      return at("empty");
    },
    "is UTF-16": () => {
      writeFileSync(at("wide"), Buffer.from("\ufeffvariables: {A: 1}\n", "utf16le"));
      return at("wide");
    },
    "is no text": () => {
      writeFileSync(
        at("binary"),
        Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7919) % 256)),
      );
      return at("binary");
    },
    "has a name that is too long": () => at("x".repeat(300)),
  };
  describe("an input that", () => {
    for (const [situation, prepare] of Object.entries(badInputs))
      for (const [reader, command] of Object.entries(readers))
        it(`${situation}: ${reader}`, async function () {
          if (process.platform === "win32") this.skip();
          const path = prepare();
          assertExplained(await withoutRights(command(path)), path);
          assert.ok(!readdirSync(place).includes("never"));
        });
  });

  /** Commands that write one file. */
  const fileWriters: Readonly<Record<string, (path: string) => readonly string[]>> = {
    "network --csv": (path) => ["network", "-d", "resnet18", "-a", "raella", "--csv", path],
    "network --parquet": (path) => ["network", "-d", "resnet18", "-a", "raella", "--parquet", path],
    "ablation --csv": (path) => ["ablation", "-d", "resnet18", "--layers", "20", "--csv", path],
    "all --parquet": (path) => ["all", "-d", "resnet18", "-a", "raella", "--parquet", path],
    "sweep --csv": (path) => ["sweep", made("sweep.yaml"), "--out", made("done"), "--csv", path],
    "sweep merge --out": (path) => ["sweep", "merge", made("done"), "--out", path],
    "sweep merge --csv": (path) => ["sweep", "merge", made("done"), "--csv", path, "--out", at("merged")],
  };
  /** Commands that write into a folder. */
  const folderWriters: Readonly<Record<string, (path: string) => readonly string[]>> = {
    "layer --out": (path) => ["layer", "-a", "raella", "-d", "resnet18", "-l", "20", "--out", path],
    "map --out": (path) => ["map", made("model.yaml"), "--out", path],
    "model --out": (path) => [
      "model",
      made("model.yaml"),
      "-m",
      made("warm/timeloop_mapper.map.yaml"),
      "--out",
      path,
    ],
    "sweep --out": (path) => ["sweep", made("sweep.yaml"), "--workers", "1", "--out", path],
  };
  const writers = { ...fileWriters, ...folderWriters };
  const badOutputs: Readonly<Record<string, () => string>> = {
    "lies below a file": () => {
      writeFileSync(at("file"), "kept");
      return at("file/below");
    },
    "lies in a folder that may not be written to": () => {
      mkdirSync(at("closed"), { mode: 0o555 });
      return at("closed/new");
    },
    "is a link to itself": () => {
      symlinkSync("circle", at("circle"));
      return at("circle");
    },
    "has a name that is too long": () => at("x".repeat(300)),
  };
  describe("an output that", () => {
    for (const [situation, prepare] of Object.entries(badOutputs))
      for (const [writer, command] of Object.entries(writers))
        it(`${situation}: ${writer}`, async function () {
          if (process.platform === "win32") this.skip();
          // What other output there is may be written by anybody.
          if (isRoot && writer === "sweep --csv") chmodDone();
          const path = prepare();
          assertExplained(await withoutRights(command(path)), path.replace(/\/(below|new)$/, ""));
          assertNoLeftovers(place);
          if (situation === "lies below a file") assert.equal(readFileSync(dirname(path), "utf8"), "kept");
        });

    for (const [writer, command] of Object.entries(fileWriters)) {
      it(`is a folder: ${writer}`, async () => {
        mkdirSync(at("folder"));
        assertExplained(await runCli(...command(at("folder"))), at("folder"));
        assertNoLeftovers(place);
      });
      it(`is a full disk: ${writer}`, async function () {
        if (process.platform !== "linux") this.skip();
        const { rdev } = statSync("/dev/full");
        assertExplained(await runCli(...command("/dev/full")), "/dev/full");
        assert.equal(statSync("/dev/full").rdev, rdev);
        assertNoLeftovers(place);
      });
      it(`may not be written to: ${writer}`, async function () {
        if (process.platform === "win32") this.skip();
        if (isRoot && writer === "sweep --csv") chmodDone();
        writeFileSync(at("kept"), "kept", { mode: 0o444 });
        assertExplained(await withoutRights(command(at("kept"))), at("kept"));
        assert.equal(readFileSync(at("kept"), "utf8"), "kept");
        assertNoLeftovers(place);
      });
      it(`is a link, which stays one: ${writer}`, async () => {
        writeFileSync(at("target"), "old", { mode: 0o600 });
        symlinkSync("target", at("link"));
        const { exitCode, stderr } = await runCli(...command(at("link")));
        assert.equal(exitCode, 0, stderr);
        assert.ok(lstatSync(at("link")).isSymbolicLink());
        assert.notEqual(readFileSync(at("target"), "utf8"), "old");
        assert.equal(statSync(at("target")).mode & 0o777, 0o600);
        assertNoLeftovers(place);
      });
      it(`is a pipe, which stays one: ${writer}`, async function () {
        if (process.platform === "win32") this.skip();
        execFileSync("mkfifo", [at("pipe")]);
        const reader = spawn("sh", ["-c", `cat "$0" > "$1"`, at("pipe"), at("read")]);
        const ended = new Promise((resolve) => reader.once("close", resolve));
        const { exitCode, stderr } = await runCli(...command(at("pipe")));
        assert.equal(exitCode, 0, stderr);
        await ended;
        const again = await runCli(...command(at("file")));
        assert.equal(again.exitCode, 0);
        assert.ok(readFileSync(at("read")).equals(readFileSync(at("file"))));
        assert.ok(lstatSync(at("pipe")).isFIFO());
      });
    }

    for (const [writer, command] of Object.entries(folderWriters))
      it(`is a file: ${writer}`, async () => {
        writeFileSync(at("file"), "kept");
        assertExplained(await runCli(...command(at("file"))), at("file"));
        assert.equal(readFileSync(at("file"), "utf8"), "kept");
        assertNoLeftovers(place);
      });
  });

  function chmodDone(): void {
    for (const name of ["", "chunks"]) chmodSync(join(made("done"), name), 0o777);
    for (const name of readdirSync(made("done")))
      if (name !== "chunks") chmodSync(join(made("done"), name), 0o666);
  }

  describe("a disk that is full", () => {
    let disk: string;
    before(function () {
      if (!isRoot || process.platform !== "linux") this.skip();
      disk = join(scratch, "disk");
      mkdirSync(disk);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "none", disk], { stdio: "ignore" });
      } catch {
        this.skip();
      }
    });
    after(() => {
      if (disk !== undefined) execFileSync("umount", [disk], { stdio: "ignore" });
    });
    beforeEach(() => {
      const filler = openSync(join(disk, "filler"), "w");
      assert.throws(() => {
        for (;;) writeSync(filler, Buffer.alloc(1024));
      }, /ENOSPC/);
      closeSync(filler);
    });
    for (const [writer, command] of Object.entries(writers))
      it(`stops ${writer} with a message and leaves nothing half-written`, async () => {
        const path = join(disk, "out");
        const { exitCode, stderr } = await runCli(...command(path));
        assert.equal(exitCode, 2, stderr);
        assert.match(stderr, /Cannot write to .*disk[^]*the disk is full\.\n {2}Make room/);
        assertNoLeftovers(disk);
        rmSync(path, { recursive: true, force: true });
      });
  });

  describe("a folder of a sweep that", () => {
    beforeEach(async () => {
      const { exitCode } = await runCli("sweep", made("sweep.yaml"), "--workers", "1", "--out", at("sweep"));
      assert.equal(exitCode, 0);
    });
    const both: Readonly<Record<string, () => readonly string[]>> = {
      sweep: () => ["sweep", made("sweep.yaml"), "--workers", "1", "--out", at("sweep")],
      "sweep merge": () => ["sweep", "merge", at("sweep")],
    };
    for (const [name, command] of Object.entries(both)) {
      it(`may only be read: ${name}`, async function () {
        if (process.platform === "win32") this.skip();
        chmodSync(at("sweep"), 0o555);
        chmodSync(at("sweep/chunks"), 0o555);
        assertExplained(await withoutRights(command()), at("sweep"));
        chmodSync(at("sweep"), 0o755);
      });
      it(`has a short description: ${name}`, async () => {
        const text = readFileSync(at("sweep/sweep.json"), "utf8");
        for (const length of [0, 1, 100, text.length - 10]) {
          writeFileSync(at("sweep/sweep.json"), text.slice(0, length));
          assertExplained(await runCli(...command()), at("sweep.json"));
        }
      });
      it(`has lost its chunks: ${name}`, async () => {
        rmSync(at("sweep/chunks"), { recursive: true });
        const output = await runCli(...command());
        if (name === "sweep") assert.equal(output.exitCode, 0, output.stderr);
        else assert.match(output.stderr, /2 of 2 points have not been computed/);
      });
      it(`has a file in the place of its chunks: ${name}`, async () => {
        rmSync(at("sweep/chunks"), { recursive: true });
        writeFileSync(at("sweep/chunks"), "");
        const { exitCode, stderr } = await runCli(...command());
        assert.equal(exitCode, 2, stderr);
        assert.doesNotMatch(stderr, /internal error/);
      });
      it(`has a folder in the place of a chunk: ${name}`, async () => {
        rmSync(at("sweep/chunks/chunk-000000.parquet"));
        mkdirSync(at("sweep/chunks/chunk-000000.parquet"));
        assertExplained(await runCli(...command()), "chunk-000000.parquet");
      });
    }
  });

  it("two outputs in one place are refused before anything is computed", async () => {
    symlinkSync("a", at("link"));
    for (const other of [at("a"), `${place}/./a`, at("link")])
      for (const command of [
        ["network", "-d", "resnet18", "--csv", at("a"), "--parquet", other],
        ["ablation", "-d", "resnet18", "--csv", other, "--parquet", at("a")],
        ["all", "--csv", at("a"), "--parquet", other],
        ["sweep", "merge", made("done"), "--out", at("a"), "--csv", other],
      ]) {
        const { exitCode, stderr } = await runCli(...command);
        assert.equal(exitCode, 2, stderr);
        assert.match(stderr, /Two outputs would be written to/);
      }
    assert.deepEqual(readdirSync(place), ["link"]);
    const { stderr } = await runCli(
      "sweep",
      made("sweep.yaml"),
      "--csv",
      made("sweep.yaml"),
      "--out",
      at("x"),
    );
    assert.match(stderr, /would be overwritten, but is read/);
    assert.equal(readFileSync(made("sweep.yaml"), "utf8"), sweepText);
  });
});
