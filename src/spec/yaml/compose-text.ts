import type {
  Document,
  DocumentOptions,
  Node,
  Pair,
  ParseOptions,
  SchemaOptions,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument, YAMLParseError } from "yaml";

/**
 * A node as the YAML library reads it, with aliases by name: what is needed to build a tree of our own, and short as
 * JSON. `at` is the offset of its first character, null where there is none. A tag or an anchor stands only where one
 * is written; null stands for a value that is left out.
 */
export type ComposedNode = ComposedAlias | ComposedScalar | ComposedList | ComposedMap;
type ComposedAlias = readonly [kind: "alias", at: number | null, anchor: string];
export type ComposedScalar = readonly [
  kind: "plain" | "quoted",
  at: number | null,
  value: string | number | boolean | null,
  tag?: string | null,
  anchor?: string,
];
export type ComposedList = readonly [
  kind: "list",
  at: number | null,
  items: readonly (ComposedNode | null)[],
  tag?: string | null,
  anchor?: string,
];
export type ComposedMap = readonly [
  kind: "map",
  at: number | null,
  entries: readonly ComposedEntry[],
  tag?: string | null,
  anchor?: string,
];
/** The key is null where it is no plain text. */
export type ComposedEntry = readonly [key: string | null, keyAt: number | null, value: ComposedNode | null];

export interface ComposedText {
  readonly contents: ComposedNode | null;
  readonly errors: readonly YAMLParseError[];
}

/**
 * Has a text read by the YAML library, as YAML 1.2 with its core schema. Merge keys stay ordinary keys.
 * @returns Undefined where the text is nested too deeply.
 */
export function composeText(text: string): ComposedText | undefined {
  const document = parseDeepDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    prettyErrors: false,
    logLevel: "error",
  });
  if (document === undefined) return undefined;
  const { contents } = document;
  const errors = document.errors.filter((error) => !isCommentBehindEnd(error, text));
  return { contents: errors.length > 0 ? null : toComposed(contents), errors };
}

/**
 * Whether all that is wrong is that a comment follows a closing bracket or quote without a blank (`[L=1]# text`). Nothing
 * else can be meant there, and the readers that most model files were written for take it so.
 */
function isCommentBehindEnd({ code, message, pos }: YAMLParseError, text: string): boolean {
  return (
    code === "MISSING_CHAR" &&
    message.startsWith("Comments must be separated") &&
    /[\]}"']/.test(text[pos[0] - 1] ?? "")
  );
}

function toComposed(node: unknown): ComposedNode | null {
  if (isAlias(node)) return ["alias", offsetOf(node), node.source];
  if (isScalar(node)) {
    const { value, type } = node;
    const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    const kind = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE" ? "quoted" : "plain";
    return [kind, offsetOf(node), isPlain ? value : null, ...marks(node.tag, node.anchor)];
  }
  if (isSeq(node))
    return ["list", offsetOf(node), node.items.map(toComposed), ...marks(ownTag(node), node.anchor)];
  if (isMap(node))
    return ["map", offsetOf(node), node.items.map(toEntry), ...marks(ownTag(node), node.anchor)];
  return null;
}

function toEntry({ key, value }: Pair): ComposedEntry {
  if (!isScalar(key)) return [null, null, toComposed(value)];
  const text = key.source ?? (typeof key.value === "string" ? key.value : "null");
  return [text, offsetOf(key), toComposed(value)];
}

function offsetOf(node: Node): number | null {
  return node.range?.[0] ?? null;
}

/** Explicit tags only; the library gives every collection a resolved tag of its own. */
function ownTag(node: YAMLMap | YAMLSeq): string | undefined {
  return node.tag?.startsWith("tag:yaml.org") ? undefined : node.tag;
}

function marks(
  tag: string | undefined,
  anchor: string | undefined,
): readonly [] | readonly [string] | readonly [string | null, string] {
  if (anchor !== undefined) return [tag ?? null, anchor];
  return tag === undefined ? [] : [tag];
}

/** Deepest nesting that is given to the YAML reader, which descends recursively. */
const maximumNesting = 300;

/**
 * Whether a YAML text is nested so deeply that reading it could exhaust the stack, which ends the process. Judged by
 * brackets, indentation and leading `- `, without regard to comments and quotes, before anything else is done with it.
 */
function isNestedTooDeeply(text: string): boolean {
  let brackets = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    let [position, levels] = [at, 0];
    for (; position < stop; position++) {
      if (text[position] === " ") levels++;
      else if (!isIndicator(text[position]) || text[position + 1] !== " ") break;
    }
    if (position < stop && levels > maximumNesting) return true;
    for (; position < stop; position++) {
      const character = text[position];
      if (character === "[" || character === "{") brackets++;
      else if ((character === "]" || character === "}") && brackets > 0) brackets--;
      if (brackets > maximumNesting) return true;
    }
    at = stop + 1;
  }
  return false;
}

function isIndicator(character: string): boolean {
  return character === "-" || character === "?" || character === ":";
}

/**
 * The YAML document of a text, with keys that occur twice among its errors; undefined if it is nested so deeply that the
 * reader, which descends recursively, cannot.
 */
export function parseDeepDocument(
  text: string,
  options: Omit<ParseOptions, "uniqueKeys"> & DocumentOptions & SchemaOptions,
): Document.Parsed | undefined {
  if (isNestedTooDeeply(text)) return undefined;
  try {
    // The library compares each key with all before it, which takes minutes for some hundred thousand.
    const document = parseDocument(text, { ...options, uniqueKeys: false });
    if (document.errors.some(({ message }) => message.includes("call stack"))) return undefined;
    const repeated = repeatedKeys(document.contents);
    if (repeated.length > 0) {
      document.errors.push(...repeated);
      document.errors.sort((first, second) => first.pos[0] - second.pos[0]);
    }
    return document;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An error for each key that stands before in its map. */
function repeatedKeys(contents: unknown): YAMLParseError[] {
  const errors: YAMLParseError[] = [];
  const waiting = [contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isPair(node)) waiting.push(node.key, node.value);
    if (isSeq(node)) for (const item of node.items) waiting.push(item);
    if (!isMap(node)) continue;
    const keys = new Set<unknown>();
    for (const pair of node.items) {
      waiting.push(pair);
      const { key } = pair;
      if (!isScalar(key)) continue;
      const at = key.range?.[0] ?? 0;
      if (keys.has(key.value))
        errors.push(new YAMLParseError([at, at + 1], "DUPLICATE_KEY", "Map keys must be unique"));
      keys.add(key.value);
    }
  }
  return errors;
}
