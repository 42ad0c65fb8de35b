/**
 * What lies beneath: map spaces, mappings, the model and its parts, parsers, single components, and the texts of the
 * command line.
 * @module raella/advanced
 */

// Specifications
export { estimationDifferences, fidelityDifferences } from "./spec/fidelity";
export type { FidelityDifference } from "./spec/fidelity";
export { listVariables } from "./spec/model-variables";
export type { KnobRange, ModelVariable } from "./spec/model-variables";

// Single components, and where their figures come from
export { componentArea, componentEnergy, componentModels } from "./components/estimate-component";
export type {
  ComponentDescription,
  ComponentEstimate,
  ComponentModel,
} from "./components/estimate-component";
export { leakagePower } from "./components/leakage";
export { leavesOf } from "./components/explain";
export { explanationRows } from "./components/format-explanation";

// Map spaces, searches and the model
export { buildMapSpace } from "./mapspace/map-space";
export type { MapSpace } from "./mapspace/map-space";
export { mappingAt } from "./mapspace/candidate-mapping";
export { evaluateMapping } from "./model/evaluate-mapping";
export { searchFullMapSpace } from "./search/full/search-full-map-space";
export type { FullSearchOptions, FullSearchResult } from "./search/full/search-full-map-space";

// Parts of studies
export { gainsOver, tileParts } from "./study/gains";
export type { TilePart } from "./study/gains";
export { loadPublishedFigures } from "./spec/published-figures";
export type { PublishedFigure } from "./spec/published-figures";
export { defaultBatchSize, defaultTiles } from "./study/study-options";
export { groupOfLevel, sumByGroup } from "./study/component-groups";
export {
  batchesPerSecond,
  defaultAggregateTiles,
  replicateByDoubling,
  replicateByIncrement,
  tileBudget,
} from "./study/replication";
export type { LayerAllocation, Replication, ReplicationScheme, TileOption } from "./study/replication";

// Columns, files and texts of results
export { componentColumns, formatCsv, layerWideColumns } from "./report/tidy-columns";
export type { Columns } from "./report/tidy-columns";
export { layerFiles } from "./report/layer-files";
export { flatForm } from "./report/flat-form";
export type { FlatForm, FlatLevel } from "./report/flat-form";
export { formatMappingText } from "./report/mapping-text";
export { formatStatisticsText } from "./report/statistics-text";
export { formatLayerText } from "./report/layer-text";
export { formatAblationText, formatNetworkText } from "./report/network-text";
