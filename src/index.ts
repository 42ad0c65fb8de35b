// The public API. Nothing else of this package is meant to be imported.

export { RaellaError, RaellaErrors, type ErrorCode, type SourceLocation } from "./errors";

// What is modelled: names, files, specifications.
export { getSpec, type GetSpecOptions } from "./spec/get-spec";
export { loadSpecification, type LoadSpecificationOptions } from "./spec/load-specification";
export { defaultGreedySteps, greedy, type GreedyOptions, type GreedyStep } from "./spec/greedy";
export type { Fidelity, Level, Specification, Warning } from "./spec/specification";
export type { Workload } from "./spec/workload";
export {
  defaultWorkspace,
  listArchitectures,
  listDnns,
  listLayers,
  workspaceAt,
  type Workspace,
} from "./spec/workspace";

// Its parts: tables of energy and area, mappings, evaluations.
export { estimate } from "./estimation/estimate";
export type { ReferenceTables } from "./estimation/reference-tables";
export type { Mapping } from "./mapping/mapping";
export type { Evaluation } from "./model/evaluation";

// Studies: a layer, a DNN, several architectures.
export {
  evaluateGivenMapping,
  evaluateSpecification,
  mapLayer,
  mapSpecification,
  runLayer,
} from "./study/run-layer";
export {
  runAblation,
  runAll,
  runLayers,
  runNetwork,
  type AblationOptions,
  type AllOptions,
  type LayersOptions,
  type NetworkOptions,
} from "./study/run-network";
export type { LayerResult } from "./study/layer-result";
export type { MappedLayer } from "./study/mapped-layer";
export type { AblationResult, NetworkResult, NetworkTotals } from "./study/network-result";
export type { LayerOptions, Progress, StudyOptions } from "./study/study-options";

// Reports: text, data frames, charts, outputs of notebook cells.
export { formatMappingText } from "./report/mapping-text";
export { toDataFrame } from "./report/data-frame";
export { writeLayerFiles } from "./report/write-layer-files";
export type { ChartSpecification } from "./report/charts/chart-specification";
export { comparisonChart, type ComparisonChartOptions } from "./report/charts/comparison-chart";
export { mappingChart, type MappingChartLevel } from "./report/charts/mapping-chart";
export { renderPng, renderSvg, saveChart } from "./report/charts/render-chart";
export { ablationChart, layerChart, layerMappingChart } from "./report/charts/study-charts";
export { sweepChart, type SweepChartOptions, type SweepPoint } from "./report/charts/sweep-chart";
export {
  tradeOffChart,
  type TradeOffChartOptions,
  type TradeOffPoint,
} from "./report/charts/trade-off-chart";
export { energyOrigins, type EnergyOrigin } from "./report/notebook/energy-origins";
export { progressBar, type ProgressBarOptions } from "./report/notebook/progress-bar";
export { showChart, type ShowChartOptions } from "./report/notebook/show-chart";
export { showTable } from "./report/notebook/show-table";
export type { TableData, TableOptions } from "./report/notebook/table";
