import { nearestName, RaellaError, RaellaErrors } from "../errors";
import { batchVariable, tilesVariable } from "./processing/process-specification";
import { isVariableName } from "./schema/read-document";
import type { Warning, WrittenValue } from "./specification";

/** What a caller may set: numbers as they are, texts as expressions. */
export interface VariableOptions {
  readonly variables?: Readonly<Record<string, number | string>>;
  /** Tiles of the chip (the variable TILES_PER_ARCH). */
  readonly nTiles?: number | null;
  /** Samples of the batch (the variable BATCH_SIZE). */
  readonly batchSize?: number | null;
}

/** Largest accepted number of tiles and samples. */
const maximumCount = 1_000_000;

function checkCount(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 1 && value <= maximumCount) return value;
  throw new RaellaError({
    code: "out-of-range",
    message: `The number of ${what} is ${typeof value === "number" ? value : JSON.stringify(value)}.`,
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
 * @throws RaellaError `usage` or `out-of-range`.
 */
export function readOverrides(options: VariableOptions): ReadonlyMap<string, WrittenValue> {
  const overrides = new Map<string, WrittenValue>();
  const given: unknown = options.variables ?? {};
  if (typeof given !== "object" || Array.isArray(given))
    throw new RaellaError({
      code: "usage",
      message: `The variables cannot be ${JSON.stringify(given)}.`,
      value: given,
      expected: "an object of names and values, e.g. { ADC_RESOLUTION: 8 }",
    });
  for (const [name, value] of Object.entries(options.variables ?? {})) {
    if (!isVariableName(name))
      throw new RaellaError({
        code: "usage",
        message: `"${name}" cannot be the name of a variable.`,
        value: name,
        expected: "letters, digits and _, not beginning with a digit",
      });
    overrides.set(name, overrideValue(name, value));
  }
  setCount(overrides, batchVariable, options.batchSize, "samples in a batch");
  setCount(overrides, tilesVariable, options.nTiles, "tiles");
  return overrides;
}

function setCount(
  overrides: Map<string, WrittenValue>,
  name: string,
  count: number | null | undefined,
  what: string,
): void {
  if (count === undefined || count === null) return;
  checkCount(count, what);
  const other = overrides.get(name);
  if (other !== undefined && other !== count)
    throw new RaellaError({
      code: "usage",
      message: `The number of ${what} is given twice: ${count}, and as the variable ${name}.`,
      remedy: "Give one of them.",
    });
  overrides.set(name, count);
}

/**
 * Computes something from variables that a caller sets. A mistake that one of them causes elsewhere, in a file that is
 * fine without it, names it as well.
 */
export function namingOverrides<Options extends VariableOptions, T>(
  options: Options,
  compute: (options: Options) => T,
): T {
  try {
    return compute(options);
  } catch (error) {
    if (!(error instanceof RaellaError) || error.code === "usage" || error.location?.file === "variables")
      throw error;
    const given = Object.entries(options.variables ?? {});
    const succeedsWithout = (names: readonly string[]): boolean => {
      const others = given.filter(([name]) => !names.includes(name));
      try {
        compute({ ...options, variables: Object.fromEntries(others) });
        return true;
      } catch {
        return false;
      }
    };
    const all = given.map(([name]) => name);
    let culprits = all.filter((name) => succeedsWithout([name]));
    if (culprits.length === 0 && all.length > 1 && succeedsWithout(all)) culprits = all;
    // Many messages name the variable by themselves.
    culprits = culprits.filter((name) => !error.message.includes(`"${name}"`));
    if (culprits.length === 0) throw error;
    const settings = culprits.map((name) => `${name}=${String(options.variables?.[name])}`).join(" and ");
    throw withDetail(error, `This comes from ${settings}, as it was set (--set, or variables in a script).`);
  }
}

function withDetail(error: RaellaError, detail: string): RaellaError {
  if (error instanceof RaellaErrors)
    return new RaellaErrors(error.errors.map((one) => withDetail(one, detail)));
  const { details = [], ...rest } = error.toJSON();
  return new RaellaError({ ...rest, details: [...details, detail] });
}

/** Warns of overrides that look like misspelt names of variables, or that the model does not use. */
export function overrideWarnings(
  overrides: ReadonlyMap<string, WrittenValue>,
  known: ReadonlyMap<string, WrittenValue>,
): Warning[] {
  const warnings: Warning[] = [];
  for (const name of overrides.keys()) {
    if (known.has(name)) continue;
    if (name === tilesVariable || name === batchVariable) {
      warnings.push({
        code: "unknown-name",
        message: `The model has no variable ${name}, so that setting it has no effect.`,
      });
      continue;
    }
    const near = nearestName(name, known.keys());
    if (near !== undefined)
      warnings.push({
        code: "unknown-name",
        message: `"${name}" is a new variable, which nothing in the model uses yet. Did you mean "${near}"?`,
      });
  }
  return warnings;
}
