import * as v from "valibot";
import { dataWith, isText, optional, text } from "../../arguments";
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

/** What stands above a chart. */
export const headingEntries = {
  title: optional(text),
  subtitle: optional(v.union([v.string(), v.array(v.string())], "a text, or lines of text")),
};

/** A part of a specification: a view, a layer, an encoding. */
export type ChartPart = Readonly<Record<string, unknown>>;

/** Completes a chart with the schema and the shared style. */
export function chart(parts: ChartPart): ChartSpecification {
  // The caller may go on working on the chart: its style is a copy.
  const config = structuredClone(chartStyle);
  return { $schema: "https://vega.github.io/schema/vega-lite/v5.json", config, ...parts };
}
