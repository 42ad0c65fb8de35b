import { RaellaError } from "../errors";
import type { FullSearchObjective } from "../search/full/objective";
import { isVariableName } from "../spec/schema/read-document";

/** A whole number of at least `minimum` from an option's text. @throws RaellaError `out-of-range` */
export function parseCount(text: string, option: string, minimum: number): number {
  const value = /^\d{1,15}$/.test(text.trim()) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new RaellaError({
    code: "out-of-range",
    message: `${option} cannot be "${text}".`,
    value: text,
    expected: `a whole number of at least ${minimum}`,
  });
}

/** A layer by its number or name. @throws RaellaError `out-of-range` for what can be neither. */
export function parseLayer(text: string): number | string {
  return /^[\d-]/.test(text.trim()) ? parseCount(text, "--layer", 0) : text.trim();
}

/** The sizes of a layer, `C=64,M=128,R=3`. @throws RaellaError `usage` */
export function parseShape(text: string): Readonly<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const part of text.split(/[\s,;]+/).filter((word) => word !== "")) {
    const [, name, size] = /^(\w+)=(\d{1,15})$/.exec(part) ?? [];
    if (name === undefined || Object.hasOwn(sizes, name))
      throw new RaellaError({
        code: "usage",
        message:
          name === undefined ? `--shape cannot read "${part}".` : `--shape gives ${name} more than once.`,
        value: part,
        expected: "sizes between commas, e.g. --shape C=64,M=128,R=3,S=3,P=28,Q=28",
      });
    sizes[name] = Number(size);
  }
  return sizes;
}

/** Positions of a layer to look at. @throws RaellaError `out-of-range` */
export function parseSamples(text: string | undefined): number | "all" | undefined {
  return text === undefined || text === "all" ? text : parseCount(text, "--samples", 1);
}

/** Threads to compute on. @throws RaellaError `out-of-range` */
export function parseWorkers(text: string): number | "auto" {
  return text === "auto" ? text : parseCount(text, "--workers", 1);
}

/** A number above zero from an option's text. @throws RaellaError `out-of-range` */
export function parsePositive(text: string, option: string): number {
  const value = /^\d{1,9}(\.\d{1,9})?$/.test(text.trim()) ? Number(text) : NaN;
  if (value > 0) return value;
  throw new RaellaError({
    code: "out-of-range",
    message: `${option} cannot be "${text}".`,
    value: text,
    expected: "a number above 0",
  });
}

const exponent = String.raw`(?:\^(\d{1,6}(?:\.\d{1,6})?))?`;
const weightedProduct = new RegExp(`^energy${exponent}\\*cycles${exponent}$`);

/** What a full search minimises: a figure's name, or e.g. `energy^2*cycles^0.5`. Names are checked by the search. */
export function parseObjective(text: string): FullSearchObjective {
  const product = weightedProduct.exec(text.replaceAll(" ", ""));
  if (product === null) return text as FullSearchObjective;
  const [, energyExponent = 1, cyclesExponent = 1] = product;
  return { energyExponent: Number(energyExponent), cyclesExponent: Number(cyclesExponent) };
}

/** @throws RaellaError `usage` for options that only a full search understands. */
export function requireFullSearch(given: {
  readonly search?: string;
  readonly objective?: string;
  readonly timeLimit?: string;
}): void {
  const isLimited = given.timeLimit !== undefined && given.search === "timeloop";
  const option = given.objective !== undefined ? "--objective" : isLimited ? "--time-limit" : null;
  if (option === null) return;
  throw new RaellaError({
    code: "usage",
    message: `${option} says something only about a full search.`,
    value: option,
    remedy: "Add --search full.",
  });
}

/**
 * Values for templates, read as YAML reads them: 8, 1e-9, true, or a text.
 * @throws RaellaError `usage` for anything but `name=value`, and for a name given twice.
 */
export function parseDefines(given: readonly string[]): Readonly<Record<string, number | string | boolean>> {
  const values: Record<string, number | string | boolean> = {};
  for (const setting of given) {
    const at = setting.indexOf("=");
    const name = setting.slice(0, Math.max(at, 0)).trim();
    if (at < 0 || !isVariableName(name) || Object.hasOwn(values, name))
      throw new RaellaError({
        code: "usage",
        message: Object.hasOwn(values, name)
          ? `--define gives ${name} twice.`
          : `--define cannot read "${setting}".`,
        value: setting,
        expected: "NAME=VALUE, e.g. --define architecture=my_design",
      });
    values[name] = scalarOf(setting.slice(at + 1).trim());
  }
  return values;
}

function scalarOf(text: string): number | string | boolean {
  if (/^(true|True|TRUE|false|False|FALSE)$/.test(text)) return text.toLowerCase() === "true";
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  return /^"[^"]*"$|^'[^']*'$/.test(text) ? text.slice(1, -1) : text;
}

/**
 * `NAME=EXPRESSION` options as variables; a number is a number, anything else is expression text.
 * @throws RaellaError `usage` for anything else, and for a name given twice.
 */
export function parseSettings(
  settings: readonly string[],
  option = "--set",
): Readonly<Record<string, number | string>> {
  const variables: Record<string, number | string> = {};
  for (const setting of settings) {
    const at = setting.indexOf("=");
    const name = setting.slice(0, at).trim();
    const text = setting.slice(at + 1).trim();
    if (at < 0 || !isVariableName(name) || text === "") {
      throw new RaellaError({
        code: "usage",
        message: `${option} cannot read "${setting}".`,
        value: setting,
        expected: `NAME=NUMBER or NAME=EXPRESSION, e.g. ${option} ADC_RESOLUTION=8`,
      });
    }
    if (Object.hasOwn(variables, name)) {
      throw new RaellaError({
        code: "usage",
        message: `${option} gives ${name} twice: ${variables[name]} and ${text}.`,
        value: setting,
        remedy: "Give one of them.",
      });
    }
    variables[name] = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
  }
  return variables;
}

/** Most layers that a list may name. */
const mostLayers = 100_000;

/** Layers such as `0,10,20` or `0-5`, in the order given. @throws RaellaError `usage` */
export function parseLayers(text: string): readonly number[] {
  return text.split(",").flatMap((part) => {
    const match = /^\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (!match || last < first || last - first >= mostLayers) {
      throw new RaellaError({
        code: "usage",
        message: `--layers cannot read "${part}".`,
        value: text,
        expected: "numbers and ranges, e.g. 0,10,20 or 0-5",
      });
    }
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** Names given one by one or separated by commas; `all` stands for every known one that is not named besides, in any letter case. */
export function parseNames(given: readonly string[], known: readonly string[]): readonly string[] {
  const names = given
    .flatMap((text) => text.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const named = names.map((name) => name.toLowerCase());
  const others = known.filter((name) => !named.includes(name.toLowerCase()));
  return names.flatMap((name) => (name === "all" ? others : [name]));
}
