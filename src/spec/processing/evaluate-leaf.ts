import { collectErrors, RaellaError } from "../../errors";
import { freeze } from "../../memory";
import type { EvaluationOptions } from "../expression/compile-expression";
import type { RuntimeValue } from "../expression/runtime-value";
import { IntegralFloat, isInteger, numberOf, Scope, toValue, valueText } from "../expression/runtime-value";
import type { MeshAxis } from "../schema/architecture-schema";
import type { Convention, Value } from "../specification";
import type { CompiledLeaf, CompiledModel, LeafLoops, LeafValues } from "./compiled-model";
import { contentOfNames, followNames } from "./compiled-part";
import { checkStorageAttribute } from "./storage-attributes";

/** Both meshes. They see variables, and the second one the first. */
function evaluateMeshes(
  leaf: CompiledLeaf,
  variables: Scope,
  options: EvaluationOptions,
): Pick<LeafLoops, MeshAxis> {
  const [first, second] = leaf.document.meshOrder;
  const value = evaluateMesh(leaf, first, variables, options);
  const scope = new Scope(new Map([[first, value]]), variables);
  const other = evaluateMesh(leaf, second, scope, options);
  return first === "meshX" ? { meshX: value, meshY: other } : { meshX: other, meshY: value };
}

function evaluateMesh(
  leaf: CompiledLeaf,
  axis: MeshAxis,
  variables: Scope,
  options: EvaluationOptions,
): number {
  const value = leaf[axis].evaluate(variables, options);
  if (isInteger(value) && value >= 1 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new RaellaError({
    code: isInteger(value) ? "out-of-range" : "schema",
    message: `${axis} of "${leaf.name}" is ${valueText(value)}.`,
    location: leaf.document.locate("spatial", axis),
    value: valueText(value),
    expected: "an integer of at least 1",
    remedy:
      value instanceof IntegralFloat ? "A division with / gives a float; use // for an integer." : undefined,
  });
}

/** A share of the area or the energies of a level. */
function evaluateShare(
  leaf: CompiledLeaf,
  kind: "area" | "energy",
  scope: Scope,
  options: EvaluationOptions,
): number | null {
  const value = (kind === "area" ? leaf.areaShare : leaf.energyShare).evaluate(scope, options);
  if (value === null) return null;
  const number = numberOf(value);
  if (number !== undefined && number >= 0 && Number.isFinite(number)) return number;
  throw new RaellaError({
    code: "schema",
    message: `${kind === "area" ? "area_share" : "energy_scale"} of "${leaf.name}" is ${valueText(value)}.`,
    location: leaf.document.locate(kind === "area" ? "area_share" : "energy_scale"),
    expected: "a number that is not negative",
  });
}

/** Whether the component is there at all. */
function isEnabled(leaf: CompiledLeaf, scope: Scope, options: EvaluationOptions): boolean {
  const value = leaf.enabled.evaluate(scope, options);
  if (typeof value === "boolean" || value === 0 || value === 1) return Boolean(value);
  throw new RaellaError({
    code: "schema",
    message: `enabled of "${leaf.name}" is ${valueText(value)}.`,
    location: leaf.document.locate("enabled"),
    expected: "true or false",
  });
}

function evaluateAttributes(
  leaf: CompiledLeaf,
  variables: Scope,
  options: EvaluationOptions,
): ReadonlyMap<string, RuntimeValue> {
  const attributes = new Map<string, RuntimeValue>();
  const scope = new Scope(attributes, variables);
  const isStorage = leaf.kind === "storage";
  for (const [name, written] of leaf.attributes) {
    let value = written.evaluate(scope, options);
    if (isStorage)
      value = checkStorageAttribute(leaf.name, name, value, () => leaf.document.locate("attributes", name));
    attributes.set(name, value);
  }
  if (isStorage && (attributes.get("datawidth") ?? null) === null)
    throw new RaellaError({
      code: "schema",
      message: `The storage element "${leaf.name}" has no datawidth.`,
      location: leaf.document.location,
      expected: "attributes: {datawidth: bits of one word}",
    });
  return attributes;
}

/**
 * Evaluates a leaf: attributes in order, each seeing the variables and the attributes before it; names in constraints;
 * meshes, which see no attributes in the convention of 2023.
 *
 * @throws RaellaError with the place of the value that fails.
 */
function evaluateLeaf(
  leaf: CompiledLeaf,
  variables: Scope,
  options: EvaluationOptions,
  convention: Convention,
): LeafValues {
  const attributes = evaluateAttributes(leaf, variables, options);
  const scope = new Scope(attributes, variables);
  const constraints = leaf.constraints.evaluate(scope);
  const areaShare = evaluateShare(leaf, "area", scope, options);
  const energyShare = evaluateShare(leaf, "energy", scope, options);
  const loops = {
    ...evaluateMeshes(leaf, convention === "2023" ? variables : scope, options),
    constraints,
    ...(isEnabled(leaf, scope, options) ? {} : { isEnabled: false as const }),
  };
  const table: Record<string, Value> = {};
  for (const [name, value] of attributes) if (!isEmptyValue(value)) table[name] = toValue(value);
  const attributeNames = [...attributes.keys()];
  return freeze({
    attributes: table,
    attributeNames,
    areaShare,
    ...(energyShare !== null && { energyShare }),
    loops,
  });
}

function isEmptyValue(value: RuntimeValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The values of a leaf, remembered by those of the names that it looks up. */
export function valuesOfLeaf(
  { leaves, leafMemo, convention }: CompiledModel,
  index: number,
  variables: Scope,
  options: EvaluationOptions,
): LeafValues {
  const leaf = leaves[index];
  const names = namesDeciding(leaf, variables);
  const compute = (): LeafValues => evaluateLeaf(leaf, variables, options, convention);
  if (names === null) return compute();
  return leafMemo.get(`${index} ${options.workingDirectory}${contentOfNames(names, variables)}`, compute);
}

/** The names whose values decide those of a leaf; null where that shows only when they are evaluated. */
export function namesDeciding(
  { inputs, constraints }: CompiledLeaf,
  variables: Scope,
): Iterable<string> | null {
  return inputs === null || constraints.words.length === 0 ? inputs : followNames(inputs, variables);
}

/**
 * The values of all leaves of a model. In the convention of 2024 a leaf also sees the attributes of the containers before
 * it.
 *
 * @param known Values of leaves that need not be evaluated; their containers hand down what they have.
 * @throws RaellaErrors with every mistake.
 */
export function evaluateLeaves(
  model: CompiledModel,
  known: readonly (LeafValues | undefined)[],
  outermost: Scope,
  options: EvaluationOptions,
): readonly LeafValues[] {
  const handedDown = new Map<string, RuntimeValue>();
  const scope = model.convention === "2023" ? outermost : new Scope(handedDown, outermost);
  return collectErrors(model.leaves, ({ kind }, index) => {
    const values = known[index] ?? valuesOfLeaf(model, index, scope, options);
    if (kind === "container" && scope !== outermost)
      for (const [name, value] of Object.entries(values.attributes)) handedDown.set(name, value);
    return values;
  });
}
