import { unparse } from "papaparse";

/** Rows as CSV text (RFC 4180, but every line ends in a line feed); null is an empty cell. */
export function csvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  return `${unparse(rows as (string | number | null)[][], { newline: "\n" })}\n`;
}
