import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VariableUse } from "../../src/spec/model-variables";
import type { NetworkResult } from "../../src/study/network-result";
import { runCli } from "../support/run-cli";

describe("what commands write and tell", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "raella-outputs-"))));
  after(() => rmSync(folder, { recursive: true }));
  const ran = async (...words: readonly string[]): Promise<{ stdout: string; stderr: string }> => {
    const { exitCode, stdout, stderr } = await runCli(...words);
    assert.equal(exitCode, 0, stderr);
    return { stdout, stderr };
  };
  const start = (file: string): string => readFileSync(join(folder, file), "utf8").slice(0, 20);
  const layer = ["layer", "-a", "raella", "-d", "resnet18", "-l", "fc"];

  it("charts of a layer, a network, an ablation and a sweep", async () => {
    const network = ["-d", "resnet18", "--layers", "0-2"];
    const plan = join(folder, "sweep.yaml");
    writeFileSync(plan, "architectures: raella\ndnns: resnet18\nvariables: { ADC_RESOLUTION: [7, 8] }\n");
    await ran(...layer, "--chart", join(folder, "layer.svg"));
    await ran("network", ...network, "-a", "raella", "--chart", join(folder, "network.png"));
    await ran("ablation", ...network, "-a", "isaac_like", "raella", "--chart", join(folder, "ablation.svg"));
    await ran("sweep", plan, "-o", join(folder, "out"), "--chart", join(folder, "sweep.json"));
    assert.match(start("layer.svg"), /^<svg/);
    assert.match(start("network.png"), /^.PNG/);
    assert.match(start("ablation.svg"), /^<svg/);
    const drawn = JSON.parse(readFileSync(join(folder, "sweep.json"), "utf8")) as { $schema: string };
    assert.match(drawn.$schema, /vega-lite/);
  });

  it("a table of a layer, and what its levels hold", async () => {
    const { stdout, stderr } = await ran(...layer, "--csv", join(folder, "layer.csv"));
    assert.match(stderr, /Wrote .*layer\.csv/);
    assert.match(start("layer.csv"), /^architecture,dnn,lay/);
    assert.match(stdout, /holds\n/);
    assert.match(stdout, /^pim_cell .* Weights$/m);
    assert.match(stdout, /^eDRAM_buf .* Inputs, Outputs$/m);
  });

  it("warnings of networks once each, with the layers that have them", async () => {
    const words = ["-d", "resnet18", "--layers", "0-3", "--set", "COLUMNS_PER_CROSSBAR=4096"];
    const { stderr, stdout } = await ran("network", ...words, "-a", "raella", "--json");
    const lines = stderr.split("\n").filter((line) => /converters cannot keep up/.test(line));
    assert.equal(lines.length, 1);
    assert.match(lines[0], /\(layers 0-3\)$/);
    const { warnings = [] } = JSON.parse(stdout) as NetworkResult;
    const [warning] = warnings.filter(({ message }) => /converters cannot keep up/.test(message));
    assert.deepEqual(warning.layers, [0, 1, 2, 3]);
  });

  it("the designs of a sweep without an objective, in units that people read", async () => {
    const plan = join(folder, "plain.yaml");
    writeFileSync(plan, "architectures: raella\ndnns: resnet18\nvariables: { ADC_RESOLUTION: [7, 8] }\n");
    const { stdout } = await ran("sweep", plan, "-o", join(folder, "plain"));
    assert.match(stdout, /^point +ADC_RESOLUTION +energy per inference µJ +TOPS\/W/m);
    assert.match(stdout, /^1 +8 +\d+\.\d\d /m);
    assert.match(stdout, /An objective in the sweep file/);
  });

  it("the layers of a DNN, named without an option", async () => {
    assert.equal((await ran("dnns", "resnet18")).stdout, (await ran("dnns", "-d", "resnet18")).stdout);
  });

  it("the variables of an architecture, with what they are for and what reads them", async () => {
    const { stdout } = await ran("variables", "-a", "raella", "--json");
    const variables = JSON.parse(stdout) as VariableUse[];
    const named = (name: string): VariableUse => variables.find((variable) => variable.name === name)!;
    assert.equal(named("ADC_RESOLUTION").kind, "knob");
    assert.deepEqual(named("ADC_RESOLUTION").readBy, ["shift_add", "column_readout"]);
    assert.deepEqual([named("BITS_PER_CELL").kind, named("BITS_PER_CELL").unit], ["care", "bit"]);
    assert.equal(named("TECH_NODE").unit, "nm");
    assert.equal(named("BATCH_SIZE").readBy[0], "the layer");
    assert.match(String(named("WEIGHT_BITS").written), /BITS_PER_CELL \* CIM_UNITS_PER_WEIGHT/);
    for (const architecture of ["raella", "isaac_like"]) {
      const { stdout: text } = await ran("variables", "-a", architecture);
      assert.match(text, /^ADC_RESOLUTION +\d +bit +knob/m);
      for (const { kind, name } of variables) assert.notEqual(kind, null, name);
    }
  });
});
