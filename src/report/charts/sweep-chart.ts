import * as v from "valibot";
import {
  finite,
  flag,
  isNumber,
  isTableOf,
  listOf,
  oneOf,
  optional,
  optionsOf,
  requireOptions,
  tableOf,
  text,
} from "../../arguments";
import { colorsOfSeries, levelTitle, neutralColor } from "../theme/chart-style";
import { chooseUnit, formatNumber, quantities } from "../theme/numbers";
import type { DisplayQuantity } from "../theme/numbers";
import type { ChartPart, ChartSpecification } from "./chart-specification";
import { chart, heading } from "./chart-specification";

/** What an axis measures. */
interface AxisOptions {
  readonly title: string;
  /** Chooses the unit by the largest figure; without it, figures are shown as they are. */
  readonly quantity?: DisplayQuantity;
  /** Unit of figures without a quantity, e.g. `bits`. */
  readonly unit?: string;
  /** Word in front of `per second`, e.g. `batches`. */
  readonly noun?: string;
  readonly scale?: "linear" | "log";
  /** Start the axis at zero (default: for linear axes of a quantity). */
  readonly zero?: boolean;
}

const axisSchema = optionsOf({
  title: text,
  quantity: optional(oneOf(quantities)),
  unit: optional(text),
  noun: optional(text),
  scale: optional(oneOf(["linear", "log"])),
  zero: optional(flag),
});

/** An axis with its unit chosen: how figures are scaled and written, and the parts of an encoding. */
interface AxisScale {
  readonly title: string;
  readonly scaled: (figure: number) => number;
  /** A figure with its unit, for tooltips. */
  readonly text: (figure: number) => string;
  readonly scale: ChartPart;
}

/** Chooses the unit of an axis for the given figures. */
function scaleAxis(options: AxisOptions, figures: readonly number[]): AxisScale {
  const largest = Math.max(0, ...figures.filter(Number.isFinite).map(Math.abs));
  const chosen = options.quantity
    ? chooseUnit(options.quantity, largest)
    : { symbol: options.unit ?? "", divisor: 1 };
  const symbol = chosen.symbol.replace("per second", `${options.noun ?? "runs"}/s`);
  const scaled = (figure: number): number => figure / chosen.divisor;
  const scale = options.scale ?? "linear";
  return {
    title: symbol === "" ? options.title : `${options.title} (${symbol})`,
    scaled,
    text: (figure) => `${formatNumber(scaled(figure), 4)} ${symbol}`.trim(),
    scale:
      scale === "log"
        ? { type: "log" }
        : largest === 0
          ? { domain: [0, 1] }
          : { zero: options.zero ?? options.quantity !== undefined, nice: true },
  };
}

/** What came out for one value of the swept variable. */
export interface SweepChartPoint {
  readonly value: number | string;
  /** Figures by the keys of `figures`; one that is missing or not finite leaves a gap. */
  readonly figures: Readonly<Record<string, number>>;
  /** Points of one series are joined and have one colour. */
  readonly series?: string;
}

/** What a {@link sweepChart} shows. */
export interface SweepChartOptions {
  readonly points: readonly SweepChartPoint[];
  /** The swept variable. */
  readonly variable: AxisOptions;
  /** One panel for each figure, in this order. */
  readonly figures: Readonly<Record<string, AxisOptions>>;
  /** Default: lines where the values are numbers, bars for texts. Numbers of layers, too, are better told apart by bars. */
  readonly marks?: "lines" | "bars";
  readonly title?: string;
  readonly subtitle?: string;
  readonly seriesTitle?: string;
}

const sweepChartSchema = optionsOf({
  points: listOf(
    optionsOf({
      value: v.union([finite, text], "a number or a text"),
      figures: v.custom(isTableOf(isNumber), "figures by name"),
      series: optional(text),
    }),
    "a list of points",
  ),
  variable: axisSchema,
  figures: tableOf(axisSchema, "axes by figure"),
  marks: optional(oneOf(["lines", "bars"])),
  title: optional(text),
  subtitle: optional(text),
  seriesTitle: optional(text),
});

const panelWidth = 215;
const panelHeight = 210;

/** How figures change while one variable is swept: a panel with lines, or bars, for every figure, over the same axis. */
export function sweepChart(options: SweepChartOptions): ChartSpecification {
  requireOptions(sweepChartSchema, options, "sweepChart");
  const series = [...new Set(options.points.map((point) => point.series ?? ""))];
  return chart({
    ...heading(options),
    hconcat: Object.keys(options.figures).map((key) => sweepPanel(options, key, series)),
    spacing: 26,
    resolve: { scale: { color: "shared" } },
  });
}

function sweepPanel(options: SweepChartOptions, key: string, series: readonly string[]): ChartPart {
  const { points, variable } = options;
  const figure = options.figures[key];
  const present = points.filter((point) => Number.isFinite(point.figures[key]));
  const y = scaleAxis(
    figure,
    present.map((point) => point.figures[key]),
  );
  const allNumbers = points.every(({ value }) => typeof value === "number");
  const bars = (options.marks ?? (allNumbers ? "lines" : "bars")) === "bars";
  const numeric = allNumbers && !bars;
  const ticks = [...new Set(points.map(({ value }) => value))];
  const several = series.length > 1;
  const values = present.map((point) => ({
    variable: point.value,
    figure: y.scaled(point.figures[key]),
    text: y.text(point.figures[key]),
    series: point.series ?? "",
  }));
  const variableTitle = variable.unit ? `${variable.title} (${variable.unit})` : variable.title;
  return {
    width: panelWidth,
    height: panelHeight,
    data: { values },
    mark: bars
      ? { type: "bar" }
      : {
          type: "line",
          point: { size: 55, filled: true, opacity: 1 },
          strokeWidth: 2,
          strokeJoin: "round",
        },
    encoding: {
      x: {
        field: "variable",
        title: variableTitle,
        axis: {
          labelAngle: 0,
          ticks: false,
          ...(bars && { labelOverlap: true }),
          ...(numeric && ticks.length <= 12 ? { values: ticks } : {}),
        },
        ...(numeric
          ? {
              type: "quantitative",
              scale: {
                ...(variable.scale === "log" ? { type: "log" } : { zero: false }),
                nice: false,
                padding: 12,
              },
            }
          : { type: "ordinal", sort: ticks }),
      },
      ...(bars && several && { xOffset: { field: "series", sort: series } }),
      y: {
        field: "figure",
        type: "quantitative",
        title: y.title,
        scale: y.scale,
        axis: { tickCount: 5, ticks: false, domain: false, ...levelTitle },
      },
      color: several
        ? {
            field: "series",
            type: "nominal",
            title: options.seriesTitle ?? null,
            scale: { domain: series, range: colorsOfSeries(series) },
            legend: { symbolType: "circle", symbolOpacity: 1 },
          }
        : { value: neutralColor },
      tooltip: [
        ...(several ? [{ field: "series", title: options.seriesTitle ?? "series" }] : []),
        { field: "variable", title: variableTitle },
        { field: "text", title: figure.title },
      ],
    },
  };
}
