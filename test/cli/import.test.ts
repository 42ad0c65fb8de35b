import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImportSummary } from "../../src/network";
import { runCli } from "../support/run-cli";

const networks = join(__dirname, "..", "..", "examples", "networks");
const model = join(networks, "digits.onnx");
const images = join(networks, "digits-images.npy");

describe("raella import", () => {
  let workspace: string;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), "raella-import-"));
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  it("imports the network of the examples", async () => {
    const { exitCode, stdout, stderr } = await runCli(
      ...["import", model, "--inputs", images, "--workspace", workspace, "--samples", "64", "--accuracy"],
      "--json",
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(stderr, "");
    const { name, files, network } = JSON.parse(stdout) as ImportSummary;
    assert.equal(name, "digits");
    for (const file of files) assert.ok(existsSync(join(workspace, file)), file);
    assert.deepEqual(
      network.layers.map(({ name: layer, shape, statistics }) => [
        layer,
        shape.G,
        shape.C,
        statistics?.slices,
      ]),
      [
        ["stem", 1, 1, 2],
        ["depthwise", 32, 1, 2],
        ["pointwise", 1, 32, 2],
        ["wide", 1, 64, 3],
        ["second", 1, 64, 3],
        ["classes", 1, 64, 8],
      ],
    );
    for (const { accuracy } of network.layers) assert.equal(accuracy?.isaac_like.changed, 0);
    assert.equal(network.inputSamples, 256);
    assert.equal(network.scheme, "channel8");
  });

  it("prints a table for people, and warns of made-up inputs", async () => {
    const { exitCode, stdout, stderr } = await runCli(
      ...["import", model, "--name", "mine", "--workspace", workspace, "--samples", "16"],
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /^warning: No inputs were given: the statistics are of made-up noise/);
    assert.match(stdout, /^mine: 6 layers of digits\.onnx, scheme channel8/);
    assert.match(stdout, /Mapped: 100\.0 % of the multiply-accumulates\./);
  });

  it("prints of shapes what there is", async () => {
    const { exitCode, stdout, stderr } = await runCli(
      ...["import", model, "--name", "mine", "--workspace", workspace, "--shapes-only"],
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /\nOnly the shapes, without statistics \(use --typical\)\.\n/);
    assert.match(stdout, /\n *layer +name +groups +rows +filters +positions +passes\n/);
    assert.doesNotMatch(stdout, /sample|seed|slices|ADC/);
  });

  it("takes a list of layers", async () => {
    const list = join(workspace, "layers.json");
    writeFileSync(list, JSON.stringify([{ name: "fc", C: 128, M: 10 }]));
    const { exitCode, stdout } = await runCli("import", list, "--name", "listed", "--workspace", workspace);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^listed: 1 layer of layers\.json, without statistics \(use --typical\)\./);
  });

  for (const [what, args, message] of [
    ["no workspace", [model], /no folder to write the network to[^]*--workspace/],
    [
      "a model that is not there",
      ["nothing.onnx", "--workspace", "W"],
      /The model nothing\.onnx is not there/,
    ],
    ["a size that is none", [model, "--workspace", "W", "--size", "N"], /--size cannot read "N"/],
    ["samples that are none", [model, "--workspace", "W", "--samples", "many"], /--samples cannot be "many"/],
    [
      "how images become arrays",
      [model, "--workspace", "W", "--inputs", images, "--image-size", "3x3"],
      /The "size" of images says nothing here: the inputs are arrays/,
    ],
    [
      "how images become noise",
      [model, "--workspace", "W", "--mean", "3"],
      /"mean" of images says nothing here: the inputs are made up/,
    ],
    ...[
      ["--accuracy", "accuracy"],
      ["--seed=3", "seed"],
      ["--samples=3", "samples"],
      ["--slicings=common", "slicings"],
    ].map(
      ([option, name]) =>
        [
          `${option} of shapes`,
          [model, "--workspace", "W", "--shapes-only", option],
          new RegExp(`"${name}" says nothing here: only the shapes`),
        ] as const,
    ),
    ...["--seed=1", "--inputs=x.npy", "--last-layer=fc", "--size=N=1", "--shapes-only", "--mean=3"].map(
      (option) =>
        [
          `${option} of a list`,
          [join(networks, "layers.csv"), "--workspace", "W", option],
          new RegExp(`${option.split("=")[0]} says nothing here: a list of layers`),
        ] as const,
    ),
    ["a taken name", [model, "--workspace", "W", "--name", "resnet18"], /a DNN "resnet18" already/],
  ] as const)
    it(`refuses ${what}, and writes nothing`, async () => {
      const { exitCode, stdout, stderr } = await runCli(
        "import",
        ...args.map((argument) => (argument === "W" ? workspace : argument)),
      );
      assert.equal(exitCode, 2);
      assert.match(stderr, message);
      assert.equal(stdout, "");
      assert.deepEqual(readdirSync(workspace), []);
    });
});
