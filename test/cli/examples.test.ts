import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import { loadSpecification } from "../../src/spec/load-specification";
import type { LayerResult } from "../../src/study/layer-result";
import { runCli } from "../support/run-cli";

const examples = join(__dirname, "..", "..", "examples");
const files = ["my-architecture.yaml", "my-layer.yaml"].map((name) => join(examples, name));

describe("the small architecture among the examples", () => {
  it("is the one that the README maps", async () => {
    const readme = readFileSync(join(examples, "..", "README.md"), "utf8");
    assert.match(readme, /^npx raella map examples\/my-architecture\.yaml examples\/my-layer\.yaml$/m);
    const { exitCode, stdout, stderr } = await runCli("map", ...files, "--json");
    assert.equal(exitCode, 0, stderr);
    assert.equal(stderr, "");
    const { macs, cycles, energyPj } = JSON.parse(stdout) as LayerResult;
    assert.equal(macs, 64 * 128 * 9 * 28 * 28);
    // Every unit works in every cycle.
    assert.equal(cycles, macs / 128);
    // An 8-bit multiplier is a quarter of one of 32 bits, a 16-bit adder half of one.
    assert.equal(energyPj.mac, macs * (12.68 / 4 + 0.21 / 2));
  });

  it("has an SRAM as a level, which updates by writing", () => {
    const { energy, area } = estimate(loadSpecification({ files }));
    const { read, write, update } = energy.energyPj.buffer;
    assert.equal(update, write);
    assert.ok(read > 0 && write > 0 && area.areaUm2.buffer > 0);
  });
});
