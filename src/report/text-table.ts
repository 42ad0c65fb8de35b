/** A table for a terminal: cells are texts, the first column is left-aligned, the others right-aligned. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** A last row under a second rule, e.g. totals. */
  readonly footer?: readonly string[];
  /** Columns to align left although they are not the first. */
  readonly leftAligned?: readonly number[];
}

/** Draws the table with two blanks between columns and a rule under the head. Ends without a line break. */
export function formatTextTable(table: TextTable): string {
  const all = [table.columns, ...table.rows, ...(table.footer ? [table.footer] : [])];
  const widths = table.columns.map((_, index) =>
    Math.max(...all.map((row) => displayWidth(row[index] ?? ""))),
  );
  const isLeft = (index: number): boolean => index === 0 || (table.leftAligned?.includes(index) ?? false);
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        const padding = " ".repeat(widths[index] - displayWidth(cell));
        return isLeft(index) ? cell + padding : padding + cell;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [
    line(table.columns),
    rule,
    ...table.rows.map(line),
    ...(table.footer ? [rule, line(table.footer)] : []),
  ].join("\n");
}

/** Characters on screen; enough for the Latin text, symbols and digits that tables hold. */
function displayWidth(text: string): number {
  return [...text].length;
}
