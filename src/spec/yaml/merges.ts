import { RaellaError } from "../../errors";
import type { Convention } from "../specification";
import type { YamlEntry, YamlList, YamlMap, YamlNode } from "./yaml-node";
import { describeNode, joinPath, locationOf } from "./yaml-node";

const mergeKey = "<<<";

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
  return rewritten(root, (map, path, rewrite) => {
    const entries = new Map(map.entries);
    for (const key of map.entries.keys()) {
      const entry = entries.get(key);
      if (entry === undefined) continue;
      const value = rewrite(entry.value, joinPath(path, key));
      entries.set(key, { ...entry, value });
      if (key !== mergeKey) continue;
      entries.delete(mergeKey);
      for (const source of value.kind === "list" && convention === "2024" ? value.items : [value]) {
        if (source.kind !== "map")
          throw new RaellaError({
            code: "schema",
            message: `"${mergeKey}" cannot merge ${describeNode(source)}.`,
            location: locationOf(source, joinPath(path, mergeKey)),
            expected: convention === "2024" ? "a map or a list of maps" : "one map",
          });
        fill(entries, source, convention);
      }
    }
    return { ...map, entries };
  });
}

/** Adds what a map has and these entries lack. */
function fill(entries: Map<string, YamlEntry>, source: YamlMap, convention: Convention): void {
  for (const [key, entry] of source.entries) {
    const own = entries.get(key);
    entries.set(
      key,
      own === undefined ? entry : { ...own, value: filled(own.value, entry.value, convention) },
    );
  }
}

function filled(own: YamlNode, other: YamlNode, convention: Convention): YamlNode {
  if (own.kind === "map" && other.kind === "map") {
    const entries = new Map(own.entries);
    fill(entries, other, convention);
    return { ...own, entries };
  }
  return convention === "2024" && own.kind === "list" && other.kind === "list"
    ? { ...own, items: [...own.items, ...other.items] }
    : own;
}

/** A tree with its maps rewritten, each with what is inside it; one result per node keeps shared nodes shared. */
function rewritten(
  root: YamlNode,
  rewriteMap: (map: YamlMap, path: string, rewrite: (node: YamlNode, path: string) => YamlNode) => YamlMap,
): YamlNode {
  const results = new Map<YamlNode, YamlNode>();
  const rewrite = (node: YamlNode, path: string): YamlNode => {
    if (node.kind === "scalar") return node;
    const result =
      results.get(node) ?? (node.kind === "list" ? rewriteList(node, path) : rewriteMap(node, path, rewrite));
    results.set(node, result);
    return result;
  };
  const rewriteList = (list: YamlList, path: string): YamlList => {
    const items = list.items.map((item, index) => rewrite(item, joinPath(path, index)));
    return items.every((item, index) => item === list.items[index]) ? list : { ...list, items };
  };
  return rewrite(root, "");
}

/**
 * Applies every `<<` of a tree: the keys of the named map, or of each map of a list, are added where the map itself has
 * none. Own keys come first and win, an earlier map of a list wins over a later one, and nothing is merged inside
 * values.
 *
 * @throws RaellaError `schema` if the value of a `<<` is not a map or a list of maps.
 */
export function mergeShallow(root: YamlNode): YamlNode {
  return rewritten(root, (map, path, rewrite) => {
    const entries = new Map<string, YamlEntry>();
    let isChanged = false;
    for (const [key, entry] of map.entries) {
      if (key === "<<") continue;
      const value = rewrite(entry.value, joinPath(path, key));
      if (value !== entry.value) isChanged = true;
      entries.set(key, value === entry.value ? entry : { ...entry, value });
    }
    const merged = map.entries.get("<<")?.value;
    if (merged === undefined) return isChanged ? { ...map, entries } : map;
    for (const source of merged.kind === "list" ? merged.items : [merged]) {
      const resolved = rewrite(source, joinPath(path, "<<"));
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
  });
}
