import assert from "node:assert/strict";
import type { Evaluation, LevelEvaluation } from "../../src/model/evaluation";
import { summaryLines } from "../../src/report/statistics-text";
import type { Specification } from "../../src/spec/specification";
import { readGoldenLines } from "../support/golden";

/** Figures of one evaluation and how the original prints them. Levels stand innermost first. */
interface PrintedSummary {
  readonly name: string;
  readonly compute: string;
  readonly computeUnits: number;
  readonly levels: Readonly<Record<string, number>>;
  readonly computes: number;
  readonly cycles: number;
  readonly energy: number;
  readonly computeEnergy: number;
  readonly usedComputeUnits: number;
  readonly computeCycles: number;
  readonly outputs: number;
  readonly summary: readonly string[];
}

/** As much of an evaluation as the summary needs; the outermost level holds the outputs. */
function evaluationOf(golden: PrintedSummary): Evaluation {
  const names = Object.keys(golden.levels).reverse();
  const levels = names.map((level, index) => ({
    level,
    energyPj: golden.levels[level],
    accesses: index === 0 ? { Outputs: { tileSize: golden.outputs } } : {},
  })) as unknown as LevelEvaluation[];
  return {
    ...{ cycles: golden.cycles, computeCycles: golden.computeCycles, computes: golden.computes },
    usedComputeUnits: golden.usedComputeUnits,
    utilization: golden.computes / golden.computeUnits / golden.cycles,
    ...{ energyPj: golden.energy, computeEnergyPj: golden.computeEnergy },
    edpPjCycles: golden.energy * golden.cycles,
    lastLevelAccesses: 0,
    levels,
  };
}

describe("summaryLines", () => {
  it("prints every line as the original does", () => {
    const cases = readGoldenLines<PrintedSummary>("printed-summaries");
    assert.equal(cases.length, 340);
    for (const golden of cases) {
      const specification = {
        levels: [{ name: golden.compute, kind: "compute" }],
        workload: { dataSpaces: [{ name: "Outputs", readWrite: true }] },
      } as unknown as Specification;
      const printed = summaryLines(specification, evaluationOf(golden));
      const lines = printed.slice(2).filter((line) => line !== "");
      assert.deepEqual(lines, golden.summary, golden.name);
    }
  });
});
