import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import { dirname, isAbsolute, join, resolve } from "../../platform";
import type { RuntimeValue } from "../expression/runtime-value";
import { isTrue, valueText } from "../expression/runtime-value";
import type { FileReader } from "../file-memo";
import type { Section } from "./source-text";
import { displayPath, lineBreaksIn } from "./source-text";
import type { TemplateScope } from "./template-expression";
import { evaluateTemplateExpression, notRead } from "./template-expression";
import type { YamlList, YamlNode } from "./yaml-node";
import { joinPath, locationOf, valueAt } from "./yaml-node";

/** Values that a caller gives to templates. */
export type TemplateData = Readonly<Record<string, RuntimeValue>>;

/** What holds for all templates of one file: the caller's values, and the values that stand for included files. */
export interface TemplateContext {
  readonly data: TemplateData;
  readonly reader: FileReader;
  /** Of the values, those that have been read. */
  readonly names: Set<string>;
  /** Values of included files, in the order of the marks that stand for them in rendered texts. */
  readonly included: IncludedValue[];
  /** Reads a file and applies everything in it. */
  readonly read: (path: string, context: TemplatePlace) => YamlNode;
  /** Of a file, absolute, inside the roots. */
  readonly check: (path: string, location: SourceLocation) => void;
}

/** Where a template stands: folders that it also searches, and the files that it is included from. */
export interface TemplatePlace {
  readonly search: readonly string[];
  readonly including: readonly string[];
}

interface IncludedValue {
  readonly nodes: readonly YamlNode[];
  /** A list of values instead of one. */
  readonly isList: boolean;
}

/** Stands in a rendered text for the value of an included file, which is put in its place when the text is read. */
const mark = /\uE000([0-9]+)\uE001/;

/** What only templates contain. */
const templateMark = /\{\{|\{%/;

export function isTemplate(text: string): boolean {
  return templateMark.test(text);
}

/** A value, a statement or a comment. `-` beside its braces strips white space there. */
const tagPattern = /\{\{[-+]?([^]*?)[-+]?\}\}|\{%[-+]?([^]*?)[-+]?%\}|\{#[^]*?#\}/g;

/** A branch of `{% if %}`: whether text is printed in it, and whether one of its branches was printed. */
interface Branch {
  readonly isOuterPrinted: boolean;
  isPrinted: boolean;
  wasPrinted: boolean;
  hasElse: boolean;
}

/**
 * The text that a template stands for, with marks for included values. Only a small part of the language is known
 * (docs/timeloop.md); nothing of it can run code. Where a tag has other line breaks than what it prints, a new piece begins at
 * the next line, so that lines keep their numbers.
 *
 * @throws RaellaError with file and line for everything else, for undefined names and for files that are not there.
 */
export function renderTemplate(
  file: string,
  text: string,
  context: TemplateContext,
  place: TemplatePlace,
): readonly Section[] {
  const variables = new Map<string, RuntimeValue>();
  const search = [...place.search];
  const pieces: Section[] = [];
  const branches: Branch[] = [];
  /** What is printed behind the last piece, and the line of the file that it begins in. */
  let output = "";
  let pieceLine = 0;
  /** Of the tag that is read. */
  let line = 0;

  const isPrinting = (): boolean => branches.at(-1)?.isPrinted ?? true;
  /** @param first the line of the file that the text begins in. */
  const printText = (plain: string, first: number): void => {
    if (!isPrinting()) return;
    const lineEnd = plain.indexOf("\n") + 1;
    if (lineEnd === 0 || pieceLine + lineBreaksIn(output) === first) {
      output += plain;
      return;
    }
    pieces.push({ text: output + plain.slice(0, lineEnd), file, fileLine: pieceLine });
    [output, pieceLine] = [plain.slice(lineEnd), first + 1];
  };
  const paste = (included: readonly Section[]): void => {
    if (output !== "") pieces.push({ text: output, file, fileLine: pieceLine });
    pieces.push(...included);
    [output, pieceLine] = ["", line];
  };
  const included = (path: string): readonly Section[] => {
    const source = context.reader.read(path, here()).text;
    const including = withFile(path);
    if (!isTemplate(source)) return [{ text: source, file: path, fileLine: 0 }];
    return renderTemplate(path, source, context, { search, including });
  };
  const withFile = (path: string): readonly string[] => {
    const including = [...place.including, file];
    if (!including.includes(path)) return including;
    throw failure(
      `The file includes itself: ${[...including.slice(including.indexOf(path)), path].join(" → ")}.`,
    );
  };
  const here = (): SourceLocation => ({ file: displayPath(file), line: line + 1 });
  const failure = (message: string, remedy?: string): RaellaError =>
    new RaellaError({ code: "include", message, location: here(), remedy });

  const textOf = (operands: readonly RuntimeValue[], index: number, what: string): string => {
    const operand = operands[index];
    if (typeof operand === "string") return operand;
    throw failure(`${what} needs a text${operand === undefined ? "" : `, not ${valueText(operand)}`}.`);
  };
  /** Absolute paths that a relative one, perhaps with `*`, stands for: from the folder of the file, then along the search path. */
  const foundByFolder = (path: string): readonly (readonly string[])[] =>
    (isAbsolute(path) ? [path] : [dirname(file), ...search].map((folder) => join(folder, path))).map(
      (wanted) => context.reader.matching(resolve(wanted)),
    );
  const found = (path: string, kind: "file" | "folder"): readonly string[] =>
    foundByFolder(path)
      .map((paths) => paths.filter((candidate) => context.reader.isFolder(candidate) === (kind === "folder")))
      .find((matches) => matches.length > 0) ?? [];
  const allFound = (path: string): string[] => [...new Set(foundByFolder(path).flat())];
  const foundFile = (path: string, isOnly: boolean): readonly string[] => {
    const matches = found(path, "file");
    if (matches.length === 0)
      throw failure(
        `Nothing is called "${path}", neither beside the template nor along its search path.`,
        `Searched: ${[dirname(file), ...search].join(", ")}. add_to_path(…) adds a folder.`,
      );
    if (isOnly && matches.length > 1)
      throw failure(`"${path}" stands for ${matches.length} files: ${matches.join(", ")}.`);
    for (const match of matches) context.check(match, here());
    return matches;
  };
  const valueIn = (path: string, keys: string | undefined): YamlNode => {
    const including = withFile(path);
    let node = context.read(path, { search: [...search], including });
    for (const key of keys === undefined || keys === "" ? [] : keys.split(".")) {
      const next = valueAt(node, key);
      if (next === undefined) throw failure(`${path} has nothing at "${keys}": "${key}" is missing.`);
      node = next;
    }
    return node;
  };
  const standFor = (value: IncludedValue): string => {
    context.included.push(value);
    return `\uE000${context.included.length - 1}\uE001`;
  };
  const keysOf = (operands: readonly RuntimeValue[], what: string): string | undefined =>
    operands.length > 1 ? textOf(operands, 1, what) : undefined;

  const functions: TemplateScope["functions"] = new Map<
    string,
    (operands: readonly RuntimeValue[]) => RuntimeValue
  >([
    ["cwd", () => dirname(file)],
    [
      "add_to_path",
      (operands) => {
        const path = textOf(operands, 0, "add_to_path");
        const folders = found(path, "folder");
        if (folders.length === 0) throw failure(`add_to_path finds no folder "${path}".`);
        for (const folder of folders) context.check(folder, here());
        search.push(...folders);
        return "";
      },
    ],
    [
      "include",
      (operands) => {
        const [path] = foundFile(textOf(operands, 0, "include"), true);
        return standFor({ nodes: [valueIn(path, keysOf(operands, "include"))], isList: false });
      },
    ],
    [
      "include_all",
      (operands) => {
        const keys = keysOf(operands, "include_all");
        const nodes = foundFile(textOf(operands, 0, "include_all"), false).map((path) => valueIn(path, keys));
        return standFor({ nodes, isList: true });
      },
    ],
    [
      "include_text",
      (operands) => {
        pasted = included(foundFile(textOf(operands, 0, "include_text"), true)[0]);
        return joined(pasted);
      },
    ],
    ["path_exists", (operands) => allFound(textOf(operands, 0, "path_exists")).length > 0],
    [
      "find_path",
      (operands) => {
        const path = textOf(operands, 0, "find_path");
        const [first] = allFound(path) as (string | undefined)[];
        if (first === undefined) throw failure(`find_path finds no "${path}".`);
        return first;
      },
    ],
    ["find_paths", (operands) => allFound(textOf(operands, 0, "find_paths"))],
  ]);
  /** What `include_text` returned last. */
  let pasted: readonly Section[] = [];
  const evaluate = (expression: string): RuntimeValue =>
    evaluateTemplateExpression(expression, {
      lookup: (name) => {
        if (variables.has(name)) return variables.get(name);
        if (!Object.hasOwn(context.data, name)) return undefined;
        context.names.add(name);
        return context.data[name];
      },
      functions,
      location: here(),
    });

  const statement = (written: string): void => {
    const [word, rest] = [/^\w*/.exec(written)?.[0] ?? "", written.replace(/^\w*\s*/, "")];
    const current = branches.at(-1);
    if (word === "if") {
      const isOuterPrinted = isPrinting();
      const isPrinted = isOuterPrinted && isTrue(evaluate(rest));
      branches.push({ isOuterPrinted, isPrinted, wasPrinted: isPrinted, hasElse: false });
    } else if ((word === "elif" || word === "else") && current !== undefined && !current.hasElse) {
      const isDue = current.isOuterPrinted && !current.wasPrinted;
      current.isPrinted = isDue && (word === "else" || isTrue(evaluate(rest)));
      current.wasPrinted ||= current.isPrinted;
      current.hasElse = word === "else";
    } else if (word === "endif" && current !== undefined && rest === "") branches.pop();
    else if (word === "set") {
      const match = /^([A-Za-z_]\w*)\s*=(?!=)([^]*)$/.exec(rest);
      if (match === null) throw notRead(`{% ${written} %}`, { location: here() });
      if (isPrinting()) variables.set(match[1], evaluate(match[2]));
    } else throw notRead(`{% ${written} %}`, { location: here() });
  };

  let from = 0;
  let stripsStart = false;
  const printUpTo = (end: number, stripsEnd: boolean): void => {
    const plain = text.slice(from, end);
    const start = stripsStart ? plain.trimStart() : plain;
    printText(stripsEnd ? start.trimEnd() : start, line + lineBreaksIn(plain) - lineBreaksIn(start));
    line += lineBreaksIn(plain);
  };
  for (const match of text.matchAll(tagPattern)) {
    const [whole, value, tag] = match as (string | undefined)[] & [string];
    printUpTo(match.index, whole[2] === "-");
    if (tag !== undefined) statement(tag.trim());
    else if (value !== undefined && isPrinting()) {
      pasted = [];
      const printed = valueText(evaluate(value));
      const isPasted = pasted.length > 0 && printed === joined(pasted);
      // A piece begins at the beginning of a line.
      if (isPasted && (output === "" || output.endsWith("\n"))) paste(pasted);
      else output += printed;
    }
    stripsStart = whole.at(-3) === "-";
    line += lineBreaksIn(whole);
    from = match.index + whole.length;
  }
  const rest = text.slice(from);
  if (isTemplate(rest))
    throw notRead(rest.slice(rest.search(templateMark)).split("\n")[0], { location: here() });
  printUpTo(text.length, false);
  if (branches.length > 0) throw notRead("{% if %} without {% endif %}", { location: here() });
  pieces.push({ text: output, file, fileLine: pieceLine });
  return pieces;
}

function joined(pieces: readonly Section[]): string {
  return pieces.map((piece) => piece.text).join("");
}

/**
 * Puts the values of included files where their marks stand.
 *
 * @throws RaellaError `include` for a mark that is only a part of a text, or stands in a key.
 */
export function withIncludedValues(root: YamlNode, included: readonly IncludedValue[]): YamlNode {
  if (included.length === 0) return root;
  const visit = (node: YamlNode, path: string): YamlNode => {
    if (node.kind === "scalar") {
      const match = typeof node.value === "string" ? mark.exec(node.value) : null;
      if (match === null) return node;
      if (match[0] !== node.value) throw notWhole(node, path);
      const { nodes, isList } = included[Number(match[1])];
      if (!isList) return nodes[0];
      const { source, offset } = node;
      return { kind: "list", items: nodes, tag: undefined, source, offset } satisfies YamlList;
    }
    if (node.kind === "list")
      return { ...node, items: node.items.map((item, index) => visit(item, joinPath(path, index))) };
    const entries = new Map(
      [...node.entries].map(([key, entry]) => {
        if (mark.test(key)) throw notWhole(node, path);
        return [key, { ...entry, value: visit(entry.value, joinPath(path, key)) }];
      }),
    );
    return { ...node, entries };
  };
  return visit(root, "");
}

function notWhole(node: YamlNode, path: string): RaellaError {
  return new RaellaError({
    code: "include",
    message: "include(…) is only a part of a value here.",
    location: locationOf(node, path),
    expected: "include(…) as a whole value; include_text(…) pastes text",
  });
}
