import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { getSpec } from "../../src/spec/get-spec";
import type { LayerSizes } from "../../src/spec/get-spec";
import { diagnoseLayer } from "../../src/study/diagnose-layer";
import type { LayerResult } from "../../src/study/layer-result";
import { runLayer } from "../../src/study/run-layer";
import { verifyResult } from "../../src/study/verify-result";
import { withWorkspace } from "../spec/support/workspace-copy";
import { runCli } from "../support/run-cli";

/** Layer 10 of ResNet18. */
const sizes = { C: 128, M: 256, R: 3, S: 3, P: 14, Q: 14, Wstride: 2, Hstride: 2 };

/** What a result says of the work and its costs. */
const figures = ({ energyPj, cycles, areaUm2, macs, mapping }: LayerResult): object => ({
  ...{ energyPj, cycles, areaUm2, macs, mapping },
});

describe("a layer given by its sizes", () => {
  for (const architecture of ["raella", "raella_no_speculation_2b_cells"])
    it(`is on ${architecture} what the same layer of a DNN is with typical statistics`, async () => {
      const listed = runLayer({ architecture, dnn: "resnet18", layer: 10, useTypicalStatistics: true });
      const result = runLayer({ architecture, layer: sizes });
      assert.deepEqual(figures(result), figures(listed));
      assert.deepEqual([result.dnn, result.layer], [null, null]);
      assert.equal(result.layerName, "C=128 M=256 R=3 S=3 P=14 Q=14 Wstride=2 Hstride=2");
      assert.match(result.notes?.[0].message ?? "", /typical of raella/);
      const { differences } = await verifyResult(JSON.parse(JSON.stringify(result)));
      assert.deepEqual(differences, []);
    });

  it("has sizes of 1 where none are given, and the architecture's bits and batch", () => {
    const { bounds } = getSpec({ architecture: "raella", layer: { C: 64, M: 32 }, batchSize: 4 }).workload;
    assert.deepEqual([bounds.R, bounds.P, bounds.G, bounds.N, bounds.I], [1, 1, 1, 4, 8]);
    for (const [name, variable] of [
      ["I", "INPUT_BITS"],
      ["L", "WEIGHT_BITS"],
      ["T", "OUTPUT_BITS"],
    ])
      assert.throws(() => getSpec({ architecture: "raella", layer: { C: 64, M: 32, [name]: 4 } }), {
        code: "usage",
        message: new RegExp(`${name} is no size of a layer[^]*variable ${variable}`),
      });
    assert.equal(diagnoseLayer({ architecture: "raella", layer: { C: 64, M: 32 } }).fits, true);
  });

  it("may have the model's own bits and samples as numbers in a file", () => {
    const file = (bits: string): string => `!include ../problem_shape.yaml
problem:
  layer_name: own
  shape: *conv2D
  instance: {C: 64, M: 128, R: 3, S: 3, P: 7, Q: 7, G: 1, ${bits}}
`;
    const results = [
      "N: BATCH_SIZE, I: INPUT_BITS, L: WEIGHT_BITS, T: OUTPUT_BITS",
      "N: 32, I: 8, L: 24, T: 8",
    ].map((bits) =>
      withWorkspace({ "dnn_layers/own/000.yaml": file(bits) }, (workspace) => {
        const chosen = {
          architecture: "raella",
          dnn: "own",
          layer: 0,
          useTypicalStatistics: true,
          workspace,
        };
        assert.throws(
          () => runLayer({ ...chosen, batchSize: bits.startsWith("N: 32") ? 2 : 0 }),
          bits.startsWith("N: 32")
            ? /has 32 as N, but the model's BATCH_SIZE is 2/
            : /samples in a batch is 0/,
        );
        return runLayer(chosen);
      }),
    );
    assert.equal(results[0].macs, 64 * 128 * 9 * 49 * 32);
    assert.deepEqual(figures(results[0]), figures(results[1]));
  });

  it("is not changed by what becomes of the object", () => {
    const given = { C: 64, M: 32 };
    const specification = getSpec({ architecture: "raella", layer: given });
    given.C = 128;
    assert.deepEqual(specification.identity.sizes, { C: 64, M: 32 });
    assert.ok(Object.isFrozen(specification.identity.sizes));
  });

  const mistakes: readonly (readonly [string, unknown, RegExp, object?])[] = [
    ["an unknown size", { C: 64, K: 32 }, /A layer has no size "K"\.[^]*Known: |Did you mean/],
    ["a misspelt size", { C: 64, Wstrid: 2 }, /Did you mean "Wstride"/],
    ["a size of 0", { C: 0 }, /The size C of the layer is 0\./],
    ["a size that is no number", { C: "64" }, /The size C of the layer is "64"\./],
    ["a size with decimals", { C: 6.5 }, /The size C of the layer is 6\.5\./],
    ["a batch", { C: 64, N: 4 }, /N, the samples of the batch[^]*batchSize/],
    ["no sizes", {}, /The layer has no sizes/],
    ["a DNN", { C: 64 }, /belongs to no DNN/, { dnn: "resnet18" }],
    ["recorded statistics", { C: 64 }, /no recorded statistics/, { useTypicalStatistics: false }],
  ];
  for (const [name, layer, message, others] of mistakes)
    it(`with ${name} is refused with a word`, () =>
      assert.throws(
        () => runLayer({ architecture: "raella", layer: layer as LayerSizes, ...others }),
        (error) => error instanceof RaellaError && message.test(error.message),
      ));

  it("is given with --shape", async () => {
    const { exitCode, stdout } = await runCli(
      ...["layer", "-a", "raella", "--json", "--shape"],
      Object.entries(sizes)
        .map(([name, size]) => `${name}=${size}`)
        .join(","),
    );
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(stdout), runLayer({ architecture: "raella", layer: sizes }));
    for (const command of ["components", "spec", "diagnose"])
      assert.equal((await runCli(command, "-a", "raella", "--shape", "C=64,M=32")).exitCode, 0, command);
  });
});

describe("a layer given by its name", () => {
  const chosen = { architecture: "raella", dnn: "resnet18" };
  it("is the one of that name, in any letter case", () => {
    for (const layer of ["fc", "FC"])
      assert.deepEqual(runLayer({ ...chosen, layer }), runLayer({ ...chosen, layer: 20 }));
    assert.equal(getSpec({ ...chosen, layer: "layer3.0.conv1" }).identity.layer, 10);
    assert.equal(getSpec({ ...chosen, layer: "010" }).identity.layer, 10);
  });

  it("is refused with the nearest name", () => {
    assert.throws(() => getSpec({ ...chosen, layer: "layer3.0.conv3" }), {
      code: "unknown-name",
      message: /resnet18 has no layer "layer3\.0\.conv3"\.[^]*Did you mean "layer3\.0\.conv\d"/,
    });
  });
});
