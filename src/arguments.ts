import * as v from "valibot";
import { RaellaError, suggestName, throwAll } from "./errors";

/**
 * What a public function was given, before it is used: with types erased a script may pass anything. Shapes are
 * described by schemas that stand beside the types they belong to; a mistake is one clear message.
 */

type Schema = v.GenericSchema;

/**
 * The names that an options object may have; an option that is undefined counts as left out. A Map or an instance of a
 * class is none: what it holds would be read by nothing.
 */
export function optionsOf<const Entries extends v.ObjectEntries>(
  entries: Entries,
  expected = "an object of options",
): v.StrictObjectSchema<Entries, string> {
  const schema = v.strictObject(entries, expected);
  return {
    ...schema,
    "~run"(dataset, config) {
      if (isPlain(dataset.value)) return schema["~run"](dataset, config);
      v._addIssue(schema, "type", dataset, config);
      return dataset as unknown as v.FailureDataset<v.BaseIssue<unknown>>;
    },
  };
}

/** An option that may be left out. */
export function optional<S extends Schema>(schema: S): v.OptionalSchema<S, undefined> {
  return v.optional(schema);
}

/** An option whose value is looked at where it is used, with a message of its own. */
export const checkedLater = v.optional(v.unknown());

export const text = v.string("a text");
export const name = v.pipe(v.string("a name"), v.nonEmpty("a name"));
export const names = v.array(name, "a list of names");
export const flag = v.boolean("true or false");
export const finite = v.pipe(v.number("a number"), v.finite("a finite number"));
export const notNegative = v.pipe(finite, v.minValue(0, "a number of 0 or more"));
export const positive = v.pipe(
  v.number("a number above 0"),
  v.finite("a finite number above 0"),
  v.check((value) => value > 0, "a number above 0"),
);
export const count = v.pipe(
  v.number("a whole number of at least 1"),
  v.safeInteger("a whole number of at least 1"),
  v.minValue(1, "a whole number of at least 1"),
);
export const index = v.pipe(
  v.number("a whole number of at least 0"),
  v.safeInteger("a whole number of at least 0"),
  v.minValue(0, "a whole number of at least 0"),
);
export const callback = v.function("a function");

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(words: Words): v.PicklistSchema<Words, string> {
  return v.picklist(words, words.join(", "));
}

/** A list; of anything, unless a schema says of what. */
export function listOf<S extends Schema>(item: S, expected: string): v.ArraySchema<S, string> {
  return v.array(item, expected);
}

/** An object of names and values. */
export function tableOf<S extends Schema>(
  item: S,
  expected: string,
): v.GenericSchema<unknown, Readonly<Record<string, v.InferOutput<S>>>> {
  return v.pipe(v.custom<object>(isPlain, expected), v.record(v.string(), item, expected));
}

/** A row of a table as data frames hand it out: an object, or an instance that has its columns as getters. */
export function rowOf(expected: string): v.GenericSchema<unknown, object> {
  return v.custom<object>(
    (value) => isObject(value) && (isPlain(value) || columnsOf(value).length > 0),
    expected,
  );
}

/** The names of a row's columns, those of getters that it inherits as well. */
export function columnsOf(row: object): readonly string[] {
  const names = new Set(Object.keys(row));
  // What is built in, such as a Map, has getters that are no columns.
  if (Object.prototype.toString.call(row) !== "[object Object]") return [...names];
  for (let at = row; ;) {
    at = Object.getPrototypeOf(at) as object;
    if (at === null || Object.hasOwn(at, "hasOwnProperty")) return [...names];
    for (const name of Object.getOwnPropertyNames(at))
      if (Object.getOwnPropertyDescriptor(at, name)?.get !== undefined) names.add(name);
  }
}

/** Plain data as the package itself hands it out: an object with at least these parts, each of its kind. */
export function dataWith(
  expected: string,
  parts: Readonly<Record<string, (value: unknown) => boolean>>,
): v.GenericSchema<unknown, unknown> {
  return v.custom((value) => hasParts(value, parts), expected);
}

/** Whether a value is an object with at least these parts, each of its kind. */
export function hasParts(
  value: unknown,
  parts: Readonly<Record<string, (value: unknown) => boolean>>,
): boolean {
  if (!isObject(value)) return false;
  for (const part in parts) if (!parts[part](value[part])) return false;
  return true;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is an object of names and values, all its own: no Map, Set or Date, and nothing inherited. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const inherited: unknown = Object.getPrototypeOf(value);
  // Objects of another window or context have an Object.prototype of their own.
  return (
    inherited === null ||
    (Object.getPrototypeOf(inherited) === null && Object.hasOwn(inherited as object, "hasOwnProperty"))
  );
}

export function isText(value: unknown): boolean {
  return typeof value === "string";
}

export function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

/** A list whose items are all of a kind. */
export function isListOf(isItem: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(isItem);
}

/** An object of values of a kind. */
export function isTableOf(isValue: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => isPlain(value) && Object.values(value).every(isValue);
}

/**
 * Checks an argument of a public function.
 * @param what - how a message calls it, e.g. `the options of runLayer`.
 * @throws RaellaError `unknown-name` for an option that does not exist, `out-of-range` for a number that cannot be,
 *   `usage` for anything else; all mistakes at once.
 */
export function requireArgument(schema: Schema, given: unknown, what: string): void {
  const value = schema.type === "strict_object" && isPlain(given) ? withoutUndefined(given) : given;
  const result = v.safeParse(schema, value, { abortPipeEarly: true });
  if (!result.success) throwAll(result.issues.map((issue) => toError(issue, schema, given, what)));
}

/** Checks an options object; the options may be left out. */
export function requireOptions(schema: Schema, given: unknown, functionName: string): void {
  requireArgument(schema, given, `the options of ${functionName}`);
}

function withoutUndefined(given: object): unknown {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function toError(issue: v.BaseIssue<unknown>, schema: Schema, given: unknown, what: string): RaellaError {
  const keys = (issue.path ?? []).map(({ key }) => key as string | number);
  if (issue.type === "strict_object" && issue.expected === "never") {
    const unknown = String(keys.at(-1));
    const known = namesAt(schema, keys.slice(0, -1));
    return new RaellaError({
      code: "unknown-name",
      message: `There is no option "${pathText(keys)}" among ${what}.`,
      value: unknown,
      remedy: suggestName(unknown, known),
    });
  }
  const input = keys.length === 0 ? given : issue.input;
  const isMissing = issue.type === "strict_object" && issue.input === undefined && keys.length > 0;
  const subject = keys.length === 0 ? capitalised(what) : `"${pathText(keys)}" in ${what}`;
  return new RaellaError({
    code: typeof input === "number" && issue.message.includes("number") ? "out-of-range" : "usage",
    message: isMissing ? `${subject} is missing.` : `${subject} cannot be ${shown(input)}.`,
    value: input,
    expected: isMissing ? undefined : issue.message,
  });
}

/** Parts of schemas that lead further in. */
interface SchemaParts {
  readonly entries?: Readonly<Record<string, SchemaParts>>;
  readonly wrapped?: SchemaParts;
  readonly item?: SchemaParts;
}

/** The names of the options object that a path leads to. */
function namesAt(schema: Schema, keys: readonly (string | number)[]): readonly string[] {
  let at: SchemaParts | undefined = schema as SchemaParts;
  for (const key of keys) {
    at = at?.entries?.[key] ?? at?.item;
    while (at?.wrapped) at = at.wrapped;
  }
  return Object.keys(at?.entries ?? {});
}

/** `variables.ADC_RESOLUTION[2]`. */
export function pathText(keys: readonly (string | number)[]): string {
  return keys.map((key, at) => (typeof key === "number" ? `[${key}]` : at === 0 ? key : `.${key}`)).join("");
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * One of a few words.
 * @throws RaellaError `usage` for anything else, with the nearest word.
 */
export function requireChoice(what: string, given: unknown, known: readonly string[]): void {
  if (known.some((word) => word === given)) return;
  throw new RaellaError({
    code: "usage",
    message: `There is no ${what} ${shown(given)}.`,
    value: given,
    expected: known.join(", "),
    remedy: typeof given === "string" ? suggestName(given, known) : undefined,
  });
}

/**
 * A whole number in a range.
 * @throws RaellaError `out-of-range` for anything else.
 */
export function requireWhole(what: string, given: number, least: number, greatest = Infinity): void {
  if (Number.isSafeInteger(given) && given >= least && given <= greatest) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `${what} cannot be ${given}.`,
    value: given,
    expected: `a whole number ${greatest === Infinity ? `of at least ${least}` : `from ${least} to ${greatest}`}`,
  });
}

/**
 * A list in which everything stands once.
 * @param what - how a message calls the list, in the plural.
 * @throws RaellaError `usage` for what stands there again, which would have no effect.
 */
export function requireOnce(what: string, items: readonly unknown[]): void {
  const repeated = items.find((item, index) => items.slice(0, index).includes(item));
  if (repeated === undefined) return;
  throw new RaellaError({
    code: "usage",
    message: `${capitalised(what)} have ${typeof repeated === "string" ? repeated : shown(repeated)} twice.`,
    value: repeated,
    remedy: "Give it once.",
  });
}

/** `a Map`, `an Options`; what has no class inherits from an object of its own. */
function instanceText(value: object): string {
  const { constructor } = value as { readonly constructor?: unknown };
  const name = typeof constructor === "function" && constructor !== Object ? constructor.name : "";
  if (name === "") return "an object that inherits values";
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value === undefined) return "left out";
  // They would look empty, or like what they hold.
  if (isObject(value) && !isPlain(value)) return instanceText(value);
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    // Objects that contain themselves.
  }
  json ??= `a${typeof value === "object" ? "n" : ""} ${typeof value}`;
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
}
