import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { commandLineProcess } from "../support/command-line-process";

const layer = ["layer", "-a", "raella", "-d", "resnet18", "-l", "10", "--json"];
const unknownArchitecture = ["layer", "-a", "raela", "-d", "resnet18", "-l", "10", "--json"];

/** What the command line is started with besides its arguments. */
interface Surroundings {
  readonly flags?: readonly string[];
  readonly coverage?: string;
}

interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Files of `dist` that are read when the command line runs. */
const isRead = (file: string): boolean => /\.(js|cache|json)$/.test(file);

/** Of these, the bundle, what loads it, and data. */
const isForBundle = (file: string): boolean =>
  isRead(file) && /^(cli|bundle|short-runs|command-line)\.js|\.json$/.test(basename(file));

describe("the command line in one file", () => {
  let home: string;
  let asBuilt: string;
  let withoutBundle: string;
  /** With nothing but the bundle, what loads it, and data. */
  let withoutModules: string;

  before(async () => {
    [, asBuilt] = await commandLineProcess();
    home = mkdtempSync(join(tmpdir(), "raella-bundle-"));
    withoutBundle = packageWith((dist) => rmSync(join(dist, "bundle"), { recursive: true }));
    withoutModules = packageWith(() => undefined, isForBundle);
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  /** A package of its own whose compiled files a test may change; with all of them, or those that are needed. */
  function packageWith(change: (dist: string) => void, isNeeded = isRead): string {
    const root = mkdtempSync(join(home, "package-"));
    const built = dirname(asBuilt);
    for (const name of ["models", "dnn_layers", "recorded_statistics", "node_modules", "package.json"])
      symlinkSync(join(built, "..", name), join(root, name));
    cpSync(built, join(root, "dist"), {
      recursive: true,
      filter: (file) => statSync(file).isDirectory() || isNeeded(file),
    });
    change(join(root, "dist"));
    return join(root, "dist", "cli.js");
  }

  function run(
    cli: string,
    given: readonly string[],
    { flags = [], coverage = "" }: Surroundings = {},
  ): Ending {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, cli, ...given], {
      // The suite itself may be running with coverage.
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  const ofModules = new Map<string, Ending>();

  /** What the modules say. */
  function expected(given: readonly string[]): Ending {
    const key = given.join(" ");
    const known = ofModules.get(key) ?? run(withoutBundle, given);
    ofModules.set(key, known);
    return known;
  }

  const cacheIn = (dist: string): string => join(dist, "bundle", "command-line.js.cache");

  for (const command of [
    ["--help"],
    layer,
    ["network", "-d", "resnet18", "-a", "raella", "isaac_like", "--json"],
    ["network", "-d", "resnet18", "-a", "raella", "--workers", "2", "--json"],
    ["components", "-a", "raella", "-d", "resnet18", "-l", "10", "--explain"],
    ["network", "-d", "resnet18", "-a", "isaac_like", "--csv", devNull, "--parquet", devNull, "--json"],
    ["layer", "-a", "raella", "-d", "resnet18"],
    unknownArchitecture,
  ])
    it(`says the same as the modules: raella ${command.join(" ")}`, () => {
      assert.deepEqual(run(asBuilt, command), expected(command));
    });

  it("asks V8 for nothing that it does not know", () => {
    for (const command of ["network", "ablation"])
      assert.equal(run(asBuilt, [command, "-d", "resnet18", "-a", "isaac_like", "--json"]).stderr, "");
  });

  it("needs none of the modules, so that none is there twice", () => {
    for (const command of [layer, unknownArchitecture])
      assert.deepEqual(run(withoutModules, command), expected(command));
  });

  it("makes way for the modules where coverage is measured", () => {
    const coverage = join(home, "coverage");
    assert.deepEqual(run(asBuilt, layer, { coverage }), expected(layer));
    assert.match(run(withoutModules, layer, { coverage }).stderr, /Cannot find module .*run-command-line/);
  });

  it("is compiled anew without a code cache, or with one that is incomplete, damaged or from other flags", () => {
    const damages: readonly ((dist: string) => void)[] = [
      (dist) => rmSync(cacheIn(dist)),
      (dist) => writeFileSync(cacheIn(dist), ""),
      (dist) => writeFileSync(cacheIn(dist), readFileSync(cacheIn(dist)).subarray(0, 100_000)),
      (dist) => writeFileSync(cacheIn(dist), readFileSync(cacheIn(dist)).fill(7, 50_000, 90_000)),
    ];
    for (const damage of damages)
      assert.deepEqual(run(packageWith(damage, isForBundle), layer), expected(layer));
    assert.deepEqual(run(asBuilt, layer, { flags: ["--no-flush-bytecode"] }), expected(layer));
  });

  it("is compiled anew when its text has changed, also to one of the same length", () => {
    const cli = packageWith((dist) => {
      const file = join(dist, "bundle", "command-line.js");
      const text = readFileSync(file, "latin1");
      assert.ok(text.includes("every DNN on every architecture"));
      writeFileSync(
        file,
        text.replace("every DNN on every architecture", "EVERY DNN on every architecture"),
        "latin1",
      );
    }, isForBundle);
    assert.match(run(cli, ["--help"]).stdout, /EVERY DNN on every architecture/);
  });

  it("tells a fault of the program from a mistake, and where it happened", () => {
    const fault = join(home, "fault.cjs");
    writeFileSync(fault, `require("fs").readdirSync = () => { throw new TypeError("no such thing"); };`);
    const flags = ["--require", fault];
    for (const cli of [asBuilt, withoutBundle]) {
      const { status, stderr } = run(cli, ["dnns"], { flags });
      assert.equal(status, 1);
      assert.match(stderr, /internal error: TypeError: no such thing/);
      assert.match(stderr, /at (Object\.)?listDnns /);
      assert.equal(run(cli, ["dnns", "-d", "resnet19"]).status, 2);
    }
  });
});
