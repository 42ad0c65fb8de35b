import { finite, flag, optional, optionsOf, requireOptions, tableOf, text } from "../../arguments";
import { barPanel, groupsOfBars } from "./bar-panel";
import type { GroupValues } from "./bar-panel";
import { chart, heading, headingEntries } from "./chart-specification";
import type { ChartPart, ChartRowOptions, ChartSpecification } from "./chart-specification";

/** Figures of several designs by component group: `{ isaac_like: { ADC: 12.5, Crossbar: 3 }, raella: { … } }`. */
type FiguresByDesign = Readonly<Record<string, GroupValues>>;

/** What a {@link comparisonChart} shows. */
export interface ComparisonChartOptions extends ChartRowOptions {
  /** pJ by design and component group. */
  readonly energyPj?: FiguresByDesign;
  /** um^2 by design and component group. */
  readonly areaUm2?: FiguresByDesign;
  /** Cycles by design. */
  readonly cycles?: Readonly<Record<string, number>>;
  /** Runs of the layer or DNN per second by design, instead of or beside the cycles. */
  readonly throughputPerSecond?: Readonly<Record<string, number>>;
  /** What runs per second, e.g. `batches` (the default). */
  readonly throughputNoun?: string;
  /** Names of the designs for people; without them the keys are shown, split at underscores. */
  readonly names?: Readonly<Record<string, string>>;
  /** Show totals as multiples of the first design's as well (default: with more than one design). */
  readonly relative?: boolean;
}

const figures = tableOf(finite, "figures by name");
const comparisonSchema = optionsOf({
  energyPj: optional(tableOf(figures, "figures by design and component group")),
  areaUm2: optional(tableOf(figures, "figures by design and component group")),
  cycles: optional(figures),
  throughputPerSecond: optional(figures),
  throughputNoun: optional(text),
  ...headingEntries,
  names: optional(tableOf(text, "names by design")),
  relative: optional(flag),
});

const mostBarsBesideLegend = 8;

/**
 * Energy, area and speed of one or several designs side by side: a panel of stacked bars for each figure that is
 * given, with one legend, colours fixed per component, and totals above the bars. A click on an entry of the legend
 * brings out that component.
 * @example
 * ```ts
 * const chart = comparisonChart({
 *   energyPj: { mine: { ADC: 12.5, Crossbar: 3 }, theirs: { ADC: 25, Crossbar: 2 } },
 *   cycles: { mine: 1200, theirs: 900 },
 * });
 * ```
 */
export function comparisonChart(options: ComparisonChartOptions): ChartSpecification {
  requireOptions(comparisonSchema, options, "comparisonChart");
  const { energyPj = {}, areaUm2 = {}, cycles, throughputPerSecond } = options;
  const groups = groupsOfBars([...Object.values(energyPj), ...Object.values(areaUm2)]);
  const relative = options.relative ?? true;
  const given = [options.energyPj, options.areaUm2, cycles, throughputPerSecond];
  const bars = given.reduce((sum, figures) => sum + Object.keys(figures ?? {}).length, 0);
  // A notebook's outputs are about 900 pixels wide; what is wider is cut off.
  const common = {
    names: options.names,
    relative,
    groups,
    legend: bars > mostBarsBesideLegend ? ("bottom" as const) : ("right" as const),
  };
  const selection = "component";
  const noun = options.throughputNoun ?? "batches";
  const parts = [
    { title: "Energy", quantity: "energyPj", bars: options.energyPj, selection },
    { title: "Area", quantity: "areaUm2", bars: options.areaUm2, selection },
    { title: "Cycles", quantity: "cycles", bars: cycles },
    { title: "Throughput", quantity: "perSecond", bars: throughputPerSecond, noun },
  ] as const;
  const panels = parts.flatMap(({ bars: of, ...part }): readonly ChartPart[] =>
    of === undefined ? [] : [barPanel({ ...common, ...part, bars: of, name: part.title.toLowerCase() })],
  );
  const views = [options.energyPj && "energy", options.areaUm2 && "area"].filter(
    (name) => name !== undefined,
  );
  return chart({
    ...(views.length > 0
      ? {
          params: [{ name: selection, select: { type: "point", fields: ["group"] }, bind: "legend", views }],
        }
      : {}),
    ...heading(options),
    hconcat: panels,
    spacing: 22,
    resolve: { scale: { color: "shared" } },
  });
}
