import assert from "node:assert/strict";
import fc from "fast-check";
import type { Evaluation, LevelEvaluation } from "../../src/model/evaluation";
import { formatScientific, formatStatisticsText, summaryLines } from "../../src/report/statistics-text";
import { getSpec } from "../../src/spec/get-spec";
import type { Specification } from "../../src/spec/specification";
import { mappingFromEntries } from "../../src/study/given-mapping";
import { evaluateGivenMapping, mapLayer } from "../../src/study/run-layer";
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
    const text = formatStatisticsText(mapLayer(specificationOf({ "model.yaml": given })));
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

describe("the connections in the statistics file", () => {
  const dummy = (name: string): string => `inter_${name}_spatial_dummy`;
  const loops: readonly (readonly [string, string, string, string])[] = [
    ["chip", "temporal", "N=2 Q=112", "QN"],
    [dummy("tile"), "spatial", "N=16", "N"],
    ["eDRAM_buf", "temporal", "P=2", "P"],
    [dummy("macro"), "spatial", "P=7", "P"],
    [dummy("crossbar"), "spatial", "P=4", "P"],
    ["output_register", "temporal", "I=8", "I"],
    [dummy("column"), "spatial", "P=2 M=64 L=3", "PML"],
    [dummy("cim_unit"), "spatial", "C=3 R=7 S=7", "CRS"],
    [dummy("bitwise_virtualization"), "spatial", "T=8 L=8", "LT"],
  ];

  /** A 7 x 7 convolution with stride 2 on RAELLA, mapped by hand. */
  function textOfConvolution(): string {
    const specification = getSpec({
      ...{ architecture: "raella", dnn: "resnet18", layer: 0 },
      ...{ nTiles: 16, batchSize: 32 },
    });
    const entries = loops.map(([target, type, factors, permutation]) => ({
      ...{ target, type: type as "temporal" | "spatial", permutation: [permutation] },
      factors: factors.split(" ").map((factor) => ({ dimension: factor[0], value: Number(factor.slice(2)) })),
    }));
    const mapping = mappingFromEntries(specification, entries);
    return formatStatisticsText(evaluateGivenMapping(specification, mapping));
  }

  it("say what is shared, summed up and sent both ways", () => {
    const networks = textOfConvolution().split("\nNetworks\n")[1].split("\nSummary Stats\n")[0];
    const figures = (connection: string, dataSpace: string): string[] => {
      const block = networks.slice(networks.indexOf(`\n${connection}\n`)).split("\nNetwork ")[0];
      const lines = block.split(`    ${dataSpace}:\n`)[1].split("\n").slice(0, 6);
      return lines.map((line) => line.trim().replace(/ +: /, ": "));
    };
    // One row's input goes to 3 x 64 columns; 2 columns of output pixels need different ones.
    assert.deepEqual(figures(`${dummy("column")} <==> timely_psubbuf`, "Inputs"), [
      "Fanout: 384",
      "Multicast factor: 192",
      "Ingresses: 1053696",
      "@multicast 192 @scatter 2: 1053696",
      "Link transfers: 0",
      "Spatial reductions: 0",
    ]);
    // The currents of 147 units add up on a column, for 3584 steps and 8 output bits.
    assert.deepEqual(figures(`${dummy("cim_unit")} <==> pim_cell`, "Outputs"), [
      "Fanout: 147",
      "Multicast factor: 147",
      "Ingresses: 28672",
      "@multicast 147 @scatter 1: 28672",
      "Link transfers: 0",
      `Spatial reductions: ${146 * 28672}`,
    ]);
    // The chip cannot sum up: 2 x 205520896 sums minus 205520896 outputs.
    assert.equal(figures(`chip <==> ${dummy("tile")}`, "Outputs")[2], "Ingresses: 205520896");
  });
});

describe("formatScientific", () => {
  const cases: [number, string][] = [
    [0, "0.00e+00"],
    [1, "1.00e+00"],
    [0.00398, "3.98e-03"],
    [-123456, "-1.23e+05"],
    [9.999, "1.00e+01"],
    [1e-7, "1.00e-07"],
    [1.5e123, "1.50e+123"],
    [Number.MAX_VALUE, "1.80e+308"],
    [5e-324, "4.94e-324"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [NaN, "nan"],
  ];
  for (const [value, text] of cases) {
    it(`prints ${value} as ${text}`, () => assert.equal(formatScientific(value), text));
  }

  it("rounds exact decimal ties to the even digit, as C does", () => {
    // 1.125, 1.375, 0.0078125 * 2^k … are exact in binary.
    assert.equal(formatScientific(1.125), "1.12e+00");
    assert.equal(formatScientific(1.375), "1.38e+00");
    assert.equal(formatScientific(-1.125), "-1.12e+00");
    assert.equal(formatScientific(100500), "1.00e+05");
    assert.equal(formatScientific(101500), "1.02e+05");
    assert.equal(formatScientific(2 ** -3), "1.25e-01");
  });

  it("rounds numbers next to a tie to the nearer side", () => {
    assert.equal(formatScientific(1.1250000000000002), "1.13e+00");
    assert.equal(formatScientific(1.1249999999999998), "1.12e+00");
    assert.equal(formatScientific(1.115), "1.11e+00"); // 1.115 is 1.1149999999999999911… in binary
  });

  it("stays within half a unit of the last digit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
        const text = formatScientific(value);
        assert.match(text, /^\d\.\d\de[+-]\d{2,3}$/);
        assert.ok(Math.abs(Number(text) - value) <= value * 0.00501);
      }),
    );
  });
});
