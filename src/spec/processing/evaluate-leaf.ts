import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import type { EvaluationOptions } from "../expression/compile-expression";
import { isExpressionText } from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import { IntegralFloat, isInteger, numberOf, valueText } from "../expression/runtime-value";
import { Scope } from "../expression/scope";
import type { Factor, WrittenValue } from "../specification";
import type { CompiledLeaf } from "./compile-model";
import { checkStorageAttribute } from "./storage-attributes";

/** A leaf with all values known. Factors and permutations are its own copies, which later steps complete. */
export interface EvaluatedLeaf {
  readonly compiled: CompiledLeaf;
  readonly attributes: ReadonlyMap<string, RuntimeValue>;
  readonly areaShare: number | null;
  readonly meshX: number;
  readonly meshY: number;
  readonly fanout: number;
  readonly spatialFactors: Factor[];
  readonly temporalFactors: Factor[];
  readonly spatialPermutation: string[];
  readonly temporalPermutation: string[];
  readonly split: number | null;
  readonly spatialDefaultMaxFactor: number | null;
  readonly temporalDefaultMaxFactor: number | null;
}

function locationOfValue(value: WrittenValue, leaf: CompiledLeaf, key: string): SourceLocation {
  const { location } = leaf.document;
  return (
    (isExpressionText(value) ? value.location : undefined) ?? {
      ...location,
      keyPath: `${location.keyPath ?? ""}.${key}`,
    }
  );
}

function evaluateMesh(
  leaf: CompiledLeaf,
  axis: "meshX" | "meshY",
  variables: Scope,
  options: EvaluationOptions,
): number {
  const value = leaf[axis](variables, options);
  if (isInteger(value) && value >= 1 && value <= Number.MAX_SAFE_INTEGER) return value;
  const isWholeFloat = value instanceof IntegralFloat;
  throw new RaellaError({
    code: isInteger(value) ? "out-of-range" : "schema",
    message: `${axis} of "${leaf.name}" is ${valueText(value)}.`,
    location: locationOfValue(leaf.document[axis], leaf, `spatial.${axis}`),
    value: valueText(value),
    expected: "an integer of at least 1",
    remedy: isWholeFloat ? "A division with / gives a float; use // for an integer." : undefined,
  });
}

function evaluateAreaShare(leaf: CompiledLeaf, scope: Scope, options: EvaluationOptions): number | null {
  const value = leaf.areaShare(scope, options);
  if (value === null) return null;
  const number = numberOf(value);
  if (number !== undefined && number >= 0 && Number.isFinite(number)) return number;
  throw new RaellaError({
    code: "schema",
    message: `area_share of "${leaf.name}" is ${valueText(value)}.`,
    location: locationOfValue(leaf.document.areaShare, leaf, "area_share"),
    expected: "a number that is not negative",
  });
}

/**
 * Evaluates a leaf: attributes in order, each seeing the variables and the attributes before it; meshes, which see only
 * variables; names in constraints.
 *
 * @throws RaellaError with the place of the value that fails.
 */
export function evaluateLeaf(
  leaf: CompiledLeaf,
  variables: Scope,
  options: EvaluationOptions,
): EvaluatedLeaf {
  const attributes = new Map<string, RuntimeValue>();
  const scope = new Scope(attributes, variables);
  for (const [name, value] of leaf.attributes) {
    const result = value(scope, options);
    attributes.set(
      name,
      leaf.kind === "storage"
        ? checkStorageAttribute(leaf.name, name, result, () =>
            locationOfValue(leaf.document.attributes[name], leaf, `attributes.${name}`),
          )
        : result,
    );
  }
  if (leaf.kind === "storage" && (attributes.get("datawidth") ?? null) === null)
    throw new RaellaError({
      code: "schema",
      message: `The storage element "${leaf.name}" has no datawidth.`,
      location: leaf.document.location,
      expected: "attributes: {datawidth: bits of one word}",
    });
  const { spatial, temporal } = leaf.constraints;
  const meshX = evaluateMesh(leaf, "meshX", variables, options);
  const meshY = evaluateMesh(leaf, "meshY", variables, options);
  return {
    compiled: leaf,
    attributes,
    areaShare: evaluateAreaShare(leaf, scope, options),
    meshX,
    meshY,
    fanout: meshX * meshY,
    spatialFactors: spatial.factors(scope, options),
    temporalFactors: temporal.factors(scope, options),
    spatialPermutation: [...spatial.permutation],
    temporalPermutation: [...temporal.permutation],
    split: spatial.split(scope, options),
    spatialDefaultMaxFactor: spatial.defaultMaxFactor(scope, options),
    temporalDefaultMaxFactor: temporal.defaultMaxFactor(scope, options),
  };
}
