import { RaellaError } from "../errors";
import { isAbsolute, join, relative, resolve, sha256 as sha256Of } from "../platform";
import { filesInFolder, readBinaryFile } from "../spec/files";
import type { ImportedNetwork } from "./imported-network";
import type { ImageOptions } from "./images";
import { readImages } from "./images";
import { readNumpy } from "./numpy";
import type { SampleInputs } from "./samples";

/** A file or folder that an import was made from: relative to the workspace if it lies in there. */
export interface ImportedFile {
  readonly path: string;
  readonly sha256: string;
}

/** What an import was made from, so that its network can be run again. */
interface NetworkSources {
  readonly model: ImportedFile;
  /** Null for made-up inputs; left out where they were no file. */
  readonly inputs?: ImportedFile | null;
  readonly images?: ImageOptions;
  readonly sizes?: Readonly<Record<string, number>>;
  readonly lastLayer?: string;
}

/** The record of an import as it is kept in a workspace. */
export type ImportRecord = ImportedNetwork & { readonly sources?: NetworkSources };

/** Where the record of an import is kept, relative to the folder of statistics. */
export const recordFile = (name: string): string => `imported/${name}.json`;

const imageEndings = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i;

/** What is remembered of an import's sources; undefined if its model was no file. */
export function sourcesOfNetwork(
  workspace: string,
  given: {
    readonly model: string | Uint8Array;
    readonly sha256: string;
    readonly inputs: string | SampleInputs | undefined;
    readonly images: ImageOptions | undefined;
    readonly sizes: Readonly<Record<string, number>> | undefined;
    readonly lastLayer: string | undefined;
  },
): NetworkSources | undefined {
  const { model, inputs, images, sizes, lastLayer } = given;
  if (typeof model !== "string") return undefined;
  const place = (path: string): string => {
    const inside = relative(workspace, resolve(path));
    return inside.startsWith("..") || isAbsolute(inside) ? resolve(path) : inside;
  };
  return {
    model: { path: place(model), sha256: given.sha256 },
    ...(inputs === undefined
      ? { inputs: null }
      : typeof inputs === "string" && { inputs: { path: place(inputs), sha256: hashInputs(inputs) } }),
    ...(images !== undefined && { images }),
    ...(sizes !== undefined && { sizes }),
    ...(lastLayer !== undefined && { lastLayer }),
  };
}

/** SHA-256 of an array's file, or of the names and contents of a folder's images. */
export function hashInputs(path: string): string {
  const names = filesInFolder(path, imageEndings);
  if (names === undefined) return sha256Of(readBinaryFile(path, "The inputs"));
  return sha256Of(
    names.map((name) => `${name} ${sha256Of(readBinaryFile(join(path, name), "The image"))}\n`).join(""),
  );
}

/** @throws RaellaError `unknown-name` if the DNN was not imported. */
export function readImportRecord(name: string, statisticsDirectory: string): ImportRecord {
  const folder = join(statisticsDirectory, "imported");
  const known = (filesInFolder(folder, /\.json$/) ?? []).map((file) => file.slice(0, -".json".length));
  if (!known.includes(name))
    throw new RaellaError({
      code: "unknown-name",
      message: `"${name}" is no imported network.`,
      value: name,
      expected: known.length === 0 ? "a network that was imported: raella import" : known.join(", "),
      remedy: "The accuracy of a network follows from its model: import it with raella import.",
    });
  const path = join(folder, `${name}.json`);
  const text = new TextDecoder().decode(readBinaryFile(path, "The record"));
  let record: ImportRecord | undefined;
  try {
    record = JSON.parse(text) as ImportRecord;
  } catch {
    record = undefined;
  }
  const hasLayers = Array.isArray(record?.layers);
  if (record !== undefined && hasLayers && typeof record.scheme === "string") return record;
  throw new RaellaError({
    code: "schema",
    message: `"${name}" was imported without a model, or its record is damaged.`,
    location: { file: path },
    remedy: "Import it from an ONNX model.",
  });
}

/** The path of a source, checked to hold what it held. */
export function findSource(
  { path, sha256 }: ImportedFile,
  workspace: string,
  what: string,
  hash: (path: string) => string,
): string {
  const found = resolve(workspace, path);
  if (hash(found) === sha256) return found;
  throw new RaellaError({
    code: "usage",
    message: `${what} ${found} is not what the network was imported with: its SHA-256 differs.`,
    value: found,
    remedy: "Give it by name, or import the network again.",
  });
}

export function hashFile(path: string, what: string): string {
  return sha256Of(readBinaryFile(path, what));
}

/** The classes of samples: a .npy file, or one number on each line. */
export async function readLabels(path: string): Promise<ArrayLike<number>> {
  const bytes = readBinaryFile(path, "The labels");
  if (/\.npy$/i.test(path)) {
    const array = (await readNumpy(bytes, path)) as { readonly data: ArrayLike<number> };
    return array.data;
  }
  const words = new TextDecoder()
    .decode(bytes)
    .split(/[\s,;]+/)
    .filter((word) => word !== "");
  const labels = words.map(Number);
  const wrong = labels.findIndex((label) => !Number.isInteger(label));
  if (wrong < 0 && labels.length > 0) return labels;
  throw new RaellaError({
    code: "schema",
    message: wrong < 0 ? "The file has no labels." : `"${words[wrong]}" is no label.`,
    location: { file: path },
    expected: "a .npy file, or whole numbers, one for each sample",
  });
}

/** Reads files beside a model, each once. */
export function filesBeside(folder: string): (location: string) => Uint8Array {
  const read = new Map<string, Uint8Array>();
  return (location) => {
    const known = read.get(location) ?? readBinaryFile(join(folder, location), "The model's file");
    read.set(location, known);
    return known;
  };
}

/**
 * How images become inputs says nothing where the inputs are no images.
 * @throws RaellaError `usage`
 */
export function requireImages(
  inputs: string | SampleInputs | undefined,
  images: ImageOptions | undefined,
): void {
  const given = Object.entries(images ?? {}).find(([, value]) => value !== undefined);
  if (given === undefined || (typeof inputs === "string" && !isArrayFile(inputs))) return;
  throw new RaellaError({
    code: "usage",
    message: `The "${given[0]}" of images says nothing here: the inputs are ${inputs === undefined ? "made up" : "arrays"}.`,
    value: String(given[1]),
    expected: "a folder of images as inputs, or no options for images",
  });
}

const isArrayFile = (path: string): boolean => /\.np[yz]$/i.test(path);

/** Sample inputs from a `.npy` or `.npz` file or a folder of images. */
export async function readInputs(
  path: string,
  model: Uint8Array,
  options: ImageOptions,
): Promise<SampleInputs> {
  if (isArrayFile(path)) return readNumpy(readBinaryFile(path, "The inputs"), path);
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
