import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { getSpec } from "../../src/spec/get-spec";
import { readCsv } from "../../src/spec/read-csv";
import type { CsvRow } from "../../src/spec/read-csv";
import type { Level, Specification, Value } from "../../src/spec/specification";

const goldenDirectory = join(__dirname, "..", "golden");

export function goldenCsv(name: string): readonly CsvRow[] {
  return readCsv(join(goldenDirectory, name));
}

/** Area and energies of the levels of one layer, as the original tools print them. */
export interface GoldenTables {
  readonly architecture: string;
  readonly dnn: string;
  readonly layer: number;
  readonly n_tiles: number;
  readonly batch: number;
  readonly area_um2_each: Readonly<Record<string, number>>;
  readonly energy_pj: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export function goldenTables(): GoldenTables[] {
  const file = join(goldenDirectory, "reference-tables.jsonl.gz");
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as GoldenTables);
}

/** Below this doubles lose their digits one by one, so that a relative error means nothing. */
const smallestNormal = 2 ** -1022;

/** Equal up to a relative difference; zero only equals zero. */
export function assertClose(actual: number, expected: number, relative: number, what: string): void {
  const difference = Math.abs(actual - expected);
  const tolerance = relative * Math.abs(expected) + smallestNormal;
  assert.ok(difference <= tolerance, `${what}: ${actual} instead of ${expected}`);
}

/** A layer on an architecture as the models of the package describe it. */
export function exampleSpec(architecture = "raella"): Specification {
  return getSpec({ architecture, dnn: "resnet18", layer: 10, nTiles: 16, batchSize: 32 });
}

/** A specification with just one level of a class, priced with the given attributes. */
export function specOfLevel(
  className: string,
  attributes: Readonly<Record<string, Value>>,
  changes: Partial<Specification> = {},
): Specification {
  const example = exampleSpec();
  const level: Level = {
    ...example.levels[0],
    name: "part",
    class: className,
    subclass: null,
    areaShare: null,
    attributes,
    requiredActions: [],
  };
  return { ...example, levels: [level], estimationVariables: {}, componentClasses: [], ...changes };
}
