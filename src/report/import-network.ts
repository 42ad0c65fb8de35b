import { basename, dirname, join, resolve } from "node:path";
import { RaellaError } from "../errors";
import type { ImportedNetwork, NetworkOptions } from "../network/analyze-network";
import { analyzeNetwork } from "../network/analyze-network";
import type { ImageOptions } from "../network/images";
import { readImages } from "../network/images";
import { readNumpy } from "../network/numpy";
import type { SampleInputs } from "../network/samples";
import { filesInFolder, readBinaryFile } from "../spec/read-binary-file";
import { checkNetworkName, writeNetwork } from "./write-network";

/** What {@link importNetwork} is made from, and where it goes. */
export interface ImportNetworkOptions extends Omit<
  NetworkOptions,
  "model" | "file" | "inputs" | "externalFiles"
> {
  /** Path of an ONNX model, or its bytes. */
  readonly model: string | Uint8Array;
  /** Name of the network from then on: small letters, digits, `_`, `.`, `-`. */
  readonly name: string;
  /** Sample inputs: arrays, or the path of a `.npy` or `.npz` file or of a folder of images. */
  readonly inputs?: string | SampleInputs;
  /** How images become inputs. */
  readonly images?: ImageOptions;
  /** Folder that holds, or gets, dnn_layers/ and recorded_statistics/. */
  readonly workspace: string;
}

/** A network that has been imported. */
export interface ImportSummary {
  readonly name: string;
  readonly workspace: string;
  /** Relative to the workspace. */
  readonly files: readonly string[];
  readonly network: ImportedNetwork;
}

const imageEndings = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i;

/**
 * Makes a DNN of a workspace from an ONNX model: layer files, statistics for the four architectures, and a record of how
 * they were made. From then on it is like any other: `runNetwork(name, { workspace })`.
 *
 * @throws RaellaError with what is wrong with the model, the inputs or an option. Nothing is written then.
 */
export async function importNetwork(options: ImportNetworkOptions): Promise<ImportSummary> {
  const { name, model, inputs, images, ...others } = options;
  const workspace = resolve(options.workspace);
  checkNetworkName(name, workspace);
  const isPath = typeof model === "string";
  const folder = isPath ? dirname(model) : undefined;
  const bytes = isPath ? readBinaryFile(model, "The model") : model;
  const network = await analyzeNetwork({
    ...others,
    model: bytes,
    file: isPath ? basename(model) : undefined,
    inputs: typeof inputs === "string" ? await readInputs(inputs, bytes, images ?? {}) : inputs,
    ...(folder !== undefined && { externalFiles: filesBeside(folder) }),
  });
  return { name, workspace, files: writeNetwork(workspace, name, network), network };
}

/** Reads files beside a model, each once. */
function filesBeside(folder: string): (location: string) => Uint8Array {
  const read = new Map<string, Uint8Array>();
  return (location) => {
    const known = read.get(location) ?? readBinaryFile(join(folder, location), "The model's file");
    read.set(location, known);
    return known;
  };
}

async function readInputs(path: string, model: Uint8Array, options: ImageOptions): Promise<SampleInputs> {
  if (/\.np[yz]$/i.test(path)) return readNumpy(readBinaryFile(path, "The inputs"), path);
  const names = filesInFolder(path, imageEndings);
  if (names === undefined || names.length === 0)
    throw new RaellaError({
      code: "usage",
      message:
        names === undefined
          ? `The inputs "${path}" are neither an array nor a folder.`
          : `There are no images in ${path}.`,
      value: path,
      expected: "a .npy or .npz file, or a folder of PNG, JPEG, WebP, GIF, TIFF or AVIF images",
    });
  const files = names.map((name) => ({ name, bytes: readBinaryFile(join(path, name), "The image") }));
  return readImages(files, model, options);
}
