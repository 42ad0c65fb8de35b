import * as v from "valibot";
import {
  dataWith,
  isText,
  listOf,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
  text,
} from "../../arguments";
import { chartStyle } from "../theme/chart-style";

/**
 * A Vega-Lite 5 specification as plain JSON. It is not typed further: the definitions of vega-lite would cost every
 * notebook cell a second of type checking.
 */
export interface ChartSpecification {
  readonly $schema: string;
  readonly [property: string]: unknown;
}

export const chartSchema = dataWith("a chart, as the functions for charts return it", { $schema: isText });

/** What stands above a chart, or above several side by side. */
export interface ChartRowOptions {
  readonly title?: string;
  readonly subtitle?: string | readonly string[];
}

export const headingEntries = {
  title: optional(text),
  subtitle: optional(v.union([v.string(), v.array(v.string())], "a text, or lines of text")),
};

/** The title of a chart with what stands under it, if it has one. */
export function heading({ title, subtitle = "" }: ChartRowOptions): ChartPart {
  return title ? { title: { text: title, subtitle } } : {};
}

/** A part of a specification: a view, a layer, an encoding. */
export type ChartPart = Readonly<Record<string, unknown>>;

/** Text twice: first as a white outline that keeps it clear of what it stands on. */
export function outlinedText(
  values: readonly object[],
  style: object,
  encoding: object,
  outline: object,
): readonly ChartPart[] {
  const mark = { type: "text", ...style };
  return [
    {
      data: { values },
      mark: { ...mark, stroke: "white", strokeWidth: 4, strokeJoin: "round", ...outline },
      encoding,
    },
    { data: { values }, mark, encoding },
  ];
}

/** Completes a chart with the schema and the shared style. */
export function chart(parts: ChartPart): ChartSpecification {
  // The caller may go on working on the chart: its style is a copy.
  const config = structuredClone(chartStyle);
  return { $schema: "https://vega.github.io/schema/vega-lite/v5.json", config, ...parts };
}

/**
 * Charts side by side as one, with one legend if all use the same colours. Each keeps its title.
 * @example
 * ```ts
 * const charts = await Promise.all(["resnet18", "resnet50"].map(async (dnn) => ablationChart(await runAblation(dnn))));
 * await saveChart(chartRow(charts), "both.svg");
 * ```
 */
export function chartRow(
  charts: readonly ChartSpecification[],
  options: ChartRowOptions = {},
): ChartSpecification {
  requireArgument(listOf(chartSchema, "a list of charts"), charts, "the charts of chartRow");
  requireOptions(optionsOf(headingEntries), options, "chartRow");
  return chart({
    ...heading(options),
    hconcat: charts.map((single) => ({ ...single, $schema: undefined, config: undefined })),
    spacing: 30,
    resolve: { scale: { color: "shared" } },
  });
}
