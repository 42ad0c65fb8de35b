import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import { loadSpecification } from "../../src/spec/load-specification";
import type { LayerResult } from "../../src/study/layer-result";
import { areaOfLevel } from "../../src/study/network-result";
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

describe("the designs among the examples", () => {
  const folder = join(examples, "designs");
  const problem = join(folder, "convolution.yaml.jinja2");
  const macs = 128 * 256 * 9 * 14 * 14;

  for (const [name, units, cycles] of [
    ["output-stationary.yaml", 16 * 14, macs / (16 * 14)],
    ["row-stationary.yaml", 14 * 12, macs / (14 * 12)],
    ["digital-baseline.yaml", 16 * 32 * 32, (2 * macs) / (16 * 32 * 32)],
  ] as const)
    it(`${name} is mapped`, async () => {
      const { exitCode, stdout, stderr } = await runCli("map", join(folder, name), problem, "--json");
      assert.equal(exitCode, 0, stderr);
      const result = JSON.parse(stdout) as LayerResult;
      assert.equal(result.macs, macs);
      assert.equal(result.cycles, cycles);
      assert.equal(areaOfLevel(result.areaUm2, "mac").count, units);
      assert.equal(result.manifest?.convention, "2024");
      assert.ok(result.energyPj.leakage > 0);
    });

  it("take other layers and more tiles from the command line", async () => {
    const sizes = ["M=512", "P=7", "Q=7"].flatMap((setting) => ["--define", setting]);
    const { stdout, stderr } = await runCli(
      "map",
      join(folder, "digital-baseline.yaml"),
      problem,
      ...sizes,
      "--set",
      "TILES=4",
      "--json",
    );
    const result = JSON.parse(stdout) as LayerResult;
    assert.equal(stderr, "");
    assert.equal(result.macs, 128 * 512 * 9 * 49);
    assert.equal(areaOfLevel(result.areaUm2, "mac").count, 4 * 32 * 32);
    assert.deepEqual(result.manifest?.inputs?.defines, { M: 512, P: 7, Q: 7 });
  });
});
