import { textColor } from "../theme/chart-style";
import { formatAligned } from "../theme/format-number";
import { chart, type ChartSpecification } from "./chart-specification";
import { cellText, distinctValues, figureOf, type DesignTable, type FigureAxis } from "./exploration-axis";

export interface DesignHeatmapOptions {
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
  readonly title?: string;
  readonly subtitle?: string | readonly string[];
  readonly cellWidth?: number;
}

const cellHeight = 34;

/** A figure over two variables: a tile for every pair of values, dark where the figure is good. */
export function designHeatmap(options: DesignHeatmapOptions): ChartSpecification {
  const { designs, x, y, figure, mark = () => false, missing = () => "", cellWidth = 64 } = options;
  const byPlace = new Map(designs.map((row) => [`${row[x.column]} ${row[y.column]}`, row]));
  const figures = [...byPlace.values()].map((row) => figureOf(row, figure) ?? Number.NaN);
  const known = figures.filter((value) => !Number.isNaN(value));
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const goodness = (value: number): number => {
    const position = (a: number): number => (figure.logarithmic ? Math.log(a) : a);
    const share = (position(value) - position(least)) / (position(most) - position(least) || 1);
    return figure.goal === "minimize" ? 1 - share : share;
  };
  const tiles = [...byPlace.values()].map((row, index) => {
    const value = figures[index];
    const isKnown = !Number.isNaN(value);
    return {
      x: cellText(row[x.column]),
      y: cellText(row[y.column]),
      value: isKnown ? value : null,
      fill: isKnown ? shade(goodness(value)) : emptyTile,
      text: isKnown ? formatAligned(value) : missing(row),
      ink: isKnown && goodness(value) > 0.5 ? "white" : textColor,
      marked: mark(row),
    };
  });
  const order = (axis: FigureAxis): string[] => distinctValues(designs, axis.column).map(cellText);
  const encoding = {
    x: {
      field: "x",
      type: "nominal",
      sort: order(x),
      title: x.title,
      axis: { labelAngle: 0, ticks: false, domain: false },
    },
    y: {
      field: "y",
      type: "nominal",
      sort: order(y).reverse(),
      title: y.title,
      axis: { ticks: false, domain: false },
    },
  };
  return chart({
    ...(options.title ? { title: { text: options.title, subtitle: options.subtitle ?? "" } } : {}),
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
        data: { values: tiles.filter(({ marked }) => marked) },
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

const emptyTile = "#F0F2F5";
const shades = ["#EAF3EE", "#7FC2AE", "#21788C", "#2F3B73"].map((color) =>
  [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)),
);

/** Pale green for 0, dark blue for 1. */
function shade(share: number): string {
  const position = Math.min(Math.max(share, 0), 1) * (shades.length - 1);
  const index = Math.min(Math.floor(position), shades.length - 2);
  const mixed = shades[index].map((from, channel) =>
    Math.round(from + (shades[index + 1][channel] - from) * (position - index)),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
