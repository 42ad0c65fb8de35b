import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import type { ErrorCode } from "../../src/errors";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { createSearchLayout } from "../../src/mapspace/search-layout";
import { describeCosts } from "../../src/model/access-costs";
import { evaluateMapping } from "../../src/model/evaluate-mapping";
import { describeHardware } from "../../src/model/hardware";
import type { LevelMapping, Mapping } from "../../src/model/mapping";
import { nestOfMapping } from "../../src/model/nest";
import { describeProblem } from "../../src/model/problem";
import { createScorer } from "../../src/search/create-scorer";
import type { Level } from "../../src/spec/specification";
import { smallEnergies, smallSpecification, smallWorkload } from "../mapspace/small-specification";

const all = ["Weights", "Inputs", "Outputs"];

function levelMapping(level: string, changes: Partial<LevelMapping> = {}): LevelMapping {
  return {
    level,
    spatial: [],
    temporal: [],
    keep: all,
    passthrough: [],
    noTemporalReuse: [],
    rmwOnFirstWriteback: [],
    noMulticastNoReduction: [],
    noLinkTransfer: all,
    ...changes,
  };
}

const specification = smallSpecification({ C: 4, M: 3, P: 2 }, [
  { name: "outer", attributes: { width: 16, read_bandwidth: 0.5 } },
  { name: "inner" },
]);
const energyTable = smallEnergies(specification);

function throws(run: () => unknown, code: ErrorCode, message: RegExp): void {
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof RaellaError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
}

describe("the evaluation of a mapping", () => {
  it("adds up a matrix product by hand", () => {
    // Every operation reads a weight and an input and updates an output at the inner level, which holds one of each.
    const mapping: Mapping = {
      levels: [
        levelMapping("outer", {
          temporal: [
            { dimension: "C", factor: 4 },
            { dimension: "M", factor: 3 },
            { dimension: "P", factor: 2 },
          ],
        }),
        levelMapping("inner"),
      ],
    };
    const { levels, ...totals } = evaluateMapping(specification, energyTable, mapping);
    const [outer, inner] = levels;
    // P is innermost: weights stay for two steps, inputs and outputs change at every step.
    const counts = (level: typeof outer): number[][] =>
      all.map((name) => {
        const { reads, fills, updates } = level.accesses[name];
        return [reads, fills, updates];
      });
    assert.deepEqual(counts(inner), [
      [24, 12, 0],
      [24, 24, 0],
      [18, 18, 24],
    ]);
    assert.deepEqual(counts(outer), [
      [12, 0, 0],
      [24, 0, 0],
      [18, 0, 24],
    ]);
    // Reads cost 1, fills 2 and updates 3 pJ per row; rows hold one word inside and two outside.
    assert.equal(inner.energyPj, 24 + 24 + 24 + 48 + 18 + 36 + 72);
    assert.equal(outer.energyPj, 6 + 12 + 9 + 36);
    assert.equal(totals.computeEnergyPj, 12);
    assert.equal(totals.energyPj, 12 + 246 + 63);
    // 54 words in 24 steps at half a word per cycle.
    assert.equal(outer.slowdown, 0.5 / (54 / 24));
    assert.equal(totals.cycles, 108);
    assert.equal(totals.utilization, 24 / 108);
    assert.equal(totals.lastLevelAccesses, 12 + 24 + 18 + 24);
    assert.equal(totals.edpPjCycles, 321 * 108);
    assert.deepEqual([totals.computes, totals.computeCycles, totals.usedComputeUnits], [24, 24, 1]);
  });

  it("slows down by every kind of bandwidth", () => {
    const cyclesWith = (attributes: Record<string, number>): number => {
      const { levels, workload } = specification;
      const [outer, ...others] = levels;
      const changed: Level = { ...outer, attributes: { datawidth: 8, width: 8, depth: 1000, ...attributes } };
      const temporal = ["C", "M", "P"].map((dimension, index) => ({ dimension, factor: [4, 3, 2][index] }));
      const mapping = { levels: [levelMapping("outer", { temporal }), levelMapping("inner")] };
      return evaluateMapping({ levels: [changed, ...others], workload }, energyTable, mapping).cycles;
    };
    assert.equal(cyclesWith({}), 24);
    assert.equal(cyclesWith({ read_bandwidth: 1 }), 54);
    assert.equal(cyclesWith({ write_bandwidth: 0.5 }), 48);
    assert.equal(cyclesWith({ shared_bandwidth: 1 }), 78);
    assert.equal(cyclesWith({ read_bandwidth: 9, write_bandwidth: 9, shared_bandwidth: 9 }), 24);
  });

  it("refuses an energy table without the actions it needs", () => {
    const whole = {
      levels: [
        levelMapping("outer"),
        levelMapping("inner", {
          temporal: [
            { dimension: "C", factor: 4 },
            { dimension: "M", factor: 3 },
            { dimension: "P", factor: 2 },
          ],
        }),
      ],
    };
    const without = (level: string, ...actions: string[]): typeof energyTable => ({
      energyPj: Object.fromEntries(
        Object.entries(energyTable.energyPj).map(([name, energies]) => [
          name,
          name === level
            ? Object.fromEntries(Object.entries(energies).filter(([action]) => !actions.includes(action)))
            : energies,
        ]),
      ),
    });
    const evaluate = (table: typeof energyTable): unknown => evaluateMapping(specification, table, whole);
    throws(
      () => evaluate(without("mac", "compute")),
      "component",
      /nothing about operations of mac[^]*entry compute/,
    );
    throws(() => evaluate(without("inner", "read")), "component", /reads of inner[^]*random_read or read/);
    throws(
      () => evaluate(without("inner", "write")),
      "component",
      /fills of inner[^]*random_fill or random_write/,
    );
    throws(() => evaluate(without("inner", "write", "update")), "component", /fills of inner/);
    throws(() => evaluate(without("outer", "write", "update")), "component", /updates of outer/);
    // What is never filled needs no such entry; writes stand in for updates.
    evaluate(without("outer", "write"));
    evaluate(without("inner", "update"));
    // The scorer of a search asks for the same entries.
    const space = buildMapSpace(specification);
    const layout = createSearchLayout(space);
    const keep = space.rules.map(({ keep: decisions }) => decisions.map((decision) => decision === "keep"));
    const costs = describeCosts(space.hardware, without("inner", "read"));
    throws(() => createScorer(layout, keep, costs), "component", /reads of inner/);
  });

  it("refuses mappings of other architectures", () => {
    const problem = describeProblem(specification.workload);
    const hardware = describeHardware(specification);
    const nest = (levels: readonly LevelMapping[]): unknown => nestOfMapping(problem, hardware, { levels });
    throws(() => nest([levelMapping("outer")]), "invalid-mapping", /has 1 levels, the architecture 2/);
    throws(
      () => nest([levelMapping("inner"), levelMapping("outer")]),
      "invalid-mapping",
      /level outer where the architecture has inner/,
    );
    const strange = levelMapping("inner", { temporal: [{ dimension: "K", factor: 2 }] });
    throws(() => nest([levelMapping("outer"), strange]), "unknown-name", /loop over "K"/);
  });

  it("refuses counts beyond exact arithmetic", () => {
    const bound = 2 ** 25;
    const huge = smallSpecification({ C: bound, M: bound }, [
      { name: "outer", class: "DRAM", attributes: { depth: null } },
      { name: "inner", class: "DRAM", attributes: { depth: null }, noTemporalReuse: ["Inputs"] },
    ]);
    const windows = {
      ...huge,
      workload: {
        ...huge.workload,
        dataSpaces: huge.workload.dataSpaces.map((dataSpace) =>
          dataSpace.name === "Inputs"
            ? { ...dataSpace, ranks: [[{ dimension: "C", coefficient: 1000 }]] }
            : dataSpace,
        ),
      },
    };
    const mapping = {
      levels: [
        levelMapping("outer", { temporal: [{ dimension: "M", factor: bound }] }),
        levelMapping("inner", {
          temporal: [{ dimension: "C", factor: bound }],
          noTemporalReuse: ["Inputs"],
        }),
      ],
    };
    throws(
      () => evaluateMapping(windows, smallEnergies(windows), mapping),
      "out-of-range",
      /inner would access 1.126e\+18 words of Inputs/,
    );
  });

  it("keeps partitions exact where their product is not", () => {
    const bound = 2 ** 26;
    const large = smallSpecification({ M: bound, P: bound }, [
      { name: "outer", class: "DRAM", attributes: { depth: null }, fan: [2, 1] },
      { name: "inner", class: "DRAM", attributes: { depth: null } },
    ]);
    const mapping = {
      levels: [
        levelMapping("outer", { spatial: [{ dimension: "M", factor: 2, axis: "X" }] }),
        levelMapping("inner", {
          temporal: [
            { dimension: "M", factor: bound / 2 },
            { dimension: "P", factor: bound },
          ],
        }),
      ],
    };
    const { levels } = evaluateMapping(large, smallEnergies(large), mapping);
    assert.equal(levels[1].accesses.Outputs.partitionSize, 2 ** 51);
    assert.equal(levels[1].accesses.Outputs.reads, 0);
  });
});

describe("a problem", () => {
  const problemOf = (changes: object): unknown => describeProblem({ ...smallWorkload({}), ...changes });
  const axis = (dimension: string, coefficient: number): object => ({
    dataSpaces: [{ name: "Weights", readWrite: false, ranks: [[{ dimension, coefficient }]] }],
  });

  it("adds up terms of one dimension and leaves out those without influence", () => {
    const { tensors } = describeProblem({
      ...smallWorkload({}),
      dataSpaces: [
        {
          name: "Weights",
          readWrite: false,
          ranks: [
            [
              { dimension: "C", coefficient: 2 },
              { dimension: "M", coefficient: 0 },
              { dimension: "C", coefficient: 1 },
            ],
          ],
        },
      ],
    });
    assert.deepEqual(tensors[0].ranks, [{ dimensions: [0], coefficients: [3] }]);
    assert.deepEqual(tensors[0].uses, [true, false, false]);
  });

  it("has axes over its own dimensions only, with whole coefficients", () => {
    throws(() => problemOf(axis("K", 1)), "unknown-name", /Weights depends on "K"/);
    throws(() => problemOf(axis("C", -1)), "out-of-range", /multiplies C by -1/);
    throws(() => problemOf(axis("C", 0.5)), "out-of-range", /multiplies C by 0.5/);
  });
});
