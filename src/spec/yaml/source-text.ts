import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import { dirname, isAbsolute, relative, resolve, sep, workingDirectory } from "../../platform";
import type { FileReader } from "../file-memo";
import { withOneLook } from "../file-memo";

/** Largest accepted text after all includes, in characters. */
const maximumTextLength = 16 * 1024 * 1024;

/** Lines of one file that stand together in the expanded text, each with its line break, or a piece of a rendered one. */
export interface Section {
  readonly text: string;
  readonly file: string;
  /** The line of `file` that stands first, from 0. */
  readonly fileLine: number;
}

/** A text pasted together from files, which knows where each of its characters comes from. */
export class SourceText {
  readonly text: string;
  /** Where its lines and its sections begin, each of which begins with a line. */
  private starts: { readonly lines: readonly number[]; readonly sections: readonly number[] } | undefined;

  constructor(private readonly sections: readonly Section[]) {
    this.text = sections.map((section) => section.text).join("");
  }

  /** The file of the first section, as messages show it. */
  get file(): string {
    return this.sections[0].file;
  }

  /** Where a character of the text is written. */
  locate(offset: number): SourceLocation {
    this.starts ??= { lines: lineStartsOf(this.text), sections: sectionStartsOf(this.sections) };
    const { lines, sections } = this.starts;
    const [line, section] = [lastNotAbove(lines, offset), lastNotAbove(sections, offset)];
    const { file, fileLine } = this.sections[section];
    const before = lastNotAbove(lines, sections[section]);
    return { file, line: fileLine + line - before + 1, column: offset - lines[line] + 1 };
  }
}

function sectionStartsOf(sections: readonly Section[]): number[] {
  let length = 0;
  return sections.map(({ text }) => {
    const start = length;
    length += text.length;
    return start;
  });
}

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last number that is not above `wanted`; the numbers ascend from 0. */
function lastNotAbove(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle] <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The path as seen from a folder. */
export function relativeTo(folder: string, path: string): string {
  const start = folder + sep;
  return path.startsWith(start) ? path.slice(start.length) : relative(folder, path);
}

/** The path as messages show it: relative to the working directory when it lies in it. */
export function displayPath(path: string): string {
  const shown = relativeTo(workingDirectory(), path);
  return shown === "" || shown.startsWith("..") || isAbsolute(shown) ? path : shown;
}

/** Whether a file lies in one of the folders, also after symbolic links are followed. */
function isInside(path: string, roots: readonly string[]): boolean {
  return withOneLook(({ source }) => {
    const real = source.realPath(path);
    return roots.some((root) => {
      const folder = source.realPath(root);
      return real === folder || real.startsWith(folder.endsWith(sep) ? folder : folder + sep);
    });
  });
}

const includeLine = /^!include(?![A-Za-z0-9_])\s*:?\s*(.*?)\s*$/;

/**
 * The text of a file, with every line `!include NAME` that begins in the first column replaced by the text of that
 * file (relative to the file it stands in). Includes are pasted before any YAML is read, so that anchors of an included
 * file can be used behind it.
 *
 * @param roots folders that included files may lie in.
 * @param render makes pieces of text of a file that is a template.
 * @throws RaellaError `file-not-found` or `include` (a cycle, a file outside the roots, `!includedir`).
 */
export function expandIncludes(
  path: string,
  reader: FileReader,
  roots: readonly string[],
  render: (file: string, text: string) => readonly Section[] | undefined = () => undefined,
): SourceText {
  const sections: Section[] = [];
  let length = 0;

  const paste = (file: string, including: readonly string[], location?: SourceLocation): void => {
    const read = reader.read(file, location);
    const pieces = render(file, read.text) ?? [{ text: read.text, file: read.path, fileLine: 0 }];
    for (const piece of pieces)
      pastePiece(file, withLineBreaks(piece.text), displayPath(piece.file), piece.fileLine, including);
  };

  const pastePiece = (
    file: string,
    text: string,
    shown: string,
    firstLine: number,
    including: readonly string[],
  ): void => {
    let fileLine = firstLine;
    let from = 0;
    for (;;) {
      const at = nextInclude(text, from);
      const section = { text: text.slice(from, at ?? text.length), file: shown, fileLine };
      sections.push(section);
      length += section.text.length;
      if (at === undefined) return;
      fileLine += lineBreaksIn(section.text) + 1;
      from = text.indexOf("\n", at) + 1;
      const place: SourceLocation = { file: shown, line: fileLine, column: 1 };
      const line = text.slice(at, from - 1);
      paste(
        includedFile(line, file, [...including, file], roots, place, reader),
        [...including, file],
        place,
      );
      if (length > maximumTextLength)
        throw new RaellaError({
          code: "include",
          message: `The included files make a text of more than ${maximumTextLength} characters.`,
          location: place,
        });
    }
  };

  paste(path, []);
  return new SourceText(sections);
}

/** The text with the same break behind every line, also the last one. */
function withLineBreaks(text: string): string {
  const uniform = text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
  return uniform.endsWith("\n") ? uniform : `${uniform}\n`;
}

/** Where the next line that begins with `!include` begins. */
function nextInclude(text: string, from: number): number | undefined {
  if (text.startsWith("!include", from)) return from;
  const before = text.indexOf("\n!include", from);
  return before < 0 ? undefined : before + 1;
}

export function lineBreaksIn(text: string): number {
  return text.split("\n").length - 1;
}

/**
 * Refuses files outside the folders that files may be included from.
 * @throws RaellaError `include`
 */
export function requireInside(
  path: string,
  shown: string,
  roots: readonly string[],
  reader: FileReader,
  location: SourceLocation,
): void {
  const allowed = roots.flatMap((root) => reader.placesOf(root));
  if (isInside(reader.placeOf(path), allowed)) return;
  throw new RaellaError({
    code: "include",
    message: `${shown} lies outside the folders of the given files.`,
    location,
    value: shown,
    expected: `a file in ${allowed.map(displayPath).join(" or ")}`,
    remedy:
      "Move the file there, or allow its folder with --include-root (includeRoots of loadSpecification).",
  });
}

function includedFile(
  line: string,
  file: string,
  including: readonly string[],
  roots: readonly string[],
  location: SourceLocation,
  reader: FileReader,
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
  requireInside(included, name, roots, reader, location);
  return included;
}
