import { RaellaError, suggestName } from "../errors";
import type { ArchitectureChanges } from "./architectures";
import type { TopKey } from "./yaml/unite-files";
import type { YamlEntry, YamlMap, YamlNode } from "./yaml/yaml-node";
import { describeNode, joinPath, keyLocation, locationOf } from "./yaml/yaml-node";

type TopEntries = ReadonlyMap<TopKey, YamlEntry>;

/**
 * The files of a model with what an architecture that is derived from it has otherwise: variables take other values where
 * they stand, and of levels, found by name, maps are changed key by key, everything else as a whole.
 *
 * @throws RaellaError `unknown-name` for variables and levels that the model does not have, `schema` for what is no map.
 */
export function withChanges(files: TopEntries, { variables, levels }: ArchitectureChanges): TopEntries {
  const changed = new Map(files);
  if (variables !== undefined) {
    const entry = requireTop(files, "variables", variables);
    changed.set("variables", { ...entry, value: withVariables(entry.value, variables) });
  }
  if (levels !== undefined) {
    const entry = requireTop(files, "architecture", levels);
    changed.set("architecture", { ...entry, value: withLevels(entry.value, levels) });
  }
  return changed;
}

function requireTop(files: TopEntries, key: TopKey, change: YamlNode): YamlEntry {
  const entry = files.get(key);
  if (entry !== undefined) return entry;
  throw new RaellaError({
    code: "schema",
    message: `The model that is to be changed has no "${key}".`,
    location: locationOf(change),
  });
}

function requireMap(node: YamlNode, path: string, expected: string): YamlMap {
  if (node.kind === "map") return node;
  throw new RaellaError({
    code: "schema",
    message: `${describeNode(node)} is not accepted here.`,
    location: locationOf(node, path),
    expected,
  });
}

function withVariables(known: YamlNode, change: YamlNode): YamlNode {
  const changes = requireMap(change, "variables", "variables of the model and their values");
  if (known.kind !== "map") return known;
  const entries = new Map(known.entries);
  for (const [name, entry] of changes.entries) {
    if (!entries.has(name)) throw unknownName("variable", name, entry, entries.keys());
    entries.set(name, entry);
  }
  return { ...known, entries };
}

function withLevels(architecture: YamlNode, change: YamlNode): YamlNode {
  const changes = requireMap(change, "levels", "levels of the model and what is other in them");
  const nodes = architecture.kind === "map" ? architecture.entries.get("nodes") : undefined;
  if (architecture.kind !== "map" || nodes?.value.kind !== "list") return architecture;
  const names = nodes.value.items.map(nameOf);
  for (const [name, entry] of changes.entries)
    if (!names.includes(name))
      throw unknownName(
        "level",
        name,
        entry,
        names.filter((known) => known !== undefined),
      );
  const items = nodes.value.items.map((item, index) => {
    const entry = changes.entries.get(names[index] ?? "");
    if (entry === undefined) return item;
    const path = joinPath("levels", names[index] ?? "");
    return mergeNodes(
      item,
      requireMap(entry.value, path, "attributes, constraints or other parts of a level"),
    );
  });
  const entries = new Map(architecture.entries);
  entries.set("nodes", { ...nodes, value: { ...nodes.value, items } });
  return { ...architecture, entries };
}

function nameOf(node: YamlNode): string | undefined {
  const name = node.kind === "map" ? node.entries.get("name")?.value : undefined;
  return name?.kind === "scalar" ? String(name.value) : undefined;
}

/** Maps key by key, everything else as the change has it. */
function mergeNodes(base: YamlNode, change: YamlNode): YamlNode {
  if (base.kind !== "map" || change.kind !== "map") return change;
  const entries = new Map(base.entries);
  for (const [key, entry] of change.entries) {
    const known = entries.get(key);
    entries.set(key, known === undefined ? entry : { ...entry, value: mergeNodes(known.value, entry.value) });
  }
  return { ...base, tag: change.tag ?? base.tag, entries };
}

function unknownName(
  kind: "variable" | "level",
  name: string,
  entry: YamlEntry,
  known: Iterable<string>,
): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `The architecture that this one is derived from has no ${kind} "${name}".`,
    location: keyLocation(entry, joinPath(`${kind}s`, name)),
    value: name,
    remedy: suggestName(name, known),
  });
}
