import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerEstimator } from "../../src/components/registry";
import { defaultWorkspace } from "../../src/spec/workspace";
import type { LayerResult } from "../../src/study/layer-result";
import { runLayer } from "../../src/study/run-layer";
import { verifyResult } from "../../src/study/verify-result";
import type { Verification } from "../../src/study/verify-result";
import { copyWorkspace } from "../spec/support/workspace-copy";
import { runCli } from "../support/run-cli";
import type { CommandOutput } from "../support/run-cli";

const oneLayer = ["layer", "--architecture", "raella", "--dnn", "resnet18", "--layer", "10"];

describe("raella verify", () => {
  let directory: string;
  let file: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "raella-verify-"));
    file = join(directory, "result.json");
  });
  after(() => rmSync(directory, { recursive: true }));

  /** Runs a command with --json and keeps what it prints. */
  async function keep<Result>(...command: string[]): Promise<Result> {
    const { exitCode, stdout, stderr } = await runCli(...command, "--json");
    assert.equal(exitCode, 0, stderr);
    writeFileSync(file, stdout);
    return JSON.parse(stdout) as Result;
  }

  const verify = (...given: string[]): Promise<CommandOutput> => runCli("verify", file, ...given);

  const results: Readonly<Record<string, readonly string[]>> = {
    "a layer": oneLayer,
    "a layer searched in full": [...oneLayer, "--search", "full", "--objective", "energy"],
    "chosen layers on all architectures": ["ablation", "--dnn", "resnet18", "--layers", "10,20"],
    "a network": ["network", "--dnn", "resnet18", "--architecture", "raella"],
    "several DNNs": ["all", "--dnn", "resnet18", "--architecture", "raella"],
    "a specification from files": [
      "map",
      ...["raella/arch.yaml", "raella/variables.yaml", "common_components/*.yaml", "mapper.yaml"].map(
        (name) => join(defaultWorkspace().modelsDirectory, name),
      ),
      join(defaultWorkspace().layersDirectory, "resnet18", "010.yaml"),
      "--use-placeholders",
    ],
  };
  for (const [name, command] of Object.entries(results))
    it(`confirms the result of ${name}`, async () => {
      await keep(...command);
      const { exitCode, stdout } = await verify();
      assert.equal(exitCode, 0, stdout);
      assert.match(stdout, /is confirmed: every figure is the same\.$/m);
      const { equal, differences, changedFiles } = JSON.parse(
        (await verify("--json")).stdout,
      ) as Verification;
      assert.deepEqual(
        { equal, differences, changedFiles },
        { equal: true, differences: [], changedFiles: [] },
      );
    });

  it("names no unchanged file, whatever the folder it is verified from", async () => {
    const { modelsDirectory, layersDirectory } = defaultWorkspace();
    const previous = process.cwd();
    await keep(
      "map",
      ...["raella/arch.yaml", "raella/variables.yaml", "common_components/*.yaml", "mapper.yaml"].map(
        (name) => join(modelsDirectory, name),
      ),
      join(layersDirectory, "resnet18", "010.yaml"),
      "--use-placeholders",
    );
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"cycles": ', '"cycles": 1'));
    process.chdir(directory);
    try {
      const { changedFiles } = JSON.parse((await verify("--json")).stdout) as Verification;
      assert.deepEqual(changedFiles, []);
    } finally {
      process.chdir(previous);
    }
  });

  it("shows nothing of a file that a manifest merely names", async () => {
    const secret = join(directory, "secret");
    writeFileSync(secret, "password: hunter2\nuser: {{ root }}\n");
    await keep(
      "map",
      ...["arch.yaml", "variables.yaml"].map((name) =>
        join(defaultWorkspace().modelsDirectory, "raella", name),
      ),
      join(defaultWorkspace().modelsDirectory, "common_components", "*.yaml"),
      join(defaultWorkspace().modelsDirectory, "mapper.yaml"),
      join(defaultWorkspace().layersDirectory, "resnet18", "010.yaml"),
      "--use-placeholders",
    );
    const result = JSON.parse(readFileSync(file, "utf8")) as { manifest: { inputs: { files: string[] } } };
    for (const text of [
      "password: hunter2\n",
      "hunter2\n",
      "variables: {hunter2: [1}\n",
      "!include hunter2\n",
    ]) {
      writeFileSync(secret, text);
      result.manifest.inputs.files = [secret];
      writeFileSync(file, JSON.stringify(result));
      const { exitCode, stderr } = await verify();
      assert.equal(exitCode, 2);
      assert.doesNotMatch(stderr, /hunter2/);
    }
  });

  it("says that what a time limit ended cannot be confirmed", async () => {
    await keep(
      "layer",
      "-a",
      "isaac_like",
      "-d",
      "resnet18",
      "-l",
      "0",
      "--search",
      "full",
      "--time-limit",
      "0.000001",
    );
    const { exitCode, stderr } = await verify();
    assert.equal(exitCode, 2);
    assert.match(stderr, /cannot be confirmed: a time limit or an interruption ended its search/);
  });

  it("confirms what includes files from a folder that was allowed", async () => {
    const { modelsDirectory, layersDirectory } = defaultWorkspace();
    for (const name of ["mine", "apart"]) mkdirSync(join(directory, name));
    copyFileSync(
      join(modelsDirectory, "raella", "variables.yaml"),
      join(directory, "apart", "variables.yaml"),
    );
    const own = join(directory, "mine", "variables.yaml");
    writeFileSync(own, "!include ../apart/variables.yaml\n");
    const command = [
      ...["map", join(modelsDirectory, "raella", "arch.yaml"), own],
      ...[join(modelsDirectory, "common_components", "*.yaml"), join(modelsDirectory, "mapper.yaml")],
      join(layersDirectory, "resnet18", "010.yaml"),
      "--use-placeholders",
    ];
    const refused = await runCli(...command);
    assert.equal(refused.exitCode, 2);
    assert.match(
      refused.stderr,
      /lies outside the folders of the given files[^]*allow its folder with --include-root/,
    );
    await keep(...command, "--include-root", join(directory, "apart"));
    const { exitCode, stdout } = await verify();
    assert.equal(exitCode, 0, stdout);
  });

  it("shows the figure that is not the same", async () => {
    await keep(...oneLayer);
    writeFileSync(file, readFileSync(file, "utf8").replace('"cycles": 107800', '"cycles": 107801'));
    const { exitCode, stdout } = await verify();
    assert.equal(exitCode, 3);
    assert.match(stdout, /1 figure differs[^]*cycles: 107801 then, 107800 now/);
  });

  it("shows a file and a version that are not the same, and the first of many figures", async () => {
    const { manifest, ...result } = await keep<LayerResult>(...oneLayer);
    assert.ok(manifest);
    const files = manifest.files.map((entry, index) => (index === 0 ? { ...entry, sha256: "0" } : entry));
    const accesses = JSON.stringify(result.accesses).replace(/:(\d+)/g, ":1$1");
    const changed = {
      ...result,
      accesses: JSON.parse(accesses) as unknown,
      manifest: { ...manifest, files, version: "0" },
    };
    writeFileSync(file, JSON.stringify(changed));
    const { stdout } = await verify();
    assert.match(stdout, /^ {2}It is of version 0, this is \d+\.\d+\.\d+\.$/m);
    assert.match(stdout, new RegExp(`^  ${files[0].file} is not the same as then\\.$`, "m"));
    assert.equal(stdout.match(/ then, .* now$/gm)?.length, 20);
    assert.match(stdout, /^ {2}… and \d+ more$/m);
  });

  it("names the file of a component model that has changed", async () => {
    const root = join(directory, "own");
    const library = join(copyWorkspace(root, {}).modelsDirectory, "component_library", "isaac.csv");
    await keep(...oneLayer, "--workspace", root, "--typical");
    writeFileSync(library, readFileSync(library, "utf8").replace(",20.74,", ",20.75,"));
    const { exitCode, stdout } = await verify();
    assert.equal(exitCode, 3);
    assert.match(stdout, /component_library\/isaac\.csv/);
  });

  it("says which estimator it lacks", async () => {
    const remove = registerEstimator({
      name: "my router",
      classNames: ["isaac_router"],
      accuracyPercent: 99,
      parameters: {},
      actions: ["read", "write", "update", "idle"],
      areaUm2: () => 1000,
      energyPj: () => 777,
    });
    const result = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
    assert.equal((await verifyResult(result)).equal, true);
    remove();
    writeFileSync(file, JSON.stringify(result));
    const { exitCode, stderr } = await verify();
    assert.equal(exitCode, 2);
    assert.match(stderr, /cannot be confirmed: it was computed with the estimator "my router", which/);
  });

  it("says what it cannot read", async () => {
    assert.match((await runCli("verify", join(directory, "none.json"))).stderr, /cannot be read/);
    writeFileSync(file, "{");
    assert.match((await verify()).stderr, /This is not JSON/);
    writeFileSync(file, "{}");
    const { exitCode, stderr } = await verify();
    assert.equal(exitCode, 2);
    assert.match(stderr, /not a result that can be verified/);
  });
});
