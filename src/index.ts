// The public API. Every name that users may rely on is exported here, and nothing else is in this file.

// Errors
export { RaellaError, RaellaErrors } from "./errors";
export type { ErrorCode, ErrorDetails, SourceLocation } from "./errors";

// Specifications: YAML files, variables, greedy steps
export { getSpec } from "./spec/get-spec";
export type { GetSpecOptions } from "./spec/get-spec";
export { loadSpecification } from "./spec/load-specification";
export type { LoadSpecificationOptions } from "./spec/load-specification";
export { defaultGreedySteps, greedy } from "./spec/greedy";
export type { GreedyOptions, GreedyStep } from "./spec/greedy";
export { fidelityDifferences } from "./spec/fidelity";
export type { FidelityDifference } from "./spec/fidelity";
export { defaultWorkspace, listArchitectures, listDnns, listLayers, workspaceAt } from "./spec/workspace";
export type { Workspace } from "./spec/workspace";
export { loadComponentGroups } from "./spec/component-groups";
export type { ComponentGroup } from "./spec/component-groups";
export { loadPublishedFigures } from "./spec/published-figures";
export type { PublishedFigure } from "./spec/published-figures";
export { readMappingFile } from "./spec/read-mapping-file";
export type { MappingEntry, MappingFile } from "./spec/read-mapping-file";
export type * from "./spec/specification";
export type * from "./spec/specification";
export type * from "./spec/specification";

// Energy and area
export { estimate } from "./components/estimate";
export type * from "./spec/reference-tables";
export { componentArea, componentEnergy, componentModels } from "./components/estimate-component";
export type {
  ComponentDescription,
  ComponentEstimate,
  ComponentModel,
} from "./components/estimate-component";
export { explainArea, explainEnergy, leavesOf } from "./components/explain";
export type { Explanation, LevelExplanation } from "./components/explain";
export { explanationRows, formatExplanation } from "./components/format-explanation";
export { estimationDifferences } from "./components/fidelity-differences";
export { registerComponentLibrary, registerEstimator } from "./components/registry";
export type { EstimatorDefinition } from "./components/estimator";

// Mappings and the model
export { buildMapSpace } from "./mapspace/map-space";
export type { MapSpace } from "./mapspace/map-space";
export { mappingAt } from "./mapspace/candidate-mapping";
export type { LevelMapping, Loop, Mapping, SpatialLoop } from "./model/mapping";
export { evaluateMapping } from "./model/evaluate-mapping";
export { searchFullMapSpace } from "./search/full/search-full-map-space";
export type { FullSearchOptions, FullSearchResult } from "./search/full/search-full-map-space";
export type { FullSearchObjective } from "./search/full/objective";
export type { SearchCertificate } from "./search/full/search-full-map-space";
export type * from "./model/evaluation";

// Studies: a layer, a DNN, an ablation, everything
export {
  evaluateGivenMapping,
  evaluateSpecification,
  mapLayer,
  mapSpecification,
  resultOf,
  runLayer,
} from "./study/run-layer";
export { mappingFromEntries } from "./study/given-mapping";
export { programNetwork, runAblation, runAll, runGains, runLayers, runNetwork } from "./study/run-network";
export { gainsOver, tileParts } from "./study/gains";
export type { Gain, GainFigures, Gains, TilePart } from "./study/gains";
export type {
  AblationOptions,
  AllOptions,
  LayersOptions,
  NetworkOptions,
  NetworkProgramming,
  ThroughputOptions,
} from "./study/run-network";
export { defaultBatch, defaultTiles } from "./study/study-options";
export type { LayerOptions, Progress, RunOptions, StudyOptions } from "./study/study-options";
export type { SearchKind } from "./study/search-kind";
export type * from "./study/layer-result";
export type * from "./study/network-result";
export type { MappedLayer } from "./study/layer-result";
export type { Inputs, Manifest } from "./study/manifest";
export { groupOfLevel, sumByGroup } from "./study/component-groups";
export {
  batchesPerSecond,
  defaultAggregateTiles,
  replicateByDoubling,
  replicateByIncrement,
  tileBudget,
} from "./study/replication";
export type {
  LayerAllocation,
  Replication,
  ReplicationScheme,
  TileAreas,
  TileOption,
} from "./study/replication";
export { diagnoseLayer, diagnoseSpecification } from "./study/diagnose-layer";
export type * from "./study/diagnose-layer";
export { verifyResult } from "./study/verify-result";
export type { VerifiableResult, Verification } from "./study/verify-result";

// Sweeps: thousands of designs
export { sweep } from "./study/sweep/sweep";
export type { SweepOptions, SweepProgress, SweepResult } from "./study/sweep/sweep";
export type {
  RandomDesign,
  SweepDescription,
  SweepObjective,
  SweepThroughput,
  SweepValue,
  SweepValues,
  ValueRange,
} from "./study/sweep/sweep-description";
export { planSweep } from "./study/sweep/plan-sweep";
export { parseSweep } from "./study/sweep/plan-sweep";
export { countDesigns, countPoints, pointAt } from "./study/sweep/sweep-plan";
export type { Shard, SweepPlan } from "./study/sweep/sweep-plan";
export { groupColumnName } from "./study/sweep/sweep-row";
export type { PointStatus, SweepColumn } from "./study/sweep/sweep-row";
export { frontsByDnn, frontObjectives } from "./study/sweep/objectives";
export type { SweepRecord } from "./study/sweep/objectives";
export { paretoFront } from "./study/sweep/pareto-front";
export type { FrontObjective } from "./study/sweep/pareto-front";
export { mainEffects, oneAtATime } from "./study/sweep/sensitivity";
export type { Sensitivity } from "./study/sweep/sensitivity";
export { sweepToFolder } from "./report/sweep/sweep-to-folder";
export type { SweepToFolderOptions, SweepToFolderSummary } from "./report/sweep/sweep-to-folder";
export { mergeSweep } from "./report/sweep/merge-sweep";
export type { MergeOptions, MergeSummary } from "./report/sweep/merge-sweep";
export { openSweep, readSweep } from "./report/sweep/read-sweep";
export type { StoredSweep } from "./report/sweep/read-sweep";

// Tables and files
export { toDataFrame } from "./report/data-frame";
export type { DataFrameOptions } from "./report/data-frame";
export { componentColumns, formatCsv, layerWideColumns } from "./report/tidy-columns";
export type { Cell, Columns, TabularResult } from "./report/tidy-columns";
export { writeCsv, writeParquet } from "./report/data-frame";
export { layerFiles, writeLayerFiles } from "./report/write-layer-files";
export { flatForm } from "./report/flat-form";
export type { FlatForm, FlatLevel } from "./report/flat-form";
export { formatMappingText } from "./report/mapping-text";
export { formatStatisticsText } from "./report/statistics-text";
export { formatLayerText } from "./report/layer-text";
export { formatAblationText, formatNetworkText } from "./report/network-text";

// Charts
export { ablationChart, layerChart, layerMappingChart } from "./report/charts/study-charts";
export type { AblationChartOptions, StudyChartOptions } from "./report/charts/study-charts";
export { layerEnergiesChart } from "./report/charts/layer-energies-chart";
export type { LayerEnergiesChartOptions } from "./report/charts/layer-energies-chart";
export { comparisonChart } from "./report/charts/comparison-chart";
export type { ComparisonChartOptions } from "./report/charts/comparison-chart";
export { sweepChart } from "./report/charts/sweep-chart";
export type { SweepChartOptions, SweepPoint } from "./report/charts/sweep-chart";
export { mappingChart } from "./report/charts/mapping-chart";
export type { MappingChartLevel, MappingChartOptions } from "./report/charts/mapping-chart";
export { designScatter } from "./report/charts/exploration-scatter";
export type { DesignScatterOptions } from "./report/charts/exploration-scatter";
export { designHeatmap } from "./report/charts/exploration-heatmap";
export type { DesignHeatmapOptions } from "./report/charts/exploration-heatmap";
export { parallelCoordinates } from "./report/charts/exploration-parallel";
export type { ParallelCoordinatesOptions } from "./report/charts/exploration-parallel";
export { tornadoChart } from "./report/charts/exploration-tornado";
export type { TornadoOptions } from "./report/charts/exploration-tornado";
export type { ColorColumn, DesignTable, FigureAxis } from "./report/charts/exploration-axis";
export { chartRow } from "./report/charts/chart-row";
export type { ChartRowOptions } from "./report/charts/chart-row";
export { renderPng, renderSvg, saveChart } from "./report/charts/render-chart";
export type { ChartSpecification } from "./report/charts/chart-specification";

// In a notebook
export { showChart } from "./report/notebook/show-chart";
export { showTable } from "./report/notebook/show-table";
export type { TableData, TableOptions } from "./report/notebook/show-table";
export { progressBar } from "./report/notebook/progress-bar";
export { energyOrigins } from "./report/notebook/energy-origins";
export type { EnergyOrigin } from "./report/notebook/energy-origins";
