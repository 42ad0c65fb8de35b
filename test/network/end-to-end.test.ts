import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { AccuracyAnalysisOptions, DesignAccuracy } from "../../src/network/analyze-accuracy";
import { analyzeAccuracy } from "../../src/network/analyze-accuracy";
import { prepareNetwork } from "../../src/network/prepare-network";
import type { ArithmeticDesign } from "../../src/network/arithmetic-design";
import { arithmeticArchitectures, usualDesign } from "../../src/network/arithmetic-design";
import { cutNetwork } from "../../src/network/cut-network";
import { decisionsOf, shareEqual, signalToNoise } from "../../src/network/end-to-end";
import type { EngineTensor, FloatEngine } from "../../src/network/float-engine";
import { onnxRuntime } from "../../src/network/float-engine";
import type { CutRunResult, LayerArithmetic } from "../../src/network/run-cut-network";
import { runCutNetwork } from "../../src/network/run-cut-network";
import { withJobRunner } from "../../src/network/run-network-jobs";
import { madeUpValues } from "../../src/network/samples";
import { parseSlicing } from "../../src/network/slicing";
import type { Slicing } from "../../src/network/slicing";
import type { GoldenNetworkLayer, TinyNetwork } from "./golden-networks";
import {
  classifierInputs,
  classifierModel,
  readClassifier,
  readTiny,
  tinyBytes,
  tinyInputs,
} from "./golden-networks";
import { digitsModel, someDigits } from "../support/digits";
import { near } from "./golden-layers";
import { smallModel } from "./small-model";

interface GoldenRun {
  readonly output: readonly (readonly number[])[];
  readonly sqnr: number | null;
  readonly conversions: number;
  readonly saturated: number;
}

interface GoldenEndToEnd extends Readonly<Record<string, unknown>> {
  readonly float: readonly (readonly number[])[];
  readonly ideal: readonly (readonly number[])[];
}

const tensor = (values: readonly number[]): EngineTensor => ({
  type: "float32",
  dims: [1, values.length],
  data: Float64Array.from(values),
});
/** Where jobs are done here, it does not matter how many there are. */
const nothing = { work: 0, jobs: 0 };

const tensors = (rows: readonly (readonly number[])[]): readonly EngineTensor[] => rows.map(tensor);

/**
 * Compares results with golden ones: equal but for the rounding of 32-bit floats. Where a network rounds its own result,
 * as one with QLinearConv does, such a rounding may decide a tie: one result in a hundred may be a step off.
 */
function checkResults(results: readonly EngineTensor[], golden: unknown, what: string, step = 0): void {
  const [own, expected] = [results.flatMap(({ data }) => [...data]), [golden].flat(Infinity) as number[]];
  assert.equal(own.length, expected.length);
  const tolerance = 1e-5 * Math.max(...expected.map(Math.abs));
  const off = own.map((value, index) => Math.abs(value - expected[index])).filter((each) => each > tolerance);
  assert.ok(off.length <= (step === 0 ? 0 : 0.01 * own.length), `${what}: ${off.length} differ`);
  for (const each of off) assert.ok(each <= step + tolerance, `${what}: ${each} off`);
}

describe("A network end to end", () => {
  // Networks of two to six layers, where no code of a 32-bit float run falls on another side of a rounding boundary.
  for (const [name, signedInputs] of [
    ["convs_channel8_artifact", "recorded"],
    ["convs_channel8_corrected", "two-pass"],
    ["attention_symmetric_corrected", "recorded"],
    ["qdq_own_artifact", "recorded"],
    ["qlinear_own_artifact", "recorded"],
  ] as const)
    it(`gives the golden results: ${name}`, async () => {
      const golden = readTiny(name) as TinyNetwork & { readonly endToEnd: GoldenEndToEnd };
      const network = await prepareNetwork({
        model: tinyBytes(golden.model),
        externalFiles: tinyBytes,
        inputs: tinyInputs(golden),
        signedInputs,
      });
      const { cut, reference } = await cutNetwork(network, () => Promise.resolve());
      const inputs = Array.from({ length: network.samples.count }, (_, sample) => network.samples.at(sample));
      const run = async (arithmetic: LayerArithmetic): Promise<CutRunResult> =>
        (
          await withJobRunner({ workers: 1 }, nothing, (runner) =>
            runCutNetwork({ cut, inputs, arithmetics: [arithmetic] }, network.engine, runner),
          )
        )[0];
      const { endToEnd } = golden;
      const step = name === "qlinear_own_artifact" ? network.measured[0].outputScale.scale : 0;
      checkResults(reference, endToEnd.float, "float", step);
      checkResults((await run({ kind: "exact" })).outputs, endToEnd.ideal, "ideal", step);
      const slicings = golden.layers.map(({ slicing }) => parseSlicing(slicing) as Slicing);
      for (const converterBits of [7, 5]) {
        const key = `raella_no_speculation${converterBits === 7 ? "" : " adc=5"}`;
        const { outputs } = await run({
          ...{ kind: "analog", slicings },
          design: { ...usualDesign("raella_no_speculation"), adcBits: converterBits },
          signedInputs: network.wayOfInputs,
        });
        checkResults(outputs, endToEnd[key], key, step);
      }
    });

  it("is the same in parts and samples of any number, with one thread and two", async () => {
    const golden = readTiny("convs_channel8_artifact");
    const analyze = (workers: number): ReturnType<typeof analyzeAccuracy> =>
      analyzeAccuracy({
        ...{ model: tinyBytes(golden.model), externalFiles: tinyBytes, inputs: tinyInputs(golden), workers },
        ...{ endToEnd: true, designs: arithmeticArchitectures().map((name) => usualDesign(name)) },
      });
    assert.deepEqual(await analyze(2), await analyze(1));
  });

  it("warns of nothing where many designs wait for threads that may be interrupted", async () => {
    const golden = readTiny("convs_channel8_artifact");
    const warnings: Error[] = [];
    const hear = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", hear);
    try {
      await analyzeAccuracy({
        ...{ model: tinyBytes(golden.model), externalFiles: tinyBytes, inputs: tinyInputs(golden) },
        ...{ endToEnd: true, workers: 2, signal: new AbortController().signal },
        designs: [4, 5, 6, 7, 8, 9].flatMap((adcBits) =>
          ["raella", "raella_no_speculation"].map((name) => ({ ...usualDesign(name), adcBits })),
        ),
      });
    } finally {
      process.off("warning", hear);
    }
    assert.deepEqual(warnings, []);
  });

  it("looks for an interruption after each sample and within a layer, and closes what it opened", async () => {
    const weights = Array.from({ length: 64 * 64 * 9 }, (_, index) => ((index * 37) % 23) - 11);
    const model = await smallModel({
      nodes: [
        { operator: "Relu", inputs: ["x"], outputs: ["positive"] },
        {
          ...{ operator: "Conv", inputs: ["positive", "w"], outputs: ["sums"] },
          attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
        },
        { operator: "Relu", inputs: ["sums"], outputs: ["y"] },
      ],
      tensors: { w: { dims: [64, 64, 3, 3], values: weights } },
      inputs: { x: { dims: ["N", 64, 48, 48] } },
      outputs: ["y"],
    });
    const dims = [3, 64, 48, 48];
    const inputs = { dims, data: madeUpValues(3 * 64 * 48 * 48, 1) };
    const network = await prepareNetwork({ model, inputs });
    const { cut } = await cutNetwork(network, () => Promise.resolve());
    let open = 0;
    const engine: FloatEngine = {
      ...network.engine,
      open: async (bytes) => {
        const session = await network.engine.open(bytes);
        open++;
        return { run: (given) => session.run(given), close: () => (open--, session.close()) };
      },
    };
    const samples = [0, 1, 2].map((sample) => network.samples.at(sample));
    const run = (isStopped: () => boolean): Promise<unknown> => {
      const signal = Object.defineProperty(new AbortController().signal, "aborted", { get: isStopped });
      return withJobRunner({ workers: 1, signal }, nothing, (runner) =>
        runCutNetwork({ cut, inputs: samples, arithmetics: [{ kind: "exact" }] }, engine, runner),
      );
    };
    let looks = 0;
    await run(() => looks++ < 0);
    // Two stages, three samples of two parts, and 2304 · 3 positions of which no more than 1e8 / 36864 are taken together.
    assert.equal(looks, 2 + 2 * 3 + 3);
    for (let last = 0; last < looks; last++) {
      let count = 0;
      await assert.rejects(
        run(() => count++ === last),
        { code: "aborted" },
      );
      assert.equal(open, 0);
    }
  });

  it("measures signal to noise, decisions and shares with their intervals", () => {
    assert.equal(signalToNoise(tensors([[3, 4]]), tensors([[3, 4]])), null);
    near(signalToNoise(tensors([[3, 4.5]]), tensors([[3, 4]])) ?? NaN, 20, "25 to 0.25");
    assert.deepEqual(
      decisionsOf(
        tensors([
          [1, 3, 3],
          [5, 1, 2],
        ]),
      ),
      [1, 0],
    );
    assert.equal(decisionsOf(tensors([[1]])), null);
    const { share, low, high } = shareEqual([1, 0, 1, 1], [1, 0, 1, 0]);
    // Wilson's interval of 3 of 4, as tables have it.
    assert.deepEqual([share, low.toFixed(4), high.toFixed(4)], [0.75, "0.3006", "0.9544"]);
  });
});

describe("The accuracy of a real classifier @thorough", () => {
  const scheme = "channel8";
  const golden = readClassifier("ppocr_cls.json")[scheme] as {
    readonly layers: readonly GoldenNetworkLayer[];
    readonly endToEnd: GoldenEndToEnd;
  };
  let options: Omit<AccuracyAnalysisOptions, "designs">;
  before(function () {
    const model = classifierModel();
    if (model === undefined) return this.skip();
    options = { model, inputs: classifierInputs(), scheme, endToEnd: true, labels: [0, 1, 1, 0], workers: 1 };
  });

  it("is golden within what 32-bit floats allow, and exact for ISAAC", async () => {
    const coarse: ArithmeticDesign = { ...usualDesign("raella_no_speculation"), adcBits: 5 };
    const { designs, reference, warnings } = await analyzeAccuracy({
      ...options,
      designs: [...arithmeticArchitectures().map((name) => usualDesign(name)), coarse],
    });
    assert.deepEqual(warnings, []);
    const idealToFloat = 24.480398691048574;
    assert.ok(Math.abs((reference?.idealSqnrToFloat ?? 0) - idealToFloat) < 2);
    // Two of four are right in the golden results, too.
    const right = decisionsOf(tensors(golden.endToEnd.ideal))?.map((each, sample) =>
      Number(each === [0, 1, 1, 0][sample]),
    );
    assert.equal(
      (reference?.idealAccuracy?.share ?? 0) * 4,
      right?.reduce((sum, each) => sum + each, 0),
    );
    const [isaac, twoBit, noSpeculation, raella, fiveBits] = designs;
    assert.equal(isaac.endToEnd?.loss, 0);
    assert.equal(isaac.endToEnd?.sqnrToIdeal, null);
    assert.equal(isaac.meanError, 0);
    const shares: readonly (readonly [DesignAccuracy, string])[] = [
      [twoBit, "raella_no_speculation_2b_cells"],
      [noSpeculation, "raella_no_speculation"],
      [raella, "raella"],
      [fiveBits, "raella_no_speculation adc=5"],
    ];
    for (const [{ endToEnd }, key] of shares) {
      const expected = golden.endToEnd[key] as GoldenRun;
      const share = expected.saturated / expected.conversions;
      assert.ok(Math.abs((endToEnd?.saturatedShare ?? 1) - share) <= 0.01 * share + 1e-6, key);
    }
    assert.ok((fiveBits.endToEnd?.loss ?? 0) > 20);
    assert.equal(fiveBits.endToEnd?.top1Agreement?.share, 0.5);
    assert.ok((raella.endToEnd?.loss ?? 99) < 3);
  });
});

describe("Designs", () => {
  it("have the accuracy together that each has alone @thorough", async () => {
    const inputs = await someDigits(2);
    const engine = await onnxRuntime();
    const analyze = async (designs: readonly ArithmeticDesign[]): Promise<readonly DesignAccuracy[]> => {
      const model = new Uint8Array(readFileSync(digitsModel));
      return (await analyzeAccuracy({ model, inputs, engine, samples: 40, designs, workers: 1 })).designs;
    };
    const raella = usualDesign("raella");
    const designs: readonly ArithmeticDesign[] = [
      ...[5, 7].flatMap((adcBits) => [128, 4096].map((rows) => ({ ...raella, adcBits, rows }))),
      ...[6, 5].map((adcBits): ArithmeticDesign => ({ ...raella, adcBits, slicing: "anew" })),
      ...[0.5, 2].map((noise) => ({ ...usualDesign("raella_no_speculation"), noise })),
      { ...usualDesign("isaac_like"), adcBits: 6 },
    ];
    const together = await analyze(designs);
    for (const [index, design] of designs.entries())
      assert.deepEqual(together[index], (await analyze([design]))[0], JSON.stringify(design));
  });
});

describe("Slicings that are chosen anew @thorough", () => {
  it("need more slices with fewer bits, and keep the error below its bound", async () => {
    const designs = [7, 6, 5].map((adcBits): ArithmeticDesign => ({
      ...usualDesign("raella_no_speculation"),
      ...{ adcBits, slicing: "anew" },
    }));
    const model = new Uint8Array(readFileSync(digitsModel));
    const found = await analyzeAccuracy({
      model,
      inputs: await someDigits(4),
      samples: 64,
      designs,
      workers: 1,
    });
    const slices = found.designs.map(({ meanSlices }) => meanSlices);
    assert.ok(slices[0] < slices[1] && slices[1] < slices[2], slices.join(" "));
    for (const { layers } of found.designs)
      for (const { error, slices: count } of layers) assert.ok(error < 0.09 || count === 8);
  });
});
