import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { requireOptions } from "../arguments";
import { RaellaError } from "../errors";
import type { ImportedNetwork } from "../network/imported-network";
import type { AnalyzeNetworkOptions } from "../network/prepare-network";
import { analyzeNetwork } from "../network/analyze-network";
import type { ImageOptions } from "../network/images";
import type { ListedLayer } from "../network/layer-list";
import { layersFromRows } from "../network/layer-list";
import { importListSchema, importNetworkSchema } from "../network/network-arguments";
import { filesBeside, readInputs, requireImages, sourcesOfNetwork } from "../network/network-sources";
import type { SampleInputs } from "../network/samples";
import { sha256 } from "../platform";
import { readBinaryFile } from "../spec/files";
import { readCsv } from "../spec/read-csv";
import { workspaceAt } from "../spec/workspace";
import { displayPath } from "../spec/yaml/source-text";
import { checkNetworkName, writeNetwork } from "./network-files";

/** What {@link importNetwork} is made from, and where it goes. */
export interface ImportNetworkOptions extends Omit<
  AnalyzeNetworkOptions,
  "model" | "file" | "inputs" | "externalFiles" | "models"
> {
  /** Path of an ONNX model, or its bytes. */
  readonly model: string | Uint8Array;
  /** Name of the network from then on: small letters, digits, `_`, `.`, `-`. */
  readonly name: string;
  /** Sample inputs: arrays, or the path of a `.npy` or `.npz` file or of a folder of images. */
  readonly inputs?: string | SampleInputs;
  /** How images become inputs. */
  readonly images?: ImageOptions;
  /** Folder that holds, or gets, dnn_layers/ and recorded_statistics/. Statistics are for the architectures of its models/, else the package's. */
  readonly workspace: string;
}

/** A network that has been imported: with its statistics and how they were made, or, of a list, only its layers. */
export interface ImportSummary<Network extends ListedNetwork = ImportedNetwork> {
  readonly name: string;
  readonly workspace: string;
  /** Relative to the workspace. */
  readonly files: readonly string[];
  readonly network: Network;
}

/** A network of which only the sizes are known. */
export interface ListedNetwork {
  readonly file: string;
  readonly sha256: string;
  readonly layers: readonly ListedLayer[];
}

/**
 * Makes a DNN of a workspace from an ONNX model: layer files, statistics for the four architectures, and a record of how
 * they were made. From then on it is like any other: `runNetwork(name, { workspace })`.
 *
 * @throws RaellaError with what is wrong with the model, the inputs or an option. Nothing is written then.
 * @example
 * ```ts
 * const summary = await importNetwork({
 *   model: "my-network.onnx",
 *   name: "my_network",
 *   inputs: "samples.npy",
 *   workspace: "my-workspace",
 * });
 * console.log(summary);
 * ```
 */
export async function importNetwork(options: ImportNetworkOptions): Promise<ImportSummary> {
  requireOptions(importNetworkSchema, options, "importNetwork");
  const { name, model, inputs, images, workspace: root, ...others } = options;
  const workspace = resolve(root);
  checkNetworkName(name, workspace);
  requireImages(inputs, images);
  const isPath = typeof model === "string";
  const folder = isPath ? dirname(model) : undefined;
  const bytes = isPath ? readBinaryFile(model, "The model") : model;
  const network = await analyzeNetwork({
    ...others,
    models: existsSync(join(workspace, "models")) ? workspaceAt(workspace) : undefined,
    model: bytes,
    file: isPath ? basename(model) : undefined,
    inputs: typeof inputs === "string" ? await readInputs(inputs, bytes, images ?? {}) : inputs,
    ...(folder !== undefined && { externalFiles: filesBeside(folder) }),
  });
  const sources = sourcesOfNetwork(workspace, {
    ...{ model, inputs, images, sizes: others.sizes, lastLayer: others.lastLayer, sha256: network.sha256 },
  });
  const recorded = { ...network, ...(sources && { sources }) };
  return { name, workspace, files: writeNetwork(workspace, name, recorded), network };
}

/**
 * Makes a DNN of a workspace from a list of layers, a table (`.csv`) or objects (`.json`) with the sizes that layer files
 * have. There are no statistics of it: use typical ones.
 *
 * @throws RaellaError with what is wrong with the list. Nothing is written then.
 */
export function importLayerList(options: {
  /** Path of the list. */
  readonly list: string;
  readonly name: string;
  readonly workspace: string;
}): ImportSummary<ListedNetwork> {
  requireOptions(importListSchema, options, "importLayerList");
  const { list, name, workspace } = options;
  const root = resolve(workspace);
  checkNetworkName(name, root);
  const network = readLayerList(list);
  return { name, workspace: root, files: writeNetwork(root, name, network), network };
}

function readLayerList(path: string): ListedNetwork {
  const bytes = readBinaryFile(path, "The list of layers");
  const file = displayPath(path);
  const isCsv = path.toLowerCase().endsWith(".csv");
  const rows = isCsv ? readCsv(resolve(path)) : parseList(new TextDecoder().decode(bytes), file);
  return {
    file: basename(path),
    sha256: sha256(bytes),
    layers: layersFromRows(rows, file),
  };
}

function parseList(text: string, file: string): readonly Readonly<Record<string, unknown>>[] {
  const expected = 'a list of layers: [{"name": "conv1", "C": 3, "M": 64, …}, …]';
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (error) {
    const message = `The list of layers is no JSON: ${(error as Error).message}.`;
    throw new RaellaError({ code: "schema", message, location: { file }, expected });
  }
  if (
    Array.isArray(rows) &&
    rows.every((row) => typeof row === "object" && row !== null && !Array.isArray(row))
  )
    return rows as readonly Readonly<Record<string, unknown>>[];
  throw new RaellaError({
    code: "schema",
    message: "The JSON is no list of layers.",
    location: { file },
    expected,
  });
}
