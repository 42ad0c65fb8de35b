import {
  dataWith,
  finite,
  isNumber,
  isText,
  listOf,
  oneOf,
  optional,
  optionsOf,
  positive,
  requireOptions,
  tableOf,
  text,
} from "../../arguments";
import type { Sensitivity } from "../../study/sweep/sensitivity";
import { quietTextColor, seriesColors, textColor } from "../theme/chart-style";
import { formatNumber, formatShare } from "../theme/numbers";
import { chart, heading, headingEntries } from "./chart-specification";
import type { ChartRowOptions, ChartSpecification } from "./chart-specification";
import { cellText } from "./exploration-axis";

/** What a {@link tornadoChart} shows. */
export interface TornadoOptions extends ChartRowOptions {
  /** From `oneAtATime` or `mainEffects`; widest first. */
  readonly sensitivities: readonly Sensitivity[];
  /** With the unit. */
  readonly figureTitle: string;
  /** Blue bars are better, orange ones worse. Default `minimize`. */
  readonly goal?: "minimize" | "maximize";
  /** Multiplies the figures. */
  readonly scale?: number;
  /** Texts instead of the names of the variables. */
  readonly names?: Readonly<Record<string, string>>;
  readonly width?: number;
}

const tornadoSchema = optionsOf({
  sensitivities: listOf(
    dataWith("a sensitivity, as oneAtATime and mainEffects return it", {
      variable: isText,
      lowest: isNumber,
      highest: isNumber,
      baseline: isNumber,
      varianceShare: (value) => value === null || isNumber(value),
    }),
    "a list of sensitivities",
  ),
  figureTitle: text,
  goal: optional(oneOf(["minimize", "maximize"])),
  scale: optional(finite),
  names: optional(tableOf(text, "texts by variable")),
  ...headingEntries,
  width: optional(positive),
});

const barStep = 34;

/**
 * How far a figure moves when one variable does: a bar for every variable from the smallest to the largest figure,
 * with the values of the variable at its ends and a line at the baseline.
 */
export function tornadoChart(options: TornadoOptions): ChartSpecification {
  requireOptions(tornadoSchema, options, "tornadoChart");
  const { sensitivities, scale = 1, names = {}, width = 420, goal = "minimize" } = options;
  const nameOf = (variable: string): string => names[variable] ?? variable;
  const baseline = (sensitivities[0]?.baseline ?? 0) * scale;
  const ends = sensitivities.flatMap((entry) => {
    const { variable, lowest, highest } = entry;
    const side = (value: number, at: Sensitivity["lowestAt"], direction: string): object => ({
      variable: nameOf(variable),
      from: baseline,
      to: value * scale,
      at: cellText(at),
      change: `${value * scale >= baseline ? "+" : "−"}${formatShare(Math.abs((value * scale) / baseline - 1), 2)}`,
      direction,
      share: entry.varianceShare === null ? "" : formatShare(entry.varianceShare, 2),
      figure: formatNumber(value * scale),
    });
    return [side(lowest, entry.lowestAt, "below"), side(highest, entry.highestAt, "above")];
  });
  const largest = Math.max(...sensitivities.map(({ highest }) => highest * scale), baseline);
  const smallest = Math.min(...sensitivities.map(({ lowest }) => lowest * scale), baseline);
  // Room for the values of the variables beside the bars.
  const margin = (largest - smallest || Math.abs(baseline) || 1) * 0.16;
  const x = {
    type: "quantitative",
    title: options.figureTitle,
    scale: { domain: [smallest - margin, largest + margin], nice: false, zero: false },
    axis: { tickCount: 6 },
  };
  const y = {
    field: "variable",
    type: "nominal",
    title: null,
    sort: sensitivities.map(({ variable }) => nameOf(variable)),
    axis: { ticks: false, domain: false, labelLimit: 260, labelPadding: 8 },
    scale: { paddingInner: 0.4, paddingOuter: 0.3 },
  };
  const label = (direction: "below" | "above"): object => ({
    transform: [{ filter: `datum.direction === '${direction}'` }],
    mark: {
      type: "text",
      align: direction === "below" ? "right" : "left",
      dx: direction === "below" ? -5 : 5,
      fontSize: 10,
      color: textColor,
    },
    encoding: { x: { ...x, field: "to" }, y, text: { field: "at" } },
  });
  return chart({
    ...heading(options),
    width,
    height: { step: barStep },
    data: { values: ends },
    layer: [
      {
        mark: { type: "bar" },
        encoding: {
          x: { ...x, field: "from" },
          x2: { field: "to" },
          y,
          color: {
            field: "direction",
            type: "nominal",
            scale: {
              domain: goal === "minimize" ? ["below", "above"] : ["above", "below"],
              range: [seriesColors[0], seriesColors[1]],
            },
            legend: null,
          },
          tooltip: [
            { field: "variable", title: "variable" },
            { field: "at", title: "set to" },
            { field: "figure", title: options.figureTitle },
            { field: "change", title: "against the baseline" },
            { field: "share", title: "share of the variance" },
          ],
        },
      },
      {
        data: { values: [{ baseline }] },
        mark: { type: "rule", color: quietTextColor, strokeWidth: 1.25 },
        encoding: { x: { ...x, field: "baseline" } },
      },
      label("below"),
      label("above"),
    ],
  });
}
