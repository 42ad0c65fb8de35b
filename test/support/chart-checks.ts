import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import * as vegaLite from "vega-lite";

import type { ChartSpecification } from "../../src/report/charts/chart-specification";
import { renderSvg } from "../../src/report/charts/render-chart";

/** What Vega-Lite says about a chart, and all rows of data that the chart holds. */
export function compileChart(chart: ChartSpecification): {
  readonly warnings: readonly string[];
  readonly tooltips: readonly unknown[];
} {
  const warnings: string[] = [];
  const logger = {
    level: () => logger,
    error: (...texts: string[]) => (warnings.push(texts.join(" ")), logger),
    warn: (...texts: string[]) => (warnings.push(texts.join(" ")), logger),
    info: () => logger,
    debug: () => logger,
  };
  const compiled = vegaLite.compile(chart as unknown as vegaLite.TopLevelSpec, { logger: logger as never });
  vega.parse(compiled.spec);
  const data = compiled.spec.data ?? [];
  return {
    warnings,
    tooltips: data.flatMap((entry) => ("values" in entry ? (entry.values as unknown[]) : [])),
  };
}

/** All texts that a reader of the chart sees, in the order of the drawing. */
export async function textsOf(chart: ChartSpecification): Promise<readonly string[]> {
  const svg = await renderSvg(chart);
  // Every chart has to be a picture that can be drawn.
  new Resvg(svg, { font: { loadSystemFonts: false } });
  return [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) => decode(text));
}

function decode(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return text.replace(/&(\w+);/g, (all, name: string) => named[name] ?? all);
}
