import * as v from "valibot";
import type { SourceLocation } from "../../errors";
import { nearestName, RaellaError, suggestName } from "../../errors";
import type { ExpressionText, Fidelity, Value, WrittenValue } from "../specification";
import { isIgnoredKey } from "../yaml/unite-files";
import type { YamlMap, YamlNode } from "../yaml/yaml-node";
import { entryAt, joinPath, keyLocation, locationOf, notAccepted, valueAt } from "../yaml/yaml-node";

/**
 * A node as plain data: plain text as {@link ExpressionText}, quoted text as a string. Keys that contain "ignore" are
 * left out.
 */
function toPlain(node: YamlNode, path: string): unknown {
  if (node.kind === "scalar") return writtenScalar(node, path);
  if (node.kind === "list") return node.items.map((item, index) => toPlain(item, joinPath(path, index)));
  return toPlainMap(node, path, []);
}

/** Keys in `opaque` keep their node, to be read by a schema of their own. */
function toPlainMap(map: YamlMap, path: string, opaque: readonly string[]): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [key, entry] of map.entries)
    if (opaque.includes(key)) plain[key] = entry.value;
    else if (!isIgnoredKey(key)) plain[key] = toPlain(entry.value, joinPath(path, key));
  return plain;
}

/** A scalar as a value that may have to be evaluated. */
function writtenScalar(node: Extract<YamlNode, { kind: "scalar" }>, path: string): WrittenValue {
  if (typeof node.value !== "string" || node.quoted) return node.value;
  return expressionText(node.value.trim(), node, path);
}

function expressionText(expression: string, node: YamlNode, path: string): ExpressionText {
  return { expression, location: locationOf(node, path) };
}

/**
 * Checks a node against a schema. Mistakes are added to `errors`, each with its place; the result is then undefined.
 *
 * @param opaque keys of the map whose values are not looked into.
 */
export function validate<Schema extends v.GenericSchema>(
  schema: Schema,
  node: YamlNode,
  path: string,
  errors: RaellaError[],
  opaque: readonly string[] = [],
): v.InferOutput<Schema> | undefined {
  const plain = node.kind === "map" ? toPlainMap(node, path, opaque) : toPlain(node, path);
  const result = v.safeParse(schema, plain);
  if (result.success) return result.output;
  for (const issue of result.issues) errors.push(toError(issue, node, path));
  return undefined;
}

type Issue = v.BaseIssue<unknown>;

function toError(issue: Issue, root: YamlNode, rootPath: string): RaellaError {
  const keys = (issue.path ?? []).map((item) => item.key as string | number);
  const { node, path, missing } = follow(root, rootPath, keys);
  if (issue.type === "strict_object" && issue.expected === "never")
    return unknownKey(issue, root, rootPath, keys);
  if (missing !== undefined)
    return new RaellaError({
      code: "schema",
      message: `The key "${missing}" is missing.`,
      location: locationOf(node, path),
      expected: issue.message,
    });
  if (issue.type === "check" && issue.message.startsWith(twoSpellings))
    return new RaellaError({
      code: "schema",
      message: `Two spellings of one key stand in this map: ${issue.message.slice(twoSpellings.length + 1)}.`,
      location: locationOf(node, path),
      expected: issue.message,
    });
  return notAccepted(node, path, issue.message);
}

interface Followed {
  readonly node: YamlNode;
  readonly path: string;
  /** The first key of the path that the tree does not have. */
  readonly missing?: string;
}

/** The node a path of keys leads to, or the last one there is. */
function follow(root: YamlNode, rootPath: string, keys: readonly (string | number)[]): Followed {
  let node = root;
  let path = rootPath;
  for (const key of keys) {
    const next = node.kind === "list" ? node.items[Number(key)] : valueAt(node, String(key));
    if (next === undefined) return { node, path, missing: String(key) };
    path = joinPath(path, key);
    node = next;
  }
  return { node, path };
}

/** Where the value at a path of keys is written, or the innermost map or list there is. */
export function locateIn(
  root: YamlNode,
  rootPath: string,
  keys: readonly (string | number)[],
): SourceLocation {
  const { node, path } = follow(root, rootPath, keys);
  return locationOf(node, path);
}

function unknownKey(
  issue: Issue,
  root: YamlNode,
  rootPath: string,
  keys: readonly (string | number)[],
): RaellaError {
  const { node, path } = follow(root, rootPath, keys.slice(0, -1));
  const key = String(keys[keys.length - 1]);
  const entry = entryAt(node, key);
  const known = issue.message.split(", ");
  const near = nearestName(key.replaceAll("-", "_"), known);
  return new RaellaError({
    code: "schema",
    message: `"${key}" is not a key of this map.`,
    location: entry === undefined ? locationOf(node, path) : keyLocation(entry, joinPath(path, key)),
    value: key,
    expected: issue.message,
    remedy: near === undefined ? undefined : `Did you mean "${near}"?`,
  });
}

/** An object with exactly these keys; the message of an unknown one lists them. */
export function closedObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
): v.StrictObjectSchema<Entries, string> {
  return v.strictObject(entries, Object.keys(entries).join(", "));
}

/**
 * An object whose keys may be spelled in two ways, but not both.
 *
 * @param pairs the two spellings of each such key.
 */
export function spelledOnce<Schema extends v.GenericSchema<unknown, object>>(
  schema: Schema,
  pairs: readonly (readonly [string, string])[],
): v.GenericSchema<unknown, v.InferOutput<Schema>> {
  const both = (given: object): readonly [string, string] | undefined =>
    pairs.find((pair) => pair.every((key) => (given as Record<string, unknown>)[key] !== undefined));
  return v.pipe(
    schema,
    v.check(
      (given: v.InferOutput<Schema>) => both(given) === undefined,
      ({ input }) => `${twoSpellings} ${both(input)?.join(" and ") ?? ""}`,
    ),
  );
}

/** Beginning of what is expected instead of two spellings of one key. */
const twoSpellings = "only one of";

/** Text that is not in quotes. */
export const expressionSchema = v.custom<ExpressionText>(
  (value) => typeof value === "object" && value !== null && "expression" in value,
);

/** Text, in quotes or not. */
export function text(expected = "a text"): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.union([v.string(), expressionSchema], expected),
    v.transform((value) => (typeof value === "string" ? value : value.expression)),
  );
}

/** A text with the place where it is written. */
export interface PlacedText {
  readonly text: string;
  readonly location?: SourceLocation;
  /** It is no item of a list, but one text, or what stands between blanks in one. */
  readonly isAlone?: true;
}

export type PlacedTexts = readonly PlacedText[];

/** Blanks around the sign of a factor (`C = 4`) separate nothing; a single factor is one (`C=2 * N`). */
export function splitText(value: string): string[] {
  const joined = value.trim().replace(/\s*(<=|>=|=)\s*/g, "$1");
  if (/^[^=,\s]+=[^=,]*[-+*/%(][^=]*$/.test(joined)) return [joined];
  return joined
    .split(joined.includes(",") ? /,/ : /\s+/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** A list of texts, or one text that is cut at its commas, or else at its blanks. Null is an empty list. */
export function textList(expected: string): v.GenericSchema<unknown, PlacedTexts> {
  const item = v.union([v.string(), expressionSchema, v.number()], expected);
  return v.pipe(
    v.union([v.null(), item, v.array(item)], expected),
    v.transform((value) => {
      if (value === null) return [];
      return (Array.isArray(value) ? value : [value]).flatMap((entry) => {
        const whole = typeof entry === "object" ? entry.expression : String(entry);
        const location = typeof entry === "object" ? entry.location : undefined;
        const placed =
          Array.isArray(value) || whole.includes(",") ? { location } : { location, isAlone: true as const };
        return splitText(whole).map((part) => ({ text: part, ...placed }));
      });
    }),
  );
}

/** A value that is evaluated later: a literal or the text of an expression. Texts in lists are literals. */
export function written(
  expected = "a number, a text or an expression",
): v.GenericSchema<unknown, WrittenValue> {
  return v.pipe(v.custom<WrittenValue>(isWritten, expected), v.transform(withLiteralItems));
}

function withLiteralItems(value: WrittenValue): WrittenValue {
  if (!Array.isArray(value)) return value;
  return (value as readonly WrittenValue[]).map((item): Value => {
    const literal = withLiteralItems(item);
    return v.is(expressionSchema, literal) ? literal.expression : literal;
  });
}

function isWritten(value: unknown): boolean {
  if (value === null || ["number", "string", "boolean"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isWritten);
  return v.is(expressionSchema, value);
}

/** A map from any names to values that are evaluated later, in written order. */
export function writtenTable(): v.GenericSchema<unknown, Readonly<Record<string, WrittenValue>>> {
  const expected = "a map of names to values";
  return orEmpty(
    v.pipe(
      v.unknown(),
      v.check((value) => !Array.isArray(value), expected),
      v.record(v.string(), written(), expected),
    ),
  );
}

/** The items of a list; of nothing none. Anything else is a mistake. */
export function listItems(
  node: YamlNode | undefined,
  path: string,
  errors: RaellaError[],
  expected = "a list",
): readonly YamlNode[] {
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return [];
  if (node.kind === "list") return node.items;
  errors.push(notAccepted(node, path, expected));
  return [];
}

/**
 * The attributes of a node or class: with corrected fidelity, `corrected_attributes` stand in for those of the same
 * names. A name that nothing has corrects nothing, which is a mistake with either fidelity.
 */
export function correctedTable(
  given: {
    readonly attributes: Readonly<Record<string, WrittenValue>>;
    readonly corrected_attributes: Readonly<Record<string, WrittenValue>>;
  },
  fidelity: Fidelity,
  node: YamlNode,
  path: string,
  errors: RaellaError[],
): Readonly<Record<string, WrittenValue>> {
  const { attributes, corrected_attributes: corrected } = given;
  for (const name of Object.keys(corrected))
    if (!Object.hasOwn(attributes, name))
      errors.push(
        new RaellaError({
          code: "unknown-name",
          message: `"${name}" is corrected, but there is no such attribute here.`,
          location: locateIn(node, path, ["corrected_attributes", name]),
          value: name,
          remedy: suggestName(name, Object.keys(attributes)),
        }),
      );
  return fidelity === "corrected" ? { ...attributes, ...corrected } : attributes;
}

/** Nothing, or a map or list without anything in it. */
export function isVoid(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)
  );
}

/** A map or list that may also be left empty. */
export function orEmpty<Output>(schema: v.GenericSchema<unknown, Output>): v.GenericSchema<unknown, Output> {
  return v.pipe(
    v.unknown(),
    v.transform((value) => (value === null ? {} : value)),
    schema,
  );
}
