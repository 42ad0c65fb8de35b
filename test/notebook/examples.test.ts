import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { runLayer } from "../../src/index";
import { root } from "./support/jupyter";

describe("examples", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), "raella examples "));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs an example as a user would, elsewhere than in the project; returns what it prints. */
  function run(name: string, ...args: string[]): string {
    const script = path.join(root, "examples", name);
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return stdout;
  }

  it("ablation.mjs draws a chart and writes a table", () => {
    run("ablation.mjs", "ResNet18", folder);
    assert.equal(readFileSync(path.join(folder, "ablation.png")).toString("latin1", 1, 4), "PNG");
    const [head, ...rows] = readFileSync(path.join(folder, "ablation.csv"), "utf8").trim().split("\n");
    assert.match(head, /^architecture,dnn,layer,/);
    assert.deepEqual(
      [...new Set(rows.map((row) => row.split(",")[0]))],
      ["isaac_like", "raella_no_speculation_2b_cells", "raella_no_speculation", "raella"],
    );
  });

  it("crossbar-height.mjs prints a table of what the API gives", () => {
    const printed = run("crossbar-height.mjs");
    for (const height of [128, 256, 512, 1024]) {
      const { cycles } = runLayer({
        architecture: "raella",
        dnn: "resnet18",
        layer: 10,
        variables: { CIM_UNITS_PER_COLUMN: height },
      });
      const row = printed.split("\n").find((line) => line.trim().startsWith(height.toLocaleString("en-US")));
      assert.ok(row?.endsWith(cycles.toLocaleString("en-US")), printed);
    }
  });
});
