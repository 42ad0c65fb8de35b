import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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
    withoutModules = packageWith((dist) => {
      const kept = ["cli.js", "bundle.js", "short-runs.js", "command-line.js"];
      for (const entry of readdirSync(dist, { recursive: true, encoding: "utf8" }))
        if (entry.endsWith(".js") && !kept.includes(basename(entry))) rmSync(join(dist, entry));
    });
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  /** A package of its own whose compiled files a test may change. */
  function packageWith(change: (dist: string) => void): string {
    const root = mkdtempSync(join(home, "package-"));
    const built = dirname(asBuilt);
    for (const name of ["models", "dnn_layers", "recorded_statistics", "node_modules", "package.json"])
      symlinkSync(join(built, "..", name), join(root, name));
    cpSync(built, join(root, "dist"), { recursive: true });
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
      assert.deepEqual(run(asBuilt, command), run(withoutBundle, command));
    });

  it("asks V8 for nothing that it does not know", () => {
    for (const command of ["network", "ablation"])
      assert.equal(run(asBuilt, [command, "-d", "resnet18", "-a", "isaac_like", "--json"]).stderr, "");
  });

  it("needs none of the modules, so that none is there twice", () => {
    assert.deepEqual(run(withoutModules, layer), run(withoutBundle, layer));
    assert.deepEqual(run(withoutModules, unknownArchitecture), run(withoutBundle, unknownArchitecture));
  });

  it("makes way for the modules where coverage is measured", () => {
    const coverage = join(home, "coverage");
    assert.deepEqual(run(asBuilt, layer, { coverage }), run(asBuilt, layer));
    assert.match(run(withoutModules, layer, { coverage }).stderr, /Cannot find module .*run-command-line/);
  });

  it("is compiled anew without a code cache, or with one that is incomplete, damaged or from other flags", () => {
    const expected = run(withoutBundle, layer);
    const damages: readonly ((dist: string) => void)[] = [
      (dist) => rmSync(cacheIn(dist)),
      (dist) => writeFileSync(cacheIn(dist), ""),
      (dist) => writeFileSync(cacheIn(dist), readFileSync(cacheIn(dist)).subarray(0, 100_000)),
      (dist) => writeFileSync(cacheIn(dist), readFileSync(cacheIn(dist)).fill(7, 50_000, 90_000)),
    ];
    for (const damage of damages) assert.deepEqual(run(packageWith(damage), layer), expected);
    assert.deepEqual(run(asBuilt, layer, { flags: ["--no-flush-bytecode"] }), expected);
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
    });
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
