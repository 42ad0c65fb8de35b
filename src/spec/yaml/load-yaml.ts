import { resolve } from "node:path";
import type { FileReader } from "../file-memo";
import { mergeHierarchical } from "./merge-hierarchical";
import { mergeShallow } from "./merge-shallow";
import { parseYaml } from "./parse-yaml";
import { expandIncludes } from "./source-text";
import type { YamlNode } from "./yaml-node";

/**
 * Reads one YAML file: includes, syntax, `<<`, `<<<`.
 *
 * @param roots folders that included files may lie in, as absolute paths.
 */
export function loadYaml(path: string, reader: FileReader, roots: readonly string[]): YamlNode {
  const source = expandIncludes(resolve(path), reader, roots);
  return mergeHierarchical(mergeShallow(parseYaml(source)));
}
