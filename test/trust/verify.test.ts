import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { runLayer } from "../../src/study/run-layer";
import { runAblation, runAll, runNetwork } from "../../src/study/run-network";
import { verifyResult } from "../../src/study/verify-result";

describe("a result of version 0.1", () => {
  /** As it was written then: other names, and a figure less. */
  const asWritten = (result: unknown): unknown =>
    JSON.parse(
      JSON.stringify(result, (key, value: unknown) => (key === "version" ? "0.1.0" : value))
        .replaceAll(/"spatialUtilization":[^,]*,/g, "")
        .replaceAll('"nTiles":', '"tiles":')
        .replaceAll('"batchSize":', '"batch":'),
    );
  const layer = { architecture: "raella", dnn: "resnet18", layer: 3 };
  const results: Readonly<Record<string, () => unknown>> = {
    "of a layer": () => runLayer({ ...layer, nTiles: 8, batchSize: 4 }),
    "of a DNN": () => runNetwork({ ...layer, layers: [3], batchSize: 4, ...{ layer: undefined } }),
    "of an ablation": () => runAblation("resnet18", { layers: [3], batchSize: 4 }),
    "of everything": async () => ({
      ablations: await runAll({ dnns: ["resnet18"], architectures: ["raella"], nTiles: 32 }),
    }),
  };
  for (const [name, compute] of Object.entries(results))
    it(`can still be verified: ${name}`, async () => {
      const then = asWritten(await compute());
      assert.ok(JSON.stringify(then).includes('"batch":'));
      const { equal, differences, version } = await verifyResult(then);
      assert.deepEqual([equal, differences, version.then], [true, [], "0.1.0"]);
      const forged = JSON.parse(
        JSON.stringify(then).replace(/"cycles":(\d+|\[\d+)/, '"cycles":1'),
      ) as unknown;
      assert.equal((await verifyResult(forged).catch(() => ({ equal: false }))).equal, false);
    });
});

describe("a damaged result", () => {
  const result = runLayer({ architecture: "raella", dnn: "resnet18", layer: 3 });
  const { manifest } = result;
  const damaged: Readonly<Record<string, unknown>> = {
    nothing: null,
    "a list": [],
    "no manifest": { ...result, manifest: undefined },
    "a manifest of text": { ...result, manifest: "manifest" },
    "files of nothing": { ...result, manifest: { ...manifest, files: [null] } },
    "files that are a number": { ...result, manifest: { ...manifest, files: 3 } },
    "hashes that are numbers": { ...result, manifest: { ...manifest, files: [{ file: "a", sha256: 1 }] } },
    "variables of text": { ...result, manifest: { ...manifest, variables: "A=1" } },
    "an unknown architecture": { ...result, architecture: "raela" },
    "a layer that is no number": { ...result, layer: "x" },
    "an impossible batch": { ...result, batchSize: -5 },
    "an unknown fidelity": { ...result, manifest: { ...manifest, fidelity: "exact" } },
  };
  for (const [name, given] of Object.entries(damaged))
    it(`with ${name} is refused`, async () => {
      await assert.rejects(() => verifyResult(given), RaellaError);
    });
});
