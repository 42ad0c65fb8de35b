import assert from "node:assert/strict";
import fc from "fast-check";
import { getSpec } from "../../src/spec/get-spec";
import { greedy } from "../../src/spec/greedy";
import { allocateFactors, factorize } from "../../src/spec/processing/greedy-allocation";
import type { Specification } from "../../src/spec/specification";
import { smallSpecification } from "./support/small-model";

/** Factors above 1 of a container's fan-out, as text. */
function fanoutOf(specification: Specification, container: string): string {
  const level = specification.levels.find(({ name }) => name === `inter_${container}_spatial_dummy`);
  return (level?.constraints.spatial?.factors ?? [])
    .filter(({ value }) => value !== 1)
    .map(({ dimension, value }) => `${dimension}=${value}`)
    .join(" ");
}

const levels = ["tile", "macro", "crossbar", "column", "cim_unit"];

describe("greedy steps", () => {
  const cases: readonly (readonly [string, string, number, Readonly<Record<string, string>>])[] = [
    [
      "raella",
      "resnet18",
      10,
      { cim_unit: "C=128 R=3", crossbar: "S=3", column: "L=3 M=128", macro: "M=2", tile: "N=16" },
    ],
    [
      "isaac_like",
      "resnet18",
      0,
      { cim_unit: "R=7 S=7", crossbar: "C=3 M=2", column: "L=4 M=32", macro: "", tile: "N=16" },
    ],
    [
      "isaac_like",
      "resnet18",
      10,
      { cim_unit: "C=128", crossbar: "R=3 M=2", macro: "S=3 M=4", column: "L=4 M=32", tile: "N=16" },
    ],
    [
      "raella",
      "mobilenetv2",
      1,
      { cim_unit: "R=3 S=3", column: "L=2", crossbar: "G=4", macro: "G=8", tile: "N=16" },
    ],
    [
      "raella",
      "shufflenet1_0",
      2,
      { cim_unit: "C=24", column: "L=2 M=60", crossbar: "", macro: "", tile: "N=16" },
    ],
    [
      "raella",
      "inceptionv3",
      94,
      { cim_unit: "C=512", crossbar: "C=4", column: "L=8 M=64", macro: "M=8", tile: "M=2 N=8" },
    ],
  ];
  for (const [architecture, dnn, layer, expected] of cases)
    it(`place ${dnn} ${layer} on ${architecture} as the original does`, () => {
      const specification = getSpec({ architecture, dnn, layer, nTiles: 16, batchSize: 32 });
      const placed = Object.fromEntries(levels.map((level) => [level, fanoutOf(specification, level)]));
      assert.deepEqual(placed, expected);
    });

  it("are what the caller gives", () => {
    const options = { architecture: "raella", dnn: "resnet18", layer: 10, nTiles: 16, batchSize: 32 };
    const none = getSpec({ ...options, greedySteps: [] });
    assert.deepEqual(
      levels.map((level) => fanoutOf(none, level)),
      ["", "", "", "", ""],
    );
    const onlyRows = getSpec({
      ...options,
      greedySteps: [greedy({ dimensions: ["C", "R"], levels: ["cim_unit"], closeOthers: true })],
    });
    assert.equal(fanoutOf(onlyRows, "cim_unit"), "C=128 R=3");
    const factors = onlyRows.levels.find(({ name }) => name === "inter_cim_unit_spatial_dummy")?.constraints
      .spatial?.factors;
    assert.ok(
      factors?.some(({ dimension, value }) => dimension === "S" && value === 1),
      "S is closed",
    );
  });

  it("leave excluded levels alone and close a fan-out that is more than half used", () => {
    const free = smallSpecification("WORD: 8", "WORD: 8", {
      greedySteps: [greedy({ dimensions: "MN", excludedLevels: ["pe"] })],
    });
    assert.equal(fanoutOf(free, "pe"), "");
    const filled = smallSpecification("WORD: 8", "WORD: 8", { greedySteps: [greedy({ dimensions: "NM" })] });
    assert.equal(fanoutOf(filled, "pe"), "N=4 M=2");
    const factors = filled.levels[1].constraints.spatial?.factors ?? [];
    assert.deepEqual(
      factors.map(({ dimension }) => dimension),
      ["K", "N", "M"],
    );
  });

  it("refuse levels and dimensions that do not exist, unless they are optional", () => {
    const options = { architecture: "raella", dnn: "resnet18", layer: 10 };
    for (const [step, message] of [
      [{ dimensions: "CRS", levels: ["colum"] }, /names the level "colum"[^]*Did you mean "column"\?/],
      [{ excludedLevels: ["tiles"] }, /names the level "tiles"[^]*Did you mean "tile"\?/],
      [{ dimensions: "Z" }, /names the dimension "Z"/],
      [{ temporalPermutation: "NQX" }, /names the dimension "X"/],
    ] as const) {
      assert.throws(() => getSpec({ ...options, greedySteps: [greedy(step)] }), {
        code: "unknown-name",
        message,
      });
      getSpec({ ...options, greedySteps: [greedy({ ...step, optional: true })] });
    }
    assert.throws(
      () => greedy({ level: ["column"] } as object),
      /no option "level"[^]*Did you mean "levels"/,
    );
    assert.throws(() => greedy(null as unknown as object), { code: "usage" });
  });

  it("complete temporal permutations, the last dimension innermost, and skip dimensions the problem lacks", () => {
    const specification = smallSpecification("WORD: 8", "WORD: 8", {
      greedySteps: [greedy({ temporalPermutation: "NXK", optional: true })],
    });
    assert.deepEqual(specification.levels[0].constraints.temporal?.permutation, ["K", "N"]);
  });

  it("count what fixed factors of other fan-outs have used up", () => {
    const specification = smallSpecification(
      "attributes: {technology: 32, clock: 1}",
      "attributes: {technology: 32, clock: 1}\n      spatial: {meshX: 2}\n      constraints: {spatial: {factors: [M=2]}}",
      { greedySteps: [greedy({ dimensions: "M" })] },
    );
    assert.equal(fanoutOf(specification, "system"), "M=2");
    assert.equal(fanoutOf(specification, "pe"), "M=4");
  });

  it("are not applied to architectures without the containers they name", () => {
    assert.deepEqual(
      smallSpecification().levels,
      smallSpecification("WORD: 8", "WORD: 8", { greedySteps: [] }).levels,
    );
  });

  it("refuse a dimension named twice", () =>
    assert.throws(() => greedy({ dimensions: "CC" }), {
      code: "usage",
      message: /names the dimension C twice/,
    }));
});

/** All divisors of a small number, the slow way. */
function divisorsUpTo(product: number, capacity: number): number[] {
  return Array.from({ length: Math.max(1, Math.min(product, capacity)) }, (_, index) => index + 1).filter(
    (candidate) => product % candidate === 0,
  );
}

describe("allocateFactors", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 });

  it("uses the largest divisor of the product that fits, and loses nothing", () =>
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 300 }), (left, capacity) => {
        const { factors, left: rest } = allocateFactors(left, capacity);
        const product = left.reduce((total, value) => total * value, 1);
        const used = factors.reduce((total, value) => total * value, 1);
        assert.equal(used, Math.max(...divisorsUpTo(product, capacity)));
        left.forEach((value, index) => assert.equal(factors[index] * rest[index], value));
      }),
      { numRuns: 500 },
    ));

  it("takes each prime from the first dimension that has it", () => {
    assert.deepEqual(allocateFactors([4, 6, 9], 12), { factors: [4, 3, 1], left: [1, 2, 9] });
    assert.deepEqual(allocateFactors([128, 3, 3], 512), { factors: [128, 3, 1], left: [1, 1, 3] });
    assert.deepEqual(allocateFactors([7, 5], 4), { factors: [1, 1], left: [7, 5] });
  });

  it("factorizes", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (value) => {
        const primes = factorize(value);
        assert.equal(
          primes.reduce((product, prime) => product * prime, 1),
          value,
        );
        for (const prime of primes) assert.equal(factorize(prime).length, 1);
      }),
      { numRuns: 200 },
    ));
});
