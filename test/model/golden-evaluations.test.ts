import assert from "node:assert/strict";
import { evaluateMapping } from "../../src/model/evaluate-mapping";
import type { LevelEvaluation } from "../../src/model/evaluation";
import { readGoldenLines } from "../support/golden";
import { goldenMapping, goldenSpecification } from "./golden-form";
import type { GoldenAccesses, GoldenCase } from "./golden-form";

/** What a level's evaluation says, in the recorded form. */
function recordedForm(level: LevelEvaluation): Record<string, unknown> {
  const accesses = Object.entries(level.accesses).map(([dataSpace, counts]): [string, GoldenAccesses] => [
    dataSpace,
    {
      partition: counts.partitionSize,
      used: counts.tileSize,
      instances: counts.instances,
      reads: counts.reads,
      updates: counts.updates,
      fills: counts.fills,
      temporalReductions: counts.temporalReductions,
      energyPerInstance: counts.energyPerInstancePj,
    },
  ]);
  return { cycles: level.cycles, slowdown: level.slowdown, ...Object.fromEntries(accesses) };
}

describe("the closed-form model", () => {
  for (const [file, what] of [
    ["evaluations", "every recorded mapping of a layer"],
    ["random-nests", "random nests with any mix of directives"],
  ] as const) {
    const cases = readGoldenLines<GoldenCase>(file);

    it(`gives ${what} the recorded counts, energies and cycles, bit for bit (${cases.length})`, () => {
      assert.ok(cases.length >= 60);
      for (const recorded of cases) {
        const { name, expect } = recorded;
        const { specification, energyTable } = goldenSpecification(recorded);
        const evaluation = evaluateMapping(specification, energyTable, goldenMapping(recorded));
        assert.deepEqual(
          {
            computeCycles: evaluation.computeCycles,
            computes: evaluation.computes,
            usedComputeUnits: evaluation.usedComputeUnits,
            cycles: evaluation.cycles,
            energy: evaluation.energyPj,
            edp: evaluation.edpPjCycles,
            levelEnergy: Object.fromEntries(
              evaluation.levels.map(({ level, energyPj }) => [level, energyPj]),
            ),
            levels: Object.fromEntries(evaluation.levels.map((level) => [level.level, recordedForm(level)])),
          },
          expect,
          name,
        );
      }
    });
  }

  it("counts the rows that are charged and the addresses that are made", () => {
    const [recorded] = readGoldenLines<GoldenCase>("evaluations");
    const { specification, energyTable } = goldenSpecification(recorded);
    const { levels } = evaluateMapping(specification, energyTable, goldenMapping(recorded));
    for (const { level, accesses } of levels)
      for (const [dataSpace, counts] of Object.entries(accesses)) {
        const block = recorded.levels.find(({ name }) => name === level)?.block ?? 0;
        assert.equal(counts.rowReads, Math.ceil(counts.reads / block));
        assert.equal(counts.rowFills, Math.ceil(counts.fills / block));
        assert.equal(counts.rowUpdates, Math.ceil(counts.updates / block));
        const inner = dataSpace === "Outputs" ? counts.updates : counts.reads;
        assert.equal(counts.addressGenerations, counts.fills + inner);
      }
  });
});
