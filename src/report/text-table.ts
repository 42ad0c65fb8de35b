import { chooseUnit, formatNumber, groupThousands } from "./theme/numbers";
import type { DisplayUnit, DisplayQuantity } from "./theme/numbers";

/** A table for a terminal: cells are texts. */
interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** A last row under a second rule, e.g. totals. */
  readonly footer?: readonly string[];
  /** Columns to align left, the others being aligned right. Default: the first. */
  readonly leftAligned?: readonly number[];
}

/** Draws the table with two blanks between columns and a rule under the head. Ends without a line break. */
export function formatTextTable(table: TextTable): string {
  const all = [table.columns, ...table.rows, ...(table.footer ? [table.footer] : [])];
  const widths = table.columns.map((_, index) =>
    Math.max(...all.map((row) => displayWidth(row[index] ?? ""))),
  );
  const { leftAligned = [0] } = table;
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        const padding = " ".repeat(widths[index] - displayWidth(cell));
        return leftAligned.includes(index) ? cell + padding : padding + cell;
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

/** A column of a table of items: its title, what its cells say, and where it is aligned left. */
export type TextColumn<Item> = readonly [
  title: string,
  cell: (item: Item, index: number) => string,
  align?: "left",
];

/** A table with a row for each item. */
export function formatItems<Item>(
  items: readonly Item[],
  columns: readonly TextColumn<Item>[],
  footer?: readonly string[],
): string {
  return formatTextTable({
    columns: columns.map(([title]) => title),
    rows: items.map((item, index) => columns.map(([, cell]) => cell(item, index))),
    footer,
    leftAligned: columns.flatMap(([, , align], index) => (align === "left" ? [index] : [])),
  });
}

/** Architectures side by side: a row for each figure. */
export function formatSideBySide<Item extends { readonly architecture: string }>(
  title: string,
  items: readonly Item[],
  figures: Readonly<Record<string, (item: Item, index: number) => string>>,
): string {
  return formatTextTable({
    columns: [title, ...items.map(({ architecture }) => architecture)],
    rows: Object.entries(figures).map(([name, figure]) => [name, ...items.map(figure)]),
  });
}

/** Characters on screen; enough for the Latin text, symbols and digits that tables hold. */
function displayWidth(text: string): number {
  return [...text].length;
}

/** Figures of one table column: all in one unit and with the same number of decimals, so that they line up. */
interface FigureColumn {
  readonly unit: DisplayUnit;
  readonly cells: readonly string[];
}

/**
 * Formats a column of figures in the unit that suits the largest one.
 * @param figures In the base unit of `quantity`; null leaves a cell empty.
 * @param decimals Digits after the point.
 */
export function figureColumn(
  quantity: DisplayQuantity,
  figures: readonly (number | null)[],
  decimals = 2,
): FigureColumn {
  const largest = Math.max(0, ...figures.map((figure) => Math.abs(figure ?? 0)));
  const unit = chooseUnit(quantity, largest);
  return {
    unit,
    cells: figures.map((figure) => (figure === null ? "" : formatFixed(figure / unit.divisor, decimals))),
  };
}

/** Fixed decimals with commas between thousands; what would be shown as zero but is not becomes `<0.01`. */
export function formatFixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  if (value !== 0 && Number(text) === 0) return `<${(10 ** -decimals).toFixed(decimals)}`;
  return groupThousands(text);
}

/** A whole number with commas between thousands. */
export function formatCount(value: number): string {
  return formatFixed(value, 0);
}

/** A figure with the unit that suits it. */
export function formatFigure(quantity: DisplayQuantity, value: number): string {
  const { symbol, divisor } = chooseUnit(quantity, value);
  return `${formatNumber(value / divisor)} ${symbol}`.trimEnd();
}
