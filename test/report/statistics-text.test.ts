import assert from "node:assert/strict";
import type { Evaluation, LevelEvaluation } from "../../src/model/evaluation";
import { formatStatisticsText, summaryLines } from "../../src/report/statistics-text";
import type { Specification } from "../../src/spec/specification";
import { mapSpecification } from "../../src/study/run-layer";
import { smallModel, smallProblem, specificationOf } from "../spec/support/small-model";
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

describe("formatStatisticsText", () => {
  const energies = "[{name: read, energy: 1}, {name: write, energy: 1}, {name: compute, energy: 1}]";
  const tables = ["memory", "buffer", "mac"].map((name) => `    - {name: ${name}, actions: ${energies}}\n`);
  /** The lines of one level, with the buffer described by other attributes. */
  const blockOf = (level: string, size: string): string => {
    const model = smallModel.replace("depth: BUFFER_DEPTH\n        width: datawidth * 2", size);
    const given = `${model}${smallProblem}ERT:\n  tables:\n${tables.join("")}ART: {tables: []}\n`;
    const text = formatStatisticsText(mapSpecification(specificationOf({ "model.yaml": given })));
    return text.slice(text.indexOf(`=== ${level} ===`)).split(/\nLevel /)[0];
  };
  const figure = (block: string, name: string): string =>
    new RegExp(`${name.replace(/[()]/g, "\\$&")} *: (.*)`).exec(block)?.[1] ?? "";

  it("counts address generations of outputs for fills and updates only, of others for fills and reads", () => {
    for (const [level, dataSpace] of [
      ["buffer", "Z"],
      ["memory", "Z"],
      ["memory", "A"],
    ]) {
      const block = blockOf(level, "depth: 64").split(`    ${dataSpace}:\n`)[1];
      const count = (name: string): number => Number(figure(block, `Scalar ${name} (per-instance)`));
      const others = dataSpace === "Z" ? count("updates") : count("reads");
      assert.ok(others > 0);
      assert.equal(Number(figure(block, "Address generations (per-cluster)")), count("fills") + others);
    }
  });

  it("shows sizes in words, however they are given", () => {
    const sizes = (size: string): string[] =>
      ["Size", "Block size", "Effective size"].map((name) => figure(blockOf("buffer", size), `  ${name}`));
    assert.deepEqual(sizes("width: 32\n        depth: 20"), ["80", "4", "80"]);
    assert.deepEqual(sizes("block_size: 4\n        depth: 20\n        multiple_buffering: 2"), [
      "80",
      "4",
      "40",
    ]);
    assert.deepEqual(sizes("entries: 100"), ["100", "1", "100"]);
    assert.deepEqual(sizes("sizeKB: 1\n        width: 16"), ["1024", "2", "1024"]);
    assert.equal(figure(blockOf("memory", "depth: 64"), "  Size"), "-");
  });
});
