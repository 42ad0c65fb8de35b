import assert from "node:assert/strict";
import { searchFullMapSpace } from "../../../src/search/full/search-full-map-space";
import type { EnergyReferenceTable } from "../../../src/spec/reference-tables";
import { computeLevel } from "./cases";
import type { DataSpace, Level, Specification, Workload } from "../../../src/spec/specification";

const dimensions = ["N", "M", "C", "R", "S", "P", "Q"];
const all = ["Weights", "Inputs", "Outputs"];

function convolution(sizes: Readonly<Record<string, number>>): Workload {
  const axis = (...names: string[]): DataSpace["ranks"][number] =>
    names.map((dimension) => ({ dimension, coefficient: 1 }));
  return {
    name: "convolution",
    dimensions,
    bounds: { ...Object.fromEntries(dimensions.map((dimension) => [dimension, 1])), ...sizes },
    coefficients: {},
    dataSpaces: [
      { name: "Weights", readWrite: false, ranks: [axis("M"), axis("C"), axis("R"), axis("S")] },
      { name: "Inputs", readWrite: false, ranks: [axis("N"), axis("C"), axis("P", "R"), axis("Q", "S")] },
      { name: "Outputs", readWrite: true, ranks: [axis("N"), axis("M"), axis("P"), axis("Q")] },
    ],
    bitDimensions: [],
    instance: {},
  };
}

/** One level of an array. Everything is free but what is said here. */
interface ArrayLevel {
  readonly name: string;
  readonly fan?: readonly [number, number];
  readonly words: number;
  readonly keep: readonly string[];
  /** Dimensions that may lie along the array; all without. */
  readonly spread?: readonly string[];
  /** Energy of any access, pJ. */
  readonly accessPj: number;
}

function arrayOf(
  levels: readonly ArrayLevel[],
  workload: Workload,
): { specification: Pick<Specification, "levels" | "workload">; energyTable: EnergyReferenceTable } {
  let meshX = 1;
  let meshY = 1;
  const storage = levels.map(({ name, fan = [1, 1], words, keep, spread = dimensions }): Level => {
    const fixed = dimensions.filter((dimension) => !spread.includes(dimension));
    const level: Level = {
      name,
      kind: "storage",
      class: "storage",
      subclass: null,
      areaShare: null,
      instances: meshX * meshY,
      meshX,
      meshY,
      attributes: { datawidth: 8, width: 8, depth: words },
      requiredActions: [],
      constraints: {
        dataspace: { keep, bypass: all.filter((tensor) => !keep.includes(tensor)), passthrough: [] },
        ...(fan[0] * fan[1] === 1
          ? {}
          : {
              spatial: {
                factors: fixed.map((dimension) => ({ dimension, operator: "=" as const, value: 1 })),
                permutation: [],
                split: null,
                noMulticastNoReduction: [],
                noLinkTransfer: all,
                defaultMaxFactor: null,
              },
            }),
      },
    };
    meshX *= fan[0];
    meshY *= fan[1];
    return level;
  });
  const mac = computeLevel(meshX, meshY);
  const energyPj: Record<string, Record<string, number>> = { mac: { compute: 0.5 } };
  for (const { name, accessPj } of levels)
    energyPj[name] = { read: accessPj, write: accessPj, update: accessPj };
  return { specification: { levels: [...storage, mac], workload }, energyTable: { energyPj } };
}

const memory: ArrayLevel = { name: "dram", words: 1e9, keep: all, accessPj: 200 };
/** A 12 x 14 array of processing elements with scratchpads. */
const rowStationary: readonly ArrayLevel[] = [
  memory,
  {
    name: "buffer",
    fan: [12, 14],
    words: 65_536,
    keep: ["Inputs", "Outputs"],
    spread: ["R", "P", "M", "C"],
    accessPj: 6,
  },
  { name: "scratchpad", words: 256, keep: all, accessPj: 0.6 },
];
/** Clusters of four with shared buffers, and registers for partial sums. */
const clustered: readonly ArrayLevel[] = [
  memory,
  { name: "buffer", fan: [4, 4], words: 65_536, keep: ["Inputs", "Outputs"], accessPj: 6 },
  { name: "cluster", fan: [4, 1], words: 1_024, keep: all, accessPj: 1 },
  { name: "register", words: 4, keep: ["Outputs"], accessPj: 0.05 },
];

describe("full search of digital arrays with free loop orders", () => {
  for (const [name, levels, sizes, most] of [
    ["a row-stationary array, matrix product", rowStationary, { M: 1000, C: 512, N: 8 }, 1_000],
    [
      "a row-stationary array, convolution",
      rowStationary,
      { M: 32, C: 16, R: 3, S: 3, P: 14, Q: 14 },
      10_000,
    ],
    ["a clustered array, matrix product", clustered, { M: 250, C: 128, N: 8 }, 5_000],
  ] as const)
    it(`bounds know what buffers inside repeat: ${name}`, () => {
      const { specification, energyTable } = arrayOf(levels, convolution(sizes));
      const { certificate, evaluation } = searchFullMapSpace(specification, energyTable, { workLimit: most });
      assert.ok(Number(certificate.spaceSize) > 1e6);
      assert.ok(certificate.isProven, `gap ${certificate.gap}`);
      assert.ok(certificate.relaxation.bound > 0.8 * evaluation.edpPjCycles);
    });

  it("are not said to follow from the work alone where annealing has gone on until the time was over", () => {
    const sizes = { M: 32, C: 16, R: 3, S: 3, P: 14, Q: 14 };
    const { specification, energyTable } = arrayOf(rowStationary, convolution(sizes));
    const stoppedBy = (timeLimitMs: number): string | null =>
      searchFullMapSpace(specification, energyTable, { workLimit: 5_000, timeLimitMs }).certificate.stoppedBy;
    assert.equal(stoppedBy(Infinity), "work");
    assert.notEqual(stoppedBy(2_000), "work");
  });
});
