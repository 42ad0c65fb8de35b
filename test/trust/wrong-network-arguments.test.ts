import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RaellaError } from "../../src/index";
import * as network from "../../src/network";
import { smallLayer, smallModel } from "../network/small-model";
import { spoilt } from "../support/wrong-values";

const layer = {
  ...{ groups: 1, rows: 2, filters: 1, samples: 2, inputZero: 0 },
  weights: Int8Array.of(3, -4),
  inputs: Uint8Array.of(1, 2, 3, 4),
};
const output = {
  ...{ bias: Float64Array.of(0), scale: Float64Array.of(1), zero: 0, lowest: 0, highest: 255 },
};
const slicing = [4, 2, 2];

/** Right arguments of every function of `raella/network`. */
async function rightArguments(
  engine: network.FloatEngine,
  folder: string,
): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const model = await smallModel(smallLayer());
  const inputs = { dims: [2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8] };
  const design = network.usualDesign("raella");
  const analyzed = await network.analyzeNetwork({ model, inputs, engine, workers: 1 });
  await network.importNetwork({ model, inputs, name: "small", workspace: folder, engine, workers: 1 });
  // Nothing of a network that is refused is to be left.
  const accuracy = { dnn: "small", reference: null, warnings: [], designs: [] };
  return {
    importNetwork: [
      { model, inputs, engine, name: "other", workspace: "w", samples: 2, seed: 1, scheme: "auto" },
    ],
    importLayerList: [{ list: "x.csv", name: "listed", workspace: "w" }],
    analyzeNetwork: [
      { model, inputs, engine, samples: 2, slicings: "common", signedInputs: "recorded", workers: 1 },
    ],
    networkFiles: ["x", analyzed],
    readNumpy: [new Uint8Array(3), "x.npy"],
    onnxRuntime: [],
    networkAccuracy: [{ dnn: "nonsense", architectures: "raella", adcBits: 7, rows: 512, slicing: "kept" }],
    analyzeAccuracy: [{ model, inputs, engine, designs: [design], workers: 1 }],
    arithmeticArchitectures: [],
    usualDesign: ["raella"],
    accuracyColumns: [accuracy, { shape: "designs" }],
    accuracyFrame: [accuracy, { shape: "designs" }],
    accuracyChart: [accuracy, { title: "x" }],
    accuracyByLayerChart: [accuracy, { title: "x" }],
    layerStatistics: [{ rows: 2, filters: 1, weights: layer.weights, inputs: layer.inputs, slicing }],
    layerAccuracy: [layer, output, { slicing, rows: 512 }],
    computeInCrossbars: [layer, { slicing, rows: 512, converterBits: 7 }],
    computeInIsaac: [layer, { rows: 128, converterBits: 8 }],
    chooseSlicing: [layer, output, { search: "common", cellBits: 4 }],
    exactAccumulators: [layer],
    outputCodes: [Float64Array.of(1, 2), layer, output],
    findCenter: [new Uint32Array(256), slicing],
    parseSlicing: ["4-2-2"],
    slicingName: [slicing],
    drawPositions: [3, 2, 1],
    madeUpValues: [3, 1],
    mulberry32: [1],
  };
}

describe("wrong arguments about networks", function () {
  this.timeout(300_000);
  const started = process.cwd();
  let folder: string;
  let engine: network.FloatEngine;
  before(async () => {
    // Threads would look for their loader in the folder that is left here.
    engine = await network.onnxRuntime();
    folder = mkdtempSync(join(tmpdir(), "raella-network-arguments-"));
    process.chdir(folder);
  });
  after(() => {
    process.chdir(started);
    rmSync(folder, { recursive: true });
  });

  it("are refused with a message of the package's own, by every function", async () => {
    const known = await rightArguments(engine, folder);
    const functions = Object.entries(network).filter(([, value]) => typeof value === "function");
    assert.deepEqual(
      functions.map(([name]) => name).filter((name) => !(name in known)),
      [],
      "every function has arguments here",
    );
    const raw: string[] = [];
    for (const [name, value] of functions)
      for (const [title, given] of spoilt(known[name])) {
        // What is right takes its time with the float network.
        if (/argument 0\.engine = undefined/.test(title)) continue;
        try {
          await (value as (...given: readonly unknown[]) => unknown)(...given);
        } catch (error) {
          if (!(error instanceof RaellaError)) raw.push(`${name}: ${title}: ${String(error)}`);
        }
      }
    assert.equal(raw.join("\n"), "");
    assert.ok(
      !existsSync(join(folder, "w")) || readdirSync(join(folder, "w")).every((each) => !each.startsWith(".")),
    );
  });

  it("are told the nearest name", async () => {
    const model = await smallModel(smallLayer());
    const refuses = async (call: () => unknown, message: RegExp): Promise<void> =>
      assert.rejects(async () => {
        await call();
      }, message);
    await refuses(
      () => network.importNetwork({ model, name: "x", workspace: "w", shapeOnly: true } as never),
      /no option "shapeOnly" among the options of importNetwork[^]*shapesOnly/,
    );
    await refuses(() => network.analyzeNetwork({ model, sample: 3 } as never), /"sample"[^]*samples/);
    await refuses(() => network.networkAccuracy({ dnn: "x", adcBit: 3 } as never), /"adcBit"[^]*adcBits/);
    await refuses(
      () => network.computeInCrossbars(layer, { slicing, converterbits: 7 } as never),
      /"converterbits"[^]*converterBits/,
    );
    await refuses(
      () => network.layerStatistics({ rows: 2, filters: 1, weight: [1], inputs: [1, 2], slicing } as never),
      /"weights"/,
    );
    await refuses(
      () => network.layerStatistics({ rows: 2, filters: 1, weights: [1.5, 2], inputs: [1, 2], slicing }),
      /weights\[0\] cannot be 1.5[^]*-128 to 127/,
    );
    await refuses(
      () => network.layerStatistics({ rows: 2, filters: 1, weights: [1, 2], inputs: [1, 256], slicing }),
      /inputs\[1\] cannot be 256[^]*0 to 255/,
    );
    const statistics = { rows: 2, filters: 1, weights: [1, 2], inputs: [1, 2], slicing };
    for (const [part, message] of [
      [{ zeroPoint: 256 }, /zeroPoint cannot be 256[^]*a whole number from 0 to 255/],
      [{ zeroPoint: 0.5 }, /zeroPoint cannot be 0\.5/],
      [{ weights: [1] }, /The length of weights cannot be 1[^]*2: groups · rows · filters/],
      [{ inputs: [1, 2, 3] }, /The length of inputs cannot be 3[^]*a multiple of 2: groups · rows/],
      [{ weightZeroPoints: [1, 2] }, /The length of weightZeroPoints cannot be 2[^]*1: groups · filters/],
    ] as const)
      await refuses(() => network.layerStatistics({ ...statistics, ...part }), message);
    await refuses(
      () =>
        network.analyzeAccuracy({
          model,
          designs: [{ ...network.usualDesign("raella"), encoding: "x" }],
        } as never),
      /encoding[^]*center_offset/,
    );
  });

  it("take tensors from anywhere: typed arrays and plain ones say the same", () => {
    const plain = { weights: [3, -4], inputs: [1, 2, 3, 4] };
    const typed = { weights: Float32Array.of(3, -4), inputs: Int32Array.of(1, 2, 3, 4) };
    const sizes = { rows: 2, filters: 1, slicing };
    assert.deepEqual(
      network.layerStatistics({ ...sizes, ...plain }),
      network.layerStatistics({ ...sizes, ...typed }),
    );
  });
});
