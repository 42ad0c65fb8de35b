import { callback, finite, optional, optionsOf, positive, requireOptions } from "../../arguments";
import { requireColumns } from "../../study/sweep/sensitivity";
import { levelTitle, textColor } from "../theme/chart-style";
import { formatAligned } from "../theme/numbers";
import { chart, heading, headingEntries } from "./chart-specification";
import type { ChartRowOptions, ChartSpecification } from "./chart-specification";
import { cellText, designsSchema, distinctValues, figureAxisSchema, figureOf } from "./exploration-axis";
import type { DesignTable, FigureAxis } from "./exploration-axis";

/** What a {@link designHeatmap} shows. */
export interface DesignHeatmapOptions extends ChartRowOptions {
  /** At most one design for each pair of values; later ones replace earlier ones. */
  readonly designs: DesignTable;
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  /** Shown as colour and number. */
  readonly figure: FigureAxis;
  /** Designs with a frame, e.g. the best one. */
  readonly mark?: (design: DesignTable[number]) => boolean;
  /** Text for designs without the figure, e.g. why there is none. */
  readonly missing?: (design: DesignTable[number]) => string;
  /** How a figure is written (default: three digits). */
  readonly format?: (figure: number) => string;
  /** A figure that is neither good nor bad: better ones are blue, worse ones orange. */
  readonly neutral?: number;
  readonly cellWidth?: number;
  readonly cellHeight?: number;
}

const heatmapSchema = optionsOf({
  designs: designsSchema,
  x: figureAxisSchema,
  y: figureAxisSchema,
  figure: figureAxisSchema,
  mark: optional(callback),
  missing: optional(callback),
  format: optional(callback),
  neutral: optional(finite),
  ...headingEntries,
  cellWidth: optional(positive),
  cellHeight: optional(positive),
});

/** A figure over two variables: a tile for every pair of values, dark where the figure is good. */
export function designHeatmap(options: DesignHeatmapOptions): ChartSpecification {
  requireOptions(heatmapSchema, options, "designHeatmap");
  const { designs, x, y, figure, mark = () => false, missing = () => "", cellWidth = 64 } = options;
  requireColumns(designs, [x.column, y.column, figure.column]);
  const { cellHeight = 34, neutral } = options;
  const { format = (value) => formatAligned(value) } = options;
  const byPlace = new Map(designs.map((row) => [`${row[x.column]} ${row[y.column]}`, row]));
  const figures = [...byPlace.values()].map((row) => figureOf(row, figure) ?? Number.NaN);
  const known = figures.filter((value) => !Number.isNaN(value));
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const goodness = (value: number): number => {
    const position = (a: number): number => (figure.logarithmic ? Math.log(a) : a);
    const share =
      neutral === undefined
        ? (position(value) - position(least)) / (position(most) - position(least) || 1)
        : 0.5 + (value - neutral) / (2 * Math.max(most - neutral, neutral - least) || 1);
    return figure.goal === "minimize" ? 1 - share : share;
  };
  const shades = neutral === undefined ? sequentialShades : divergingShades;
  const tiles = [...byPlace.values()].map((row, index) => {
    const value = figures[index];
    const isKnown = !Number.isNaN(value);
    const fill = isKnown ? mix(shades, goodness(value)) : emptyTile;
    return {
      x: cellText(row[x.column]),
      y: cellText(row[y.column]),
      fill: hex(fill),
      text: isKnown ? format(value) : missing(row),
      ink: isDark(fill) ? "white" : textColor,
    };
  });
  const marked = [...byPlace.values()].flatMap((row, index) => (mark(row) ? [tiles[index]] : []));
  const order = (axis: FigureAxis): string[] => distinctValues(designs, axis.column).map(cellText);
  // Numbers grow upwards, names are read from the top.
  const isNumeric = designs.every((row) => typeof row[y.column] === "number");
  const encoding = {
    x: {
      field: "x",
      type: "nominal",
      sort: order(x),
      title: x.title,
      axis: {
        labelAngle: 0,
        labelExpr: "split(datum.label, '\\n')",
        labelPadding: 6,
        ticks: false,
        domain: false,
      },
    },
    y: {
      field: "y",
      type: "nominal",
      sort: isNumeric ? order(y).reverse() : order(y),
      title: y.title === "" ? null : y.title,
      axis: { ticks: false, domain: false, ...levelTitle },
    },
  };
  return chart({
    ...heading(options),
    width: { step: cellWidth },
    height: { step: cellHeight },
    data: { values: tiles },
    layer: [
      {
        mark: { type: "rect", stroke: "white", strokeWidth: 2 },
        encoding: {
          ...encoding,
          color: { field: "fill", type: "nominal", scale: null },
          tooltip: [
            { field: "x", title: x.title },
            { field: "y", title: y.title },
            { field: "text", title: figure.title },
          ],
        },
      },
      {
        data: { values: marked },
        mark: { type: "rect", fillOpacity: 0, stroke: "#D55E00", strokeWidth: 3 },
        encoding,
      },
      {
        mark: { type: "text", fontSize: 11 },
        encoding: {
          ...encoding,
          text: { field: "text" },
          color: { field: "ink", type: "nominal", scale: null },
        },
      },
    ],
  });
}

type Color = readonly number[];

const colors = (...texts: readonly string[]): readonly Color[] =>
  texts.map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));

const [emptyTile] = colors("#F0F2F5");
/** From bad to good. */
const sequentialShades = colors("#EAF3EE", "#7FC2AE", "#21788C", "#2F3B73");
const divergingShades = colors("#B85400", "#EDB583", "#F4F6F8", "#8DB9DA", "#1F5F99");

/** The colour at a place of a ramp, 0 to 1. */
function mix(ramp: readonly Color[], share: number): Color {
  const position = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const index = Math.min(Math.floor(position), ramp.length - 2);
  return ramp[index].map((from, channel) =>
    Math.round(from + (ramp[index + 1][channel] - from) * (position - index)),
  );
}

function hex(color: Color): string {
  return `#${color.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Would dark text be hard to read on it? */
function isDark([red, green, blue]: Color): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue < 140;
}
