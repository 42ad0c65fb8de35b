import { unparse } from "papaparse";

/**
 * Rows as CSV text (RFC 4180, but every line ends in a line feed); null is an empty cell. Texts that a spreadsheet would
 * take for a formula begin with an apostrophe, by which it knows that they are texts.
 */
export function csvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? plainText(cell) : cell)));
  return `${unparse(cells, { newline: "\n" })}\n`;
}

function plainText(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
