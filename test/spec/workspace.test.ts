import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import { explainEnergy } from "../../src/components/explain";
import { RaellaError } from "../../src/errors";
import { getSpec } from "../../src/spec/get-spec";
import { loadSpecification } from "../../src/spec/load-specification";
import { defaultWorkspace, workspaceAt } from "../../src/spec/workspace";
import type { Workspace } from "../../src/spec/workspace";
import { diagnoseLayer } from "../../src/study/diagnose-layer";
import type { LayerResult } from "../../src/study/layer-result";
import { evaluateGivenMapping, runLayer, mapLayer, resultOf } from "../../src/study/run-layer";
import { runLayers, runNetwork } from "../../src/study/run-network";
import { layerFigures } from "../../src/study/layer-figures";
import { sweep } from "../../src/study/sweep/sweep";
import { verifyResult } from "../../src/study/verify-result";
import { runCli } from "../support/run-cli";
import { copyWorkspace } from "./support/workspace-copy";

const libraryFile = "models/component_library/isaac.csv";

/** The library with converters a thousand times as dear. */
function dearLibrary(): string {
  const text = readFileSync(
    join(defaultWorkspace().modelsDirectory, "component_library", "isaac.csv"),
    "utf8",
  );
  const dear = text.replaceAll(
    /^(isaac_adc,convert\|read,32,,,\d+,1,)([\d.]+)/gm,
    (_, before: string, energy: string) => `${before}${1000 * Number(energy)}`,
  );
  assert.notEqual(dear, text);
  return dear;
}

const layer = {
  ...{ architecture: "raella", dnn: "resnet18", layer: 10, nTiles: 16, batchSize: 32 },
  useTypicalStatistics: true,
} as const;
const converter = (tables: {
  readonly energyPerActionPj: Readonly<Record<string, Readonly<Record<string, number>>>>;
}): number => tables.energyPerActionPj.column_readout.read;

describe("a workspace", function () {
  this.timeout(60_000);
  let root: string;
  let workspace: Workspace;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "raella-workspace-"));
    workspace = copyWorkspace(root, { [libraryFile]: dearLibrary() });
  });
  after(() => rmSync(root, { recursive: true }));

  it("goes with a specification and prices it wherever that is asked for", async () => {
    const cheap = converter(runLayer(layer));
    const isDear = (energy: number): boolean => energy > 100 * cheap;
    const options = { ...layer, workspace };
    const specification = getSpec(options);
    assert.deepEqual(specification.workspace, workspace);
    assert.ok(isDear(converter(runLayer(options))));
    assert.ok(isDear(estimate(specification).energy.energyPj.column_readout.read));
    assert.ok(isDear(explainEnergy(specification, "column_readout", "read").tableValue));
    const mapped = mapLayer(options);
    assert.ok(isDear(converter(resultOf(evaluateGivenMapping(mapped.specification, mapped.mapping)))));
    assert.ok(isDear(converter(runLayer(specification))));
    assert.ok(isDear(converter(runLayer(getSpec(layer), { workspace }))));
    assert.ok(isDear(converter(runLayer(structuredClone(specification)))));
    assert.equal(layerFigures(options).energyPj.column_readout, runLayer(options).energyPj.column_readout);
    assert.equal(diagnoseLayer(options).fits, true);
    const verified = await verifyResult(JSON.parse(JSON.stringify(runLayer(options))));
    assert.deepEqual(verified.differences, []);
  });

  it("prices whole DNNs and sweeps, in other threads too", async () => {
    const common = { architecture: "raella", dnn: "resnet18", useTypicalStatistics: true, workspace };
    const network = await runNetwork({ ...common, workers: 2 });
    const description = {
      architectures: "raella",
      dnns: "resnet18",
      typical: true,
      nTiles: [16, 32],
      chunkSize: 1,
    };
    for (const workers of [1, 2]) {
      const { rows } = await sweep(description, { workspace, workers });
      assert.equal(rows[0].energyPj, network.totals.energyPj.total, String(workers));
    }
    assert.deepEqual(await runLayers({ ...common, workers: 2 }), await runLayers({ ...common, workers: 1 }));
    const verified = await verifyResult(JSON.parse(JSON.stringify(network)));
    assert.deepEqual(verified.differences, []);
  });

  it("may be given with files, and need not be absolute or stay as it is", () => {
    const files = ["arch.yaml", "variables.yaml"].map((name) => join(root, "models", "raella", name));
    const others = [join(root, "models/common_components/*.yaml"), join(root, "models/mapper.yaml")];
    const problem = join(root, "dnn_layers/resnet18/010.yaml");
    const given = { ...workspace };
    const options = { files: [...files, ...others, problem], workspace: given, usePlaceholders: true };
    const specification = loadSpecification(options);
    const before = converter(runLayer(specification));
    given.modelsDirectory = defaultWorkspace().modelsDirectory;
    assert.equal(converter(runLayer(specification)), before);
    assert.deepEqual(specification.workspace, workspaceAt(root));
  });

  it("is named on the command line", async () => {
    const named = ["-a", "raella", "-d", "resnet18", "-l", "10", "--typical", "--json"];
    const printed = async (...words: readonly string[]): Promise<unknown> => {
      const { exitCode, stdout, stderr } = await runCli(...words);
      assert.equal(exitCode, 0, stderr);
      return JSON.parse(stdout);
    };
    const energyOf = async (...words: readonly string[]): Promise<number> => {
      const rows = (await printed("components", ...named, "--level", "column_readout", ...words)) as {
        readonly energyPerActionPj: Readonly<Record<string, number>>;
      }[];
      return rows[0].energyPerActionPj.read;
    };
    assert.ok((await energyOf("--workspace", root)) > 100 * (await energyOf()));
    const result = (await printed("layer", ...named, "--workspace", root)) as LayerResult;
    assert.equal(converter(result), converter(runLayer({ ...layer, workspace })));
    assert.deepEqual((await verifyResult(result)).differences, []);
    assert.deepEqual(await printed("dnns", "--json", "--workspace", root), [{ name: "resnet18", layers: 2 }]);
    const { exitCode, stderr } = await runCli("layer", ...named, "--workspace", join(root, "nowhere"));
    assert.equal(exitCode, 2);
    assert.match(stderr, /nowhere/);
  });

  it("is refused with a word where a folder is missing", () => {
    assert.throws(
      () => getSpec({ ...layer, workspace: { modelsDirectory: "models" } as Workspace }),
      (error) =>
        error instanceof RaellaError && error.code === "usage" && /layersDirectory/.test(error.message),
    );
  });
});
