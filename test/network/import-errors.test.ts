import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { analyzeNetwork } from "../../src/network/analyze-network";
import { smallLayer, smallModel } from "./small-model";

const oneSample = { dims: [1, 4], data: [1, -2, 3, 0.5] };

describe("An import that cannot be", () => {
  for (const [what, bytes] of [
    ["an empty file", new Uint8Array()],
    ["text", new TextEncoder().encode("<!DOCTYPE html><html><body>Not found</body></html>")],
    ["zeros", new Uint8Array(1_000)],
  ] as const)
    it(`says so: ${what} for a model`, async () => {
      await assert.rejects(analyzeNetwork({ model: bytes }), (error) => {
        assert.ok(error instanceof RaellaError, String(error));
        assert.match(error.message, /no ONNX model that can be read/);
        return true;
      });
    });

  it("says so: a model that ends too early", async () => {
    const bytes = await smallModel(smallLayer());
    for (let length = 1; length < bytes.length; length += 3)
      await assert.rejects(
        analyzeNetwork({ model: bytes.subarray(0, length), inputs: oneSample }),
        RaellaError,
        `${length} bytes`,
      );
  });

  it("says what an engine says that cannot run it, also where that fails at once", async () => {
    const model = await smallModel(smallLayer());
    const fail = (): never => {
      throw new Error("no kernel for MatMul");
    };
    const run = { run: fail, close: () => Promise.resolve() };
    for (const open of [fail, () => Promise.reject(new Error("no kernel")), () => Promise.resolve(run)])
      await assert.rejects(
        analyzeNetwork({ model, inputs: oneSample, engine: { name: "none", version: "0", open } }),
        (error) => {
          assert.ok(error instanceof RaellaError, String(error));
          assert.match(error.message, /The model cannot be run[^]*no kernel/);
          return true;
        },
      );
  });

  it("stops where it is told to", async () => {
    const model = await smallModel(smallLayer());
    const controller = new AbortController();
    await assert.rejects(
      analyzeNetwork({
        model,
        inputs: oneSample,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      }),
      /stopped before it was finished/,
    );
  });

  it("warns of inputs that are always 0", async () => {
    const model = await smallModel(smallLayer());
    const { warnings } = await analyzeNetwork({ model, inputs: { dims: [1, 4], data: [0, 0, 0, 0] } });
    assert.match(warnings.join(), /input of y is 0 wherever it was looked at/);
  });

  it("warns of made-up inputs", async () => {
    const model = await smallModel(smallLayer());
    const { warnings, madeUpInputs, inputSamples } = await analyzeNetwork({ model });
    assert.match(warnings.join(), /made-up noise/);
    assert.deepEqual([madeUpInputs, inputSamples], [true, 4]);
  });
});
