import * as v from "valibot";
import {
  callback,
  count,
  hasParts,
  isListOf,
  isNumber,
  isObject,
  isText,
  names as namesSchema,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
  tableOf,
  text,
} from "../../arguments";
import { RaellaError, suggestName } from "../../errors";
import { formatTextTable } from "../text-table";
import { chooseUnit, formatAligned, formatNumber, formatShare, formatWhole } from "../theme/numbers";
import type { DisplayQuantity } from "../theme/numbers";
import { remarkMissingKernel, sendMimeBundle } from "./outputs";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it has to be written in HTML. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** A data frame as far as tables need it; those of nodejs-polars fit. */
interface TabularData {
  readonly columns: readonly string[];
  readonly height: number;
  head(rows: number): { toRecords(): readonly Readonly<Record<string, unknown>>[] };
}

/** Rows as plain objects, or a data frame. */
export type TableData = readonly object[] | TabularData;

interface ColumnOptions {
  /** Heading instead of the one made from the column's name. */
  readonly title?: string;
  /** Unit behind the heading; figures are then shown as they are. */
  readonly unit?: string;
  /** Significant digits. */
  readonly digits?: number;
  /** How a value is written, instead of the usual way. */
  readonly format?: (value: unknown) => string;
}

/** What of a table is shown, and how. */
export interface TableOptions {
  readonly title?: string;
  /** Which columns, in which order (default: all). */
  readonly columns?: readonly string[];
  /** Rows shown at most (default 12); a last line says how many there are besides. */
  readonly maxRows?: number;
  /** Significant digits of figures (default 4). */
  readonly digits?: number;
  readonly columnOptions?: Readonly<Record<string, ColumnOptions>>;
}

export const isFrame = (value: unknown): value is TabularData =>
  hasParts(value, {
    columns: isListOf(isText),
    height: isNumber,
    head: (head) => typeof head === "function",
  });

const tableSchema = v.custom(
  (value) => isListOf(isObject)(value) || isFrame(value),
  "rows as objects, or a data frame",
);

const tableOptionsSchema = optionsOf({
  title: optional(text),
  columns: optional(namesSchema),
  maxRows: optional(v.pipe(v.number("a number"), v.minValue(0, "a number of 0 or more"))),
  digits: optional(count),
  columnOptions: optional(
    tableOf(
      optionsOf({
        title: optional(text),
        unit: optional(text),
        digits: optional(count),
        format: optional(callback),
      }),
      "options by column",
    ),
  ),
});

interface TableColumn {
  readonly title: string;
  readonly unit: string;
  readonly numeric: boolean;
}

/** A table as texts, ready to be written as HTML or plain text. */
interface ShownTable {
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that were left out. */
  readonly hiddenRows: number;
}

/** What names of columns end in: a unit, or a quantity whose unit is chosen by the largest figure of the column. */
const suffixes: readonly (readonly [RegExp, Omit<Heading, "title">])[] = [
  [/(PerActionPj|_per_action_pj)$/, { unit: "pJ/action" }],
  [/(Pj|_pj|_pJ)$/, { quantity: "energyPj" }],
  [/(Um2|_um2)$/, { quantity: "areaUm2" }],
  [/(Uj|_uj|_uJ)$/, { unit: "µJ" }],
  [/(Mm2|_mm2)$/, { unit: "mm²" }],
  [/(Nm|_nm)$/, { unit: "nm" }],
  [/(Ns|_ns)$/, { unit: "ns" }],
  [/(PerSecond|_per_second)$/, { unit: "1/s" }],
  [/(Percent|_percent)$/, { unit: "%" }],
  [/(?<=[sS]hare)$/, { format: (share) => formatShare(share) }],
];

/** Lays a table out: which rows and columns, headings with units taken from the columns' names, formatted figures. */
export function layOutTable(data: TableData, options: TableOptions = {}): ShownTable {
  requireArgument(tableSchema, data, "the rows of showTable");
  requireOptions(tableOptionsSchema, options, "showTable");
  const { maxRows = 12, digits = 4 } = options;
  const [all, height] = isTabularData(data)
    ? [data.head(maxRows).toRecords(), data.height]
    : [data.slice(0, maxRows) as readonly Readonly<Record<string, unknown>>[], data.length];
  const names = options.columns ?? (isTabularData(data) ? data.columns : namesIn(all));
  const known = isTabularData(data) ? data.columns : namesIn(data as typeof all);
  for (const [index, column] of [...names, ...Object.keys(options.columnOptions ?? {})].entries())
    if (known.length > 0 && !known.includes(column))
      throw new RaellaError({
        code: "unknown-name",
        message: `The table has no column "${column}"${index < names.length ? "" : " to have options of its own"}.`,
        value: column,
        remedy: suggestName(column, known),
      });
  const columns = names.map((name) =>
    layOutColumn(
      name,
      all.map((row) => row[name]),
      { digits, ...options.columnOptions?.[name] },
    ),
  );
  return {
    ...(options.title === undefined ? {} : { title: options.title }),
    columns: columns.map(({ title, unit, numeric }) => ({ title, unit, numeric })),
    rows: all.map((_, row) => columns.map(({ texts }) => texts[row])),
    hiddenRows: height - all.length,
  };
}

function layOutColumn(
  name: string,
  values: readonly unknown[],
  options: ColumnOptions & { readonly digits: number },
): TableColumn & { readonly texts: readonly string[] } {
  const figures = values.filter(isNumeric).map(Number);
  const heading = headingOf(name);
  const largest = Math.max(0, ...figures.map(Math.abs).filter(Number.isFinite));
  const scaled =
    heading.quantity !== undefined && options.unit === undefined && options.format === undefined
      ? chooseUnit(heading.quantity, largest)
      : undefined;
  const divisor = scaled?.divisor ?? 1;
  const write =
    heading.format ??
    figureWriter(
      figures.map((figure) => figure / divisor),
      options.digits,
    );
  const text = (value: unknown): string => {
    if (options.format) return options.format(value);
    return isNumeric(value) ? write(Number(value) / divisor) : formatText(value);
  };
  return {
    title: options.title ?? heading.title,
    unit: options.unit ?? scaled?.symbol ?? heading.unit ?? "",
    numeric: figures.length > 0,
    texts: values.map(text),
  };
}

/** Figures of a column are written alike, as whole numbers or with a fraction; huge ones among them with a power of ten. */
function figureWriter(figures: readonly number[], digits: number): (figure: number) => string {
  const sizes = figures.filter((figure) => figure !== 0 && Number.isFinite(figure)).map(Math.abs);
  if (sizes.every((size) => Number.isInteger(size) && size < 1e12)) return formatWhole;
  if (sizes.some((size) => size >= 1e9)) return (figure) => formatNumber(figure, digits);
  return (figure) => formatAligned(figure, digits);
}

interface Heading {
  readonly title: string;
  readonly unit?: string;
  readonly quantity?: DisplayQuantity;
  readonly format?: (figure: number) => string;
}

/** `energyPj` → `energy`, an energy in pJ. */
function headingOf(name: string): Heading {
  for (const [suffix, meaning] of suffixes) {
    const stem = name.replace(suffix, "");
    if (suffix.test(name) && stem !== "") return { title: inWords(stem), ...meaning };
  }
  return { title: inWords(name) };
}

function inWords(name: string): string {
  return name
    .replace(
      /([a-z0-9])([A-Z])(?=[a-z])/g,
      (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
    )
    .replaceAll("_", " ")
    .trim();
}

function namesIn(rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function isTabularData(data: TableData): data is TabularData {
  return !Array.isArray(data);
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function formatText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Shows rows or a data frame as a compact table: HTML in a notebook, aligned text elsewhere.
 * @example
 * ```ts
 * showTable(
 *   listArchitectures().map(({ name, title }) => ({ name, title })),
 *   { title: "Architectures" },
 * );
 * ```
 */
export function showTable(data: TableData, options: TableOptions = {}): void {
  const table = layOutTable(data, options);
  const text = tableText(table);
  const sent = sendMimeBundle({ data: { "text/html": tableHtml(table), "text/plain": text } });
  if (sent) return;
  console.log(text);
  remarkMissingKernel("tables");
}

function headText({ title, unit }: TableColumn): string {
  return unit === "" ? title : `${title} (${unit})`;
}

/** The table as HTML. It has to look right without styles too: code hosts strip them. */
export function tableHtml(table: ShownTable): string {
  const align = ({ numeric }: TableColumn): string => (numeric ? "right" : "left");
  const cell = (tag: "td" | "th", text: string, column: TableColumn): string =>
    `<${tag} style="text-align: ${align(column)}">${escapeHtml(text)}</${tag}>`;
  const row = (cells: readonly string[]): string => `<tr>${cells.join("")}</tr>`;
  const head = row(table.columns.map((column) => cell("th", headText(column), column)));
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
export function tableText(table: ShownTable): string {
  const shown = formatTextTable({
    columns: table.columns.map(headText),
    rows: table.rows,
    leftAligned: table.columns.flatMap(({ numeric }, index) => (numeric ? [] : [index])),
  });
  return [
    ...(table.title === undefined ? [] : [table.title]),
    shown,
    ...(table.hiddenRows > 0 ? [moreRows(table)] : []),
  ].join("\n");
}

function moreRows({ hiddenRows }: ShownTable): string {
  return `… and ${formatWhole(hiddenRows)} more ${hiddenRows === 1 ? "row" : "rows"}`;
}
