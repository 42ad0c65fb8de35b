import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IntegerLayer, OutputQuantization } from "../../src/network/integer-layer";

export const goldenFolder = join(__dirname, "..", "golden", "statistics");

export interface GoldenPass {
  readonly failed: readonly [number, number, number];
  readonly columns: number;
  readonly saturated: number;
  readonly conversions: number;
  readonly saturatedSpeculation: number;
  readonly conversionsSpeculation: number;
  readonly adcShare: number;
}

export interface GoldenDifference {
  readonly changed: number;
  readonly meanAbs: number;
  readonly error: number;
  readonly sqnr: number | null;
}

export interface GoldenMode {
  readonly sums: readonly number[];
  readonly sumsSpeculation: readonly number[];
  readonly passes: readonly GoldenPass[];
  readonly adcShare: number;
  readonly fidelity: GoldenDifference;
  readonly fidelitySpeculation: GoldenDifference;
}

export interface GoldenResult {
  readonly slicing: string;
  readonly rows: number;
  readonly adc: number;
  readonly centres: readonly (readonly number[])[];
  readonly averageWeight: number;
  readonly artifact: GoldenMode;
  readonly corrected: GoldenMode | "same";
}

/** A random integer layer with everything that is computed from it. */
export interface GoldenLayer {
  readonly id: number;
  readonly kind: string;
  readonly exact: readonly number[];
  readonly outputCodes: readonly number[];
  readonly averageInput: number;
  readonly averageInputSpeculation: number;
  readonly isaacDensities: readonly number[];
  readonly isaacAverageWeight: number;
  readonly isaac: readonly {
    readonly adc: number;
    readonly sums: "exact" | readonly number[];
    readonly conversions: number;
    readonly saturated: number;
  }[];
  readonly chosenCommon: { readonly slicing: string; readonly error: number };
  readonly chosenFull: GoldenLayer["chosenCommon"] & { readonly errors: Readonly<Record<string, number>> };
  readonly results: readonly GoldenResult[];
  readonly layer: IntegerLayer;
  readonly output: OutputQuantization;
}

interface WrittenLayer extends Omit<GoldenLayer, "layer" | "output"> {
  readonly G: number;
  readonly K: number;
  readonly M: number;
  readonly n: number;
  readonly z: number;
  readonly Q: number;
  readonly zo: number;
  readonly relu: boolean;
  readonly bias: readonly number[];
  readonly scale: readonly number[];
  readonly weights: string;
  readonly inputs: string;
}

/** 40 random layers. */
export function goldenLayers(): readonly GoldenLayer[] {
  const lines = readFileSync(join(goldenFolder, "layers.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const written = JSON.parse(line) as WrittenLayer;
    const { G: groups, K: rows, M: filters, n: samples, z: inputZero, zo: zero, Q, relu } = written;
    const layer = {
      groups,
      rows,
      filters,
      samples,
      weights: Int8Array.from(Buffer.from(written.weights, "base64")),
      inputs: Uint8Array.from(Buffer.from(written.inputs, "base64")),
      inputZero,
    };
    const output = {
      bias: Float64Array.from(written.bias),
      scale: Float64Array.from(written.scale),
      zero,
      lowest: relu ? zero : 0,
      highest: Q,
    };
    return { ...written, layer, output };
  });
}

/** Equal to 12 digits: doubles may have been added in another order. */
export function near(actual: number, expected: number, what: string, tolerance = 1e-12): void {
  const isNear = Math.abs(actual - expected) <= tolerance * Math.max(Math.abs(expected), Number.MIN_VALUE);
  assert.ok(isNear || actual === expected, `${what}: ${actual} instead of ${expected}`);
}
