import { listOf, optionsOf, requireArgument, requireOptions } from "../../arguments";
import { chart, chartSchema, headingEntries, type ChartSpecification } from "./chart-specification";

/** What stands above charts side by side. */
export interface ChartRowOptions {
  readonly title?: string;
  readonly subtitle?: string | readonly string[];
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
    ...(options.title ? { title: { text: options.title, subtitle: options.subtitle ?? "" } } : {}),
    hconcat: charts.map((single) => ({ ...single, $schema: undefined, config: undefined })),
    spacing: 30,
    resolve: { scale: { color: "shared" } },
  });
}
