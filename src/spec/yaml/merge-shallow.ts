import { RaellaError } from "../../errors";
import type { YamlEntry, YamlList, YamlMap, YamlNode } from "./yaml-node";
import { describeNode, joinPath, locationOf } from "./yaml-node";

/**
 * Applies every `<<` of a tree: the keys of the named map, or of each map of a list, are added where the map itself has
 * none. Own keys come first and win, an earlier map of a list wins over a later one, and nothing is merged inside
 * values.
 *
 * @throws RaellaError `schema` if the value of a `<<` is not a map or a list of maps.
 */
export function mergeShallow(root: YamlNode): YamlNode {
  return merge(root, "");
}

/** One result per node keeps shared nodes shared, also between texts that include the same file. */
const results = new WeakMap<YamlNode, YamlNode>();

function merge(node: YamlNode, path: string): YamlNode {
  if (node.kind === "scalar") return node;
  const known = results.get(node);
  if (known !== undefined) return known;
  const merged = node.kind === "list" ? mergeList(node, path) : mergeMap(node, path);
  results.set(node, merged);
  return merged;
}

function mergeList(list: YamlList, path: string): YamlList {
  const items = list.items.map((item, index) =>
    item.kind === "scalar" ? item : merge(item, joinPath(path, index)),
  );
  return items.every((item, index) => item === list.items[index]) ? list : { ...list, items };
}

function mergeMap(map: YamlMap, path: string): YamlMap {
  const entries = new Map<string, YamlEntry>();
  let isChanged = false;
  for (const [key, entry] of map.entries) {
    if (key === "<<") continue;
    const value = entry.value.kind === "scalar" ? entry.value : merge(entry.value, joinPath(path, key));
    if (value !== entry.value) isChanged = true;
    entries.set(key, value === entry.value ? entry : { ...entry, value });
  }
  const merged = map.entries.get("<<")?.value;
  if (merged === undefined) return isChanged ? { ...map, entries } : map;
  const sources = merged.kind === "list" ? merged.items : [merged];
  for (const source of sources) {
    const resolved = merge(source, joinPath(path, "<<"));
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
