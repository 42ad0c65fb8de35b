import { parse } from "papaparse";
import type { ParseError } from "papaparse";
import { counted, RaellaError } from "../errors";
import { FileReader } from "./file-memo";
import { displayPath } from "./yaml/source-text";

/** One line of a CSV file: column to text, in column order. Empty cells are empty texts. */
export type CsvRow = Readonly<Record<string, string>>;

/** Such a line, and its number in the file, from 1. */
export interface NumberedRow {
  readonly row: CsvRow;
  readonly line: number;
}

/** The lines of a CSV file as {@link readNumberedCsv} reads them. */
export function readCsv(file: string, reader?: FileReader): readonly CsvRow[] {
  return readNumberedCsv(file, reader).map(({ row }) => row);
}

/**
 * The lines of a CSV file with a header (RFC 4180; cells may not contain line breaks). Lines that start with `#` are
 * comments.
 *
 * @throws RaellaError `file-not-found`, or `schema` with the line of the problem.
 */
export function readNumberedCsv(file: string, reader: FileReader = new FileReader()): readonly NumberedRow[] {
  // Comments and empty lines are left in until here, so that an index is a line of the file.
  const { text, path } = reader.read(file);
  const { data, errors } = parse<readonly string[]>(text, { delimiter: "," });
  const broken = errors.at(0);
  if (broken) throw csvError(problemOf(broken), path, (broken.row ?? 0) + 1);
  const rows: NumberedRow[] = [];
  let columns: readonly string[] | undefined;
  data.forEach((cells, index) => {
    if (cells[0].startsWith("#") || (cells.length === 1 && cells[0].trim() === "")) return;
    if (columns === undefined) {
      columns = cells.map((cell) => cell.trim());
      requireDifferent(columns, path, index + 1);
      return;
    }
    if (cells.length !== columns.length)
      throw csvError(
        `there ${cells.length === 1 ? "is" : "are"} ${counted(cells.length, "cell")} where the header has ${columns.length}`,
        path,
        index + 1,
      );
    const row: Record<string, string> = {};
    for (let position = 0; position < columns.length; position++)
      row[columns[position]] = cells[position].trim();
    rows.push({ row, line: index + 1 });
  });
  return rows;
}

function requireDifferent(columns: readonly string[], file: string, line: number): void {
  const repeated = columns.find((name, index) => name !== "" && columns.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new RaellaError({
      code: "schema",
      message: `Two columns are called "${repeated}".`,
      location: { file, line },
      value: repeated,
      expected: "a name of its own for each column",
    });
}

/**
 * The error for two lines of tables that say different things of one.
 * @param what they are about, as a message shows it.
 */
export function contradiction(
  what: string,
  first: { readonly file: string; readonly line: number },
  second: { readonly file: string; readonly line: number },
): RaellaError {
  const place = first.file === second.file ? "" : ` of ${displayPath(first.file)}`;
  return new RaellaError({
    code: "schema",
    message: `This line gives other figures of ${what} than line ${first.line}${place}.`,
    location: { file: displayPath(second.file), line: second.line },
    expected: "one line, or equal figures",
    remedy: "Remove one of them.",
  });
}

function problemOf({ code, message }: ParseError): string {
  return code === "MissingQuotes" ? "a quote is not closed" : message.toLowerCase();
}

function csvError(problem: string, file: string, line: number): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The CSV file cannot be read: ${problem}.`,
    location: { file, line },
    expected: "a header line and lines with as many cells, separated by commas",
  });
}
