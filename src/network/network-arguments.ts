import * as v from "valibot";
import {
  callback,
  checkedLater,
  count,
  dataWith,
  finite,
  flag,
  index,
  isNumber,
  isObject,
  isTableOf,
  isText,
  name,
  optional,
  optionsOf,
  tableOf,
  text,
} from "../arguments";
import { workspaceSchema } from "../spec/workspace";

// What options of imports and of accuracy may be. Words of which there are a few are looked at where they are used.

const isList = (value: unknown): boolean =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
const isCounts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
const isInput = (value: unknown): boolean => isObject(value) && isCounts(value.dims) && isList(value.data);

const inputsExpected = "an array {dims, data}, or one for each input by its name";
const arraysSchema = v.custom<unknown>(
  (value) => isInput(value) || isTableOf(isInput)(value),
  inputsExpected,
);
const bytesSchema = v.instance(Uint8Array, "the bytes of a model (Uint8Array)");

const isFunction = (value: unknown): boolean => typeof value === "function";
export const engineSchema = dataWith("an engine: {name, version, open}", {
  name: isText,
  version: isText,
  open: isFunction,
});
export const signalSchema = dataWith("an AbortSignal", {
  aborted: (value) => typeof value === "boolean",
  addEventListener: isFunction,
});
const channels = v.array(finite, "a list of numbers, one for each channel");
export const imagesSchema = optionsOf({
  size: optional(v.tuple([count, count], "height and width: [224, 224]")),
  resize: optional(count),
  mean: optional(channels),
  deviation: optional(channels),
});
export const workersSchema = v.union([index, v.literal("auto")], 'a whole number of at least 1, or "auto"');
const sizesSchema = tableOf(count, "sizes by name: {height: 224}");

export function wholeBetween(least: number, greatest: number): v.GenericSchema<number> {
  const expected = `a whole number from ${least} to ${greatest}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(greatest, expected),
  );
}

/** Of noise: a word of 32 bits. */
export const seedSchema = wholeBetween(0, 2 ** 32 - 1);

export const pathOrArraysSchema = v.union([name, arraysSchema], `a path, or ${inputsExpected}`);
export const pathOrBytesSchema = v.union(
  [name, bytesSchema],
  "the path of a model, or its bytes (Uint8Array)",
);
/** Of `analyzeNetwork`, but for what differs in `importNetwork`. */
const analysisEntries = {
  sizes: optional(sizesSchema),
  scheme: optional(text),
  signedInputs: optional(text),
  samples: optional(v.union([v.number(), v.literal("all")], "a whole number of at least 1, or all")),
  seed: optional(v.number("a whole number of at least 0")),
  slicings: optional(text),
  lastLayer: optional(name),
  withAccuracy: optional(flag),
  workers: optional(workersSchema),
  signal: optional(signalSchema),
  onProgress: optional(callback),
  engine: optional(engineSchema),
};

const modelEntries = {
  model: bytesSchema,
  file: optional(text),
  externalFiles: optional(callback),
  inputs: optional(arraysSchema),
};

export const analyzeNetworkSchema = optionsOf({
  ...analysisEntries,
  ...modelEntries,
  models: optional(workspaceSchema),
  shapesOnly: optional(flag),
});

export const analyzeAccuracySchema = optionsOf({
  ...analysisEntries,
  withAccuracy: v.optional(v.never("nothing: designs say what is computed")),
  ...modelEntries,
  models: checkedLater,
  designs: checkedLater,
  imported: optional(dataWith("an import: {sha256, layers}", { sha256: isText, layers: Array.isArray })),
  endToEnd: optional(flag),
  noiseSeed: optional(seedSchema),
  labels: optional(v.custom<ArrayLike<number>>(isList, "a list of classes")),
});

export const importNetworkSchema = optionsOf({
  ...analysisEntries,
  model: pathOrBytesSchema,
  name,
  inputs: optional(pathOrArraysSchema),
  images: optional(imagesSchema),
  workspace: name,
  shapesOnly: optional(flag),
});

export const importListSchema = optionsOf({ list: name, name, workspace: name });

export const pathOrLabelsSchema = v.union(
  [
    name,
    v.custom<ArrayLike<number>>(
      (value) => isList(value) && Array.from(value as ArrayLike<unknown>).every(isNumber),
    ),
  ],
  "a path, or a list of classes",
);
