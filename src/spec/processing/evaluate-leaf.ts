import { collectErrors, RaellaError } from "../../errors";
import { freeze, serialNumber } from "../../memory";
import type { EvaluationOptions } from "../expression/compile-expression";
import type { NamedValues, RuntimeValue } from "../expression/runtime-value";
import { IntegralFloat, isInteger, numberOf, Scope, toValue, valueText } from "../expression/runtime-value";
import type { MeshAxis } from "../schema/architecture-schema";
import type { Convention, Value } from "../specification";
import type {
  CompiledLeaf,
  CompiledModel,
  LeafLoops,
  LeafValues,
  OpenLeaf,
  SettledModel,
} from "./compiled-model";
import { expressionsOfLeaf } from "./compiled-model";
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

/** An attribute in a scope of the variables and the attributes before it. */
function evaluateAttribute(
  { kind, name: leaf, document }: CompiledLeaf,
  [name, written]: CompiledLeaf["attributes"][number],
  scope: Scope,
  options: EvaluationOptions,
): RuntimeValue {
  const value = written.evaluate(scope, options);
  if (kind !== "storage") return value;
  return checkStorageAttribute(leaf, name, value, () => document.locate("attributes", name));
}

function requireDatawidth(
  { kind, name, document }: CompiledLeaf,
  attributes: ReadonlyMap<string, RuntimeValue | undefined>,
): void {
  if (kind !== "storage" || (attributes.get("datawidth") ?? null) !== null) return;
  throw new RaellaError({
    code: "schema",
    message: `The storage element "${name}" has no datawidth.`,
    location: document.location,
    expected: "attributes: {datawidth: bits of one word}",
  });
}

function evaluateAttributes(
  leaf: CompiledLeaf,
  variables: Scope,
  options: EvaluationOptions,
): ReadonlyMap<string, RuntimeValue> {
  const attributes = new Map<string, RuntimeValue>();
  const scope = new Scope(attributes, variables);
  for (const attribute of leaf.attributes)
    attributes.set(attribute[0], evaluateAttribute(leaf, attribute, scope, options));
  requireDatawidth(leaf, attributes);
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
  return freeze({
    ...{ attributes: tableOf(attributes), attributeNames: [...attributes.keys()] },
    ...evaluateRest(leaf, attributes, variables, options, convention),
  });
}

/** What of a leaf is no attribute. */
function evaluateRest(
  leaf: CompiledLeaf,
  attributes: NamedValues,
  variables: Scope,
  options: EvaluationOptions,
  convention: Convention,
): Omit<LeafValues, "attributes" | "attributeNames"> {
  const scope = new Scope(attributes, variables);
  const constraints = leaf.constraints.evaluate(scope);
  const areaShare = evaluateShare(leaf, "area", scope, options);
  const energyShare = evaluateShare(leaf, "energy", scope, options);
  const loops = {
    ...evaluateMeshes(leaf, convention === "2023" ? variables : scope, options),
    constraints,
    ...(isEnabled(leaf, scope, options) ? {} : { isEnabled: false as const }),
  };
  return { areaShare, ...(energyShare !== null && { energyShare }), loops };
}

/** Null in place of values that are not known yet. */
function tableOf(attributes: Iterable<readonly [string, RuntimeValue | undefined]>): Record<string, Value> {
  const table: Record<string, Value> = {};
  for (const [name, value] of attributes)
    if (value === undefined || !isEmptyValue(value)) table[name] = toValue(value ?? null);
  return table;
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

/**
 * A leaf with the attributes evaluated that do not depend on some variables, where nothing but other attributes does.
 * Undefined where more does, or where that shows only when it is evaluated.
 * @param open Names of those variables.
 * @throws RaellaError with the place of a value that fails.
 */
export function openLeafOf(
  { leaves, convention }: CompiledModel,
  index: number,
  open: ReadonlySet<string>,
  variables: Scope,
  options: EvaluationOptions,
): OpenLeaf | undefined {
  const leaf = leaves[index];
  const { attributes: written, constraints, inputs } = leaf;
  if (inputs === null) return undefined;
  const openNames = new Set(open);
  const isOpen = (name: string): boolean => openNames.has(name);
  const known = new Map<string, RuntimeValue | undefined>();
  const scope = new Scope(known, variables);
  const openAttributes = written.filter((attribute) => {
    const [name, value] = attribute;
    const isSettled = !value.names.some(isOpen);
    if (!isSettled) openNames.add(name);
    known.set(name, isSettled ? evaluateAttribute(leaf, attribute, scope, options) : undefined);
    return !isSettled;
  });
  const others = expressionsOfLeaf({ ...leaf, attributes: [] }).flatMap(({ names }) => names);
  if ([...others, ...followNames(constraints.words, scope)].some(isOpen)) return undefined;
  // An attribute does not see those behind it.
  const names = written.map(([name]) => name);
  const seesLater = openAttributes.some(([own, value]) =>
    value.names.some((name) => names.indexOf(name) >= names.indexOf(own)),
  );
  if (seesLater) return undefined;
  if (!openAttributes.some(([name]) => name === "datawidth")) requireDatawidth(leaf, known);
  const read = new Set(openAttributes.flatMap(([, value]) => value.names));
  return freeze({
    settled: {
      attributes: tableOf(known),
      attributeNames: names,
      ...evaluateRest(leaf, known, variables, options, convention),
    },
    attributes: known,
    open: openAttributes,
    names: [...read].filter((name) => !known.has(name)),
  });
}

/** The values of a leaf of which all but some attributes is settled, remembered by those of the names that these look up. */
function completeLeaf(
  { leaves, leafMemo, convention }: CompiledModel,
  index: number,
  openLeaf: OpenLeaf,
  variables: Scope,
  options: EvaluationOptions,
): LeafValues {
  const leaf = leaves[index];
  const { names } = openLeaf;
  return leafMemo.get(`${serialNumber.of(openLeaf)}${contentOfNames(names, variables)}`, () => {
    try {
      return completed(leaf, openLeaf, variables, options);
    } catch (error) {
      if (!(error instanceof RaellaError)) throw error;
      // What can be known of a mistake is known where no attribute has been evaluated ahead of its turn.
      return evaluateLeaf(leaf, variables, options, convention);
    }
  });
}

function completed(
  leaf: CompiledLeaf,
  { settled, attributes: known, open }: OpenLeaf,
  variables: Scope,
  options: EvaluationOptions,
): LeafValues {
  const found = new Map<string, RuntimeValue>();
  const scope = new Scope(found, new Scope(known, variables));
  const table: Record<string, Value> = { ...settled.attributes };
  for (const attribute of open) {
    const [name] = attribute;
    const value = evaluateAttribute(leaf, attribute, scope, options);
    found.set(name, value);
    if (isEmptyValue(value)) delete table[name];
    else table[name] = toValue(value);
  }
  if (found.has("datawidth")) requireDatawidth(leaf, found);
  return freeze({ ...settled, attributes: table });
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
 * @param settled What need not be evaluated; its containers hand down what they have.
 * @throws RaellaErrors with every mistake.
 */
export function evaluateLeaves(
  model: CompiledModel,
  settled: Pick<SettledModel, "leaves" | "openLeaves">,
  outermost: Scope,
  options: EvaluationOptions,
): readonly LeafValues[] {
  const handedDown = new Map<string, RuntimeValue>();
  const scope = model.convention === "2023" ? outermost : new Scope(handedDown, outermost);
  return collectErrors(model.leaves, ({ kind }, index) => {
    const known = settled.leaves[index];
    const open = settled.openLeaves[index];
    const values =
      known ??
      (open === undefined
        ? valuesOfLeaf(model, index, scope, options)
        : completeLeaf(model, index, open, scope, options));
    if (kind === "container" && scope !== outermost)
      for (const [name, value] of Object.entries(values.attributes)) handedDown.set(name, value);
    return values;
  });
}
