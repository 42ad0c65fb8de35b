import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadSpecification } from "../../src/spec/load-specification";
import { defaultWorkspace } from "../../src/spec/workspace";
import { diagnoseLayer } from "../../src/study/diagnose-layer";
import { evaluateGivenMapping, mapLayer, runLayer } from "../../src/study/run-layer";
import { runAblation, runAll, runLayers, runNetwork } from "../../src/study/run-network";
import type { LayerOptions } from "../../src/study/study-options";
import { sweep } from "../../src/study/sweep/sweep";
import { verifyResult } from "../../src/study/verify-result";
import { replaced, smallSpecification, withFiles } from "../spec/support/small-model";
import { withWorkspace } from "../spec/support/workspace-copy";
import { smallWhole } from "../trust/bad-inputs/case";

const layer = { architecture: "raella", dnn: "resnet18", layer: 10 } as const;
/** A file of the package with a part replaced, for a workspace. */
function changed(name: string, part: string, by: string): Record<string, string> {
  const root = dirname(defaultWorkspace().modelsDirectory);
  return { [name]: replaced(readFileSync(join(root, name), "utf8"), part, by) };
}

const run = (variables: LayerOptions["variables"], further: object = {}): unknown =>
  runLayer({ ...layer, variables, ...further });

describe("names that nobody knows", () => {
  const variables = { ADC_RESOLUTON: 8 };
  const expected = {
    code: "unknown-name",
    message: /no variable "ADC_RESOLUTON"[^]*Did you mean "ADC_RESOLUTION"/,
  };

  it("of variables are refused by every function that takes some", async () => {
    assert.throws(() => run(variables), expected);
    assert.throws(() => run(variables, { search: "full" }), expected);
    assert.throws(() => diagnoseLayer({ ...layer, variables }), expected);
    await assert.rejects(
      runLayers({ ...layer, layer: undefined, layers: [0], variables } as never),
      expected,
    );
    const network = { architecture: "raella", dnn: "resnet18", layers: [0], variables };
    await assert.rejects(runLayers(network), expected);
    await assert.rejects(runNetwork(network), expected);
    const one = { architectures: ["raella"], variables };
    await assert.rejects(runAblation("resnet18", { ...one, layers: [0] }), expected);
    await assert.rejects(runAll({ ...one, dnns: ["resnet18"] }), expected);
    await assert.rejects(
      sweep({ architectures: "raella", dnns: "resnet18", variables: { ADC_RESOLUTON: [7, 8] } }),
      expected,
    );
    withFiles({ "model.yaml": smallWhole }, (folder) =>
      assert.throws(() => loadSpecification({ files: [`${folder}/model.yaml`], variables: { WORDS: 8 } }), {
        code: "unknown-name",
        message: /Did you mean "WORD"/,
      }),
    );
  });

  it("of options are refused by every function that takes some", async () => {
    const message = /There is no option "nTile"[^]*Did you mean "nTiles"/;
    const wrong = { nTile: 16 };
    assert.throws(() => run({}, wrong), { code: "unknown-name", message });
    assert.throws(() => diagnoseLayer({ ...layer, ...wrong }), { message });
    await assert.rejects(runNetwork({ architecture: "raella", dnn: "resnet18", ...wrong }), {
      message,
    });
    await assert.rejects(runAblation("resnet18", wrong as never), { message });
    await assert.rejects(runAll(wrong as never), { message });
  });

  it("new variables take part, and results that have some can be verified", async () => {
    const given = { variables: { N_ADC_PER_BANK: 4 }, newVariables: { EXTRA: 1 } };
    const result = runLayer({ ...layer, ...given });
    assert.deepEqual(result.manifest?.newVariables, given.newVariables);
    assert.equal((await verifyResult(JSON.parse(JSON.stringify(result)))).equal, true);
  });

  it("settings of a full search need one", () => {
    for (const settings of [{ objective: "energy" }, { search: "timeloop", timeLimitMs: 5 }])
      assert.throws(() => run({}, settings), { code: "usage", message: /only about a full search/ });
  });

  it("tiles and samples that a model does not have are refused, unless they are defaults", () => {
    const changes = {
      ...changed("models/raella/variables.yaml", "  BATCH_SIZE: 1\n", ""),
      ...changed("dnn_layers/resnet18/010.yaml", "BATCH_SIZE", "2"),
    };
    withWorkspace(changes, (workspace) => {
      const options = { ...layer, workspace, useTypicalStatistics: true };
      const { nTiles, batchSize } = runLayer(options);
      assert.deepEqual([nTiles, batchSize], [16, null]);
      assert.throws(() => runLayer({ ...options, batchSize: 2 }), {
        code: "unknown-name",
        message: /has no variable BATCH_SIZE/,
      });
    });
  });
});

describe("figures that no number can hold", () => {
  for (const [name, value] of [
    ["AVERAGE_INPUT_VALUE", 1e308],
    ["ADC_ACTION_SHARE", 1e308],
    ["AVERAGE_INPUT_VALUE", 1e305],
  ] as const)
    it(`are errors that name the value: ${name} = ${value}`, async () => {
      const expected = { code: "out-of-range", message: new RegExp(`${name} is 1e\\+30`) };
      assert.throws(() => run({ [name]: value }), expected);
      assert.throws(() => run({ [name]: value }, { search: "timeloop" }), expected);
      assert.throws(() => run({ [name]: value }, { search: "full", timeLimitMs: 500 }), expected);
      const { rows } = await sweep({
        ...{ architectures: "raella", dnns: "resnet18", variables: { [name]: [0.5, value] } },
      });
      assert.deepEqual([rows[0].status, rows[1].status], ["ok", "infeasible"]);
      assert.match(String(rows[1].reason), new RegExp(`${name} is 1e\\+30`));
    });

  it("are errors for a given mapping, too", () => {
    const tables = smallWhole.slice(smallWhole.indexOf("ERT:")).replace("energy: 100}", "energy: 1.0e+308}");
    const specification = smallSpecification(
      "WORD: 8",
      "WORD: 8",
      {},
      tables.replaceAll("energy: 100}", "energy: 1.0e+308}"),
    );
    const { mapping } = mapLayer(
      smallSpecification("WORD: 8", "WORD: 8", {}, smallWhole.slice(smallWhole.indexOf("ERT:"))),
    );
    assert.throws(() => evaluateGivenMapping(specification, mapping), { code: "out-of-range" });
  });
});

describe("values of attributes", () => {
  it("that are numbers may be neither texts nor truth values", () => {
    for (const written of ['"7"', "True"])
      withWorkspace(
        changed("models/raella/variables.yaml", "  ADC_RESOLUTION: 7\n", `  ADC_RESOLUTION: ${written}\n`),
        (workspace) =>
          assert.throws(() => runLayer({ ...layer, workspace, useTypicalStatistics: true }), {
            name: /RaellaError/,
            message: /The attribute "[a-z_]+" (of "[a-z_]+" )?is a (text|truth value|boolean)/,
          }),
      );
  });

  it("that statistics give stay texts, technologies may have a unit", () => {
    const { energyPj } = runLayer({ ...layer, variables: { TECH_NODE: "'32nm'" } });
    assert.deepEqual(energyPj, runLayer(layer).energyPj);
  });
});
