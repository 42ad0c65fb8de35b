import type { ConvertedSums, CrossbarResult, PassCounts } from "./crossbar";
import { computeInCrossbars } from "./crossbar";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import { exactAccumulators, outputCodes } from "./integer-layer";
import { computeInIsaac } from "./isaac-encoding";
import type { OutputDifference } from "./output-error";
import { compareOutputs } from "./output-error";
import type { Slicing } from "./slicing";
import { twoBitSlicing } from "./slicing";

/** How accurate an architecture computes a layer. */
export interface LayerAccuracy extends OutputDifference {
  /** Share of the conversions that met an end of the converter. */
  readonly saturatedShare: number;
}

/** The architectures of the ablation study, by name. */
export type ArithmeticVariant =
  "isaac_like" | "raella_no_speculation_2b_cells" | "raella_no_speculation" | "raella";

export interface LayerAccuracyOptions {
  /** The slicing that was chosen for the layer. */
  readonly slicing: Slicing;
  /** What the crossbars made of the layer with it, if that is known. */
  readonly result?: CrossbarResult;
  readonly rows?: number;
  readonly converterBits?: number;
  readonly signedInputs?: SignedInputs;
}

/** A layer with its exact output codes, to which others are compared. */
interface ExactLayer {
  readonly layer: IntegerLayer;
  readonly output: OutputQuantization;
  readonly exact: Uint8Array;
}

/** How accumulators change the output codes. */
export function differenceOf(
  { accumulators, saturated, conversions }: ConvertedSums,
  { layer, output, exact }: ExactLayer,
): LayerAccuracy {
  return {
    saturatedShare: saturated / conversions,
    ...compareOutputs(outputCodes(accumulators, layer, output), exact, output.zero),
  };
}

/** The same of what RAELLA's crossbars made of a layer, without or with speculation. */
export function crossbarAccuracy(
  { accumulators, accumulatorsSpeculation, passes }: CrossbarResult,
  speculation: boolean,
  layer: ExactLayer,
): LayerAccuracy {
  const total = (count: (pass: PassCounts) => number): number =>
    passes.reduce((sum, pass) => sum + count(pass), 0);
  return speculation
    ? differenceOf(
        {
          accumulators: accumulatorsSpeculation,
          saturated: total((pass) => pass.saturatedSpeculation),
          conversions: total((pass) => pass.conversionsSpeculation),
        },
        layer,
      )
    : differenceOf(
        {
          accumulators,
          saturated: total((pass) => pass.saturated),
          conversions: total((pass) => pass.conversions),
        },
        layer,
      );
}

/**
 * How the arithmetic of each architecture changes the output codes of a layer, given its true inputs. Rows and bits are
 * those of RAELLA; ISAAC keeps its own and is exact.
 */
export function layerAccuracy(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: LayerAccuracyOptions,
): Readonly<Record<ArithmeticVariant, LayerAccuracy>> {
  const exact = { layer, output, exact: outputCodes(exactAccumulators(layer), layer, output) };
  const adaptive = options.result ?? computeInCrossbars(layer, options);
  const twoBit = computeInCrossbars(layer, { ...options, slicing: twoBitSlicing });
  return {
    isaac_like: differenceOf(computeInIsaac(layer), exact),
    raella_no_speculation_2b_cells: crossbarAccuracy(twoBit, false, exact),
    raella_no_speculation: crossbarAccuracy(adaptive, false, exact),
    raella: crossbarAccuracy(adaptive, true, exact),
  };
}
