import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { runLayer } from "../../src/study/run-layer";
import { verifyResult } from "../../src/study/verify-result";

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
    "an impossible batch": { ...result, batch: -5 },
    "an unknown fidelity": { ...result, manifest: { ...manifest, fidelity: "exact" } },
  };
  for (const [name, given] of Object.entries(damaged))
    it(`with ${name} is refused`, async () => {
      await assert.rejects(() => verifyResult(given), RaellaError);
    });
});
