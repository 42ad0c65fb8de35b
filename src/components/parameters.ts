import { RaellaError, spellingDistance } from "../errors";
import type { Value } from "../spec/specification";

/** Attributes of a component as its estimator sees them: evaluated, in order, without empty ones. */
export type ComponentAttributes = ReadonlyMap<string, Value>;

/**
 * What a parameter holds. `node`: a technology in nm, also as text such as `32nm`; fractions are cut off.
 * `flag`: true or false, also 1 or 0.
 */
export const parameterKinds = ["number", "integer", "node", "text", "flag"] as const;
/** What the value of a parameter is; a `node` is a technology in nm. */
export type ParameterKind = (typeof parameterKinds)[number];

/** One parameter of an estimator. Without a default it must be given. */
export interface ParameterDescription {
  readonly kind: ParameterKind;
  /** Unit of a number, `1` for plain numbers. */
  readonly unit?: string;
  readonly description: string;
  readonly default?: number | string | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Other attributes that mean the same; the first one given counts. */
  readonly synonyms?: readonly string[];
}

/** The parameters of an estimator, by the names of attributes. */
export type ParameterDescriptions = Readonly<Record<string, ParameterDescription>>;

/** Values of parameters, typed by their descriptions. */
export type ParameterValues<Descriptions extends ParameterDescriptions> = {
  readonly [Name in keyof Descriptions]: Descriptions[Name]["kind"] extends "text"
    ? string
    : Descriptions[Name]["kind"] extends "flag"
      ? boolean
      : number;
};

/**
 * The parameters of an estimator from a component's attributes.
 * @throws RaellaError (`component`) for a missing parameter, naming an attribute that may have been meant;
 *   (`out-of-range`) for a value of the wrong kind or outside its range
 */
export function readParameters<Descriptions extends ParameterDescriptions>(
  descriptions: Descriptions,
  attributes: ComponentAttributes,
  className: string,
): ParameterValues<Descriptions> {
  const values: Record<string, number | string | boolean> = {};
  for (const name in descriptions) {
    const description = descriptions[name];
    const given = attributes.get(name) ?? firstGiven(description.synonyms, attributes);
    if (given !== undefined) values[name] = checkValue(given, name, description, className);
    else if (description.default !== undefined) values[name] = description.default;
    else throw missingParameter(name, descriptions, attributes, className);
  }
  return values as ParameterValues<Descriptions>;
}

function firstGiven(
  names: readonly string[] | undefined,
  attributes: ComponentAttributes,
): Value | undefined {
  if (names) for (const name of names) if (attributes.has(name)) return attributes.get(name);
  return undefined;
}

/**
 * The parameter that a misspelt attribute was probably meant to be; undefined if none is close.
 * @param most letters that may be wrong, in names however long
 */
export function misspeltParameter(
  attribute: string,
  parameters: Iterable<string>,
  most = 2,
): string | undefined {
  const limit = Math.min(most, Math.max(1, Math.floor(attribute.length / 6)));
  // Variables of a model reach its components too; they are written in capitals.
  if (attribute === attribute.toUpperCase() || attribute.length < 4) return undefined;
  for (const parameter of parameters) {
    if (spellingDistance(attribute.toLowerCase(), parameter.toLowerCase()) <= limit) return parameter;
  }
  return undefined;
}

function missingParameter(
  name: string,
  descriptions: ParameterDescriptions,
  attributes: ComponentAttributes,
  className: string,
): RaellaError {
  const { description, synonyms = [] } = descriptions[name];
  const known = Object.keys(descriptions);
  const unknown = [...attributes.keys()].filter((attribute) => !known.includes(attribute));
  const misspelt = unknown.find((attribute) => misspeltParameter(attribute, [name]) !== undefined);
  return new RaellaError({
    code: "component",
    message: `A component of class ${className} lacks the attribute "${name}".`,
    expected: `${name}${synonyms.length > 0 ? ` (or ${synonyms.join(", ")})` : ""}: ${describeParameter(descriptions[name])}; ${description}`,
    remedy: misspelt === undefined ? undefined : `"${misspelt}" is given: did you mean "${name}"?`,
  });
}

function checkValue(
  value: Value,
  name: string,
  description: ParameterDescription,
  className: string,
): number | string | boolean {
  const converted = convert(value, description.kind);
  const { minimum = -Infinity, maximum = Infinity } = description;
  const fits =
    converted !== undefined &&
    (typeof converted !== "number" || (converted >= minimum && converted <= maximum));
  if (fits) return converted;
  throw new RaellaError({
    code: "out-of-range",
    message: `The attribute "${name}" of a component of class ${className} cannot be ${JSON.stringify(value)}.`,
    value,
    expected: `${describeParameter(description)}; ${description.description}`,
    // Such a text is an expression that somebody wants to be calculated.
    remedy:
      typeof value === "string" && description.kind !== "text" && /[-+*/(]/.test(value)
        ? "Text in quotes is taken as it stands. Write it without quotes to have it calculated."
        : undefined,
  });
}

function convert(value: Value, kind: ParameterKind): number | string | boolean | undefined {
  switch (kind) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "flag":
      if (typeof value === "boolean") return value;
      if (typeof value === "number") return value !== 0;
      return value === "true" || value === "True"
        ? true
        : value === "false" || value === "False"
          ? false
          : undefined;
    case "node": {
      const number = typeof value === "string" ? Number(value.replace(/[^0-9]/g, "") || "x") : value;
      return typeof number === "number" && Number.isFinite(number) ? Math.trunc(number) : undefined;
    }
    case "integer":
    case "number": {
      const number = toNumber(value);
      if (number === undefined) return undefined;
      return kind === "integer" && !Number.isInteger(number) ? undefined : number;
    }
  }
}

function toNumber(value: Value): number | undefined {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** `integer, 8 or more, in bit` */
function describeParameter(description: ParameterDescription): string {
  const { kind, unit, minimum, maximum } = description;
  const words = [
    kind === "node"
      ? "a technology node"
      : kind === "flag"
        ? "true or false"
        : `a${kind === "integer" ? "n" : ""} ${kind}`,
  ];
  if (minimum !== undefined && maximum !== undefined) words.push(`from ${minimum} to ${maximum}`);
  else if (minimum !== undefined) words.push(`of ${minimum} or more`);
  else if (maximum !== undefined) words.push(`up to ${maximum}`);
  if (unit !== undefined && unit !== "1") words.push(`in ${unit}`);
  return words.join(" ");
}
