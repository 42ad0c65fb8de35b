/**
 * Your own networks: from an ONNX model to layers and statistics, and how accurate designs compute them. Nothing else is
 * in this entry.
 * @module raella/network
 */

// From a model to a DNN of a workspace
export { importLayerList, importNetwork } from "./report/import-network";
export type { ImportNetworkOptions, ImportSummary, ListedNetwork } from "./report/import-network";
export { analyzeNetwork } from "./network/analyze-network";
export type { ImportedLayer, ImportedNetwork, LayerShape, UnmappedReport } from "./network/imported-network";
export type { ImportProgress, AnalyzeNetworkOptions } from "./network/prepare-network";
export { networkFiles, type NetworkFiles, type WritableNetwork } from "./report/network-files";
export { readNumpy } from "./network/numpy";
export type { InputArray, SampleInputs } from "./network/samples";
export type { ImageOptions } from "./network/images";
export type { ActivationScale, QuantizationScheme } from "./network/quantization";
export { onnxRuntime, type EngineTensor, type FloatEngine, type FloatSession } from "./network/float-engine";

// How accurate designs compute it
export { networkAccuracy } from "./network/network-accuracy";
export type { NetworkAccuracy, NetworkAccuracyOptions } from "./network/network-accuracy";
export { analyzeAccuracy } from "./network/analyze-accuracy";
export type {
  AccuracyAnalysis,
  AccuracyAnalysisOptions,
  DesignAccuracy,
  NamedLayerAccuracy,
} from "./network/analyze-accuracy";
export { arithmeticArchitectures, usualDesign } from "./network/arithmetic-design";
export type { ArithmeticDesign, SlicingChoice } from "./network/arithmetic-design";
export type { SlicesOfWeights, WeightEncoding } from "./spec/arithmetic";
export type { DesignLayerAccuracy } from "./network/layer-accuracy";
export type { EndToEndAccuracy, ReferenceAccuracy, Share } from "./network/end-to-end";
export { accuracyColumns, type AccuracyFrameOptions } from "./report/tidy-columns";
export { accuracyFrame } from "./report/data-frame";
export { accuracyByLayerChart, accuracyChart } from "./report/charts/accuracy-chart";
export type { AccuracyByLayerChartOptions, AccuracyChartOptions } from "./report/charts/accuracy-chart";

// The statistics of one layer, from tensors of any source
export { layerStatistics } from "./network/layer-statistics";
export type { LayerStatisticsOptions } from "./network/layer-statistics";
export type { LayerStatistics } from "./network/statistics";
export { layerAccuracy } from "./network/layer-arguments";
export type { LayerAccuracy, LayerAccuracyOptions } from "./network/layer-accuracy";

// RAELLA's and ISAAC's arithmetic
export { computeInCrossbars, computeInIsaac } from "./network/layer-arguments";
export type { CrossbarOptions, CrossbarResult, PassCounts } from "./network/crossbar";
export type { ColumnNoise } from "./network/noise";
export type { IsaacOptions, IsaacResult } from "./network/isaac-encoding";
export { chooseSlicing, exactAccumulators, outputCodes } from "./network/layer-arguments";
export { errorBound } from "./network/adaptive-slicing";
export type { ChosenSlicing, SlicingOptions, SlicingSearch } from "./network/adaptive-slicing";
export type {
  IntegerLayer,
  OutputDifference,
  OutputQuantization,
  SignedInputs,
} from "./network/integer-layer";
export { findCenter, parseSlicing, slicingName } from "./network/layer-arguments";
export { allSlicings, type Slicing } from "./network/slicing";
export { drawPositions, madeUpValues, mulberry32 } from "./network/layer-arguments";
