import { collectErrors, RaellaError } from "../../errors";
import { contentOf, freeze } from "../../memory";
import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateWritten } from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import { IntegralFloat, isInteger, numberOf, Scope, toValue, valueText } from "../expression/runtime-value";
import type { MeshAxis } from "../schema/architecture-schema";
import type { Value } from "../specification";
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

function evaluateAreaShare(leaf: CompiledLeaf, scope: Scope, options: EvaluationOptions): number | null {
  const { areaShare } = leaf.document;
  const value = evaluateWritten(areaShare, scope, options);
  if (value === null) return null;
  const number = numberOf(value);
  if (number !== undefined && number >= 0 && Number.isFinite(number)) return number;
  throw new RaellaError({
    code: "schema",
    message: `area_share of "${leaf.name}" is ${valueText(value)}.`,
    location: leaf.document.locate("area_share"),
    expected: "a number that is not negative",
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
 * meshes, which see no attributes.
 *
 * @throws RaellaError with the place of the value that fails.
 */
function evaluateLeaf(leaf: CompiledLeaf, variables: Scope, options: EvaluationOptions): LeafValues {
  const attributes = evaluateAttributes(leaf, variables, options);
  const scope = new Scope(attributes, variables);
  const constraints = leaf.constraints.evaluate(scope);
  const areaShare = evaluateAreaShare(leaf, scope, options);
  const loops = { ...evaluateMeshes(leaf, variables, options), constraints };
  const table: Record<string, Value> = {};
  for (const [name, value] of attributes) if (!isEmptyValue(value)) table[name] = toValue(value);
  return freeze({ attributes: table, attributeNames: [...attributes.keys()], areaShare, loops });
}

function isEmptyValue(value: RuntimeValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/**
 * Evaluates all leaves of a model. Most of them stay as they are from one layer or design to the next, so that values
 * are remembered by those of the variables that a leaf looks up.
 *
 * @throws RaellaErrors with every mistake.
 */
export function evaluateLeaves(
  { leaves, leafMemo }: CompiledModel,
  variables: Scope,
  options: EvaluationOptions,
): readonly LeafValues[] {
  return collectErrors(leaves, (leaf, index) => {
    const { inputs } = leaf;
    if (inputs === null) return evaluateLeaf(leaf, variables, options);
    let key = `${index} ${options.workingDirectory}`;
    // Words in the text of a variable may be names of others.
    const names = leaf.constraints.words.length === 0 ? inputs : new Set(inputs);
    for (const name of names) {
      const value = variables.lookup(name);
      key += `\n${contentOfRuntime(value)}`;
      if (names instanceof Set && typeof value === "string")
        for (const word of wordsIn(value)) names.add(word);
    }
    return leafMemo.get(key, () => evaluateLeaf(leaf, variables, options));
  });
}

/** Floats differ from the integers of the same value. */
function contentOfRuntime(value: RuntimeValue | undefined): string {
  if (value instanceof IntegralFloat) return `${contentOf(value.value)}.0`;
  return Array.isArray(value) ? `[${value.map(contentOfRuntime).join()}]` : contentOf(value);
}
