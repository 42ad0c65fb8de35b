import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgram } from "../../src/cli/program";
import { runCli } from "../support/run-cli";

/** One mistake or more for every command; FOLDER stands for an empty folder. */
const mistakes: Readonly<Record<string, readonly (readonly [readonly string[], RegExp])[]>> = {
  layer: [
    [["-a", "raela", "-d", "resnet18", "-l", "0"], /Did you mean "raella"/],
    [["-a", "raella", "-d", "resnet18", "-l", "ten"], /resnet18 has no layer "ten"/],
    [["-a", "raella", "-d", "resnet18", "-l", "99999"], /no layer 99999/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "-b", "1e9"], /--batch cannot be "1e9"/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "-b", "1000000001"], /samples in a batch is 1000000001/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "-t", "-1"], /--tiles cannot be "-1"|unknown option/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "-t", "NaN"], /--tiles cannot be "NaN"/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "--set", "=5"], /--set cannot read "=5"/],
    [
      ["-a", "raella", "-d", "resnet18", "-l", "0", "--set", "__proto__=5"],
      /"__proto__" cannot be the name|--set cannot read/,
    ],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "--set", "ADC_RESOLUTION=8 +"], /expression ends/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "--set", "ADC_RESOLUTION=9**9**9**9"], /beyond the range/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "--fidelity", "exact"], /Allowed choices are artifact/],
    [["-a", "raella", "-d", "resnet18", "-l", "0", "more"], /too many arguments/],
    [["-a", "raella"], /Nothing says which layer is meant/],
    [["-a", "raella", "-d", "resnet18"], /Nothing says which layer is meant/],
    [["-a", "raella", "-d", "resnet18", "-l", "fcc"], /no layer "fcc"[^]*Did you mean "fc"/],
    [["-a", "raella", "--shape", "C=64,MM=128"], /no size "MM"[^]*Did you mean "M"/],
    [["-a", "raella", "--shape", "C=64,M"], /--shape cannot read "M"/],
    [["-a", "raella", "--shape", "C=64", "-d", "resnet18"], /--dnn says nothing/],
    [["-a", "raella", "-d", "resnet18", "-l"], /--layer cannot be "--json"/],
  ],
  network: [
    [["-d", "resnet19"], /Did you mean "resnet18"/],
    [["-d", "resnet18", "--chart", "FOLDER/chart.gif"], /ends in \.png, \.svg or \.json/],
    [["-d", "resnet18", "--layers", "99"], /no layer 99/],
    [["-d", "resnet18", "-a", "isaac"], /Did you mean "isaac_like"|no architecture "isaac"/],
  ],
  ablation: [
    [["-d", "resnet18", "--layers", "5-1"], /--layers cannot read "5-1"/],
    [["-d", "resnet18", "--layers", "0,a"], /--layers cannot read "a"/],
    [["-d", "resnet18", "--layers", "21"], /no layer 21/],
  ],
  all: [[["-d", "vgg"], /no DNN "vgg"/]],
  map: [
    [["FOLDER/nothing.yaml"], /There is no file/],
    [["FOLDER"], /is not a file/],
    [[], /missing required argument/],
  ],
  model: [
    [["FOLDER/bad.yaml", "-m", "FOLDER/nothing.yaml"], /bad\.yaml:2:1: /],
    [["FOLDER/bad.yaml"], /bad\.yaml:2:1: Flow map/],
  ],
  spec: [
    [[], /Nothing says which|YAML files, or/],
    [["FOLDER/bad.yaml"], /bad\.yaml:2:1: /],
  ],
  accuracy: [[["-d", "nosuch"], /"nosuch" is no imported network/]],
  import: [
    [["FOLDER/nothing.onnx", "--workspace", "FOLDER/own"], /nothing\.onnx/],
    [["FOLDER/nothing.onnx"], /There is no folder to write the network to/],
    [["FOLDER/nothing.onnx", "--workspace", "FOLDER/own", "--size", "224"], /--size cannot read "224"/],
    [["FOLDER/bad.csv", "--workspace", "FOLDER/own"], /bad\.csv/],
  ],
  components: [[["-a", "raela", "-d", "resnet18", "-l", "0"], /Did you mean "raella"/]],
  diagnose: [[["-a", "raella", "-d", "resnet18", "-l", "0", "-t", "0"], /--tiles cannot be "0"/]],
  verify: [
    [["FOLDER/nothing.json"], /cannot be read/],
    [["FOLDER/bad.yaml"], /This is not JSON/],
    [["FOLDER/empty.json"], /not a result that can be verified/],
    [["FOLDER/deep.json"], /not a result that can be verified/],
  ],
  init: [[["FOLDER"], /There is a workspace in .* already: dnn_layers\/mynet\/000\.yaml/]],
  architectures: [[["--jsn"], /unknown option/]],
  variables: [
    [["-a", "raela"], /Did you mean "raella"/],
    [[], /required option '-a/],
  ],
  dnns: [
    [["-d", "resnet19"], /Did you mean "resnet18"/],
    [["resnet19"], /Did you mean "resnet18"/],
  ],
  sweep: [
    [["FOLDER/nothing.yaml"], /no file|cannot be read/i],
    [["FOLDER/bad.yaml"], /bad\.yaml/],
    [["merge", "FOLDER"], /There is no sweep/],
    [["front", "FOLDER/nothing.parquet"], /There is no file/],
  ],
};

/** Options that are given twice, contradict each other, or say nothing where they stand. */
const needless: readonly (readonly [string, RegExp])[] = [
  ["layer -a raella -a isaac_like -d resnet18 -l 0", /--architecture is given twice: raella and isaac_like/],
  ["layer -a raella -d resnet18 -l 0 --layer 1", /--layer is given twice: 0 and 1/],
  ["layer -a raella -d resnet18 -l 0 -t 4 --tiles 8", /--tiles is given twice: 4 and 8/],
  ["layer -a raella -d resnet18 -l 0 --fidelity corrected --fidelity artifact", /--fidelity is given twice/],
  ["layer -a raella -d resnet18 -l 0 --leakage --no-leakage", /--leakage and --no-leakage contradict/],
  ["layer -a raella -d resnet18 -l 0 --search timeloop --time-limit 1", /--time-limit says something only/],
  ["layer -a raella -d resnet18 -l 0 --objective energy", /--objective says something only/],
  ["network -d resnet18 -d resnet50", /--dnn is given twice: resnet18 and resnet50/],
  ["network -d resnet18 -a raella --layers 0,0", /The layers have 0 twice/],
  ["ablation -d resnet18 --layers 0-3,2", /The layers have 2 twice/],
  ["ablation -d resnet18 -a raella,isaac_like,raella --layers 0", /The architectures have raella twice/],
  ["ablation -d resnet18 -a raella -a RAELLA --layers 0", /The architectures have raella twice/],
  ["all -d resnet18,ResNet18 -a raella", /The DNNs have resnet18 twice/],
  ["spec FOLDER/bad.yaml --include-root FOLDER/nowhere", /There is no folder .*nowhere/],
  ["map FOLDER/bad.yaml --include-root FOLDER/bad.yaml", /bad\.yaml is no folder/],
  ["network -d resnet18 --workers 1 --workers 2", /--workers is given twice: 1 and 2/],
  ["network -d resnet18 --aggregate-tiles 1 --area-budget 2", /Both --aggregate-tiles and --area-budget/],
  ["sweep a.yaml -o x --out y", /--out is given twice: x and y/],
  ["sweep --csv x merge FOLDER", /--csv stands before "merge", where it says nothing/],
  ["sweep --workspace FOLDER front FOLDER", /--workspace stands before "front"/],
  [
    "spec FOLDER/bad.yaml -a raella",
    /--architecture says nothing about a specification that is given as files/,
  ],
  ["spec FOLDER/bad.yaml --shape C=64", /--shape says nothing/],
  ["components FOLDER/bad.yaml --typical", /--typical says nothing/],
  ["diagnose FOLDER/bad.yaml -d resnet18", /--dnn says nothing/],
  ["spec -a raella -d resnet18 -l 0 --define a=1", /--define belongs to a layer given as files/],
  ["diagnose -a raella -d resnet18 -l 0 --define a=1", /--define belongs to/],
  ["diagnose -a raella -d resnet18 -l 0 --include-root FOLDER", /--include-root belongs to/],
  ["diagnose -a raella -d resnet18 -l 0 --statistics x", /--statistics belongs to/],
  ["components --statistics x", /--statistics belongs to/],
  ["dnns resnet18 -d resnet50", /Two DNNs are named, resnet18 and resnet50/],
  ["import x.onnx --workspace FOLDER/own --size a=1 --size a=2", /--size gives a twice/],
  ["import x.csv --workspace FOLDER/own --accuracy", /--accuracy says nothing here/],
];

describe("every command of the command line", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "raella-trust-"));
    writeFileSync(join(folder, "bad.yaml"), "variables: {A: 1\n");
    writeFileSync(join(folder, "bad.csv"), "channels\nmany\n");
    writeFileSync(join(folder, "empty.json"), "{}");
    mkdirSync(join(folder, "dnn_layers", "mynet"), { recursive: true });
    writeFileSync(join(folder, "dnn_layers", "mynet", "000.yaml"), "");
    writeFileSync(join(folder, "deep.json"), "[".repeat(5000) + "]".repeat(5000));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is tested", () => {
    const names = createProgram("0.0.0").commands.map((command) => command.name());
    for (const name of names) assert.ok(name in mistakes, `${name} has no mistakes in this table`);
  });

  for (const [line, expected] of needless)
    it(`${line}: is not ignored`, async () => {
      const { exitCode, stderr } = await runCli(...line.replaceAll("FOLDER", folder).split(" "));
      assert.match(stderr, expected);
      assert.equal(exitCode, 2);
    });

  it("take a flag twice, and every value of an option of several", async () => {
    const { exitCode, stdout } = await runCli(
      ...["network", "-d", "resnet18", "-a", "raella", "-a", "isaac_like", "--layers", "20"],
      ...["--json", "--json"],
    );
    assert.equal(exitCode, 0);
    assert.deepEqual((JSON.parse(stdout) as { architectures: string[] }).architectures, [
      "raella",
      "isaac_like",
    ]);
  });

  it("say which limits and areas have no effect", async () => {
    const limited = await runCli("layer", "-a", "raella", "-d", "resnet18", "-l", "20", "--time-limit", "5");
    assert.match(limited.stderr, /warning: The time limit has no effect: every mapping/);
    const alone = [
      "network",
      "-d",
      "resnet18",
      "-a",
      "raella",
      "--layers",
      "20",
      "--tile-areas",
      "published",
    ];
    assert.match((await runCli(...alone)).stderr, /warning: Published areas of tiles .* have no effect/);
    assert.doesNotMatch((await runCli(...alone, "--area-budget", "100")).stderr, /Published areas/);
  });

  for (const [command, cases] of Object.entries(mistakes))
    for (const [given, expected] of cases)
      it(`${command} ${given.join(" ")}: exit code 2, message, JSON`, async () => {
        const words = [command, ...given.map((word) => word.replace("FOLDER", folder)), "--json"];
        const { exitCode, stdout, stderr } = await runCli(...words);
        assert.equal(exitCode, 2, stderr);
        assert.match(stderr, expected);
        assert.doesNotMatch(stderr, /^ +at /m);
        const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
        assert.notEqual(error.code, "internal");
        assert.ok(error.message.length > 0);
      });
});
