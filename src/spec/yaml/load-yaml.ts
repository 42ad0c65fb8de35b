import { resolve } from "../../platform";
import type { FileReader } from "../file-memo";
import { refuseTemplate } from "./format";
import { mergeHierarchical } from "./merges";
import { parseYaml } from "./parse-yaml";
import type { SourceText } from "./source-text";
import { expandIncludes } from "./source-text";
import type { YamlNode } from "./yaml-node";

/**
 * Reads one YAML file: includes, syntax, `<<`, `<<<`.
 *
 * @param roots folders that included files may lie in, as absolute paths.
 */
export function loadYaml(path: string, reader: FileReader, roots: readonly string[]): YamlNode {
  const source = expandIncludes(resolve(path), reader, roots);
  for (const part of source.parts()) refuseTemplate(part);
  const root = parseYaml(source);
  return source.parts().some(mayMergeHierarchically) ? mergeHierarchical(root) : root;
}

/** Whether a text may hold the key `<<<`: as it is, or written in quotes with escapes. */
function mayMergeHierarchically({ text }: SourceText): boolean {
  return text.includes("<<<") || text.includes("\\");
}
