import { RaellaError } from "../errors";
import { FileReader } from "./file-memo";

/** One line of a CSV file: column to text, in column order. Empty cells are empty texts. */
export type CsvRow = Readonly<Record<string, string>>;

/**
 * The lines of a CSV file with a header. Cells that contain commas stand in double quotes (a quote within is
 * doubled); they may not contain line breaks. Lines that start with `#` are comments.
 *
 * @throws RaellaError `file-not-found`, or `schema` with the line of the problem.
 */
export function readCsv(file: string, reader: FileReader = new FileReader()): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  let columns: readonly string[] | undefined;
  reader
    .read(file)
    .text.split("\n")
    .forEach((rawLine, index) => {
      const line = rawLine.trim();
      if (line === "" || line.startsWith("#")) return;
      const cells = line.includes('"') ? splitQuoted(line) : line.split(",");
      if (cells === undefined) throw csvError("a quote is not closed", file, index + 1);
      if (columns === undefined) {
        columns = cells.map((cell) => cell.trim());
        return;
      }
      if (cells.length !== columns.length)
        throw csvError(
          `there are ${cells.length} cells where the header has ${columns.length}`,
          file,
          index + 1,
        );
      const row: Record<string, string> = {};
      for (let position = 0; position < columns.length; position++)
        row[columns[position]] = cells[position].trim();
      rows.push(row);
    });
  return rows;
}

/** Cells of a line with quotes; undefined if a quote is not closed. */
function splitQuoted(line: string): string[] | undefined {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let position = 0; position < line.length; position++) {
    const character = line[position];
    if (quoted && character === '"' && line[position + 1] === '"') {
      cell += '"';
      position++;
    } else if (character === '"') quoted = !quoted;
    else if (character === "," && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  cells.push(cell);
  return quoted ? undefined : cells;
}

function csvError(problem: string, file: string, line: number): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The CSV file cannot be read: ${problem}.`,
    location: { file, line },
    expected: "a header line and lines with as many cells, separated by commas",
  });
}
