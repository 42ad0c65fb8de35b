import { quietTextColor, textColor } from "../theme/chart-style";
import { neutralColor, seriesColors } from "../theme/component-colors";
import { scaleAxis, type AxisOptions } from "./axis-scale";
import { chart, type ChartPart, type ChartSpecification } from "./chart-specification";

/** A design in the plane of two figures. */
export interface TradeOffPoint {
  readonly x: number;
  readonly y: number;
  /** Shown beside the point; keep it short. */
  readonly label?: string;
  /** Points of one series have one colour and are joined by a line, in the order given. */
  readonly series?: string;
  /** Further lines of the tooltip. */
  readonly details?: Readonly<Record<string, string>>;
}

export interface TradeOffChartOptions {
  readonly points: readonly TradeOffPoint[];
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly title?: string;
  readonly subtitle?: string;
  /** Heading of the legend of series. */
  readonly seriesTitle?: string;
  /** Join the points of a series (default: true). */
  readonly joined?: boolean;
  /** Points to ring, by index: the best ones, or those on a Pareto front. */
  readonly highlighted?: readonly number[];
  /** What the rings mean. */
  readonly highlightTitle?: string;
}

const width = 460;
const height = 300;

/** Two figures of many designs against each other, e.g. energy and throughput while one variable is swept. */
export function tradeOffChart(options: TradeOffChartOptions): ChartSpecification {
  const { points, joined = true, highlighted = [] } = options;
  const x = scaleAxis(
    options.x,
    points.map((point) => point.x),
  );
  const y = scaleAxis(
    options.y,
    points.map((point) => point.y),
  );
  const series = [...new Set(points.map((point) => point.series ?? ""))];
  const details = [...new Set(points.flatMap((point) => Object.keys(point.details ?? {})))];
  const values = points.map((point, order) => ({
    x: x.scaled(point.x),
    y: y.scaled(point.y),
    order,
    label: point.label ?? "",
    series: point.series ?? "",
    xText: x.text(point.x),
    yText: y.text(point.y),
    ...Object.fromEntries(details.map((name, index) => [`detail${index}`, point.details?.[name] ?? ""])),
  }));
  const several = series.length > 1;
  const selection = "series";
  const color = several
    ? {
        field: "series",
        type: "nominal",
        title: options.seriesTitle ?? null,
        scale: { domain: series, range: series.map((_, index) => seriesColors[index % seriesColors.length]) },
        legend: { symbolType: "circle", symbolOpacity: 1 },
      }
    : { value: seriesColors[0] };
  const faded = several ? { opacity: { condition: { param: selection, value: 1 }, value: 0.12 } } : {};
  const tooltip = [
    ...(points.some(({ label }) => label) ? [{ field: "label", title: "design" }] : []),
    ...(several ? [{ field: "series", title: options.seriesTitle ?? "series" }] : []),
    { field: "xText", title: options.x.title },
    { field: "yText", title: options.y.title },
    ...details.map((title, index) => ({ field: `detail${index}`, title })),
  ];
  const layers: ChartPart[] = [
    ...(joined
      ? [
          {
            mark: { type: "line", strokeWidth: 1.5, opacity: 0.55 },
            encoding: {
              order: { field: "order" },
              color,
              ...(several ? { detail: { field: "series" } } : {}),
            },
          },
        ]
      : []),
    {
      ...(several
        ? { params: [{ name: selection, select: { type: "point", fields: ["series"] }, bind: "legend" }] }
        : {}),
      mark: { type: "circle", size: 70, opacity: 1 },
      encoding: { color, ...faded, tooltip },
    },
    ...(highlighted.length > 0
      ? [
          {
            transform: [{ filter: { field: "order", oneOf: [...highlighted] } }],
            mark: { type: "point", size: 190, stroke: neutralColor, strokeWidth: 1.6, filled: false },
            encoding: { tooltip },
          },
        ]
      : []),
    // The text twice: first as a white outline that keeps it clear of lines.
    {
      mark: { ...labelMark, stroke: "white", strokeWidth: 4, strokeJoin: "round" },
      encoding: { text: { field: "label" }, ...faded },
    },
    { mark: { ...labelMark, color: textColor }, encoding: { text: { field: "label" }, ...faded } },
  ];
  const rings = options.highlightTitle && highlighted.length > 0 ? `Rings: ${options.highlightTitle}.` : "";
  return chart({
    title: {
      text: options.title ?? `${options.y.title} against ${options.x.title.toLowerCase()}`,
      subtitle: [options.subtitle ?? "", rings].filter((line) => line !== ""),
      subtitleColor: quietTextColor,
    },
    width,
    height,
    data: { values },
    encoding: {
      x: { field: "x", type: "quantitative", title: x.title, scale: x.scale, axis: quietAxis },
      y: {
        field: "y",
        type: "quantitative",
        title: y.title,
        scale: y.scale,
        axis: { ...quietAxis, ...levelTitle },
      },
    },
    layer: layers,
  });
}

const labelMark = { type: "text", dy: -12, fontSize: 10 } as const;
const quietAxis = { tickCount: 6, ticks: false } as const;

/** The title of the upright axis stands level above it. */
export const levelTitle = {
  titleAngle: 0,
  titleAlign: "left",
  titleAnchor: "end",
  titleBaseline: "bottom",
  titleX: -28,
  titleY: -8,
} as const;
