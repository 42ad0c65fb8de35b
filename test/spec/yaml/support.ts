import { join } from "node:path";
import { FileReader } from "../../../src/spec/file-memo";
import { loadYaml } from "../../../src/spec/yaml/load-yaml";
import type { YamlNode } from "../../../src/spec/yaml/yaml-node";
import { withFiles } from "../support/small-model";

/** A tree as plain data; quoted texts stand in double quotes, tags before their value. */
export function plain(node: YamlNode): unknown {
  if (node.kind === "list") return node.items.map(plain);
  if (node.kind === "map")
    return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.value)]));
  return node.quoted ? `"${String(node.value)}"` : node.value;
}

/** Reads `main.yaml` of the files. */
export function loadText(text: string, others: Readonly<Record<string, string>> = {}): YamlNode {
  return withFiles({ "main.yaml": text, ...others }, (folder) =>
    loadYaml(join(folder, "main.yaml"), new FileReader(), [folder]),
  );
}

/** A text as plain data, includes and merges applied. */
export function plainOf(text: string, others: Readonly<Record<string, string>> = {}): unknown {
  return plain(loadText(text, others));
}

/** The order of the keys of a map at a path. */
export function keysAt(text: string, ...path: string[]): string[] {
  let node = loadText(text);
  for (const key of path) {
    const entry = node.kind === "map" ? node.entries.get(key) : undefined;
    if (entry === undefined) throw new Error(`no key ${key}`);
    node = entry.value;
  }
  return node.kind === "map" ? [...node.entries.keys()] : [];
}
