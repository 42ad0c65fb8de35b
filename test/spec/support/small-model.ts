import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LoadSpecificationOptions } from "../../../src/spec/load-specification";
import { loadSpecification } from "../../../src/spec/load-specification";
import type { Specification } from "../../../src/spec/specification";

/** A small systolic array: two memories, a fan-out along both axes, compute units; a matrix product as problem. */
export const smallModel = `
variables:
  WORD: 8
  ROWS: 2
  BUFFER_DEPTH: ROWS * 64
architecture:
  version: 0.4
  nodes:
    - !Container
      name: system
      attributes: {technology: 32, clock: 1}
    - !Element
      name: memory
      class: DRAM
      attributes: {datawidth: WORD, width: WORD * 4}
      constraints:
        dataspace: {keep: [A, B, Z]}
    - !Container
      name: pe
      spatial: {meshX: 4, meshY: ROWS}
      constraints:
        spatial: {factors: [K=1], permutation: [M, N], split: 1}
    - !Element
      name: buffer
      class: smartbuffer_storage
      subclass: smartbuffer_sram
      attributes:
        datawidth: WORD
        depth: BUFFER_DEPTH
        width: datawidth * 2
      constraints:
        dataspace: {keep_only: [Z]}
        temporal: {factors: [M=2], no_reuse: ["*"]}
    - !Element
      name: mac
      class: compute
mapper: {optimization_metrics: [energy], num_threads: 2}
`;

export const smallProblem = `
problem:
  layer_name: product
  instance: {M: 8, N: 4, K: 16}
  shape:
    name: matmul
    dimensions: [M, N, K]
    data_spaces:
      - {name: A, projection: [[[M]], [[K]]]}
      - {name: B, projection: [[[K]], [[N]]]}
      - {name: Z, projection: [[[M]], [[N]]], read_write: true}
`;

/** Runs a function with a folder that holds the given files. */
export function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "raella-test-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A specification from texts of files, read in the order given. */
export function specificationOf(
  files: Readonly<Record<string, string>>,
  options: Omit<LoadSpecificationOptions, "files"> = {},
): Specification {
  return withFiles(files, (folder) =>
    loadSpecification({ files: Object.keys(files).map((name) => join(folder, name)), ...options }),
  );
}

/** Replaces a part of a text that must occur. */
export function replaced(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`The text does not contain ${JSON.stringify(part)}`);
  return text.replace(part, () => by);
}

/** The small model with one change, the small problem, and what is to stand behind them. */
export function smallSpecification(
  part = "WORD: 8",
  by = part,
  options: Omit<LoadSpecificationOptions, "files"> = {},
  further = "",
): Specification {
  const whole = smallModel + smallProblem + further;
  return specificationOf({ "model.yaml": replaced(whole, part, by) }, options);
}
