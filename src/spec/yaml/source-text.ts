import { realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import type { FileReader } from "../file-memo";

/** Largest accepted text after all includes, in characters. */
const maximumTextLength = 16 * 1024 * 1024;

/** Lines of one file that stand together in the expanded text. */
interface Section {
  /** First line in the expanded text, from 0. */
  readonly firstLine: number;
  readonly file: string;
  /** The line of `file` that stands there, from 0. */
  readonly fileLine: number;
}

/** A text pasted together from files, which knows where each of its characters comes from. */
export class SourceText {
  private lineStarts: number[] | undefined;

  constructor(
    readonly text: string,
    private readonly sections: readonly Section[],
  ) {}

  /** The consecutive pieces of files that the text is made of, in order. */
  parts(): readonly SourceText[] {
    if (this.sections.length === 1) return [this];
    this.lineStarts ??= lineStartsOf(this.text);
    const starts = this.lineStarts;
    return this.sections.map((section, index) => {
      const next = this.sections[index + 1] as Section | undefined;
      const end = next === undefined ? this.text.length : starts[next.firstLine];
      return new SourceText(this.text.slice(starts[section.firstLine], end), [{ ...section, firstLine: 0 }]);
    });
  }

  /** The file of the first piece, as messages show it. */
  get file(): string {
    return this.sections[0].file;
  }

  /** File and first line, which together with the text say where every character is written. */
  get origin(): string {
    return `${this.sections[0].file}:${this.sections[0].fileLine}`;
  }

  /** Where a character of the text is written. */
  locate(offset: number): SourceLocation {
    this.lineStarts ??= lineStartsOf(this.text);
    const line = lastNotAbove(this.lineStarts, offset, (start) => start);
    const section = this.sections[lastNotAbove(this.sections, line, (part) => part.firstLine)];
    return {
      file: section.file,
      line: section.fileLine + line - section.firstLine + 1,
      column: offset - this.lineStarts[line] + 1,
    };
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last item whose key is not above `wanted`; the keys ascend from 0. */
function lastNotAbove<T>(items: readonly T[], wanted: number, key: (item: T) => number): number {
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (key(items[middle]) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The path as messages show it: relative to the working directory when it lies in it. */
export function displayPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown === "" || shown.startsWith("..") || isAbsolute(shown) ? path : shown;
}

/** The absolute path with symbolic links followed, as far as it exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** Whether a file lies in one of the folders, also after symbolic links are followed. */
export function isInside(path: string, roots: readonly string[]): boolean {
  const real = realPath(path);
  return roots.some((root) => {
    const folder = realPath(root);
    return real === folder || real.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  });
}

const includeLine = /^!include(?![A-Za-z0-9_])\s*:?\s*(.*?)\s*$/;

/**
 * The text of a file, with every line `!include NAME` that begins in the first column replaced by the text of that
 * file (relative to the file it stands in). Includes are pasted before any YAML is read, so that anchors of an included
 * file can be used behind it.
 *
 * @param roots folders that included files may lie in.
 * @throws RaellaError `file-not-found` or `include` (a cycle, a file outside the roots, `!includedir`).
 */
export function expandIncludes(path: string, reader: FileReader, roots: readonly string[]): SourceText {
  const pieces: string[] = [];
  const sections: Section[] = [];
  let lineCount = 0;
  let length = 0;

  const paste = (file: string, including: readonly string[], location?: SourceLocation): void => {
    const { text } = reader.read(file, location);
    const shown = displayPath(file);
    const lines = text.split(/\r?\n/);
    // The newline that ends a file does not begin another line.
    if (lines.length > 1 && lines[lines.length - 1] === "") lines.pop();
    sections.push({ firstLine: lineCount, file: shown, fileLine: 0 });
    for (const [index, line] of lines.entries()) {
      if (!line.startsWith("!include")) {
        pieces.push(line);
        lineCount++;
        length += line.length + 1;
        continue;
      }
      const place: SourceLocation = { file: shown, line: index + 1, column: 1 };
      paste(includedFile(line, file, [...including, file], roots, place), [...including, file], place);
      sections.push({ firstLine: lineCount, file: shown, fileLine: index + 1 });
      if (length > maximumTextLength)
        throw new RaellaError({
          code: "include",
          message: `The included files make a text of more than ${maximumTextLength} characters.`,
          location: place,
        });
    }
  };

  paste(path, []);
  return new SourceText(pieces.join("\n") + "\n", sections);
}

function includedFile(
  line: string,
  file: string,
  including: readonly string[],
  roots: readonly string[],
  location: SourceLocation,
): string {
  const name = includeLine.exec(line)?.[1] ?? "";
  if (name === "")
    throw new RaellaError({
      code: "include",
      message: `"${line.trim()}" names no file to include.`,
      location,
      expected: "a line `!include ./file.yaml`",
      remedy: line.startsWith("!includedir")
        ? "Whole folders cannot be included; include each file."
        : undefined,
    });
  const included = resolve(dirname(file), name);
  if (including.includes(included))
    throw new RaellaError({
      code: "include",
      message: `The file includes itself: ${[...including.slice(including.indexOf(included)), included].map(displayPath).join(" → ")}.`,
      location,
      value: name,
    });
  if (!isInside(included, roots))
    throw new RaellaError({
      code: "include",
      message: `${name} lies outside the folders of the given files.`,
      location,
      value: name,
      expected: `a file in ${roots.map(displayPath).join(" or ")}`,
      remedy: "Move the file there, or allow its folder with the option includeRoots of loadSpecification.",
    });
  return included;
}
