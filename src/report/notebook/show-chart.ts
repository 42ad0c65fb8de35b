import { optional, optionsOf, requireArgument, requireOptions, text } from "../../arguments";
import { chartSchema, type ChartSpecification } from "../charts/chart-specification";
import { renderPng } from "../charts/render-chart";
import { insideNotebook, remarkMissingKernel, sendMimeBundle, waitForOutput } from "./outputs";

/** How a chart is shown in a cell. */
export interface ShowChartOptions {
  /** What the chart shows, for readers who cannot see it; shown in place of it outside a notebook. */
  readonly description?: string;
}

/**
 * Shows a chart in the notebook: interactive where the front end knows Vega-Lite (JupyterLab), a picture everywhere
 * else. Outside a notebook only its description is printed; see `saveChart` for scripts.
 * @example
 * ```ts
 * await showChart(ablationChart(await runAblation("resnet18")));
 * ```
 */
export function showChart(chart: ChartSpecification, options: ShowChartOptions = {}): Promise<void> {
  return waitForOutput(show(chart, options));
}

async function show(chart: ChartSpecification, options: ShowChartOptions): Promise<void> {
  requireArgument(chartSchema, chart, "the chart of showChart");
  requireOptions(optionsOf({ description: optional(text) }), options, "showChart");
  const description = options.description ?? describeChart(chart);
  if (!insideNotebook()) {
    console.log(`[${description}]`);
    remarkMissingKernel("charts");
    return;
  }
  const { png, width, height } = await renderPng(chart);
  sendMimeBundle({
    data: {
      "application/vnd.vegalite.v5+json": chart,
      "image/png": Buffer.from(png).toString("base64"),
      "text/plain": `[${description}]`,
    },
    metadata: {
      "image/png": { width, height },
      "application/vnd.vegalite.v5+json": { embed_options: { actions: false } },
    },
  });
}

function describeChart(chart: ChartSpecification): string {
  const { title } = chart;
  const text = typeof title === "object" && title !== null && "text" in title ? title.text : title;
  return typeof text === "string" ? `Chart: ${text}` : "Chart";
}
