import { RaellaError, suggestName } from "../../errors";
import type { YamlEntry, YamlMap, YamlNode } from "./yaml-node";
import { areEqualNodes, describeNode, isEmptyNode, joinPath, keyLocation, locationOf } from "./yaml-node";

/** The top keys of a specification. */
const topKeys = [
  "architecture",
  "components",
  "constraints",
  "mapping",
  "problem",
  "sparse_optimizations",
  "variables",
  "checks",
  "arithmetic",
  "mapper",
  "ERT",
  "ART",
  "placeholders",
  "mapspace",
  "globals",
] as const;
export type TopKey = (typeof topKeys)[number];

/** The version of the specification format that is read. */
const formatVersion = "0.4";

/** Top keys that may say which version of the format they are written in. */
const versionedKeys: ReadonlySet<string> = new Set([
  "architecture",
  "components",
  "constraints",
  "problem",
  "sparse_optimizations",
  "variables",
  "mapper",
  "mapspace",
  "globals",
]);

/** Keys that count when they merely contain the name, e.g. `compound_components`. */
const matchedBySubstring = ["components", "constraints", "mapping"] as const;

/** Lists that are joined when several files have them; any other list must be equal. */
const joinedLists: ReadonlySet<string> = new Set([
  "components.classes",
  "constraints.targets",
  "mapping",
  "checks",
  "placeholders",
]);

/** Keys with this text have no meaning of their own: a place for anchors. */
export function isIgnoredKey(key: string): boolean {
  return key.includes("ignore");
}

function topKeyOf(key: string): TopKey | undefined {
  return topKeys.find((known) => known === key) ?? matchedBySubstring.find((name) => key.includes(name));
}

/**
 * Joins the maps of several files into one with the keys of {@link topKeys}, in order of first occurrence.
 *
 * Of a key that occurs again, maps are joined key by key, component classes and constraint targets are listed one
 * behind the other, and everything else must be equal.
 *
 * @throws RaellaError `schema` for an unknown key, another version of the format, a file that is not a map, or a contradiction.
 */
export function uniteFiles(roots: readonly YamlNode[]): ReadonlyMap<TopKey, YamlEntry> {
  const united = new Map<TopKey, YamlEntry>();
  for (const root of roots) {
    if (root.kind !== "map")
      throw new RaellaError({
        code: "schema",
        message: `The file holds ${describeNode(root)}.`,
        location: locationOf(root),
        expected: `a map with keys such as ${topKeys.slice(0, 5).join(", ")}`,
      });
    for (const [key, written] of root.entries) {
      if (isIgnoredKey(key)) continue;
      const known = topKeyOf(key);
      if (known === undefined) throw unknownTopKey(key, written);
      const entry = checkVersion(known, written);
      const kept = united.get(known);
      united.set(
        known,
        kept === undefined ? entry : { ...kept, value: unite(kept.value, entry.value, known) },
      );
    }
  }
  return united;
}

function unknownTopKey(key: string, entry: YamlEntry): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `"${key}" is not a top key.`,
    location: keyLocation(entry),
    value: key,
    expected: topKeys.join(", "),
    remedy: `${suggestName(key, topKeys)} A key that contains "ignore" may hold anything.`,
  });
}

/**
 * The entry of a top key whose `version`, if it has one, is the one that is read. Among variables it is none itself.
 * @throws RaellaError `schema` for another version, and for the grammar of the versions before (`architecture.subtree`).
 */
function checkVersion(key: string, entry: YamlEntry): YamlEntry {
  const { value } = entry;
  if (!versionedKeys.has(key) || value.kind !== "map") return entry;
  const version = value.entries.get("version")?.value;
  if (version !== undefined && !isRead(version)) throw otherVersion(key, "version", version);
  const subtree = key === "architecture" ? value.entries.get("subtree")?.value : undefined;
  if (subtree !== undefined) throw otherVersion(key, "subtree", subtree);
  if (version === undefined || key !== "variables") return entry;
  const entries = new Map(value.entries);
  entries.delete("version");
  return { ...entry, value: { ...value, entries } };
}

function isRead(version: YamlNode): boolean {
  return version.kind === "scalar" && String(version.value).trim() === formatVersion;
}

function otherVersion(key: string, what: "version" | "subtree", node: YamlNode): RaellaError {
  const place = joinPath(key, what);
  const isOlder = what === "subtree" || (node.kind === "scalar" && /^0\.[1-3]$/.test(String(node.value)));
  return new RaellaError({
    code: "schema",
    message:
      what === "subtree"
        ? `${place} is grammar of version 0.2 or 0.3; only ${formatVersion} is read.`
        : `${place} is ${describeNode(node)}; only ${formatVersion} is read.`,
    location: locationOf(node, place),
    value: what === "version" && node.kind === "scalar" ? node.value : undefined,
    expected: `only ${formatVersion}, or none`,
    remedy: isOlder
      ? "Write the tree as version 0.4 has it: `architecture: {nodes: [!Container …, !Component …]}`."
      : undefined,
  });
}

function unite(first: YamlNode, second: YamlNode, path: string): YamlNode {
  if (isEmptyNode(first)) return second;
  if (isEmptyNode(second) || areEqualNodes(first, second)) return first;
  if (first.kind === "map" && second.kind === "map") return uniteMaps(first, second, path);
  if (first.kind === "list" && second.kind === "list" && joinedLists.has(path))
    return { ...first, items: [...first.items, ...second.items] };
  const { file, line } = locationOf(first);
  throw new RaellaError({
    code: "schema",
    message: `"${path}" is given twice with different values: ${describeNode(first)} (${file}:${line}) and ${describeNode(second)}.`,
    location: locationOf(second, path),
    remedy: "Remove one of them, or give only one of the files.",
  });
}

function uniteMaps(first: YamlMap, second: YamlMap, path: string): YamlMap {
  const entries = new Map(first.entries);
  for (const [key, entry] of second.entries) {
    const own = entries.get(key);
    entries.set(
      key,
      own === undefined ? entry : { ...own, value: unite(own.value, entry.value, joinPath(path, key)) },
    );
  }
  return { ...first, entries };
}
