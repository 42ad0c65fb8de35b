import type { YAMLParseError } from "yaml";
import { RaellaError, throwAll } from "../../errors";
import { resolve } from "../../platform";
import type { FileReader } from "../file-memo";
import type { Convention } from "../specification";
import type * as Composer from "./compose-text";
import type {
  ComposedEntry,
  ComposedList,
  ComposedMap,
  ComposedNode,
  ComposedScalar,
  ComposedText,
} from "./compose-text";
import { composedWithPackage } from "./composed-files";
import { mergeHierarchical, mergeShallow } from "./merges";
import type { SourceText } from "./source-text";
import { displayPath, expandIncludes, requireInside } from "./source-text";
import { isTemplate, renderTemplate, withIncludedValues } from "./template";
import type { TemplateContext, TemplateData, TemplatePlace } from "./template";
import type { YamlEntry, YamlNode } from "./yaml-node";
import { nestedTooDeeply } from "./yaml-node";

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

/** Most values a file may hold once every alias is replaced by what it stands for. */
const maximumExpandedNodes = 1_000_000;
/** Deepest accepted nesting. */
const maximumDepth = 200;

interface ConvertedNode {
  readonly node: YamlNode;
  /** Number of nodes with all aliases expanded. */
  readonly size: number;
}

/** Keys that objects of the language have a use of their own for. */
const reservedKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads YAML 1.2 (core schema) into a tree of our own and applies its `<<`; other merge keys stay ordinary keys here.
 * Aliases share the node they stand for, so that a text cannot unfold into more than memory holds.
 *
 * @throws RaellaError `yaml-syntax`, all mistakes of the text at once, or `schema` for a `<<` that cannot be applied.
 */
export function parseYaml(source: SourceText): YamlNode {
  const composed = composedWithPackage(source.file, source.text) ?? composeText(source.text);
  if (composed === undefined) throw nestedTooDeeply(source.locate(0));
  const { contents, errors } = composed;
  throwAll(
    errors.slice(0, 5).map(
      (error) =>
        new RaellaError({
          code: "yaml-syntax",
          message: syntaxMessage(error, source.text),
          location: source.locate(error.pos[0]),
          remedy: syntaxRemedies[error.code],
        }),
    ),
  );
  return mergeShallow(new NodeConverter(source).convert(contents, 0, 0).node);
}

const syntaxRemedies: Partial<Record<string, string>> = {
  DUPLICATE_KEY: "Keep one of the two entries.",
  MULTIPLE_DOCS: "Keep one document in each file.",
  TAB_AS_INDENT: "Indent with blanks.",
};

function syntaxMessage({ code, message, pos }: YAMLParseError, text: string): string {
  if (code === "DUPLICATE_KEY") {
    const key = /^[^:\n]{1,60}/.exec(text.slice(pos[0]))?.[0].trim() ?? "";
    return `The key "${key}" occurs twice in this map.`;
  }
  if (code === "MULTIPLE_DOCS") return 'The file holds several documents, separated by "---".';
  if (code === "MISSING_CHAR" && message.includes("quote")) return "A quote is not closed.";
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Loads the YAML library with the first text that it has to read: files as they came with the package need none. */
function composeText(text: string): ComposedText | undefined {
  return (require("./compose-text") as typeof Composer).composeText(text);
}

class NodeConverter {
  /** The node each anchor stands for at this point of the text; null while the node itself is being read. */
  private readonly anchors = new Map<string, ConvertedNode | null>();

  constructor(private readonly source: SourceText) {}

  private fail(message: string, offset: number, remedy?: string): never {
    throw new RaellaError({ code: "yaml-syntax", message, location: this.source.locate(offset), remedy });
  }

  convert(node: ComposedNode | null, fallbackOffset: number, depth: number): ConvertedNode {
    if (depth > maximumDepth)
      this.fail(`The text is nested more than ${maximumDepth} levels deep.`, fallbackOffset);
    if (node === null) return this.convertScalar(["plain", null, null], fallbackOffset);
    const offset = node[1] ?? fallbackOffset;
    if (node[0] === "alias") return this.resolveAlias(node[2], offset);
    const [, , , tag, anchor] = node;
    if (tag === "!include" || tag === "!includedir")
      this.fail(
        `"${tag}" works only at the beginning of a line of its own.`,
        offset,
        "Put the line `!include ./file.yaml` in the first column, between two top keys.",
      );
    if (anchor !== undefined) this.anchors.set(anchor, null);
    const converted = this.convertContents(node, offset, depth);
    if (converted.size > maximumExpandedNodes)
      this.fail(`Its aliases unfold to more than ${maximumExpandedNodes} values.`, offset);
    if (anchor !== undefined) this.anchors.set(anchor, converted);
    return converted;
  }

  private convertContents(
    node: ComposedScalar | ComposedList | ComposedMap,
    offset: number,
    depth: number,
  ): ConvertedNode {
    if (node[0] === "map") return this.convertMap(node, offset, depth);
    return node[0] === "list" ? this.convertList(node, offset, depth) : this.convertScalar(node, offset);
  }

  private resolveAlias(anchor: string, offset: number): ConvertedNode {
    const converted = this.anchors.get(anchor);
    if (converted === undefined)
      this.fail(`The alias *${anchor} stands for nothing: no anchor &${anchor} comes before it.`, offset);
    if (converted === null) this.fail(`The alias *${anchor} stands inside what it stands for.`, offset);
    return converted;
  }

  private convertScalar([kind, , value, tag]: ComposedScalar, offset: number): ConvertedNode {
    const { source } = this;
    const quoted = kind === "quoted";
    return { node: { kind: "scalar", value, quoted, tag: tag ?? undefined, source, offset }, size: 1 };
  }

  private convertList([, , written, tag]: ComposedList, offset: number, depth: number): ConvertedNode {
    const items: YamlNode[] = [];
    let size = 1;
    for (const item of written) {
      const converted = this.convert(item, offset, depth + 1);
      items.push(converted.node);
      size += converted.size;
    }
    return { node: { kind: "list", items, tag: tag ?? undefined, source: this.source, offset }, size };
  }

  private convertMap([, , written, tag]: ComposedMap, offset: number, depth: number): ConvertedNode {
    const entries = new Map<string, YamlEntry>();
    let size = 1;
    for (const entry of written) {
      const { key, keyOffset } = this.checkKey(entry, offset);
      // Keys of different kinds with the same text, such as 1 and "1".
      if (entries.has(key)) this.fail(`The key "${key}" occurs twice in this map.`, keyOffset);
      const converted = this.convert(entry[2], keyOffset, depth + 1);
      entries.set(key, { keyOffset, keySource: this.source, value: converted.node });
      size += converted.size;
    }
    return { node: { kind: "map", entries, tag: tag ?? undefined, source: this.source, offset }, size };
  }

  private checkKey([key, keyAt]: ComposedEntry, mapOffset: number): { key: string; keyOffset: number } {
    if (key === null) this.fail("A key must be plain text.", mapOffset);
    const keyOffset = keyAt ?? mapOffset;
    if (reservedKeys.has(key)) this.fail(`"${key}" cannot be a key.`, keyOffset);
    return { key, keyOffset };
  }
}
