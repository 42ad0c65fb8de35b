import { roundHalfEven } from "./integer-layer";

/**
 * How a float network becomes one of 8 bits.
 *
 *               weights             activations
 *     own       of the model        of the model
 *     symmetric per output channel  signed, -127 … 127; transformers
 *     channel8  per output channel  unsigned, 0 … 255
 *     fbgemm    per output channel  unsigned, 0 … 127; torch on x86
 *     qnnpack   per tensor          unsigned, 0 … 255; torch on ARM
 */
export type QuantizationScheme = "own" | "symmetric" | "channel8" | "fbgemm" | "qnnpack";

export const quantizationSchemes: readonly QuantizationScheme[] = [
  "own",
  "symmetric",
  "channel8",
  "fbgemm",
  "qnnpack",
];

/** value = (code - zero) · scale; codes from `lowest` to `highest`. */
export interface ActivationScale {
  readonly scale: number;
  readonly zero: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Least and greatest value of a tensor, 0 included. */
export interface TensorRange {
  readonly least: number;
  readonly greatest: number;
}

/** Code of the value 0 where signed codes -127 … 127 are stored from 0 on; also of weights. */
const signedZero = 128;

/** The scale of activations of a range. */
export function activationScale(
  { least, greatest }: TensorRange,
  scheme: QuantizationScheme,
): ActivationScale {
  if (scheme === "symmetric") {
    const scale = Math.max(-least, greatest) / 127;
    return { scale: scale === 0 ? 1 : scale, zero: signedZero, lowest: 1, highest: 255 };
  }
  const highest = scheme === "fbgemm" ? 127 : 255;
  const scale = (greatest - least) / highest || 1;
  const zero = Math.min(highest, Math.max(0, roundHalfEven(-least / scale)));
  return { scale, zero, lowest: 0, highest };
}

/** Code of a value. */
export function activationCode(value: number, { scale, zero, lowest, highest }: ActivationScale): number {
  const code = roundHalfEven(value / scale) + zero;
  return code < lowest ? lowest : code > highest ? highest : code;
}

/** Weights as integers, with a scale for each filter of each group. */
interface QuantizedWeights {
  /** -128 … 127, [group][row][filter] */
  readonly weights: Int8Array;
  readonly scales: Float64Array;
}

/** Quantises weights [group][row][filter], per filter or all with one scale. */
export function quantizeWeights(
  values: Float32Array | Float64Array,
  groups: number,
  filters: number,
  scheme: QuantizationScheme,
): QuantizedWeights {
  const rows = values.length / (groups * filters);
  const greatest = new Float64Array(groups * filters);
  const eachWeight = (visit: (index: number, unit: number) => void): void => {
    for (let index = 0, group = 0; group < groups; group++)
      for (let row = 0; row < rows; row++)
        for (let filter = 0; filter < filters; filter++) visit(index++, group * filters + filter);
  };
  eachWeight((index, unit) => {
    greatest[unit] = Math.max(greatest[unit], Math.abs(values[index]));
  });
  if (scheme === "qnnpack") greatest.fill(greatest.reduce((most, each) => Math.max(most, each), 0));
  const scales = greatest.map((value) => (value === 0 ? 1 : value / 127));
  const weights = new Int8Array(values.length);
  eachWeight((index, unit) => {
    const code = roundHalfEven(values[index] / scales[unit]);
    weights[index] = code < -128 ? -128 : code > 127 ? 127 : code;
  });
  return { weights, scales };
}
