import { RaellaError } from "../../errors";
import type { Constants } from "./constants";
import type { OnnxModel, OnnxNode } from "./model";
import { isOperator, nodeTitle } from "./model";

/** A quantisation of the model's own: value = (code - zero) · scale, with codes from 0 to 255. */
export interface OwnScale {
  readonly scale: number;
  readonly zero: number;
}

function unsupportedQuantization(node: OnnxNode, what: string, model: OnnxModel): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `${nodeTitle(node)} has ${what}, which is not supported.`,
    location: { file: model.file },
    expected: "weights of 8 bits, with one scale for a tensor or one for each output channel",
  });
}

/** Integer weights as codes -128 … 127, in the order of the tensor, if a DequantizeLinear of constants makes them. */
export function ownWeights(
  producer: OnnxNode | undefined,
  units: number,
  unitAxis: number,
  model: OnnxModel,
  constants: Constants,
): { codes: Float64Array; scales: Float64Array; zeros: Int32Array } | undefined {
  if (producer === undefined || !isOperator(producer, "DequantizeLinear")) return undefined;
  if ((producer.attributes.get("block_size")?.integer ?? 0) !== 0)
    throw unsupportedQuantization(producer, "weights quantised in blocks", model);
  const { type, dims, data } = constants.values(producer.inputs[0]);
  if (type !== "int8" && type !== "uint8")
    throw unsupportedQuantization(producer, `weights of type ${type}`, model);
  const scale = constants.values(producer.inputs[1]).data;
  if (scale.length !== 1 && scale.length !== units)
    throw unsupportedQuantization(producer, `${scale.length} scales for ${units} output channels`, model);
  const axis = producer.attributes.get("axis")?.integer ?? 1;
  if (scale.length !== 1 && (axis < 0 ? axis + dims.length : axis) !== unitAxis)
    throw unsupportedQuantization(producer, `scales along axis ${axis} of its weights`, model);
  const zero = producer.inputs[2] ? constants.values(producer.inputs[2]).data : new Float64Array(1);
  const offset = type === "uint8" ? 128 : 0;
  const each = (values: Float64Array, unit: number): number => values[values.length === 1 ? 0 : unit];
  return {
    codes: data.map((code) => code - offset),
    scales: Float64Array.from({ length: units }, (_, unit) => each(scale, unit)),
    zeros: Int32Array.from({ length: units }, (_, unit) => each(zero, unit) - offset),
  };
}

/** The scale of activations that a QuantizeLinear or DequantizeLinear sets, with codes from 0 to 255. */
export function ownScale(node: OnnxNode | undefined, constants: Constants): OwnScale | undefined {
  if (node === undefined || !isOperator(node, "QuantizeLinear", "DequantizeLinear")) return undefined;
  const [, scaleName, zeroName = ""] = node.inputs;
  if (!constants.has(scaleName)) return undefined;
  const scale = constants.values(scaleName).data;
  const zero = zeroName === "" ? undefined : constants.values(zeroName);
  if (scale.length !== 1 || (zero && zero.type !== "int8" && zero.type !== "uint8")) return undefined;
  return { scale: scale[0], zero: (zero?.data[0] ?? 0) + (zero?.type === "int8" ? 128 : 0) };
}
