/**
 * The engine: all of the root but what writes files. It needs neither a disk nor Node, so that it also runs in a browser or a
 * worker, with files that are handed to it. Relative paths start at `/` there, and the package's own folders are `/models`,
 * `/dnn_layers` and `/recorded_statistics`.
 *
 * @example
 * ```ts
 * import { filesInMemory, runLayer, useFiles } from "raella/engine";
 *
 * // Contents of the package's folders by path, fetched from wherever they lie.
 * useFiles(filesInMemory(files));
 * const { cycles } = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * ```
 * @module raella/engine
 */

// Where files are read from
export { filesInMemory, useFiles } from "./spec/files";
export type { FileSource, FileStamp } from "./spec/files";

// Specifications: YAML files, variables, greedy steps, workspaces and what is in them
export { getSpec } from "./spec/get-spec";
export type { GetSpecOptions, LayerSizes } from "./spec/get-spec";
export { loadSpecification } from "./spec/load-specification";
export type { LoadSpecificationOptions } from "./spec/load-specification";
export { defaultGreedySteps, greedy } from "./spec/greedy";
export type { GreedyOptions, GreedyStep } from "./spec/greedy";
export { defaultWorkspace, listArchitectures, listDnns, listLayers, workspaceAt } from "./spec/workspace";
export type { Workspace } from "./spec/workspace";
export type { ArchitectureEntry } from "./spec/architectures";
export { loadComponentGroups } from "./spec/component-groups";
export type { ComponentGroup } from "./spec/component-groups";
export type {
  AdcBeyondLibrary,
  ComponentClass,
  CompoundAction,
  Convention,
  DataSpace,
  DataSpaceConstraint,
  DesignCheck,
  EstimationChoices,
  ExpressionText,
  Factor,
  Fidelity,
  GivenAreaTable,
  GivenEnergyTable,
  Level,
  LevelConstraints,
  LevelKind,
  MapperOptions,
  ModelChoices,
  Rank,
  RankTerm,
  SparseHandling,
  SparseLevel,
  SpatialConstraint,
  Specification,
  SpecificationIdentity,
  Subcomponent,
  SubcomponentAction,
  TechnologyInterpolation,
  TemporalConstraint,
  Value,
  ValueTable,
  Warning,
  Workload,
  WrittenValue,
} from "./spec/specification";

// Layers, DNNs, ablations, sweeps
export { mapLayer, resultOf, runLayer } from "./study/run-layer";
export type { MappingOptions } from "./study/run-layer";
export { runAblation, runAll, runLayers, runNetwork } from "./study/run-network";
export { runGains } from "./study/gains";
export type { Gain, GainFigures, Gains } from "./study/gains";
export type { AblationOptions, AllOptions, LayersOptions, NetworkOptions } from "./study/run-network";
export type { ThroughputOptions } from "./study/pipeline";
export { programNetwork } from "./study/programming";
export type { NetworkProgramming } from "./study/programming";
export type { LayerOptions, Progress, RunOptions, StudyOptions } from "./study/study-options";
export type { SearchKind } from "./study/search-kind";
export type { FullSearchObjective } from "./search/full/objective";
export type { SearchCertificate } from "./search/full/search-full-map-space";
export type {
  AccessCounts,
  ComparedMapping,
  FullSearchSummary,
  LayerResult,
  LevelArea,
  MapSpaceSummary,
  MappedLayer,
  MappingBlock,
  TimeloopWalk,
} from "./study/layer-result";
export type {
  AblationResult,
  FullSearchTotals,
  LayersWarning,
  NetworkResult,
  NetworkTotals,
} from "./study/network-result";
export type { Inputs, Manifest } from "./study/manifest";
export type { LayerAllocation, Replication, ReplicationScheme, TileAreas } from "./study/replication";
export { sweep } from "./study/sweep/sweep";
export type { SweepOptions, SweepProgress, SweepResult } from "./study/sweep/sweep";
export type { SweepDescription, SweepObjective } from "./study/sweep/sweep-description";

// Mappings of your own
export { evaluateGivenMapping } from "./study/run-layer";
export { mappingFromEntries } from "./study/given-mapping";
export { readMappingFile } from "./spec/read-mapping-file";
export type { MappingEntry, MappingFile, MappingFileOptions } from "./spec/read-mapping-file";
export type { LevelMapping, Loop, Mapping, SpatialLoop } from "./model/mapping";
export type { DataSpaceAccesses, DataSpaceCounts, Evaluation, LevelEvaluation } from "./model/evaluation";

// Energy and area of components, and components of your own
export { estimate } from "./components/estimate";
export type {
  AreaReferenceTable,
  EnergyReferenceTable,
  LevelErrors,
  ReferenceTables,
} from "./spec/reference-tables";
export { explainArea, explainEnergy } from "./components/explain";
export type { Explanation, LevelExplanation } from "./components/explain";
export { formatExplanation } from "./components/format-explanation";
export { registerComponentLibrary, registerEstimator } from "./components/registry";
export type {
  ErrorBar,
  Estimate,
  EstimateStep,
  EstimationContext,
  EstimatorDefinition,
} from "./components/estimator";
export type {
  ParameterDescription,
  ParameterDescriptions,
  ParameterKind,
  ParameterValues,
} from "./components/parameters";
export type { EstimationOptions } from "./components/pricing";

// Whether a layer fits, and whether a result still holds
export { diagnoseLayer } from "./study/diagnose-layer";
export type { Diagnosis, DiagnosisOptions, Misfit, NearestMiss, Remedy, Usage } from "./study/diagnose-layer";
export { verifyResult } from "./study/verify-result";
export type { VerifiableResult, Verification, VerifyOptions } from "./study/verify-result";

// Errors
export { RaellaError, RaellaErrors } from "./errors";
export type { ErrorCode, ErrorDetails, SourceLocation } from "./errors";
