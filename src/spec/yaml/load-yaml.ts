import { resolve } from "../../platform";
import type { FileReader } from "../file-memo";
import type { Convention } from "../specification";
import { mergeHierarchical } from "./merges";
import { parseYaml } from "./parse-yaml";
import { displayPath, expandIncludes, requireInside } from "./source-text";
import { isTemplate, renderTemplate, withIncludedValues } from "./template";
import type { TemplateContext, TemplateData, TemplatePlace } from "./template";
import type { YamlNode } from "./yaml-node";

/** A file as read, in which maps are not merged into others (`<<<`) yet. */
export interface UnmergedFile {
  readonly root: YamlNode;
  /** It is, or includes, a template. */
  readonly isTemplate: boolean;
  /** Names of given values that its templates read. */
  readonly read: ReadonlySet<string>;
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

/**
 * The same without `<<<`, which depends on the convention that all files together show.
 *
 * @param data values for templates.
 * @param place of a file that a template includes.
 */
export function readYaml(
  path: string,
  reader: FileReader,
  roots: readonly string[],
  data: TemplateData = {},
  place: TemplatePlace = { search: [], including: [] },
): UnmergedFile {
  let isTemplateFile = false;
  const names = new Set<string>();
  const context: TemplateContext = {
    ...{ data, reader, included: [], names },
    read: (included, inner) => {
      const file = readYaml(included, reader, roots, data, inner);
      for (const name of file.read) names.add(name);
      return file.merge("2024");
    },
    check: (included, location) => {
      requireInside(included, displayPath(included), roots, reader, location);
    },
  };
  const source = expandIncludes(resolve(path), reader, roots, (file, text) => {
    if (!isTemplate(text)) return undefined;
    isTemplateFile = true;
    return renderTemplate(file, text, context, place);
  });
  const root = withIncludedValues(parseYaml(source), context.included);
  // The key `<<<` may also be written in quotes with escapes.
  const mayMerge = source.text.includes("<<<") || source.text.includes("\\");
  return {
    root,
    isTemplate: isTemplateFile,
    read: names,
    merge: (convention) => (mayMerge ? mergeHierarchical(root, convention) : root),
  };
}
