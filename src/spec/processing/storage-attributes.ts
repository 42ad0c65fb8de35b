import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import type { RuntimeValue } from "../expression/runtime-value";
import { consumptionScale } from "../schema/architecture-schema";
import { describeType, IntegralFloat, isInteger, numberOf, valueText } from "../expression/runtime-value";

/** What a storage attribute may be. */
interface AttributeRule {
  readonly type: "integer" | "number" | "boolean";
  readonly default: number | boolean | null;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Text is passed on as it is, e.g. a technology of "32nm". */
  readonly allowsText?: boolean;
  /** There is one for each data space, `name.Inputs`. */
  readonly isByDataSpace?: boolean;
}

const size: AttributeRule = { type: "integer", default: null, minimum: 1 };
/** 0: there is nothing, so that nothing can be held. */
const sizeOrNothing: AttributeRule = { ...size, minimum: 0 };
const flag: AttributeRule = { type: "boolean", default: null };
const bandwidth: AttributeRule = { type: "number", default: null, minimum: 0 };
const cycles: AttributeRule = { type: "integer", default: null, minimum: 0 };

/** Attributes of storage elements with a meaning of their own, in the order in which defaults are added. */
const storageAttributes: Readonly<Record<string, AttributeRule>> = {
  datawidth: { type: "integer", default: null, minimum: 1 },
  technology: { type: "integer", default: null, allowsText: true },
  n_banks: { type: "integer", default: 2, minimum: 1 },
  block_size: size,
  cluster_size: { ...size, default: 1 },
  width: sizeOrNothing,
  depth: sizeOrNothing,
  entries: size,
  sizeKB: size,
  reduction_supported: { type: "boolean", default: true },
  multiple_buffering: { type: "number", default: 1, minimum: 1 },
  min_utilization: { type: "number", default: 0, minimum: 0, maximum: 1 },
  shared_bandwidth: bandwidth,
  read_bandwidth: bandwidth,
  write_bandwidth: bandwidth,
  [consumptionScale]: { type: "number", default: null, minimum: 0, isByDataSpace: true },
  network_fill_latency: cycles,
  network_drain_latency: cycles,
  allow_overbooking: { type: "boolean", default: false },
  metadata_block_size: sizeOrNothing,
  metadata_datawidth: sizeOrNothing,
  metadata_storage_width: sizeOrNothing,
  metadata_storage_depth: sizeOrNothing,
  concordant_compressed_tile_traversal: flag,
  tile_partition_supported: flag,
  decompression_supported: flag,
  compression_supported: flag,
};

/** Names of the attributes with a meaning of their own. */
export const storageAttributeNames: readonly string[] = Object.keys(storageAttributes);

/** The data space that an attribute `name.Inputs` is for; undefined for attributes of the whole level. */
export function dataSpaceOfAttribute(name: string): string | undefined {
  return name.startsWith(ofDataSpace) ? name.slice(ofDataSpace.length) : undefined;
}

const ofDataSpace = `${consumptionScale}.`;

/** Defaults that are not null: attributes every storage level ends up with. */
export const storageDefaults: readonly (readonly [string, number | boolean])[] = Object.entries(
  storageAttributes,
).flatMap(([name, rule]) => (rule.default === null ? [] : [[name, rule.default] as const]));

const expectations = { integer: "an integer", number: "a number", boolean: "true or false" };

function expectation({ type, minimum, maximum }: AttributeRule): string {
  const range = [
    minimum === undefined ? "" : ` of at least ${minimum}`,
    maximum === undefined ? "" : ` and at most ${maximum}`,
  ].join("");
  return expectations[type] + range;
}

/**
 * The value a storage attribute counts with.
 *
 * @throws RaellaError `schema` for a wrong type, `out-of-range` for a value out of range.
 */
export function checkStorageAttribute(
  level: string,
  name: string,
  value: RuntimeValue,
  location: () => SourceLocation | undefined,
): RuntimeValue {
  const [own] = name.split(".");
  if (!Object.hasOwn(storageAttributes, own) || value === null || value === "") return value;
  const rule = storageAttributes[own];
  if (rule.isByDataSpace === true && own === name)
    throw new RaellaError({
      code: "schema",
      message: `The attribute "${name}" of "${level}" is ${describeType(value)}: ${valueText(value)}.`,
      location: location(),
      value: valueText(value),
      expected: "a map of data spaces to numbers, e.g. {Inputs: 0.5}",
    });
  const converted = typeof value === "string" ? textToNumber(value, rule) : value;
  const fits =
    rule.type === "boolean"
      ? typeof converted === "boolean" || converted === 0 || converted === 1
      : rule.type === "integer"
        ? isInteger(converted) || (rule.allowsText === true && typeof converted === "string")
        : numberOf(converted) !== undefined && typeof converted !== "boolean";
  const number = numberOf(converted);
  const inRange =
    rule.type === "boolean" ||
    number === undefined ||
    (number >= (rule.minimum ?? -Infinity) && number <= (rule.maximum ?? Infinity));
  if (fits && inRange) return rule.type === "boolean" ? Boolean(converted) : converted;
  throw new RaellaError({
    code: fits ? "out-of-range" : "schema",
    message: `The attribute "${name}" of "${level}" is ${fits ? "" : `${describeType(value)}: `}${valueText(value)}.`,
    location: location(),
    value: valueText(value),
    expected: expectation(rule),
    remedy:
      value instanceof IntegralFloat ? "A division with / gives a float; use // for an integer." : undefined,
  });
}

function textToNumber(text: string, rule: AttributeRule): RuntimeValue {
  const isNumber = rule.type !== "boolean" && /^\s*[-+]?[0-9]+(\.[0-9]+)?\s*$/.test(text);
  return isNumber && rule.allowsText !== true ? Number(text) : text;
}
