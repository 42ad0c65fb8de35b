// `raella/advanced`: map spaces, mappings, the model and its parts, parsers, and the texts of the command line.

// Specifications
export { fidelityDifferences } from "./spec/fidelity";
export type { FidelityDifference } from "./spec/fidelity";
export { loadComponentGroups } from "./spec/component-groups";
export type { ComponentGroup } from "./spec/component-groups";
export { readMappingFile } from "./spec/read-mapping-file";
export type { MappingEntry, MappingFile } from "./spec/read-mapping-file";

// Single components, and where their figures come from
export { componentArea, componentEnergy, componentModels } from "./components/estimate-component";
export type {
  ComponentDescription,
  ComponentEstimate,
  ComponentModel,
} from "./components/estimate-component";
export { leavesOf } from "./components/explain";
export type { Explanation, LevelExplanation } from "./components/explain";
export { explanationRows, formatExplanation } from "./components/format-explanation";
export { estimationDifferences } from "./components/fidelity-differences";

// Map spaces, searches and the model
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

// Studies of specifications that were loaded before, and their parts
export { evaluateSpecification, mapLayer, mapSpecification, resultOf } from "./study/run-layer";
export type { MappedLayer } from "./study/layer-result";
export { mappingFromEntries } from "./study/given-mapping";
export { diagnoseSpecification } from "./study/diagnose-layer";
export { defaultBatch, defaultTiles } from "./study/study-options";
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
export type { Cell, Columns, TabularResult } from "./report/tidy-columns";
export { layerFiles, writeLayerFiles } from "./report/write-layer-files";
export { flatForm } from "./report/flat-form";
export type { FlatForm, FlatLevel } from "./report/flat-form";
export { formatMappingText } from "./report/mapping-text";
export { formatStatisticsText } from "./report/statistics-text";
export { formatLayerText } from "./report/layer-text";
export { formatAblationText, formatNetworkText } from "./report/network-text";
