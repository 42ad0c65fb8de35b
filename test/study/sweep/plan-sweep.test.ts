import assert from "node:assert/strict";
import fc from "fast-check";
import { RaellaError } from "../../../src/errors";
import { parseSweep, planSweep } from "../../../src/study/sweep/plan-sweep";
import type { SweepDescription, SweepValues } from "../../../src/study/sweep/sweep-description";
import {
  chunkRange,
  chunksOfShard,
  countChunks,
  countDesigns,
  countPoints,
  pointAt,
  randomUnit,
  splitMix64,
} from "../../../src/study/sweep/sweep-plan";

const base = { architectures: "raella", dnns: "resnet18" };

function valuesOf(values: SweepValues): readonly unknown[] {
  const plan = planSweep({ ...base, variables: { X: values } });
  const [axis] = plan.axes;
  assert.ok("values" in axis);
  return axis.values;
}

describe("sweep plan", () => {
  it("expands lists and ranges", () => {
    assert.deepEqual(valuesOf(7), [7]);
    assert.deepEqual(valuesOf([5, "2 ** 3"]), [5, "2 ** 3"]);
    assert.deepEqual(valuesOf({ from: 4, to: 8, step: 2 }), [4, 6, 8]);
    assert.deepEqual(
      valuesOf({ from: 0.1, to: 100.1, step: 0.001 }),
      Array.from({ length: 100_001 }, (_, at) => Number((0.1 + at / 1000).toFixed(3))),
    );
    assert.equal(valuesOf({ from: 1e6, to: 1e6 + 0.3, step: 0.1 }).length, 4);
    assert.deepEqual(valuesOf({ from: 1, to: 1.1 ** 10, factor: 1.1 }).length, 11);
    assert.deepEqual(valuesOf({ from: 0, to: 0.3, step: 0.1 }), [0, 0.1, 0.2, 0.3]);
    assert.deepEqual(valuesOf({ from: 128, to: 1024, factor: 2 }), [128, 256, 512, 1024]);
    assert.deepEqual(valuesOf({ from: 1, to: 2, factor: 1.41421356 }), [1, 1.41421356, 2]);
    assert.deepEqual(valuesOf({ from: -0.3, to: 0.3, step: 0.1 }), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    assert.deepEqual(valuesOf({ from: 1e12 + 1, to: 1e12 + 3, step: 1 }), [1e12 + 1, 1e12 + 2, 1e12 + 3]);
    assert.deepEqual(valuesOf({ from: 3, to: 3, step: 1 }), [3]);
  });

  it("numbers the points like the digits of a number, the DNN fastest", () => {
    const plan = planSweep({
      architectures: ["raella", "isaac_like"],
      dnns: ["resnet18", "qdqbert"],
      nTiles: [8, 16],
      batchSize: 4,
      points: [{ P: 1 }, { P: 2 }, { P: 3 }],
      variables: { A: [1, 2], B: ["x", "y", "z"] },
    });
    assert.equal(countDesigns(plan), 2 * 2 * 3 * 2 * 3);
    assert.equal(countPoints(plan), 144);
    assert.deepEqual(pointAt(plan, 0), {
      point: 0,
      design: 0,
      architecture: "raella",
      dnn: "resnet18",
      nTiles: 8,
      batchSize: 4,
      variables: { P: 1, A: 1, B: "x" },
    });
    assert.deepEqual(pointAt(plan, 3).variables, { P: 1, A: 1, B: "y" });
    assert.deepEqual(pointAt(plan, 6).variables, { P: 1, A: 2, B: "x" });
    assert.deepEqual(pointAt(plan, 12).variables, { P: 2, A: 1, B: "x" });
    assert.equal(pointAt(plan, 36).nTiles, 16);
    assert.equal(pointAt(plan, 72).architecture, "isaac_like");
    const all = Array.from({ length: 144 }, (_, point) =>
      JSON.stringify({ ...pointAt(plan, point), point: 0 }),
    );
    assert.equal(new Set(all).size, 144);
  });

  it("uses the tutorial's tiles and batch when none are given", () => {
    const { nTiles, batchSize } = pointAt(planSweep(base), 0);
    assert.deepEqual([nTiles, batchSize], [16, 32]);
  });

  it("deals the chunks out to shards, each exactly once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 7 }),
        (count, chunkSize, shards) => {
          const values = Array.from({ length: count }, (_, index) => index);
          const plan = planSweep({ ...base, variables: { X: values }, chunkSize });
          const dealt = Array.from({ length: shards }, (_, index) =>
            chunksOfShard(plan, { index, count: shards }),
          ).flat();
          const points = dealt.flatMap((chunk) => {
            const { start, end } = chunkRange(plan, chunk);
            return Array.from({ length: end - start }, (_, index) => start + index);
          });
          assert.equal(dealt.length, countChunks(plan));
          assert.deepEqual(
            points.sort((a, b) => a - b),
            values,
          );
        },
      ),
    );
  });

  it("draws the same random designs on every machine", () => {
    // First numbers of the reference implementation for the seed 1234567.
    assert.deepEqual(
      [0, 1, 2].map((index) => splitMix64(1234567n, index)),
      [6457827717110365317n, 3203168211198807973n, 9817491932198370423n],
    );
    const plan = planSweep({
      ...base,
      variables: {
        A: [1, 2, 3],
        B: { from: 1, to: 100, logarithmic: true },
        C: { from: 0, to: 10, step: 5 },
      },
      random: { count: 3000, seed: 7 },
    });
    assert.deepEqual(pointAt(plan, 0).variables, { A: 3, B: 19.9254745262, C: 5 });
    assert.deepEqual(pointAt(plan, 2999).variables, pointAt(plan, 2999).variables);
    const drawn = Array.from({ length: 3000 }, (_, point) => pointAt(plan, point).variables);
    for (const value of [1, 2, 3]) {
      const share = drawn.filter(({ A }) => A === value).length / 3000;
      assert.ok(Math.abs(share - 1 / 3) < 0.04, `A=${value} in ${share}`);
    }
    const below = drawn.filter(({ B }) => Number(B) < 10).length / 3000;
    assert.ok(Math.abs(below - 0.5) < 0.04, `half of the draws below the geometric middle, not ${below}`);
    assert.ok(drawn.every(({ B }) => Number(B) >= 1 && Number(B) <= 100));
    assert.deepEqual(
      [...new Set(drawn.map(({ C }) => Number(C)))].sort((a, b) => a - b),
      [0, 5, 10],
    );
  });

  it("spreads random numbers evenly", () => {
    const bins = new Array<number>(16).fill(0);
    for (let stream = 0; stream < 4000; stream += 1)
      for (let index = 0; index < 4; index += 1) bins[Math.floor(randomUnit(1, stream, index) * 16)] += 1;
    // Chi square with 15 degrees of freedom: 37.7 is exceeded once in a thousand.
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    assert.ok(chiSquare < 37.7, `chi square ${chiSquare}`);
  });

  it("gives every listed point the same draws", () => {
    const plan = planSweep({
      ...base,
      points: [{ P: 1 }, { P: 2 }],
      variables: { B: { from: 0, to: 1 } },
      random: { count: 3 },
    });
    assert.equal(countPoints(plan), 6);
    const drawn = Array.from({ length: 6 }, (_, point) => pointAt(plan, point).variables);
    assert.deepEqual(
      drawn.map(({ P }) => P),
      [1, 1, 1, 2, 2, 2],
    );
    assert.deepEqual(
      drawn.slice(3).map(({ B }) => B),
      drawn.slice(0, 3).map(({ B }) => B),
    );
  });

  it("gives other random designs for another seed", () => {
    const at = (seed: number): unknown =>
      pointAt(planSweep({ ...base, variables: { B: { from: 0, to: 1 } }, random: { count: 5, seed } }), 3)
        .variables;
    assert.notDeepEqual(at(1), at(2));
    assert.deepEqual(at(1), at(1));
  });

  const mistakes: readonly (readonly [title: string, description: object, message: RegExp])[] = [
    ["a list", [], /cannot be a list[\s\S]*keys and values/],
    ["nothing", {}, /"architectures" is missing[\s\S]*"dnns" is missing/],
    ["an unknown key", { ...base, variable: {} }, /no key "variable"[\s\S]*Did you mean "variables"\?/],
    ["a number for a name", { ...base, dnns: 3 }, /"dnns" cannot be 3[\s\S]*a name or a list of names/],
    ["no names", { ...base, architectures: [] }, /"architectures" cannot be \[\][\s\S]*at least one name/],
    ["an empty list", { ...base, variables: { A: [] } }, /variables\.A\): The list has no values/],
    ["a value twice", { ...base, variables: { A: [1, 1] } }, /variables\.A\): The value 1 occurs twice/],
    ["a list in a list", { ...base, variables: { A: [1, [2]] } }, /"variables\.A\[1\]" cannot be \[2\]/],
    [
      "a range that goes down",
      { ...base, variables: { A: { from: 2, to: 1, step: 1 } } },
      /ends \(1\) before it starts \(2\)/,
    ],
    [
      "a range without a step",
      { ...base, variables: { A: { from: 1, to: 2 } } },
      /neither a step nor a factor/,
    ],
    [
      "a range with both",
      { ...base, variables: { A: { from: 1, to: 2, step: 1, factor: 2 } } },
      /both a step and a factor/,
    ],
    [
      "a step of 0",
      { ...base, variables: { A: { from: 1, to: 2, step: 0 } } },
      /step 0 does not lead from 1 to 2/,
    ],
    [
      "steps that miss the end",
      { ...base, variables: { A: { from: 1, to: 10, step: 4 } } },
      /variables\.A\): The range from 1 in steps of 4 does not meet its end 10: its last value would be 9\.\n {2}Expected: 9 or 13 for `to`/,
    ],
    [
      "a step beyond the end",
      { ...base, nTiles: { from: 4, to: 7, step: 8 } },
      /does not meet its end 7: its last value would be 4\.\n {2}Expected: 12 for `to`/,
    ],
    [
      "factors that miss the end",
      { ...base, variables: { A: { from: 128, to: 1000, factor: 2 } } },
      /The range from 128 by factors of 2 does not meet its end 1000: its last value would be 512\.\n {2}Expected: 512 or 1024/,
    ],
    [
      "steps that miss the end in random designs",
      { ...base, random: { count: 2 }, variables: { A: { from: 0, to: 1, step: 0.3 } } },
      /last value would be 0\.9[^]*0\.9 or 1\.2/,
    ],
    [
      "a logarithmic range with a factor",
      { ...base, variables: { A: { from: 1, to: 2, factor: 2, logarithmic: true } } },
      /this range has its values[^]*without `factor`/,
    ],
    ["random designs of nothing", { ...base, random: { count: 3 } }, /there are none: all of them would be/],
    ["a factor of 1", { ...base, variables: { A: { from: 1, to: 2, factor: 1 } } }, /factor 1 does not lead/],
    [
      "an endless range",
      { ...base, variables: { A: { from: 0, to: 1e9, step: 1e-3 } } },
      /more than 1000000 values/,
    ],
    [
      "a misspelt key of a range",
      { ...base, variables: { A: { from: 1, too: 2 } } },
      /"to" is missing[\s\S]*no key "too"[\s\S]*Did you mean "to"/,
    ],
    ["infinity", { ...base, variables: { A: [Infinity] } }, /cannot be Infinity/],
    ["half a tile", { ...base, nTiles: 0.5 }, /"nTiles" cannot be 0\.5[\s\S]*whole number/],
    [
      "fractions in a range of tiles",
      { ...base, nTiles: { from: 1, to: 2, step: 0.5 } },
      /The value 1\.5 is not a count/,
    ],
    ["no sample", { ...base, batchSize: [0] }, /"batchSize\[0\]" cannot be 0/],
    [
      "a logarithm of 0",
      { ...base, random: { count: 1 }, variables: { A: { from: 0, to: 1, logarithmic: true } } },
      /logarithmic range cannot start at 0/,
    ],
    ["half a random design", { ...base, random: { count: 1.5 } }, /"random\.count" cannot be 1\.5/],
    ["uneven points", { ...base, points: [{ A: 1 }, { B: 1 }] }, /points\[1\]\): Point 1 lacks A/],
    ["a point too much", { ...base, points: [{ A: 1 }, { A: 1, B: 1 }] }, /Point 1 has B/],
    ["a variable twice", { ...base, points: [{ A: 1 }], variables: { A: 1 } }, /variable A is both listed/],
    ["an unknown goal", { ...base, objective: { minimise: "energyPj" } }, /\{minimize: EXPRESSION\}/],
    ["two silicon budgets", { ...base, throughput: { areaBudgetMm2: 1, aggregateTiles: 2 } }, /given twice/],
    ["no silicon", { ...base, throughput: { areaBudgetMm2: 0 } }, /"throughput\.areaBudgetMm2" cannot be 0/],
    ["an unknown scheme", { ...base, throughput: { scheme: "tripling" } }, /doubling or increment/],
    [
      "too many points",
      {
        ...base,
        batchSize: { from: 1, to: 100000, step: 1 },
        variables: { A: { from: 1, to: 100000, step: 1 } },
      },
      /The sweep has 10000000000 points/,
    ],
  ];
  for (const [title, description, message] of mistakes) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => planSweep(description as SweepDescription),
        (error) => {
          assert.ok(error instanceof RaellaError, String(error));
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});

describe("sweep file", () => {
  it("reads the same plan as from an object, with or without the key sweep", () => {
    const plan = planSweep({ ...base, variables: { A: { from: 1, to: 3, step: 1 } }, constraint: "A < 3" });
    const lines =
      "architectures: raella\ndnns: resnet18\nvariables:\n  A: {from: 1, to: 3, step: 1}\nconstraint: A < 3\n";
    assert.deepEqual(parseSweep(lines, "a.yaml"), plan);
    assert.deepEqual(parseSweep(`sweep:\n${lines.replaceAll(/^/gm, "  ")}`, "a.yaml"), plan);
  });

  const mistakes: readonly (readonly [title: string, text: string, message: RegExp])[] = [
    [
      "the line of a wrong value",
      "dnns: resnet18\narchitectures: [raella]\nvariables:\n  A: [1, {b: 2}]\n",
      /^a\.yaml:4:10 \(variables\.A\[1\]\)/,
    ],
    [
      "the line of an unknown key",
      "dnns: resnet18\narchitecture: raella\n",
      /a\.yaml:2:15 \(architecture\): There is no key "architecture"/,
    ],
    [
      "the line of a bad range",
      "architectures: raella\ndnns: resnet18\nvariables:\n  A: {from: 3, to: 1, step: 1}\n",
      /^a\.yaml:4:6 \(variables\.A\): The range ends/,
    ],
    ["the line of a syntax error", "dnns: [\n", /^a\.yaml:/],
    ["an empty file", "", /^a\.yaml: The sweep cannot be null/],
  ];
  for (const [title, text, message] of mistakes) {
    it(`names ${title}`, () => {
      assert.throws(
        () => parseSweep(text, "a.yaml"),
        (error) => {
          assert.ok(error instanceof RaellaError, String(error));
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
