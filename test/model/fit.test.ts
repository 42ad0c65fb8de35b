import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { evaluateMapping } from "../../src/model/evaluate-mapping";
import { findMappingProblems, requireValidMapping } from "../../src/model/fit";
import { describeHardware } from "../../src/model/hardware";
import type { LevelMapping, Mapping } from "../../src/model/mapping";
import { describeProblem } from "../../src/model/problem";
import { smallEnergies, smallSpecification } from "../mapspace/small-specification";

const specification = smallSpecification({ C: 4, M: 6, P: 2 }, [
  { name: "outer", fan: [4, 2], attributes: { depth: 100 } },
  { name: "inner", attributes: { depth: 20, min_utilization: 0.1 } },
]);
const problem = describeProblem(specification.workload);
const hardware = describeHardware(specification);

const plain: Omit<LevelMapping, "level" | "spatial" | "temporal" | "keep"> = {
  passthrough: [],
  noTemporalReuse: [],
  rmwOnFirstWriteback: [],
  noMulticastNoReduction: [],
  noLinkTransfer: [],
};

/** Loops as `C4 M2`, outermost first; space loops behind `Y` lie along Y. */
function mapping(
  outer: { readonly time?: string; readonly space?: string; readonly keep?: readonly string[] },
  inner: { readonly time?: string; readonly keep?: readonly string[] },
): Mapping {
  const loops = (text = ""): { dimension: string; factor: number; axis: "X" | "Y" }[] =>
    [...text.matchAll(/(Y?)([A-Z])([\d.]+)/g)].map(([, y, dimension, factor]) => ({
      dimension,
      factor: Number(factor),
      axis: y === "Y" ? "Y" : "X",
    }));
  const all = ["Weights", "Inputs", "Outputs"];
  return {
    levels: [
      {
        ...plain,
        level: "outer",
        spatial: loops(outer.space),
        temporal: loops(outer.time),
        keep: outer.keep ?? all,
      },
      { ...plain, level: "inner", spatial: [], temporal: loops(inner.time), keep: inner.keep ?? all },
    ],
  };
}

function problemsOf(candidate: Mapping): string[] {
  return findMappingProblems(problem, hardware, candidate).map(({ message }) => message);
}

describe("the check of a mapping", () => {
  it("passes one that fits", () => {
    const fitting = mapping({ time: "M3", space: "C4 YM2" }, { time: "P2" });
    assert.deepEqual(problemsOf(fitting), []);
    requireValidMapping(problem, hardware, fitting);
    assert.ok(evaluateMapping(specification, smallEnergies(specification), fitting).cycles === 6);
  });

  it("names dimensions whose factors do not reach the bound", () => {
    assert.deepEqual(problemsOf(mapping({ time: "M2", space: "C2" }, { time: "M2" })), [
      "The factors of C do not reach its bound: 2, but C is 4.",
      "The factors of M do not reach its bound: 2 x 2 = 4, but M is 6.",
      "The factors of P do not reach its bound: no factor, but P is 2.",
    ]);
  });

  it("gives the numbers of fan-outs exceeded, per axis", () => {
    assert.deepEqual(problemsOf(mapping({ time: "P2", space: "C4 M2 YM3" }, {})).slice(0, 1), [
      "outer has two loops over M of the same kind.",
    ]);
    assert.deepEqual(problemsOf(mapping({ time: "P2", space: "M6 YC4" }, {})), [
      "outer spreads its tile over 6 children along X (M 6), but has 4.",
      "outer spreads its tile over 4 children along Y (C 4), but has 2.",
    ]);
  });

  it("gives the numbers of capacities exceeded or not used enough", () => {
    assert.deepEqual(problemsOf(mapping({}, { time: "C4 M6 P2" })), [
      "inner holds tiles of 44 words (Weights 24 + Inputs 8 + Outputs 12), but has room for 20.",
    ]);
    assert.deepEqual(problemsOf(mapping({ time: "C4 M6 P2" }, { keep: ["Weights"] })), [
      "inner holds 1 word, less than its min_utilization of 0.1 demands (2).",
    ]);
  });

  it("names data spaces that no level keeps", () => {
    assert.deepEqual(
      problemsOf(mapping({ time: "C4 M6 P2", keep: ["Outputs"] }, { keep: ["Weights", "Outputs"] })),
      ["No level keeps Inputs."],
    );
  });

  it("refuses levels and loops that do not exist", () => {
    const [outer, inner] = mapping({ time: "C4 M6 P2" }, {}).levels;
    assert.match(
      problemsOf({ levels: [inner, outer] })[0],
      /levels inner, outer, the architecture outer, inner/,
    );
    assert.match(problemsOf({ levels: [outer] })[0], /has the levels outer,/);
    assert.match(
      problemsOf(mapping({ time: "C4 M6 P2 K2" }, {}))[0],
      /loop over "K", which is no dimension of the problem\./,
    );
    assert.match(problemsOf(mapping({ time: "C1.5" }, {}))[0], /factor 1.5 for C; factors are whole numbers/);
  });

  it("throws one error with every reason", () => {
    const misfit = mapping({ time: "P2", space: "M6 YC4" }, {});
    assert.throws(
      () => evaluateMapping(specification, smallEnergies(specification), misfit),
      (error: unknown) =>
        error instanceof RaellaError &&
        error.code === "invalid-mapping" &&
        /for 2 reasons/.test(error.summary) &&
        error.details.length === 2,
    );
    assert.throws(
      () => requireValidMapping(problem, hardware, mapping({}, { time: "C4 M6 P2" })),
      /inner holds tiles of 44 words/,
    );
  });
});
