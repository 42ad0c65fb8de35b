import { resolve } from "../../platform";
import type { FileReader } from "../file-memo";
import type { Convention } from "../specification";
import { refuseTemplate } from "./format";
import { mergeHierarchical } from "./merges";
import { parseYaml } from "./parse-yaml";
import type { SourceText } from "./source-text";
import { expandIncludes } from "./source-text";
import type { YamlNode } from "./yaml-node";

/** A file as read, in which maps are not merged into others (`<<<`) yet. */
export interface UnmergedFile {
  readonly root: YamlNode;
  readonly merge: (convention: Convention) => YamlNode;
}

/**
 * Reads one YAML file: includes, syntax, `<<`, `<<<` as in the convention of 2023.
 *
 * @param roots folders that included files may lie in, as absolute paths.
 */
export function loadYaml(path: string, reader: FileReader, roots: readonly string[]): YamlNode {
  return readYaml(path, reader, roots).merge("2023");
}

/** The same without `<<<`, which depends on the convention that all files together show. */
export function readYaml(path: string, reader: FileReader, roots: readonly string[]): UnmergedFile {
  const source = expandIncludes(resolve(path), reader, roots);
  for (const part of source.parts()) refuseTemplate(part);
  const root = parseYaml(source);
  const mayMerge = source.parts().some(mayMergeHierarchically);
  return { root, merge: (convention) => (mayMerge ? mergeHierarchical(root, convention) : root) };
}

/** Whether a text may hold the key `<<<`: as it is, or written in quotes with escapes. */
function mayMergeHierarchically({ text }: SourceText): boolean {
  return text.includes("<<<") || text.includes("\\");
}
