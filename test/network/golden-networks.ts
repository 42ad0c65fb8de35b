import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ImportedLayer, ImportedNetwork } from "../../src/network/imported-network";
import type { InputArray } from "../../src/network/samples";
import { madeUpValues } from "../../src/network/samples";
import { goldenFolder, near } from "./golden-layers";

const tinyFolder = join(goldenFolder, "tiny");
const classifierFile = join(__dirname, "..", "..", ".models", "ch_ppocr_mobile_v2.0_cls_infer.onnx");

const shapeKeys = [
  "G",
  "C",
  "M",
  "R",
  "S",
  "P",
  "Q",
  "Hstride",
  "Wstride",
  "Hdilation",
  "Wdilation",
] as const;
type ShapeKey = (typeof shapeKeys)[number];

interface GoldenAccuracy {
  readonly saturatedShare: number;
  readonly changed: number;
  readonly meanAbs: number;
  readonly error: number;
  readonly sqnr: number | null;
}

export interface GoldenNetworkLayer extends Partial<Record<ShapeKey, number>> {
  readonly i: number;
  readonly name?: string;
  readonly op?: string;
  readonly positions: number;
  readonly relu?: boolean;
  readonly inputScale?: number;
  readonly inputZero?: number;
  readonly outputScale?: number;
  readonly outputZero?: number;
  readonly slicing: string;
  readonly error: number | null;
  readonly averageWeight: number;
  readonly averageInput: number;
  readonly averageInputSpeculation: number;
  readonly adcShare: number;
  readonly failed: readonly (readonly number[])[];
  readonly columns: readonly number[];
  readonly isaacDensities?: readonly number[];
  readonly isaacAverageWeight?: number;
  readonly raella?: GoldenAccuracy;
  readonly raella_no_speculation?: GoldenAccuracy;
  readonly raella_no_speculation_2b_cells?: GoldenAccuracy;
  readonly isaac_like?: GoldenAccuracy;
}

export interface TinyNetwork {
  readonly model: string;
  readonly inputShape: readonly number[];
  readonly scheme: string;
  readonly layers: readonly GoldenNetworkLayer[];
}

export const readTiny = (name: string): TinyNetwork =>
  JSON.parse(readFileSync(join(tinyFolder, `${name}.json`), "utf8")) as TinyNetwork;

export const tinyPath = (file: string): string => join(tinyFolder, file);

export const tinyBytes = (file: string): Uint8Array => new Uint8Array(readFileSync(tinyPath(file)));

/** The inputs of a tiny network: noise from -2 to 2. */
export function tinyInputs({ inputShape }: TinyNetwork): InputArray {
  return {
    dims: inputShape,
    data: madeUpValues(
      inputShape.reduce((count, size) => count * size, 1),
      1,
    ),
  };
}

/** The classifier's model, if the set-up of the tests could fetch it. */
export function classifierModel(): Uint8Array | undefined {
  return existsSync(classifierFile) ? new Uint8Array(readFileSync(classifierFile)) : undefined;
}

/** Four grey images of words, the same in three channels, from -1 to 1. */
export function classifierInputs(): InputArray {
  const bytes = readFileSync(join(goldenFolder, "ppocr_cls_inputs.bin"));
  const [samples, channels, pixels] = [4, 3, 48 * 192];
  const data = Float64Array.from({ length: samples * channels * pixels }, (_, index) => {
    const sample = Math.floor(index / (channels * pixels));
    return (bytes[sample * pixels + (index % pixels)] / 255 - 0.5) / 0.5;
  });
  return { dims: [samples, channels, 48, 192], data };
}

export function readClassifier(file: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(goldenFolder, file), "utf8")) as Readonly<Record<string, unknown>>;
}

/** Statistics come from a float32 engine, so that single codes may differ. Nearly all are equal. */
export interface Tolerance {
  readonly scales: number;
  readonly statistics: number;
  /** Greatest difference of a count, in parts of the columns. */
  readonly counts: number;
}

export function checkNetwork(
  network: ImportedNetwork,
  expected: readonly GoldenNetworkLayer[],
  tolerance: Tolerance,
): void {
  assert.equal(network.layers.length, expected.length);
  expected.forEach((golden, index) => checkLayer(network.layers[index], golden, tolerance));
}

function checkLayer(layer: ImportedLayer, golden: GoldenNetworkLayer, tolerance: Tolerance): void {
  const what = `layer ${golden.i}`;
  const { statistics, accuracy } = layer;
  assert.ok(statistics, what);
  for (const key of shapeKeys)
    assert.equal(layer.shape[key], golden[key] ?? layer.shape[key], `${what} ${key}`);
  assert.equal(layer.positions, golden.positions, what);
  if (golden.name !== undefined)
    assert.deepEqual(
      [layer.node, layer.operator, layer.hasActivation],
      [golden.name, golden.op, golden.relu],
      what,
    );
  if (golden.inputScale !== undefined) {
    near(layer.inputScale?.scale ?? NaN, golden.inputScale, what, tolerance.scales);
    near(layer.outputScale?.scale ?? NaN, golden.outputScale ?? NaN, what, tolerance.scales);
    assert.deepEqual(
      [layer.inputScale?.zero, layer.outputScale?.zero],
      [golden.inputZero, golden.outputZero],
      what,
    );
  }
  assert.equal(statistics.slicing.replaceAll("-", ""), golden.slicing, what);
  near(statistics.averageWeight, golden.averageWeight, `${what} weight`, tolerance.statistics);
  near(statistics.averageInput, golden.averageInput, `${what} input`, tolerance.statistics);
  near(
    statistics.averageInputSpeculation,
    golden.averageInputSpeculation,
    `${what} input`,
    tolerance.statistics,
  );
  near(statistics.adcShare, golden.adcShare, `${what} share`, tolerance.statistics);
  assert.deepEqual(statistics.columns, golden.columns, what);
  statistics.failed.forEach((counts, pass) =>
    counts.forEach((count, slice) => {
      const difference = Math.abs(count - golden.failed[pass][slice]);
      assert.ok(difference <= tolerance.counts * golden.columns[pass], `${what}: ${difference} failed`);
    }),
  );
  golden.isaacDensities?.forEach((density, place) =>
    near(statistics.isaac.weightDensities[place], density, `${what} density`),
  );
  if (golden.isaacAverageWeight !== undefined)
    near(statistics.isaac.averageWeight, golden.isaacAverageWeight, what);
  for (const variant of [
    "raella",
    "raella_no_speculation",
    "raella_no_speculation_2b_cells",
    "isaac_like",
  ] as const) {
    const figures = golden[variant];
    if (figures === undefined || accuracy === undefined) continue;
    // Shares of outputs: one code more or less is as much as the counts may differ.
    for (const key of ["saturatedShare", "changed", "meanAbs", "error"] as const) {
      const difference = Math.abs(accuracy[variant][key] - figures[key]);
      assert.ok(difference <= 10 * tolerance.counts, `${what} ${variant} ${key}: off by ${difference}`);
    }
    assert.equal(accuracy[variant].sqnr === null, figures.sqnr === null, `${what} ${variant}`);
  }
}
