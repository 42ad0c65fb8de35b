import { computeInCrossbars, type CrossbarResult } from "./crossbar";
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

/**
 * How the arithmetic of each architecture changes the output codes of a layer, given its true inputs. Rows and bits are
 * those of RAELLA; ISAAC keeps its own and is exact.
 */
export function layerAccuracy(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: LayerAccuracyOptions,
): Readonly<Record<ArithmeticVariant, LayerAccuracy>> {
  const exact = outputCodes(exactAccumulators(layer), layer, output);
  const compare = (accumulators: Float64Array, saturated: number, conversions: number): LayerAccuracy => ({
    saturatedShare: saturated / conversions,
    ...compareOutputs(outputCodes(accumulators, layer, output), exact, output.zero),
  });
  const total = ({ passes }: CrossbarResult, count: "saturated" | "conversions"): number =>
    passes.reduce((sum, pass) => sum + pass[count], 0);
  const totalSpeculation = ({ passes }: CrossbarResult): readonly [number, number] => [
    passes.reduce((sum, pass) => sum + pass.saturatedSpeculation, 0),
    passes.reduce((sum, pass) => sum + pass.conversionsSpeculation, 0),
  ];
  const adaptive = options.result ?? computeInCrossbars(layer, options);
  const twoBit = computeInCrossbars(layer, { ...options, slicing: twoBitSlicing });
  const isaac = computeInIsaac(layer);
  return {
    isaac_like: compare(isaac.accumulators, isaac.saturated, isaac.conversions),
    raella_no_speculation_2b_cells: compare(
      twoBit.accumulators,
      total(twoBit, "saturated"),
      total(twoBit, "conversions"),
    ),
    raella_no_speculation: compare(
      adaptive.accumulators,
      total(adaptive, "saturated"),
      total(adaptive, "conversions"),
    ),
    raella: compare(adaptive.accumulatorsSpeculation, ...totalSpeculation(adaptive)),
  };
}
