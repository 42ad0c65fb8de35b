import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { usualDesign } from "../../src/network/arithmetic-design";
import type { DesignAccuracy } from "../../src/network/analyze-accuracy";
import { analyzeAccuracy } from "../../src/network/analyze-accuracy";
import { computeInCrossbars } from "../../src/network/crossbar";
import type { IntegerLayer } from "../../src/network/integer-layer";
import { exactAccumulators } from "../../src/network/integer-layer";
import { computeInIsaac } from "../../src/network/isaac-encoding";
import { onnxRuntime } from "../../src/network/float-engine";
import { createNoise } from "../../src/network/noise";
import { inputSlices } from "../../src/network/speculation";
import type { Slicing } from "../../src/network/slicing";
import { slicesOf } from "../../src/network/slicing";
import { mulberry32, threefry } from "../../src/random";
import { errorFunction } from "../../src/spec/expression/mathematics";
import { digitsModel, someDigits } from "../support/digits";

const slicing: Slicing = [4, 2, 2];

/** Two filters of twelve rows, at many positions. */
function someLayer(samples: number): IntegerLayer {
  const next = mulberry32(11);
  const [rows, filters] = [12, 2];
  const fill = (length: number, least: number, count: number): number[] =>
    Array.from({ length }, () => least + Math.floor(next() * count));
  return {
    ...{ groups: 1, rows, filters, samples },
    weights: Int8Array.from(fill(rows * filters, -128, 256)),
    inputs: Uint8Array.from(fill(samples * rows, 0, 256)),
    inputZero: 0,
  };
}

/** What noise adds to the accumulators of one of the filters. */
function added(accumulators: Float64Array, layer: IntegerLayer, filter: number): readonly number[] {
  const exact = exactAccumulators(layer);
  return Array.from({ length: layer.samples }, (_, sample) => {
    const at = sample * layer.filters + filter;
    return accumulators[at] - exact[at];
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const correlation = (first: readonly number[], second: readonly number[]): number => {
  const product = (one: readonly number[], other: readonly number[]): number =>
    mean(one.map((value, index) => value * other[index]));
  return product(first, second) / Math.sqrt(product(first, first) * product(second, second));
};

describe("Noise of column sums", () => {
  it("is drawn from Threefry-2x32 with 13 rounds", () => {
    const words = new Int32Array(2);
    for (const [key, counter, expected] of [
      [[0, 0], [0, 0], "9d1c5ec6 8bd50731"],
      [[-1, -1], [-1, -1], "fd36d048 2d17272c"],
      [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], "ba3e4725 f27d669e"],
    ] as const) {
      threefry(key[0], key[1], counter[0], counter[1], words);
      assert.equal([...words].map((word) => (word >>> 0).toString(16)).join(" "), expected);
    }
  });

  it("has the mean, the deviation and the tails of a rounded Gaussian", () => {
    const draws = 40_000;
    const sums = new Int32Array(8).fill(5);
    for (const deviation of [0.3, 1, 7.5, 1000]) {
      const noise = createNoise({ deviation, seed: 3 });
      const found = Array.from({ length: draws / 8 }, (_, position) => [
        ...noise.readBits(sums, 17, position),
      ]).flat();
      const centered = found.map((value) => value - 5);
      // Rounding adds a twelfth to the variance, but where the steps are wide.
      const variance = deviation < 0.5 ? 0.0955808 : deviation ** 2 + 1 / 12;
      assert.ok(Math.abs(mean(centered)) < 4 * Math.sqrt(variance / draws), `mean at ${deviation}`);
      const square = mean(centered.map((value) => value * value));
      const spread = deviation < 0.5 ? 4 * Math.sqrt(variance / draws) : 4 * variance * Math.sqrt(2 / draws);
      assert.ok(Math.abs(square - variance) < spread, `deviation at ${deviation}: ${square}`);
      if (deviation < 1) continue;
      const bound = Math.ceil(2 * deviation + 0.5);
      const beyond = centered.filter((value) => Math.abs(value) >= bound).length / draws;
      const expected = 1 - errorFunction((bound - 0.5) / (deviation * Math.SQRT2));
      assert.ok(Math.abs(beyond - expected) < 0.004, `tails at ${deviation}: ${beyond}`);
    }
  });

  it("enters every conversion once, with its place value", () => {
    const layer = someLayer(6000);
    const deviation = 1.5;
    const each = deviation ** 2 + 1 / 12;
    const slicePlaces = slicesOf(slicing).reduce((sum, { low }) => sum + 4 ** low, 0);
    const bitPlaces = Array.from({ length: 8 }, (_, bit) => 4 ** bit).reduce((sum, place) => sum + place, 0);
    const stepPlaces = inputSlices.reduce((sum, { low }) => sum + 4 ** low, 0);
    const crossbar = { slicing, converterBits: 16, noise: { deviation, seed: 9 } };
    const result = computeInCrossbars(layer, crossbar);
    const isaac = computeInIsaac(layer, { converterBits: 16, noise: { deviation } });
    const isaacPlaces = [6, 4, 2, 0].reduce((sum, low) => sum + 4 ** low, 0);
    for (const [accumulators, places, what] of [
      [result.accumulators, slicePlaces * bitPlaces, "bits"],
      [result.accumulatorsSpeculation, slicePlaces * stepPlaces, "speculative steps"],
    ] as const) {
      const [first, second] = [0, 1].map((filter) => added(accumulators, layer, filter));
      const variance = each * places;
      assert.ok(Math.abs(mean(first)) < 4 * Math.sqrt(variance / layer.samples), `${what}: ${mean(first)}`);
      const square = mean(first.map((value) => value * value));
      assert.ok(Math.abs(square / variance - 1) < 0.08, `${what}: ${square} for ${variance}`);
      assert.ok(Math.abs(correlation(first, second)) < 0.05, what);
      assert.ok(Math.abs(correlation(first.slice(1), first.slice(0, -1))) < 0.05, what);
    }
    // A converter of codes reads no sum below 0, so that their noise is less, and no less than half.
    const ofIsaac = added(isaac.accumulators, layer, 0);
    const square = mean(ofIsaac.map((value) => value * value));
    assert.ok(square < 1.1 * each * isaacPlaces * bitPlaces && square > 0.4 * each * isaacPlaces * bitPlaces);
  });

  it("depends on seed, layer and position alone", () => {
    const layer = someLayer(600);
    const noise = { deviation: 0.8, seed: 4, layer: 2 };
    for (const compute of [
      (of: IntegerLayer, own: object) =>
        computeInCrossbars(of, { slicing, noise: { ...noise, ...own } }).accumulatorsSpeculation,
      (of: IntegerLayer, own: object) => computeInIsaac(of, { noise: { ...noise, ...own } }).accumulators,
    ]) {
      const whole = compute(layer, {});
      assert.deepEqual(compute(layer, {}), whole);
      const part = { ...layer, samples: 200, inputs: layer.inputs.subarray(400 * 12) };
      assert.deepEqual(compute(part, { firstPosition: 400 }), whole.subarray(400 * 2));
      for (const other of [{ seed: 5 }, { layer: 3 }, { firstPosition: 1 }, { deviation: 0.9 }])
        assert.notDeepEqual(compute(layer, other), whole, JSON.stringify(other));
    }
  });

  it("of deviation 0 is none", () => {
    const layer = someLayer(300);
    const noise = { deviation: 0 };
    assert.deepEqual(computeInCrossbars(layer, { slicing, noise }), computeInCrossbars(layer, { slicing }));
    assert.deepEqual(computeInIsaac(layer, { noise }), computeInIsaac(layer));
  });
});

describe("A network whose column sums are noisy @thorough", () => {
  it("loses more with more noise, the same with one thread and two, and whatever else is computed", async () => {
    const common = {
      model: new Uint8Array(readFileSync(digitsModel)),
      inputs: await someDigits(2),
      samples: 16,
      endToEnd: true,
    };
    const raella = usualDesign("raella");
    const noisy = [0, 0.5, 8].map((noise) => ({ ...raella, noise }));
    const designs = [...noisy, { ...usualDesign("isaac_like"), noise: 1 }];
    const engine = await onnxRuntime();
    const one = await analyzeAccuracy({ ...common, designs, noiseSeed: 7, engine });
    assert.deepEqual(await analyzeAccuracy({ ...common, designs, noiseSeed: 7, workers: 2 }), one);
    const [none, little, much] = one.designs;
    for (const figure of [
      ({ endToEnd }: DesignAccuracy) => endToEnd?.loss ?? NaN,
      ({ meanError }: DesignAccuracy) => meanError,
    ])
      assert.ok(figure(none) < figure(little) && figure(little) < figure(much));
    assert.ok((much.endToEnd?.loss ?? 0) > 10);
    assert.ok((one.designs[3].endToEnd?.loss ?? 0) > 0);
    // Of several designs each is what it is alone, and without noise what it is without the option.
    const brief = { ...common, endToEnd: false, engine };
    const seeds = await Promise.all(
      [7, 8].map((noiseSeed) => analyzeAccuracy({ ...brief, designs: [noisy[1]], noiseSeed })),
    );
    assert.deepEqual(seeds[0].designs[0].layers, little.layers);
    assert.notDeepEqual(seeds[1].designs[0].layers, little.layers);
    const plain = await analyzeAccuracy({ ...brief, designs: [raella] });
    assert.deepEqual(plain.designs[0].layers, none.layers);
    assert.ok(!("noiseSeed" in plain));
  });
});
