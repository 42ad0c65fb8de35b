import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { CsvRow } from "../../src/spec/read-csv";
import { readCsv } from "../../src/spec/read-csv";
import { defaultWorkspace } from "../../src/spec/workspace";

export const workspace = defaultWorkspace();

/** The DNNs with their number of layers. */
export const dnns: Readonly<Record<string, number>> = {
  inceptionv3: 95,
  googlenet: 58,
  resnet18: 21,
  resnet50: 54,
  mobilenetv2: 53,
  shufflenet1_0: 57,
  qdqbert: 72,
};

export const architectures = [
  "isaac_like",
  "raella_no_speculation_2b_cells",
  "raella_no_speculation",
  "raella",
] as const;

export const layerId = (layer: number): string => String(layer).padStart(3, "0");

/** Every layer of every DNN. */
export const allLayers: readonly { readonly dnn: string; readonly layer: number }[] = Object.entries(
  dnns,
).flatMap(([dnn, count]) => Array.from({ length: count }, (_, layer) => ({ dnn, layer })));

/** A layer file as plain data, read without any code of the product. */
export interface LayerFile {
  readonly problem: {
    readonly layer_name: string;
    readonly model_name: string;
    readonly shape: Shape;
    readonly instance: Readonly<Record<string, number | string>>;
    readonly densities: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

export interface Shape {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly coefficients: readonly { readonly name: string; readonly default: number }[];
  readonly data_spaces: readonly {
    readonly name: string;
    readonly projection: readonly (readonly (readonly string[])[])[];
    readonly read_write?: boolean;
  }[];
}

/** Reads a YAML file with includes pasted in and `<<` merged. */
function readYaml(file: string): unknown {
  const text = readFileSync(file, "utf8").replace(/^!include (.*)$/gm, (_, name: string) =>
    readFileSync(resolve(dirname(file), name), "utf8"),
  );
  return parse(text, { merge: true });
}

const layerFiles = new Map<string, LayerFile>();

export function readLayer(dnn: string, layer: number): LayerFile {
  const file = join(workspace.layersDirectory, dnn, `${layerId(layer)}.yaml`);
  const known = layerFiles.get(file) ?? (readYaml(file) as LayerFile);
  layerFiles.set(file, known);
  return known;
}

/** The recorded statistics of a DNN on an architecture, a row per layer. */
export function readRecorded(architecture: string, dnn: string): readonly CsvRow[] {
  return readCsv(join(workspace.statisticsDirectory, "torch_values", architecture, `${dnn}.csv`));
}

/** The lines of a file of typical statistics, as pairs. */
export function readTypical(architecture: string): readonly (readonly string[])[] {
  return readFileSync(join(workspace.statisticsDirectory, "typical_values", architecture), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("="));
}
