import * as v from "valibot";
import type { RaellaError } from "../../errors";
import { namesRead } from "../expression/evaluate";
import type { YamlNode } from "../yaml/yaml-node";
import { closedObject, text, validate, written } from "./validate";

/** How weights lie in cells: as offsets from a center, or as codes from 0 on, in columns that may be inverted. */
const weightEncodings = ["center_offset", "offset_invert"] as const;
/** How weights become what the cells of a crossbar hold. */
export type WeightEncoding = (typeof weightEncodings)[number];

/** Bits of the slices of a weight, most significant first; or they are chosen layer by layer. */
export type SlicesOfWeights = "adaptive" | readonly number[];

const slicesExpected = "adaptive, or bits that make 8, most significant first: [4, 2, 2]";
const slices = v.lazy((given): v.GenericSchema<unknown, SlicesOfWeights> =>
  Array.isArray(given)
    ? v.pipe(
        v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)), slicesExpected),
        v.check((bits) => bits.reduce((sum, each) => sum + each, 0) === 8, slicesExpected),
      )
    : v.pipe(text(slicesExpected), v.literal("adaptive", slicesExpected)),
);

export const arithmeticSchema = closedObject({
  encoding: v.optional(v.pipe(text(), v.picklist(weightEncodings, weightEncodings.join(" or ")))),
  slices: v.optional(slices),
  average_weight_slices: v.optional(slices),
  speculation: v.optional(written("true, false or an expression")),
  input_bits: v.optional(written("a number or an expression")),
  rows: v.optional(written("a number or an expression")),
  converter_bits: v.optional(written("a number or an expression")),
  cell_bits: v.optional(written("a number or an expression")),
});

/** What a model, or an entry of `architectures.yaml`, says of how its crossbars compute. */
export type WrittenArithmetic = Readonly<v.InferOutput<typeof arithmeticSchema>>;

/** Reads the top key `arithmetic`. */
export function readArithmetic(node: YamlNode, errors: RaellaError[]): WrittenArithmetic | undefined {
  return validate(arithmeticSchema, node, "arithmetic", errors);
}

/** Names that expressions of an arithmetic read. */
export function namesOfArithmetic(written: WrittenArithmetic): readonly string[] {
  const { speculation, input_bits, rows, converter_bits, cell_bits } = written;
  const values = [speculation, input_bits, rows, converter_bits, cell_bits];
  return values.flatMap((value) => (value === undefined ? [] : namesRead(value)));
}
