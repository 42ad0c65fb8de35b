import type { ArithmeticDesign } from "./arithmetic-design";
import type { ConvertedSums, CrossbarResult, PassCounts } from "./crossbar";
import { computeInCrossbars } from "./crossbar";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import { exactAccumulators, outputCodes } from "./integer-layer";
import { computeInIsaac } from "./isaac-encoding";
import type { ColumnNoise } from "./noise";
import { noiseOf } from "./noise";
import type { OutputDifference } from "./output-error";
import { compareOutputs } from "./output-error";
import type { Slicing } from "./slicing";
import { slicingName } from "./slicing";

/** How accurate an architecture computes a layer. */
export interface LayerAccuracy extends OutputDifference {
  /** Share of the conversions that met an end of the converter. */
  readonly saturatedShare: number;
}

/** The design that computes a layer, and what is known of it already. */
export interface LayerAccuracyOptions {
  /** The slicing that was chosen for the layer. */
  readonly slicing: Slicing;
  /** Default: those of each architecture. */
  readonly rows?: number;
  readonly converterBits?: number;
  readonly signedInputs?: SignedInputs;
  /** Of the sums of columns. Designs with a deviation of their own keep it. Default: none. */
  readonly noise?: ColumnNoise;
  /** Default: the package's architectures. */
  readonly designs?: readonly ArithmeticDesign[];
}

/** A layer with its exact output codes, to which others are compared. */
interface ExactLayer {
  readonly layer: IntegerLayer;
  readonly output: OutputQuantization;
  readonly exact: Uint8Array;
}

/** How accumulators change the output codes. */
function differenceOf(
  { accumulators, saturated, conversions }: ConvertedSums,
  { layer, output, exact }: ExactLayer,
): LayerAccuracy {
  return {
    saturatedShare: saturated / conversions,
    ...compareOutputs(outputCodes(accumulators, layer, output), exact, output.zero),
  };
}

/** The same of what RAELLA's crossbars made of a layer, without or with speculation. */
function crossbarAccuracy(
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
 * What the arithmetic of a design makes of a layer.
 * @param result Of Center+Offset crossbars; undefined for a design whose columns hold codes, which is computed here.
 */
export function layerAccuracyOf(
  design: ArithmeticDesign,
  slicing: Slicing,
  exact: ExactLayer,
  result: CrossbarResult | undefined,
  noise: Omit<ColumnNoise, "deviation"> = {},
): LayerAccuracy {
  if (result !== undefined) return crossbarAccuracy(result, design.speculation, exact);
  const { rows, adcBits: converterBits } = design;
  const crossbar = { rows, converterBits, slicing, noise: noiseOf(design, noise) };
  return differenceOf(computeInIsaac(exact.layer, crossbar), exact);
}

/**
 * How the arithmetic of each design changes the output codes of a layer, given its true inputs. `rows` and `converterBits`
 * are for Center+Offset; designs whose columns hold codes, as ISAAC's do, keep their own.
 */
export function layerAccuracy(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: LayerAccuracyOptions & { readonly designs: readonly ArithmeticDesign[] },
): Readonly<Record<string, LayerAccuracy>> {
  const { rows, converterBits, signedInputs, noise } = options;
  const designs = options.designs.map((design): ArithmeticDesign => ({
    noise: noise?.deviation,
    ...design,
    ...(design.encoding === "center_offset" && {
      rows: rows ?? design.rows,
      adcBits: converterBits ?? design.adcBits,
    }),
  }));
  const exact = { layer, output, exact: outputCodes(exactAccumulators(layer), layer, output) };
  const results = new Map<string, CrossbarResult>();
  const compute = (slicing: Slicing, design: ArithmeticDesign): CrossbarResult => {
    const key = [slicingName(slicing), design.rows, design.adcBits, design.noise ?? 0].join(" ");
    const known = results.get(key);
    if (known !== undefined) return known;
    const ownNoise = noiseOf(design, noise ?? {});
    const crossbar = {
      ...{ slicing, rows: design.rows, converterBits: design.adcBits },
      ...{ signedInputs, noise: ownNoise },
    };
    const result = computeInCrossbars(layer, crossbar);
    results.set(key, result);
    return result;
  };
  return Object.fromEntries(
    designs.map((design) => {
      const slicing = design.slices === "adaptive" ? options.slicing : design.slices;
      const result = design.encoding === "offset_invert" ? undefined : compute(slicing, design);
      return [design.architecture, layerAccuracyOf(design, slicing, exact, result, noise)];
    }),
  );
}
