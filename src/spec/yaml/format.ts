import { RaellaError } from "../../errors";
import type { YamlEntry, YamlNode } from "./yaml-node";
import { describeNode, joinPath, locationOf } from "./yaml-node";

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

/**
 * The entry of a top key whose `version`, if it has one, is the one that is read. Among variables it is none itself.
 * @throws RaellaError `schema` for another version, and for the grammar of the versions before (`architecture.subtree`).
 */
export function checkVersion(key: string, entry: YamlEntry): YamlEntry {
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
