import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import type { SourceText } from "./source-text";

/** What every node of a tree knows: its tag and where it is written. */
interface NodePlace {
  /** Explicit tag, `!Element`; undefined if there is none. */
  readonly tag: string | undefined;
  readonly source: SourceText;
  readonly offset: number;
}

interface YamlScalar extends NodePlace {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** Written in single or double quotes: a literal, never an expression. */
  readonly quoted: boolean;
}

export interface YamlList extends NodePlace {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly keyOffset: number;
  readonly keySource: SourceText;
  readonly value: YamlNode;
}

export interface YamlMap extends NodePlace {
  readonly kind: "map";
  /** In written order. */
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

/**
 * The tree of a YAML text. Nodes are never changed, so that one may stand at several places (aliases), which counts
 * as independent copies.
 */
export type YamlNode = YamlScalar | YamlList | YamlMap;

/** The entry of a key; undefined where there is none, as in what is no map. */
export function entryAt(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === "map" ? node.entries.get(key) : undefined;
}

export function valueAt(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return entryAt(node, key)?.value;
}

/** Where a node is written. */
export function locationOf(node: YamlNode, keyPath?: string): SourceLocation {
  return { ...node.source.locate(node.offset), keyPath };
}

/** Where the key of an entry is written. */
export function keyLocation(entry: YamlEntry, keyPath?: string): SourceLocation {
  return { ...entry.keySource.locate(entry.keyOffset), keyPath };
}

/** The key path one step further in: `nodes[3].attributes`. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Null, and maps and lists without anything in them. */
export function isEmptyNode(node: YamlNode): boolean {
  if (node.kind === "scalar") return node.value === null;
  return node.kind === "list" ? node.items.length === 0 : node.entries.size === 0;
}

/** The type in words, for messages. */
export function describeNode(node: YamlNode): string {
  if (node.kind !== "scalar") return node.kind === "list" ? "a list" : "a map";
  if (node.value === null) return "nothing";
  return typeof node.value === "string" ? JSON.stringify(node.value) : String(node.value);
}

/** The error for a node of another kind than expected. */
export function notAccepted(node: YamlNode, path: string, expected: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `${describeNode(node)} is not accepted here.`,
    location: locationOf(node, path),
    value: node.kind === "scalar" ? node.value : undefined,
    expected,
  });
}

/** The error for a text of which no tree can be made. */
export function nestedTooDeeply(location: SourceLocation): RaellaError {
  return new RaellaError({
    code: "yaml-syntax",
    message: "The text is nested too deeply to be read.",
    location,
  });
}

/** Same contents; where they are written does not matter. */
export function areEqualNodes(first: YamlNode, second: YamlNode): boolean {
  if (first === second) return true;
  if (first.tag !== second.tag) return false;
  if (first.kind === "scalar")
    return second.kind === "scalar" && first.value === second.value && first.quoted === second.quoted;
  if (first.kind === "list")
    return (
      second.kind === "list" &&
      first.items.length === second.items.length &&
      first.items.every((item, index) => areEqualNodes(item, second.items[index]))
    );
  if (second.kind !== "map" || first.entries.size !== second.entries.size) return false;
  return [...first.entries].every(([key, entry]) => {
    const other = second.entries.get(key);
    return other !== undefined && areEqualNodes(entry.value, other.value);
  });
}
