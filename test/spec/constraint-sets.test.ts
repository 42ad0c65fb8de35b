import assert from "node:assert/strict";
import { getSpec } from "../../src/spec/get-spec";
import type { Factor, Level, Specification } from "../../src/spec/specification";
import { readGoldenLines } from "../support/golden";

interface GoldenLoops {
  readonly factors?: string;
  readonly permutation?: string;
}

interface GoldenConstraints {
  readonly architecture: string;
  readonly dnn: string;
  readonly layer: string;
  readonly n_tiles: number | null;
  readonly batch: number | null;
  readonly typical: boolean;
  readonly bounds: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, number>>;
  readonly constraints: readonly {
    readonly level: string;
    readonly spatial?: GoldenLoops;
    readonly temporal?: GoldenLoops;
  }[];
}

function specificationOf(golden: GoldenConstraints): Specification {
  return getSpec({
    architecture: golden.architecture,
    dnn: golden.dnn,
    layer: golden.layer,
    nTiles: golden.n_tiles,
    batchSize: golden.batch,
    useTypicalStatistics: golden.typical,
  });
}

function sortedFactors(factors: readonly Factor[] | string): string[] {
  const texts =
    typeof factors === "string"
      ? factors.split(",")
      : factors.map(({ dimension, operator, value }) => `${dimension}${operator}${value}`);
  return texts.filter((text) => text !== "").sort();
}

function attribute(specification: Specification, level: string, name: string): unknown {
  return specification.levels.find((candidate) => candidate.name === level)?.attributes[name];
}

function describeLoops(
  loops: { readonly factors: readonly Factor[]; readonly permutation: readonly string[] } | undefined,
): unknown {
  return loops && { factors: sortedFactors(loops.factors), permutation: loops.permutation.join("") };
}

function describeGolden(loops: GoldenLoops | undefined): unknown {
  return loops && { factors: sortedFactors(loops.factors ?? ""), permutation: loops.permutation ?? "" };
}

function assertClose(actual: unknown, expected: number, what: string): void {
  assert.equal(typeof actual, "number", what);
  assert.ok(
    Math.abs((actual as number) - expected) <= 1e-12 * Math.abs(expected),
    `${what}: ${String(actual)}, ${expected}`,
  );
}

describe("constraints of the original models", () => {
  const goldens = readGoldenLines<GoldenConstraints>("constraint-sets");

  it("are read", () => assert.equal(goldens.length, 372));

  for (const [name, cases] of groupBy(goldens, caseName))
    it(`${name}: bounds, attributes, factors and permutations are equal`, () => {
      for (const golden of cases) {
        const specification = specificationOf(golden);
        const place = `layer ${golden.layer}, ${golden.n_tiles} tiles, batch ${golden.batch}`;
        assert.deepEqual({ ...specification.workload.bounds }, golden.bounds, place);
        assertValues(specification, golden, place);
        assert.deepEqual(
          specification.levels.map(({ name: level, instances }) => `${level}[1..${instances}]`),
          golden.constraints.map(({ level }) => level),
        );
        specification.levels.forEach((level, index) => assertLoops(level, golden.constraints[index], place));
      }
    });
});

function caseName({ architecture, dnn, typical }: GoldenConstraints): string {
  return `${architecture}, ${dnn}, ${typical ? "typical" : "recorded"} statistics`;
}

function assertValues(specification: Specification, { values }: GoldenConstraints, place: string): void {
  for (const name of ["average_input_value", "average_cell_value", "adc_action_share"])
    assertClose(attribute(specification, "column_readout", name), values[name], `${place}: ${name}`);
  assertClose(attribute(specification, "column_readout", "latency"), values.crossbar_latency, place);
  assertClose(attribute(specification, "pim_cell", "read_bandwidth"), values.pim_cell_read_bandwidth, place);
}

function assertLoops(level: Level, golden: GoldenConstraints["constraints"][number], place: string): void {
  const { spatial, temporal } = level.constraints;
  assert.deepEqual(describeLoops(spatial), describeGolden(golden.spatial), `${place}: ${level.name}`);
  assert.deepEqual(describeLoops(temporal), describeGolden(golden.temporal), `${place}: ${level.name}`);
}

function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}
