import { formatNumber } from "../theme/format-number";

/** A data frame as far as tables need it; those of nodejs-polars fit. */
export interface TabularData {
  readonly columns: readonly string[];
  readonly height: number;
  head(rows: number): { toRecords(): readonly Readonly<Record<string, unknown>>[] };
}

/** Rows as plain objects, or a data frame. */
export type TableData = readonly object[] | TabularData;

export interface ColumnOptions {
  /** Heading instead of the one made from the column's name. */
  readonly title?: string;
  /** Unit under the heading. */
  readonly unit?: string;
  /** Significant digits. */
  readonly digits?: number;
  /** How a value is written, instead of the usual way. */
  readonly format?: (value: unknown) => string;
}

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

export interface TableColumn {
  readonly title: string;
  readonly unit: string;
  readonly numeric: boolean;
}

/** A table as texts, ready to be written as HTML or plain text. */
export interface Table {
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that were left out. */
  readonly hiddenRows: number;
}

/** Units that names of columns end in. */
const unitSuffixes: readonly (readonly [RegExp, string])[] = [
  [/_?per_?action_?p?j$/i, "pJ/action"],
  [/(Pj|_pj|_pJ)$/, "pJ"],
  [/(Nj|_nj|_nJ)$/, "nJ"],
  [/(Uj|_uj|_uJ)$/, "µJ"],
  [/(Mj|_mj|_mJ)$/, "mJ"],
  [/(Um2|_um2)$/, "µm²"],
  [/(Mm2|_mm2)$/, "mm²"],
  [/(Nm|_nm)$/, "nm"],
  [/(Ns|_ns)$/, "ns"],
  [/(PerSecond|_per_second)$/, "1/s"],
  [/(Percent|_percent)$/, "%"],
  [/(Bits|_bits)$/, "bits"],
];

/** Lays a table out: which rows and columns, headings with units taken from the columns' names, formatted figures. */
export function layOutTable(data: TableData, options: TableOptions = {}): Table {
  const { maxRows = 12, digits = 4 } = options;
  const [all, height] = isTabularData(data)
    ? [data.head(maxRows).toRecords(), data.height]
    : [data.slice(0, maxRows) as readonly Readonly<Record<string, unknown>>[], data.length];
  const names = options.columns ?? (isTabularData(data) ? data.columns : namesIn(all));
  const columns = names.map((name) => {
    const { title, unit } = headingOf(name);
    const chosen = options.columnOptions?.[name] ?? {};
    return {
      title: chosen.title ?? title,
      unit: chosen.unit ?? unit,
      numeric: all.some((row) => isNumeric(row[name])),
      format: chosen.format ?? ((value: unknown) => formatCell(value, chosen.digits ?? digits)),
    };
  });
  return {
    ...(options.title === undefined ? {} : { title: options.title }),
    columns: columns.map(({ title, unit, numeric }) => ({ title, unit, numeric })),
    rows: all.map((row) => names.map((name, index) => columns[index].format(row[name]))),
    hiddenRows: height - all.length,
  };
}

/** `energyPj` → `energy`, `pJ`. */
function headingOf(name: string): { title: string; unit: string } {
  for (const [suffix, unit] of unitSuffixes) {
    const stem = name.replace(suffix, "");
    if (stem !== name && stem !== "") return { title: inWords(stem), unit };
  }
  return { title: inWords(name), unit: "" };
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

function formatCell(value: unknown, digits: number): string {
  if (value === null || value === undefined) return "";
  if (isNumeric(value)) return formatNumber(Number(value), digits);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
