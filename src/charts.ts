/**
 * Charts of results as Vega-Lite specifications, and how to draw them.
 *
 * @example
 * ```ts
 * import { runAblation } from "raella";
 * import { ablationChart, saveChart } from "raella/charts";
 *
 * await saveChart(ablationChart(await runAblation("resnet18")), "ablation.svg");
 * ```
 * @module raella/charts
 */

export {
  ablationChart,
  layerChart,
  layerEnergiesChart,
  layerMappingChart,
} from "./report/charts/study-charts";
export type {
  AblationChartOptions,
  LayerEnergiesChartOptions,
  StudyChartOptions,
} from "./report/charts/study-charts";
export { comparisonChart } from "./report/charts/comparison-chart";
export type { ComparisonChartOptions } from "./report/charts/comparison-chart";
export { sweepChart } from "./report/charts/sweep-chart";
export type { SweepChartOptions, SweepChartPoint } from "./report/charts/sweep-chart";
export { mappingChart } from "./report/charts/mapping-chart";
export type {
  MappingChartLevel,
  MappingChartLoop,
  MappingChartOptions,
  Occupancy,
} from "./report/charts/mapping-chart";
export { designScatter } from "./report/charts/exploration-scatter";
export type { DesignScatterOptions } from "./report/charts/exploration-scatter";
export { designHeatmap } from "./report/charts/exploration-heatmap";
export type { DesignHeatmapOptions } from "./report/charts/exploration-heatmap";
export { parallelCoordinates } from "./report/charts/exploration-parallel";
export type { ParallelCoordinatesOptions } from "./report/charts/exploration-parallel";
export { tornadoChart } from "./report/charts/exploration-tornado";
export type { TornadoOptions } from "./report/charts/exploration-tornado";
export type { ColorColumn, DesignTable, FigureAxis } from "./report/charts/exploration-axis";
export { renderPng, renderSvg, saveChart } from "./report/charts/render-chart";
export type { PngImage } from "./report/charts/render-chart";
export { chartRow } from "./report/charts/chart-specification";
export type { ChartRowOptions, ChartSpecification } from "./report/charts/chart-specification";
