import * as v from "valibot";
import { checkedLater, isObject, isPlain, optional, shown } from "../arguments";
import {
  listed,
  nearestName,
  RaellaError,
  RaellaErrors,
  spellingDistance,
  suggestName,
  withDetail,
} from "../errors";
import { basename, join } from "../platform";
import type { Overlay } from "./file-memo";
import { FileLook, withOneLook } from "./file-memo";
import type { FileSource } from "./files";
import { checkVariableName } from "./processing/compile-model";
import type { CompiledModel } from "./processing/compiled-model";
import { isUnread } from "./processing/names-read";
import { batchVariable, tilesVariable } from "./processing/process-specification";
import type { ProblemDocument } from "./schema/problem-schema";
import { isVariableName } from "./schema/read-document";
import type { ModelChoices, Warning, Workspace, WrittenValue } from "./specification";
import { overlaysOf } from "./workspace";
import { displayPath } from "./yaml/source-text";

/** What a caller may set: numbers as they are, texts as expressions. */
export interface VariableOptions {
  /** Variables of the model: a name that it does not have, or that nothing in it reads, is an error. */
  readonly variables?: Readonly<Record<string, number | string>>;
  /** Variables that the model does not have, put behind its own. */
  readonly newVariables?: Readonly<Record<string, number | string>>;
  /** Tiles of the chip (the variable TILES_PER_ARCH). */
  readonly nTiles?: number | null;
  /** Samples of the batch (the variable BATCH_SIZE). */
  readonly batchSize?: number | null;
}

const expectedValues = "an object of names and values, e.g. { ADC_RESOLUTION: 8 }";
/** What is in it is looked at where the model is known. */
const valuesByName = optional(v.custom((given) => !isObject(given) || isPlain(given), expectedValues));

export const variableEntries = {
  variables: valuesByName,
  newVariables: valuesByName,
  nTiles: checkedLater,
  batchSize: checkedLater,
};

/** What is set where the model has such a variable and the caller says nothing of it. */
export type VariableDefaults = Readonly<Record<string, number>>;

/** A model, and what its variables are before the caller's settings. */
interface OverriddenModel {
  /** As messages call it. */
  readonly name: string;
  readonly compiled: CompiledModel;
  readonly problem: ProblemDocument;
  /** Those of the model and those that statistics add. */
  readonly variables: ReadonlyMap<string, WrittenValue>;
  /** Names that are read before anything is evaluated. */
  readonly readEarly: readonly string[];
}

/** The caller's settings, and what is to be said of them. */
interface Overrides {
  /** In the order given; new variables behind. */
  readonly values: ReadonlyMap<string, WrittenValue>;
  readonly warnings: readonly Warning[];
}

/** Largest accepted number of tiles and samples. */
const maximumCount = 1_000_000;

function checkCount(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 1 && value <= maximumCount) return value;
  throw new RaellaError({
    code: "out-of-range",
    message: `The number of ${what} is ${shown(value)}.`,
    value,
    expected: `an integer from 1 to ${maximumCount}`,
  });
}

const numberText = /^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$/;

function overrideValue(name: string, value: unknown): WrittenValue {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && value.trim() !== "") {
    if (numberText.test(value) && Number.isFinite(Number(value))) return Number(value);
    return { expression: value.trim(), location: { file: "variables", keyPath: name } };
  }
  throw new RaellaError({
    code: typeof value === "number" ? "out-of-range" : "usage",
    message: `The variable "${name}" cannot be set to ${typeof value === "string" ? '""' : String(value)}.`,
    value,
    expected: "a finite number, or the text of an expression",
  });
}

/**
 * The variables a caller sets.
 *
 * @throws RaellaError `unknown-name` for names that the model does not have or does not read, with the nearest one;
 *   `usage` or `out-of-range` for values.
 */
export function readOverrides(
  options: VariableOptions,
  model: OverriddenModel,
  defaults: VariableDefaults = {},
): Overrides {
  const values = new Map<string, WrittenValue>();
  const { variables, compiled } = model;
  for (const [name, value] of entriesOf(options.variables, "variables")) {
    checkVariableName(name, compiled.reservedNames);
    if (!variables.has(name)) throw unknownVariable(name, model);
    values.set(name, overrideValue(name, value));
  }
  for (const [name, value] of entriesOf(options.newVariables, "new variables")) {
    checkVariableName(name, compiled.reservedNames);
    if (variables.has(name) || values.has(name)) throw notNew(name, model);
    values.set(name, overrideValue(name, value));
  }
  setCount(values, batchVariable, options.batchSize, "samples in a batch", model);
  setCount(values, tilesVariable, options.nTiles, "tiles", model);
  const warnings = warningsOfUnread(values, model);
  for (const name of Object.keys(defaults))
    if (variables.has(name) && !values.has(name)) values.set(name, defaults[name]);
  return { values, warnings };
}

function entriesOf(given: unknown, what: string): readonly (readonly [string, unknown])[] {
  if (given === undefined) return [];
  if (!isPlain(given))
    throw new RaellaError({
      code: "usage",
      message: `The ${what} cannot be ${shown(given)}.`,
      value: given,
      expected: expectedValues,
    });
  const entries = Object.entries(given);
  for (const [name] of entries)
    if (!isVariableName(name))
      throw new RaellaError({
        code: "usage",
        message: `"${name}" cannot be the name of a variable.`,
        value: name,
        expected: "letters, digits and _, not beginning with a digit",
      });
  return entries;
}

function unknownVariable(name: string, { name: model, variables }: OverriddenModel): RaellaError {
  const alike = nearestName(name, variables.keys()) ?? nearestBeginning(name, variables.keys());
  return new RaellaError({
    code: "unknown-name",
    message: `The model of ${model} has no variable "${name}".`,
    value: name,
    expected: "a variable of the model, or a new one among newVariables (--set-new NAME=…)",
    remedy: alike === undefined ? suggestName(name, variables.keys()) : `Did you mean "${alike}"?`,
  });
}

/** The candidate that begins most like `name`, if it does so for four letters at least: TECH_NODE for TECHNOLOGY. */
function nearestBeginning(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let most = 3;
  for (const candidate of candidates) {
    let shared = 0;
    while (shared < name.length && name[shared].toLowerCase() === candidate[shared]?.toLowerCase())
      shared += 1;
    if (shared > most) [best, most] = [candidate, shared];
  }
  return best;
}

function notNew(name: string, { name: model }: OverriddenModel): RaellaError {
  return new RaellaError({
    code: "usage",
    message: `The variable "${name}" is not new: the model of ${model} has it.`,
    value: name,
    remedy: "Set it among variables (--set NAME=…).",
  });
}

/** Counts are read by reports as well. */
const readElsewhere: readonly string[] = [tilesVariable, batchVariable];

/**
 * A variable of the model that nothing in it reads has no effect: an error, since it is not what was meant. A new one
 * may be there for what comes later: a warning.
 */
function warningsOfUnread(values: ReadonlyMap<string, WrittenValue>, model: OverriddenModel): Warning[] {
  const { name: modelName, variables, compiled, problem, readEarly } = model;
  const warnings: Warning[] = [];
  for (const name of values.keys()) {
    if (readElsewhere.includes(name) || readEarly.includes(name)) continue;
    if (!isUnread(name, { compiled, problem, variables, values })) continue;
    const message = `Nothing in the model of ${modelName} reads the variable "${name}"`;
    if (variables.has(name))
      throw new RaellaError({
        code: "unknown-name",
        message: `${message}: setting it has no effect.`,
        value: name,
        remedy: suggestOther(name, model),
      });
    warnings.push({ code: "unknown-name", message: `${message}: it has no effect.` });
  }
  return warnings;
}

/**
 * Statistics may add variables; one that nothing reads is probably a misspelt name.
 *
 * @param areShared the statistics belong to several models, each of which reads what it can: only names that look like
 *   others are told.
 */
export function unreadStatistics(
  names: readonly string[],
  model: OverriddenModel,
  areShared: boolean,
): readonly Warning[] {
  const { name: modelName, compiled, problem, variables, readEarly } = model;
  const own = compiled.document.variables;
  const added = names.filter((name) => !Object.hasOwn(own, name) && !readEarly.includes(name));
  if (added.length === 0) return [];
  const missing = Object.keys(own).filter((name) => !names.includes(name));
  const warnings: Warning[] = [];
  for (const name of added) {
    const near = missing.find((other) => spellingDistance(name, other) <= 2);
    if (areShared && near === undefined) continue;
    if (!isUnread(name, { compiled, problem, variables, values: new Map() })) continue;
    warnings.push({
      code: "statistics",
      message: `Nothing in the model of ${modelName} reads "${name}", which the statistics give.${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    });
  }
  return warnings;
}

/** The nearest of the other variables. */
function suggestOther(name: string, { variables }: OverriddenModel): string | undefined {
  const near = nearestName(
    name,
    [...variables.keys()].filter((other) => other !== name),
  );
  return near === undefined ? "Leave it out." : `Did you mean "${near}"? Else leave it out.`;
}

function setCount(
  values: Map<string, WrittenValue>,
  name: string,
  count: number | null | undefined,
  what: string,
  { name: model, variables }: OverriddenModel,
): void {
  if (count === undefined || count === null) return;
  checkCount(count, what);
  const other = values.get(name);
  if (other !== undefined && other !== count)
    throw new RaellaError({
      code: "usage",
      message: `The number of ${what} is given twice: ${count}, and as the variable ${name}.`,
      remedy: "Give one of them.",
    });
  if (!variables.has(name) && other === undefined)
    throw new RaellaError({
      code: "unknown-name",
      message: `The model of ${model} has no variable ${name}, so that the number of ${what} cannot be set.`,
      value: count,
      remedy: `Leave it out, or give the model a variable ${name}.`,
    });
  values.set(name, count);
}

/**
 * Computes something from variables that a caller sets. A mistake that one of them causes elsewhere, in a file that is
 * fine without it, names it as well.
 */
export function namingOverrides<Options extends VariableOptions & Pick<ModelChoices, "convention">, T>(
  options: Options,
  compute: (options: Options) => T,
): T {
  try {
    return compute(options);
  } catch (error) {
    if (!(error instanceof RaellaError) || error.code === "usage" || error.location?.file === "variables")
      throw error;
    const { convention = "auto" } = options;
    if (convention !== "auto" && succeeds(() => compute({ ...options, convention: "auto" })))
      throw otherConvention(convention, error);
    const given = Object.entries(options.variables ?? {});
    const succeedsWithout = (names: readonly string[]): boolean => {
      const others = given.filter(([name]) => !names.includes(name));
      return succeeds(() => compute({ ...options, variables: Object.fromEntries(others) }));
    };
    const all = given.map(([name]) => name);
    // Many messages name the variable by themselves.
    const culprits = culpritsAmong(all, succeedsWithout).filter(
      (name) => !error.message.includes(`"${name}"`),
    );
    if (culprits.length === 0) throw error;
    const settings = culprits.map((name) => `${name}=${String(options.variables?.[name])}`).join(" and ");
    throw withDetail(error, `This comes from ${settings}, as it was set (--set, or variables in a script).`);
  }
}

/** Those without each of which something succeeds; all, where it does so only without all of them. */
function culpritsAmong(
  all: readonly string[],
  succeedsWithout: (names: readonly string[]) => boolean,
): readonly string[] {
  const single = all.filter((one) => succeedsWithout([one]));
  return single.length === 0 && all.length > 1 && succeedsWithout(all) ? all : single;
}

export function succeeds(compute: () => unknown): boolean {
  try {
    compute();
    return true;
  } catch {
    return false;
  }
}

/**
 * Computes something. An error that is not there with the package's own files names those of the workspace that stand in
 * their place: a file that was copied from an earlier version lacks what others rely on.
 */
export function namingReplacedFiles<T>(given: Workspace | undefined, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof RaellaError) || given?.overPackage !== true) throw error;
    const replaced = withOneLook((look) =>
      overlaysOf(given).flatMap((overlay) => differingFiles(overlay, look)),
    );
    const isTold = (error instanceof RaellaErrors ? error.errors : [error]).every(({ location }) =>
      replaced.some((file) => displayPath(file) === location?.file),
    );
    if (replaced.length === 0 || isTold) throw error;
    const succeedsWithout = (files: readonly string[]): boolean =>
      succeeds(() => withoutFiles(files, compute));
    const culprits = culpritsAmong(replaced, succeedsWithout);
    if (culprits.length === 0) throw error;
    const [is, their, them] = culprits.length === 1 ? ["is", "its", "it"] : ["are", "their", "them"];
    throw withDetail(
      error,
      `There is no such error with the package's own ${listed(culprits.map((file) => basename(file)))}: ` +
        `${listed(culprits.map(displayPath))} ${is} in ${their} place and not the same. Bring ${them} up to date, or remove ${them}.`,
    );
  }
}

/** Files of a folder that stand in the place of others and hold something else. */
function differingFiles({ upper, lower }: Overlay, look: FileLook): readonly string[] {
  return look.list(upper).flatMap((name) => {
    const [file, below] = [join(upper, name), join(lower, name)];
    const kinds = [look.stamp(file)?.kind, look.stamp(below)?.kind];
    if (kinds.every((kind) => kind === "folder")) return differingFiles({ upper: file, lower: below }, look);
    const differs = kinds.every((kind) => kind === "file") && look.digest(file) !== look.digest(below);
    return differs ? [file] : [];
  });
}

/** Computes something as if there were no such files. Where they lie over others of their name, folders list these. */
function withoutFiles<T>(files: readonly string[], compute: () => T): T {
  const { source } = withOneLook((look) => look);
  const others: FileSource = {
    stamp: (path) => (files.includes(path) ? undefined : source.stamp(path)),
    read: (path) => source.read(path),
    list: (folder) => source.list(folder),
    realPath: (path) => source.realPath(path),
    brokenLink: (path) => source.brokenLink(path),
  };
  return new FileLook(others).during(compute);
}

/** Files are not wrong that are right in the convention they are written in. */
function otherConvention(asked: string, error: RaellaError): RaellaError {
  return new RaellaError({
    code: "usage",
    message: `The files cannot be read in the convention of ${asked}, which was asked for: they follow that of ${asked === "2024" ? "2023" : "2024"}.`,
    value: asked,
    details: [`In the convention of ${asked}: ${error.message}`],
    remedy: "Leave out --convention (in scripts convention): the files show theirs.",
  });
}
