import { formatWhole } from "../theme/format-number";
import { escapeHtml } from "./escape-html";
import { remarkMissingKernel, sendMimeBundle } from "./mime-bundle";
import { layOutTable, type Table, type TableColumn, type TableData, type TableOptions } from "./table";

/** Shows rows or a data frame as a compact table: HTML in a notebook, aligned text elsewhere. */
export function showTable(data: TableData, options: TableOptions = {}): void {
  const table = layOutTable(data, options);
  const text = tableText(table);
  const sent = sendMimeBundle({ data: { "text/html": tableHtml(table), "text/plain": text } });
  if (sent) return;
  console.log(text);
  remarkMissingKernel("tables");
}

/** The table as HTML. It has to look right without styles too: code hosts strip them. */
export function tableHtml(table: Table): string {
  const align = ({ numeric }: TableColumn): string => (numeric ? "right" : "left");
  const cell = (tag: "td" | "th", text: string, column: TableColumn): string =>
    `<${tag} style="text-align: ${align(column)}">${escapeHtml(text)}</${tag}>`;
  const row = (cells: readonly string[]): string => `<tr>${cells.join("")}</tr>`;
  const heading = (column: TableColumn): string =>
    column.unit === "" ? column.title : `${column.title} (${column.unit})`;
  const head = row(table.columns.map((column) => cell("th", heading(column), column)));
  const body = table.rows.map((texts) =>
    row(texts.map((text, index) => cell("td", text, table.columns[index]))),
  );
  const rest =
    table.hiddenRows > 0
      ? [`<tr><td colspan="${table.columns.length}" style="text-align: left">${moreRows(table)}</td></tr>`]
      : [];
  return [
    "<table>",
    ...(table.title === undefined
      ? []
      : [`<caption style="text-align: left"><b>${escapeHtml(table.title)}</b></caption>`]),
    `<thead>${head}</thead>`,
    "<tbody>",
    ...body,
    ...rest,
    "</tbody>",
    "</table>",
  ].join("\n");
}

/** The table as aligned plain text. */
export function tableText(table: Table): string {
  const heads = table.columns.map(({ title, unit }) => (unit === "" ? title : `${title} (${unit})`));
  const widths = heads.map((head, index) =>
    Math.max(head.length, ...table.rows.map((row) => row[index].length)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) =>
        table.columns[index].numeric ? text.padStart(widths[index]) : text.padEnd(widths[index]),
      )
      .join("  ")
      .trimEnd();
  return [
    ...(table.title === undefined ? [] : [table.title]),
    line(heads),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...table.rows.map(line),
    ...(table.hiddenRows > 0 ? [moreRows(table)] : []),
  ].join("\n");
}

function moreRows({ hiddenRows }: Table): string {
  return `… and ${formatWhole(hiddenRows)} more ${hiddenRows === 1 ? "row" : "rows"}`;
}
