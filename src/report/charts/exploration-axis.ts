import * as v from "valibot";
import { finite, flag, listOf, name, oneOf, optional, optionsOf, rowOf, text } from "../../arguments";
import { colorsOfSeries } from "../theme/chart-style";
import { formatNumber } from "../theme/numbers";
import type { ChartPart } from "./chart-specification";

/** A cell of a table of designs. */
export type DesignCell = string | number | null;

/** Designs as objects, `{column: cell}`; those without a number where a chart needs one are left out. */
export type DesignTable = readonly Readonly<Record<string, DesignCell>>[];

/** A figure on an axis. */
export interface FigureAxis {
  readonly column: string;
  /** With the unit, e.g. `Energy per inference (µJ)`. */
  readonly title: string;
  /** Multiplies the column, e.g. 1e-6 to show pJ as µJ. */
  readonly scale?: number;
  readonly goal?: "minimize" | "maximize";
  readonly logarithmic?: boolean;
  /** Ends of the axis, in the unit shown. */
  readonly domain?: readonly [number, number];
}

export const designsSchema = listOf(rowOf("a design {column: cell}"), "a list of designs {column: cell}");

export const figureAxisSchema = optionsOf({
  column: name,
  title: text,
  scale: optional(finite),
  goal: optional(oneOf(["minimize", "maximize"])),
  logarithmic: optional(flag),
  domain: optional(v.tuple([finite, finite], "two ends [least, most]")),
});

/** What tells designs apart by colour. */
export interface ColorColumn {
  readonly column: string;
  readonly title: string;
}

export const colorSchema = optionsOf({ column: name, title: text });

export function figureOf(row: DesignTable[number], { column, scale = 1 }: FigureAxis): number | null {
  const cell = row[column];
  return typeof cell === "number" && Number.isFinite(cell) ? cell * scale : null;
}

/**
 * Scale of an axis. Logarithmic ones end a little beyond the figures; left to themselves they end at a power of ten.
 */
export function scaleOf(axis: FigureAxis, rows: DesignTable): ChartPart {
  const { logarithmic, domain } = axis;
  if (!logarithmic) return { zero: false, nice: domain === undefined, ...(domain ? { domain } : {}) };
  if (domain) return { type: "log", domain, nice: false };
  const figures = rows.map((row) => figureOf(row, axis) ?? 0).filter((value) => value > 0);
  const smallest = figures.reduce((least, value) => Math.min(least, value), Infinity);
  const largest = figures.reduce((most, value) => Math.max(most, value), 0);
  const margin = Math.max((largest / smallest) ** 0.06, 1.02);
  return { type: "log", nice: false, domain: [smallest / margin, largest * margin] };
}

/** Short text of a cell: numbers in four digits; sizes such as 2048 as they are usually written. */
export function cellText(cell: DesignCell): string {
  if (typeof cell !== "number") return cell ?? "—";
  const text = Number.isInteger(cell) && Math.abs(cell) < 10_000 ? String(cell) : formatNumber(cell);
  return text.replace("-", "−");
}

/** A figure as a chart needs it: digits that nobody can see would only make notebooks large. */
export function plotted(figure: number | null): number | null {
  return figure === null ? null : Number(figure.toPrecision(5));
}

/** Different values of a column: numbers ascending, texts in order of appearance. */
export function distinctValues(rows: DesignTable, column: string): readonly DesignCell[] {
  const values = [...new Set(rows.map((row) => row[column]))];
  return values.every((value) => typeof value === "number") ? values.sort((a, b) => a - b) : values;
}

/** Most colours that are told apart at a glance. */
const mostColors = 10;

/**
 * Colours for a column: an ordered scale for numbers (dark is large), the colours of series for texts. Both can be
 * told apart with any colour vision.
 */
export function colorEncoding(
  rows: DesignTable,
  color: ColorColumn,
  field: string,
  legend: ChartPart = {},
): ChartPart {
  const values = distinctValues(rows, color.column);
  const isNumeric = values.every((value) => typeof value === "number");
  if (isNumeric && values.length > mostColors)
    return {
      field,
      type: "quantitative",
      title: color.title,
      scale: { scheme: "viridis", reverse: true },
      legend: { gradientLength: 160 },
    };
  return {
    field,
    type: "nominal",
    title: color.title,
    sort: values,
    scale: {
      domain: values,
      range: isNumeric ? ramp(values.length) : colorsOfSeries(values),
    },
    legend: { symbolType: "circle", symbolSize: 80, symbolOpacity: 1, ...legend },
  };
}

/** Viridis without its palest yellow, light to dark. */
const rampColors = [
  "#90D743",
  "#5EC962",
  "#35B779",
  "#20A486",
  "#21918C",
  "#287C8E",
  "#31688E",
  "#3B528B",
  "#443983",
  "#481F70",
];

/** `count` colours of the ramp, as far apart as possible. */
function ramp(count: number): readonly string[] {
  if (count === 1) return [rampColors[6]];
  return Array.from(
    { length: count },
    (_, index) => rampColors[Math.round((index * (rampColors.length - 1)) / (count - 1))],
  );
}

/** At most `most` of the items, evenly spread, always the same ones. */
export function thinOut<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)]);
}
