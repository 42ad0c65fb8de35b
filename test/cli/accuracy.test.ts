import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readNumpy } from "../../src/network";
import type { InputArray, NetworkAccuracy } from "../../src/network";
import { digitsLabels, digitsModel, someDigits, writeNpy } from "../support/digits";
import { runCli } from "../support/run-cli";

/** A sixteenth of the images, which is enough for what commands say. */
const count = 16;

describe("raella accuracy", () => {
  let workspace: string;
  let model: string;
  let images: string;
  let labels: string;
  before(async () => {
    workspace = mkdtempSync(join(tmpdir(), "raella-accuracy-"));
    model = join(workspace, "digits.onnx");
    copyFileSync(digitsModel, model);
    images = join(workspace, "images.npy");
    writeNpy(images, await someDigits(count));
    labels = join(workspace, "labels.txt");
    const { data } = (await readNumpy(
      new Uint8Array(readFileSync(digitsLabels)),
      digitsLabels,
    )) as InputArray;
    writeFileSync(labels, Array.from(data).slice(0, count).join("\n"));
    const { exitCode, stderr } = await runCli(
      ...["import", model, "--inputs", images, "--workspace", workspace, "--samples", "64"],
    );
    assert.equal(exitCode, 0, stderr);
  });
  after(() => rmSync(workspace, { recursive: true, force: true }));

  const accuracy = (...args: readonly string[]): ReturnType<typeof runCli> =>
    runCli("accuracy", "--workspace", workspace, "-d", "digits", ...args);

  it("shows the four architectures, from the files that the import was made from", async () => {
    const { exitCode, stdout, stderr } = await accuracy();
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^digits: digits\.onnx, scheme channel8, 16 samples of data/);
    assert.match(stdout, /isaac_like +8 +128 +kept +4\.00 +0\.000 +0\.0 %/);
    assert.match(stdout, /raella +7 +512 +kept +3\.33/);
  });

  it("prints JSON and writes a table and a chart of every converter", async () => {
    const [csv, chart] = [join(workspace, "a.csv"), join(workspace, "a.json")];
    const { exitCode, stdout, stderr } = await accuracy(
      ...["-a", "raella", "--adc-bits", "5,7", "--choose-slicing", "--json", "--csv", csv, "--chart", chart],
    );
    assert.equal(exitCode, 0, stderr);
    const { designs } = JSON.parse(stdout) as NetworkAccuracy;
    assert.deepEqual(
      designs.map(({ adcBits, slicing }) => [adcBits, slicing]),
      [
        [5, "anew"],
        [7, "anew"],
      ],
    );
    assert.ok(designs[0].meanSlices > designs[1].meanSlices);
    assert.equal(readFileSync(csv, "utf8").trim().split("\n").length, 1 + 2 * 6);
    assert.ok(existsSync(chart));
  });

  it("runs end to end with labels", async () => {
    const { exitCode, stdout, stderr } = await accuracy(
      ...["-a", "raella", "isaac_like", "--end-to-end", "--labels", labels, "--json"],
    );
    assert.equal(exitCode, 0, stderr);
    const { designs, reference } = JSON.parse(stdout) as NetworkAccuracy;
    const [raella, isaac] = designs.map(({ endToEnd }) => endToEnd);
    assert.equal(isaac?.loss, 0);
    assert.ok(Math.abs(raella?.loss ?? 99) < 1);
    assert.deepEqual(isaac?.accuracy, reference?.idealAccuracy);
    assert.ok((raella?.accuracy?.share ?? 0) > 0.95);
  });

  it("adds noise if it is asked for, of a seed that it says", async () => {
    const chart = join(workspace, "noise.json");
    const { exitCode, stdout, stderr } = await accuracy(
      ...["-a", "raella", "--noise", "0,2", "--seed", "3", "--samples", "16", "--json", "--chart", chart],
    );
    assert.equal(exitCode, 0, stderr);
    const { designs, noiseSeed } = JSON.parse(stdout) as NetworkAccuracy;
    assert.equal(noiseSeed, 3);
    assert.deepEqual(
      designs.map(({ noise }) => noise),
      [undefined, 2],
    );
    assert.ok(designs[1].meanError > designs[0].meanError);
    assert.match(readFileSync(chart, "utf8"), /Noise \(steps of the converter\)/);
    const table = await accuracy("-a", "raella", "--noise", "0.5", "--samples", "16");
    assert.match(table.stdout, /slicing +noise[^]*raella +7 +512 +kept +0\.5/);
  });

  it("says what is wrong with what it was given", async () => {
    for (const [args, message] of [
      [["-d", "resnet18"], /--dnn is given twice: digits and resnet18/],
      [["--adc-bits", "1"], /Bits of a converter cannot be 1[^]*2 to 16/],
      [["--rows", "0"], /0/],
      [["--adc-bits", "5,5,6"], /The bits of the converters have 5 twice/],
      [["--rows", "256,512,256"], /The rows have 256 twice/],
      [["--noise", "0,1,0"], /The deviations of the noise have 0 twice/],
      [["-a", "raella", "RAELLA"], /The architectures have raella twice/],
      [["--noise", "-1"], /noise of column sums cannot be -1[^]*from 0 to 1000/],
      [["--noise", "much"], /--noise cannot read "much"[^]*0,0\.5,1/],
      [["--seed", "3"], /The seed is that of noise, and there is none[^]*--noise/],
      [["--seed", "3", "--noise", "0"], /The seed is that of noise/],
      [["--seed", "4294967296", "--noise", "1"], /"seed"[^]*from 0 to 4294967295/],
      [["-a", "raela"], /raella/],
      [["--labels", labels], /Labels are only of use end to end/],
      [["--model", images], /images\.npy/],
      [["--chart", "a.gif"], /\.png, \.svg or \.json/],
    ] as const) {
      const { exitCode, stderr } = await accuracy(...args);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, message);
    }
  });

  it("names the imported networks where another one is meant", async () => {
    const { exitCode, stderr } = await runCli("accuracy", "--workspace", workspace, "-d", "resnet18");
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /"resnet18" is no imported network[^]*digits/);
  });

  it("refuses a model that has changed", async () => {
    appendFileSync(model, "\0");
    const { exitCode, stderr } = await accuracy();
    assert.equal(exitCode, 2);
    assert.match(stderr, /is not what the network was imported with: its SHA-256 differs/);
  });
});
