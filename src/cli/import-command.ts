import { basename } from "node:path";
import { RaellaError } from "../errors";
import type { SlicingSearch } from "../network/adaptive-slicing";
import type { ImageOptions } from "../network/images";
import type { SignedInputs } from "../network/integer-layer";
import type { QuantizationScheme } from "../network/quantization";
import { importLayerList, importNetwork } from "../report/import-network";
import { formatImportText, formatLayerListText } from "../report/import-text";
import { interruptSignal, print, printJson, progressOnTerminal, remark } from "./output";
import { parseCount, parseSamples, parseWorkers } from "./parse-options";

/** How images become inputs. */
export interface GivenImageOptions {
  readonly imageSize?: string;
  readonly resize?: string;
  readonly mean?: string;
  readonly deviation?: string;
}

interface GivenImportOptions extends GivenImageOptions {
  readonly name?: string;
  readonly inputs?: string;
  readonly size: readonly string[];
  readonly scheme?: string;
  readonly signedInputs?: string;
  readonly samples?: string;
  readonly seed?: string;
  readonly slicings?: string;
  readonly lastLayer?: string;
  readonly shapesOnly?: boolean;
  readonly accuracy?: boolean;
  readonly workspace?: string;
  readonly workers: string;
  readonly json?: boolean;
}

/** `raella import` */
export async function importCommand(model: string, given: GivenImportOptions): Promise<void> {
  const name = given.name ?? defaultName(model);
  const workspace = requireWorkspace(given.workspace);
  if (/\.(csv|json)$/i.test(model)) {
    requirePlainList(given);
    const listed = importLayerList({ list: model, name, workspace });
    return given.json ? printJson(listed) : print(formatLayerListText(listed));
  }
  const summary = await importNetwork({
    model,
    name,
    inputs: given.inputs,
    sizes: parseSizes(given.size),
    images: imageOptions(given),
    scheme: given.scheme as QuantizationScheme | "auto" | undefined,
    signedInputs: given.signedInputs as SignedInputs | undefined,
    samples: parseSamples(given.samples),
    seed: given.seed === undefined ? undefined : parseCount(given.seed, "--seed", 0),
    slicings: given.slicings as SlicingSearch | undefined,
    lastLayer: given.lastLayer,
    shapesOnly: given.shapesOnly,
    withAccuracy: given.accuracy,
    workspace,
    workers: parseWorkers(given.workers),
    signal: interruptSignal(),
    onProgress: await progressOnTerminal(name, "steps"),
  });
  for (const warning of summary.network.warnings) remark(`warning: ${warning}`);
  await (given.json ? printJson(summary) : print(formatImportText(summary)));
}

/** A list says all that becomes of it; it is not run. */
function requirePlainList(options: GivenImportOptions): void {
  const listed: readonly string[] = ["name", "workspace", "workers", "json"];
  const given = Object.entries({ ...options, size: options.size.length > 0 ? options.size : undefined });
  const needless = given.find(([option, value]) => value !== undefined && !listed.includes(option));
  if (needless === undefined) return;
  const option = needless[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new RaellaError({
    code: "usage",
    message: `--${option} says nothing here: a list of layers is not run, and has no statistics.`,
    value: String(needless[1]),
    remedy: "Leave it out, or import the model (.onnx).",
  });
}

export function imageOptions(given: GivenImageOptions): ImageOptions {
  return {
    size: given.imageSize === undefined ? undefined : parseImageSize(given.imageSize),
    resize: given.resize === undefined ? undefined : parseCount(given.resize, "--resize", 1),
    mean: given.mean === undefined ? undefined : parseNumbers(given.mean, "--mean"),
    deviation: given.deviation === undefined ? undefined : parseNumbers(given.deviation, "--deviation"),
  };
}

/** The file's name, as far as it can be that of a network. */
function defaultName(model: string): string {
  return basename(model)
    .replace(/\.(onnx|csv|json)$/i, "")
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "");
}

function requireWorkspace(given: string | undefined): string {
  const workspace = given ?? process.env.RAELLA_WORKSPACE;
  if (workspace !== undefined && workspace !== "") return workspace;
  throw new RaellaError({
    code: "usage",
    message: "There is no folder to write the network to.",
    expected: "--workspace FOLDER, or the environment variable RAELLA_WORKSPACE",
    remedy: "A folder that does not exist yet will be made.",
  });
}

function parseSizes(settings: readonly string[]): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const setting of settings) {
    const at = setting.lastIndexOf("=");
    const name = setting.slice(0, Math.max(at, 0)).trim();
    if (name === "" || Object.hasOwn(sizes, name))
      throw new RaellaError({
        code: "usage",
        message: name === "" ? `--size cannot read "${setting}".` : `--size gives ${name} twice.`,
        value: setting,
        expected: "NAME=NUMBER, e.g. --size height=224",
      });
    sizes[name] = parseCount(setting.slice(at + 1), "--size", 1);
  }
  return sizes;
}

function parseImageSize(text: string): readonly [number, number] {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(text.trim());
  if (match !== null) return [Number(match[1]), Number(match[2])];
  throw new RaellaError({
    code: "usage",
    message: `--image-size cannot read "${text}".`,
    value: text,
    expected: "HEIGHTxWIDTH, e.g. 224x224",
  });
}

export function parseNumbers(text: string, option: string, example = "0.485,0.456,0.406"): readonly number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  throw new RaellaError({
    code: "usage",
    message: `${option} cannot read "${text}".`,
    value: text,
    expected: `numbers between commas, e.g. ${example}`,
  });
}
