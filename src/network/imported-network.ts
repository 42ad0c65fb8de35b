import type { SlicingSearch } from "./adaptive-slicing";
import type { ArithmeticDesign } from "./arithmetic-design";
import type { SignedInputs } from "./integer-layer";
import type { LayerAccuracy } from "./layer-accuracy";
import type { LayerStatistics } from "./statistics";
import type { MeasuredLayer, MeasuredSizes } from "./measure-layers";
import { positionsPerSample } from "./measure-layers";
import type { GraphLayer, LayerOperator } from "./onnx/layers";
import { nodeName } from "./onnx/model";
import type { ActivationScale, QuantizationScheme } from "./quantization";

/** Sizes of a layer as the layer files name them. */
export interface LayerShape {
  readonly C: number;
  readonly M: number;
  readonly R: number;
  readonly S: number;
  readonly P: number;
  readonly Q: number;
  readonly G: number;
  readonly H: number;
  readonly W: number;
  readonly Hpad: number;
  readonly Wpad: number;
  readonly Hstride: number;
  readonly Wstride: number;
  readonly Hdilation: number;
  readonly Wdilation: number;
}

/** A layer of a network of one's own, as the analysis found it. */
export interface ImportedLayer {
  readonly index: number;
  readonly name: string;
  /** The node in the model. */
  readonly node: string;
  readonly operator: LayerOperator;
  readonly shape: LayerShape;
  /** Of one sample. */
  readonly macs: number;
  readonly hasActivation: boolean;
  /** Computed positions, of all that there are. */
  readonly positions: number;
  readonly totalPositions: number;
  /** Undefined where only shapes were asked for. */
  readonly inputScale?: ActivationScale;
  readonly outputScale?: ActivationScale;
  /** Of each filter, or one where all are equal. */
  readonly weightScales: readonly number[];
  /** Passes in which the inputs enter a crossbar. */
  readonly passes: number;
  /** Undefined where only shapes were asked for. */
  readonly statistics?: LayerStatistics;
  /** By name: of architectures whose crossbars, converters, cells or slices are others than those of `statistics`. */
  readonly ownStatistics?: Readonly<Record<string, LayerStatistics>>;
  /** By architecture. */
  readonly accuracy?: Readonly<Record<string, LayerAccuracy>>;
}

/** A node that stays off the crossbars, as it is reported. */
export interface UnmappedReport {
  readonly operator: string;
  readonly name: string;
  readonly reason: string;
  /** Multiply-accumulates of one sample; null where they are not known. */
  readonly macs: number | null;
}

/** A network of one's own: its layers, how it was quantised, and what could not be mapped. */
export interface ImportedNetwork {
  readonly file: string;
  readonly sha256: string;
  readonly scheme: QuantizationScheme;
  readonly signedInputs: SignedInputs;
  /** Output positions of each layer that were to be computed. */
  readonly samples: number | "all";
  readonly seed: number;
  readonly slicings: SlicingSearch;
  readonly inputSamples: number;
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
  /** The statistics are of noise, not of data. */
  readonly madeUpInputs: boolean;
  /** Null where sizes followed without a run. */
  readonly engine: { readonly name: string; readonly version: string } | null;
  /** The architectures that there are statistics for, and how they compute. */
  readonly designs: readonly ArithmeticDesign[];
  readonly layers: readonly ImportedLayer[];
  readonly unmapped: readonly UnmappedReport[];
  /** Multiply-accumulates of one sample: of the layers, and with the unmapped nodes whose work is known. */
  readonly mappedMacs: number;
  readonly totalMacs: number;
  readonly warnings: readonly string[];
}

export function describeLayer(measured: MeasuredLayer, index: number, passes: number): ImportedLayer {
  const { graph, sizes, integers, totalPositions, inputScale, outputScale, weightScales } = measured;
  return {
    ...describeGraphLayer(graph, sizes, index),
    positions: integers.samples,
    totalPositions,
    inputScale,
    outputScale,
    weightScales: weightScales.every((scale) => scale === weightScales[0])
      ? [weightScales[0]]
      : [...weightScales],
    passes,
  };
}

/** What follows from a layer's place in the graph and its sizes. */
export function describeGraphLayer(
  graph: GraphLayer,
  sizes: MeasuredSizes,
  index: number,
): Pick<ImportedLayer, "index" | "name" | "node" | "operator" | "shape" | "macs" | "hasActivation"> {
  const { window } = graph;
  return {
    index,
    name: graph.name,
    node: nodeName(graph.node),
    operator: graph.operator,
    shape: {
      C: graph.channels,
      M: graph.filters,
      R: window.width,
      S: window.height,
      P: sizes.outputWidth,
      Q: sizes.outputHeight * sizes.images,
      G: graph.groups,
      H: sizes.inputHeight,
      W: sizes.inputWidth,
      Hpad: sizes.padTop,
      Wpad: sizes.padLeft,
      Hstride: window.strideY,
      Wstride: window.strideX,
      Hdilation: window.dilationY,
      Wdilation: window.dilationX,
    },
    macs: positionsPerSample(sizes) * graph.groups * graph.rows * graph.filters,
    hasActivation: graph.hasActivation,
  };
}
