import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import type { AblationResult } from "../../src/study/network-result";
import { runAll } from "../../src/study/run-network";

const root = join(__dirname, "../..");

/** Set, tables that no longer hold are written into the documents instead of failing. */
const isWriting = process.env.UPDATE_DOCUMENTS === "1";

/** A document as one line of text: line breaks and quotation marks of lists do not matter. For a notebook, its prose. */
export function proseOf(file: string): string {
  const text = readFileSync(join(root, file), "utf8");
  const prose = file.endsWith(".ipynb")
    ? (JSON.parse(text) as { cells: { cell_type: string; source: string | string[] }[] }).cells
        .filter(({ cell_type }) => cell_type === "markdown")
        .map(({ source }) => [source].flat().join(""))
        .join("\n")
    : text;
  return prose.replace(/^\s*>\s?/gm, "").replace(/\s+/g, " ");
}

/**
 * Whether the table of this name in a document, between `<!-- name -->` and `<!-- end -->`, holds these rows.
 * @returns the table as it should stand there and as it stands, formatted
 */
async function tableIn(
  file: string,
  name: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<readonly [expected: string, actual: string]> {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const alignment = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  const expected = await format([columns, alignment, ...rows].map(line).join("\n"), { parser: "markdown" });
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  const [start, end] = [`<!-- ${name} -->\n`, "<!-- end -->"];
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf(end, from);
  if (text.indexOf(start) < 0 || to < 0) throw new Error(`${file} has no table ${name}.`);
  const actual = text.slice(from, to);
  if (isWriting && actual.trim() !== expected.trim())
    writeFileSync(path, `${text.slice(0, from)}\n${expected}\n${text.slice(to)}`);
  return [expected.trim(), isWriting ? expected.trim() : actual.trim()];
}

/** Asserts that a document has this table, see {@link tableIn}. */
export async function hasTable(
  file: string,
  name: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const [expected, actual] = await tableIn(file, name, columns, rows);
  assert.equal(actual, expected);
}

/** Asserts that a document says so. */
export function says(file: string, ...sentences: readonly string[]): void {
  const prose = proseOf(file);
  for (const sentence of sentences) assert.ok(prose.includes(sentence), `${file} does not say: ${sentence}`);
}

let doubled: Promise<readonly AblationResult[]> | undefined;
let finer: Promise<readonly AblationResult[]> | undefined;

/** All DNNs on all architectures: computed once for all documents. */
export const everyDnn = (): Promise<readonly AblationResult[]> => (doubled ??= runAll());

/** All DNNs on ISAAC and RAELLA, whose layers are replicated one by one. */
export const everyDnnByIncrement = (): Promise<readonly AblationResult[]> =>
  (finer ??= runAll({ architectures: ["isaac_like", "raella"], replication: "increment" }));

/** Names of the DNNs in documents. */
export const dnnNames: Readonly<Record<string, string>> = {
  googlenet: "GoogLeNet",
  inceptionv3: "InceptionV3",
  mobilenetv2: "MobileNetV2",
  qdqbert: "BERT",
  resnet18: "ResNet18",
  resnet50: "ResNet50",
  shufflenet1_0: "ShuffleNet",
};

/** A change as a percentage with its sign, `−13 %`. */
export const change = (ratio: number, digits = 0): string =>
  `${ratio < 1 ? "−" : "+"}${Math.abs(100 * (ratio - 1)).toFixed(digits)} %`;
