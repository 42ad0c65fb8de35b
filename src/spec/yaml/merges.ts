import { RaellaError } from "../../errors";
import type { Convention } from "../specification";
import type { YamlEntry, YamlList, YamlMap, YamlNode } from "./yaml-node";
import { describeNode, joinPath, locationOf } from "./yaml-node";

const mergeKey = "<<<";

/** A tree of our own that may be changed while merges are applied. */
interface DraftMap extends Omit<YamlMap, "entries"> {
  readonly entries: Map<string, DraftEntry>;
}
interface DraftEntry extends Omit<YamlEntry, "value"> {
  readonly value: DraftNode;
}
type DraftNode = Extract<YamlNode, { kind: "scalar" }> | DraftList | DraftMap;
interface DraftList extends Omit<Extract<YamlNode, { kind: "list" }>, "items"> {
  readonly items: DraftNode[];
}

/**
 * Applies every `<<<` of a tree: what the named map has and this one lacks is added, also inside maps that both have.
 * What is written in the map itself always wins, an empty list or null included; lists are joined in the convention of 2024
 * only, those of the map itself first. There the value may also be a list of maps, the first of which wins.
 *
 * Works depth first in the order of keys: a map inside that is written before the outer `<<<` takes its own merge first,
 * one written after it is filled by the outer merge first. `<<` must have been applied already.
 *
 * @throws RaellaError `schema` if the value of a `<<<` is not a map.
 */
export function mergeHierarchical(root: YamlNode, convention: Convention): YamlNode {
  if (!hasMergeKey(root, new Set())) return root;
  const draft = copy(root);
  resolve(draft, "", convention);
  return draft;
}

function hasMergeKey(node: YamlNode, seen: Set<YamlNode>): boolean {
  if (node.kind === "scalar" || seen.has(node)) return false;
  seen.add(node);
  if (node.kind === "list") return node.items.some((item) => hasMergeKey(item, seen));
  if (node.entries.has(mergeKey)) return true;
  return [...node.entries.values()].some((entry) => hasMergeKey(entry.value, seen));
}

function copy(node: YamlNode | DraftNode): DraftNode {
  if (node.kind === "scalar") return node;
  if (node.kind === "list") return { ...node, items: node.items.map(copy) };
  const entries = new Map<string, DraftEntry>();
  for (const [key, entry] of node.entries) entries.set(key, { ...entry, value: copy(entry.value) });
  return { ...node, entries };
}

function resolve(node: DraftNode, path: string, convention: Convention): void {
  if (node.kind === "scalar") return;
  if (node.kind === "list") {
    node.items.forEach((item, index) => resolve(item, joinPath(path, index), convention));
    return;
  }
  for (const [key, { value }] of [...node.entries]) {
    resolve(value, joinPath(path, key), convention);
    if (key !== mergeKey) continue;
    node.entries.delete(mergeKey);
    const sources = value.kind === "list" && convention === "2024" ? value.items : [value];
    for (const source of sources) {
      if (source.kind !== "map")
        throw new RaellaError({
          code: "schema",
          message: `"${mergeKey}" cannot merge ${describeNode(source)}.`,
          location: locationOf(source, joinPath(path, mergeKey)),
          expected: convention === "2024" ? "a map or a list of maps" : "one map",
        });
      fill(node, source, convention);
    }
  }
}

function fill(destination: DraftMap, source: DraftMap, convention: Convention): void {
  for (const [key, entry] of source.entries) {
    const own = destination.entries.get(key);
    if (own === undefined) destination.entries.set(key, { ...entry, value: copy(entry.value) });
    else if (own.value.kind === "map" && entry.value.kind === "map") fill(own.value, entry.value, convention);
    else if (convention === "2024" && own.value.kind === "list" && entry.value.kind === "list")
      own.value.items.push(...entry.value.items.map(copy));
  }
}

/**
 * Applies every `<<` of a tree: the keys of the named map, or of each map of a list, are added where the map itself has
 * none. Own keys come first and win, an earlier map of a list wins over a later one, and nothing is merged inside
 * values.
 *
 * @throws RaellaError `schema` if the value of a `<<` is not a map or a list of maps.
 */
export function mergeShallow(root: YamlNode): YamlNode {
  // One result per node keeps shared nodes shared.
  return new ShallowMerge().merge(root, "");
}

class ShallowMerge {
  private readonly results = new Map<YamlNode, YamlNode>();

  merge(node: YamlNode, path: string): YamlNode {
    if (node.kind === "scalar") return node;
    const known = this.results.get(node);
    if (known !== undefined) return known;
    const merged = node.kind === "list" ? this.mergeList(node, path) : this.mergeMap(node, path);
    this.results.set(node, merged);
    return merged;
  }

  private mergeList(list: YamlList, path: string): YamlList {
    const items = list.items.map((item, index) =>
      item.kind === "scalar" ? item : this.merge(item, joinPath(path, index)),
    );
    return items.every((item, index) => item === list.items[index]) ? list : { ...list, items };
  }

  private mergeMap(map: YamlMap, path: string): YamlMap {
    const entries = new Map<string, YamlEntry>();
    let isChanged = false;
    for (const [key, entry] of map.entries) {
      if (key === "<<") continue;
      const value =
        entry.value.kind === "scalar" ? entry.value : this.merge(entry.value, joinPath(path, key));
      if (value !== entry.value) isChanged = true;
      entries.set(key, value === entry.value ? entry : { ...entry, value });
    }
    const merged = map.entries.get("<<")?.value;
    if (merged === undefined) return isChanged ? { ...map, entries } : map;
    const sources = merged.kind === "list" ? merged.items : [merged];
    for (const source of sources) {
      const resolved = this.merge(source, joinPath(path, "<<"));
      if (resolved.kind !== "map")
        throw new RaellaError({
          code: "schema",
          message: `"<<" cannot merge ${describeNode(resolved)}.`,
          location: locationOf(source, joinPath(path, "<<")),
          expected: "a map or a list of maps",
        });
      for (const [key, entry] of resolved.entries) if (!entries.has(key)) entries.set(key, entry);
    }
    return { ...map, entries };
  }
}
