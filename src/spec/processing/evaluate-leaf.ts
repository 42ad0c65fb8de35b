import { collectErrors, RaellaError } from "../../errors";
import { contentOf, freeze } from "../../memory";
import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateWritten } from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import { IntegralFloat, isInteger, numberOf, Scope, toValue, valueText } from "../expression/runtime-value";
import type { MeshAxis } from "../schema/architecture-schema";
import type { Convention, Value } from "../specification";
import type { CompiledLeaf, CompiledModel, LeafLoops, LeafValues } from "./compiled-model";
import { wordsIn } from "./compiled-part";
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
  const value = evaluateWritten(leaf[axis], variables, options);
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
  const { areaShare, energyShare } = leaf.document;
  const value = evaluateWritten(kind === "area" ? areaShare : energyShare, scope, options);
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
  const value = evaluateWritten(leaf.document.enabled, scope, options);
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
    let value = evaluateWritten(written, scope, options);
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

/**
 * Evaluates all leaves of a model. Most of them stay as they are from one layer or design to the next, so that values
 * are remembered by those of the variables that a leaf looks up. In the convention of 2024 a leaf also sees the attributes
 * of the containers before it.
 *
 * @throws RaellaErrors with every mistake.
 */
export function evaluateLeaves(
  { leaves, leafMemo, convention }: CompiledModel,
  outermost: Scope,
  options: EvaluationOptions,
): readonly LeafValues[] {
  if (convention === "2023") return collectErrors(leaves, (leaf, index) => evaluated(leaf, index, outermost));
  const handedDown = new Map<string, RuntimeValue>();
  const scope = new Scope(handedDown, outermost);
  return collectErrors(leaves, (leaf, index) => {
    const values = evaluated(leaf, index, scope);
    if (leaf.kind === "container")
      for (const [name, value] of Object.entries(values.attributes)) handedDown.set(name, value);
    return values;
  });

  function evaluated(leaf: CompiledLeaf, index: number, variables: Scope): LeafValues {
    const { inputs } = leaf;
    if (inputs === null) return evaluateLeaf(leaf, variables, options, convention);
    let key = `${index} ${options.workingDirectory}`;
    // Words in the text of a variable may be names of others.
    const names = leaf.constraints.words.length === 0 ? inputs : new Set(inputs);
    for (const name of names) {
      const value = variables.lookup(name);
      key += `\n${contentOfRuntime(value)}`;
      if (names instanceof Set && typeof value === "string")
        for (const word of wordsIn(value)) names.add(word);
    }
    return leafMemo.get(key, () => evaluateLeaf(leaf, variables, options, convention));
  }
}

/** Floats differ from the integers of the same value. */
function contentOfRuntime(value: RuntimeValue | undefined): string {
  if (value instanceof IntegralFloat) return `${contentOf(value.value)}.0`;
  return Array.isArray(value) ? `[${value.map(contentOfRuntime).join()}]` : contentOf(value);
}
