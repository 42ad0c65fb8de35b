import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../support/run-cli";

const isTerminal = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");
const noColor = process.env.NO_COLOR;

describe("on a terminal", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "raella-terminal-"));
    Object.defineProperty(process.stderr, "isTTY", { value: true, configurable: true });
    delete process.env.NO_COLOR;
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
    if (isTerminal) Object.defineProperty(process.stderr, "isTTY", isTerminal);
    else delete (process.stderr as { isTTY?: boolean }).isTTY;
    if (noColor !== undefined) process.env.NO_COLOR = noColor;
  });

  it("mistakes are red, unless no colour is wanted", async () => {
    const mistake = ["layer", "-a", "raela", "-d", "resnet18", "-l", "0"];
    const { stderr } = await runCli(...mistake);
    assert.ok(stderr.startsWith("\u001b[31merror:\u001b[39m There is no architecture"), stderr);
    process.env.NO_COLOR = "1";
    assert.match((await runCli(...mistake)).stderr, /^error: There is no architecture/);
  });

  it("a bar shows how many layers are done", async () => {
    const { stderr } = await runCli("ablation", "-d", "resnet18", "-a", "raella", "--layers", "10,20");
    assert.match(stderr, /\rresnet18 {2}█{32} {2}2 of 2 layers\n/);
  });

  it("a bar shows how many points of a sweep are done", async () => {
    const file = join(directory, "two.yaml");
    writeFileSync(
      file,
      "name: two\narchitectures: raella\ndnns: resnet18\nvariables: {ADC_RESOLUTION: [7, 8]}\n",
    );
    const { exitCode, stderr } = await runCli("sweep", file, "--out", join(directory, "out"));
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /\rtwo {2}█{32} {2}2 of 2 points\n/);
  });
});
