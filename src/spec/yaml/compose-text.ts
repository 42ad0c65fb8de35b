import type { Node, Pair, YAMLMap, YAMLParseError, YAMLSeq } from "yaml";
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import { parseDeepDocument } from "./parse-document";

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
