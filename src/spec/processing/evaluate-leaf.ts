import { isDeepStrictEqual } from "node:util";
import { RaellaError } from "../../errors";
import { copyMap } from "../copy-map";
import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateWritten, hasAny } from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import { areSame, IntegralFloat, isInteger, numberOf, valueText } from "../expression/runtime-value";
import { Scope } from "../expression/scope";
import type { MeshAxis } from "../schema/architecture-schema";
import type { ValueTable } from "../specification";
import type { LeafConstraints } from "./compile-constraints";
import type { CompiledLeaf } from "./compile-model";
import { moveToFront } from "./move-to-front";
import { checkStorageAttribute } from "./storage-attributes";
import { wordsIn } from "./substitute-words";

/** What the loops and data at a leaf must look like, and how far it fans out. */
export interface LeafLoops {
  /** Stands for the other fields: different loops have different numbers. */
  readonly number: number;
  readonly meshX: number;
  readonly meshY: number;
  readonly constraints: LeafConstraints;
}

/** The values of a leaf. The same object as long as what they depend on stays the same. */
export interface LeafValues {
  readonly attributes: ReadonlyMap<string, RuntimeValue>;
  readonly areaShare: number | null;
  readonly loops: LeafLoops;
  /** Words of texts that names in constraints stand for: they may be names, too, on which the values then depend. */
  readonly furtherInputs: readonly string[];
  /** Attribute tables of levels with these values, to be given again. */
  readonly tables: AttributeTable[];
}

/** The attributes of a level as plain data, and what they are made of besides its own. */
export interface AttributeTable {
  readonly own: ReadonlyMap<string, RuntimeValue>;
  readonly inherited: ReadonlyMap<string, RuntimeValue>;
  readonly meshX: number;
  readonly meshY: number;
  readonly table: ValueTable;
}

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

/** Attributes known from variables that differ in some names. What changes with them is noted among the names. */
interface KnownAttributes {
  readonly attributes: ReadonlyMap<string, RuntimeValue>;
  readonly changed: Set<string>;
}

function evaluateAttributes(
  leaf: CompiledLeaf,
  variables: Scope,
  options: EvaluationOptions,
  known: KnownAttributes | undefined,
): ReadonlyMap<string, RuntimeValue> {
  const before = leaf.isInOrder ? known : undefined;
  const attributes = before ? copyMap(before.attributes) : new Map<string, RuntimeValue>();
  const scope = new Scope(attributes, variables);
  const isStorage = leaf.kind === "storage";
  for (const { name, written, reads } of before ? leaf.dependentAttributes : leaf.attributes) {
    if (before !== undefined && !hasAny(before.changed, reads)) continue;
    let value = evaluateWritten(written, scope, options);
    if (isStorage)
      value = checkStorageAttribute(leaf.name, name, value, () => leaf.document.locate("attributes", name));
    attributes.set(name, value);
    if (!areSame(known?.attributes.get(name), value)) known?.changed.add(name);
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

let lastLoopsNumber = 0;

/** The known loops if they are the same, else new ones with a number of their own. */
function knownOrNew(loops: Omit<LeafLoops, "number">, known: readonly Evaluation[]): LeafLoops {
  const same = known.find(({ values }) => areSameLoops(values.loops, loops));
  return same?.values.loops ?? { number: (lastLoopsNumber += 1), ...loops };
}

function areSameLoops(first: LeafLoops, second: Omit<LeafLoops, "number">): boolean {
  return (
    first.meshX === second.meshX &&
    first.meshY === second.meshY &&
    isDeepStrictEqual(first.constraints, second.constraints)
  );
}

const nothingFurther: readonly string[] = [];

/** The words of all texts that names in a leaf's constraints may lead to. */
function furtherInputs({ constraints, inputs }: CompiledLeaf, scope: Scope): readonly string[] {
  const words = new Set(constraints.words);
  const known = words.size;
  // Words added on the way are met, too.
  for (const word of words) {
    const value = scope.lookup(word);
    if (value !== undefined && !Number.isFinite(value))
      for (const further of wordsIn(valueText(value))) words.add(further);
  }
  return words.size === known ? nothingFurther : [...words].filter((word) => !inputs.includes(word));
}

function evaluateValues(
  leaf: CompiledLeaf,
  variables: Scope,
  options: EvaluationOptions,
  kept: readonly Evaluation[],
  known: (KnownAttributes & { readonly values: LeafValues }) | undefined,
): LeafValues {
  const attributes = evaluateAttributes(leaf, variables, options, known);
  const { constraints } = leaf;
  if (known !== undefined && constraints.words.length === 0 && !hasAny(known.changed, leaf.otherNames))
    return { ...known.values, attributes, tables: [] };
  const scope = new Scope(attributes, variables);
  const evaluated = constraints.evaluate(scope);
  const areaShare = evaluateAreaShare(leaf, scope, options);
  const loops = {
    ...evaluateMeshes(leaf, variables, options),
    constraints: evaluated,
  };
  return {
    attributes,
    areaShare,
    loops: knownOrNew(loops, kept),
    furtherInputs: furtherInputs(leaf, scope),
    tables: [],
  };
}

/** Values of a leaf and what they were calculated from. */
interface Evaluation {
  readonly inputs: readonly (RuntimeValue | undefined)[];
  readonly furtherInputs: readonly (RuntimeValue | undefined)[];
  readonly workingDirectory: string;
  readonly values: LeafValues;
}

/** The last evaluations of each leaf: in a sweep most levels stay as they were. */
const evaluations = new WeakMap<CompiledLeaf, Evaluation[]>();
const evaluationsKept = 8;

function hasInputs(
  evaluation: Evaluation,
  inputs: readonly (RuntimeValue | undefined)[],
  workingDirectory: string,
  variables: Scope,
): boolean {
  for (let index = 0; index < inputs.length; index++)
    if (!areSame(evaluation.inputs[index], inputs[index])) return false;
  const { furtherInputs: names } = evaluation.values;
  for (let index = 0; index < names.length; index++)
    if (!areSame(evaluation.furtherInputs[index], variables.lookup(names[index]))) return false;
  return evaluation.workingDirectory === workingDirectory;
}

/** What an evaluation with other inputs leaves as it is. */
function knownFrom(
  { values, ...last }: Evaluation,
  leaf: CompiledLeaf,
  inputs: readonly (RuntimeValue | undefined)[],
  workingDirectory: string,
): (KnownAttributes & { readonly values: LeafValues }) | undefined {
  if (last.workingDirectory !== workingDirectory) return undefined;
  const changed = new Set<string>();
  for (let index = 0; index < inputs.length; index++)
    if (!areSame(last.inputs[index], inputs[index])) changed.add(leaf.inputs[index]);
  return { attributes: values.attributes, changed, values };
}

/**
 * Evaluates a leaf: attributes in order, each seeing the variables and the attributes before it; meshes, which see no
 * attributes; names in constraints.
 *
 * @throws RaellaError with the place of the value that fails.
 */
export function evaluateLeaf(leaf: CompiledLeaf, variables: Scope, options: EvaluationOptions): LeafValues {
  const inputs: (RuntimeValue | undefined)[] = [];
  for (const name of leaf.inputs) inputs.push(variables.lookup(name));
  const { workingDirectory } = options;
  let kept = evaluations.get(leaf);
  if (kept === undefined) evaluations.set(leaf, (kept = []));
  for (let index = 0; index < kept.length; index++) {
    const known = kept[index];
    if (!hasInputs(known, inputs, workingDirectory, variables)) continue;
    moveToFront(kept, index);
    return known.values;
  }
  const last = kept.length > 0 ? knownFrom(kept[0], leaf, inputs, workingDirectory) : undefined;
  const values = evaluateValues(leaf, variables, options, kept, last);
  const further = values.furtherInputs.map((name) => variables.lookup(name));
  if (kept.length >= evaluationsKept) kept.pop();
  kept.unshift({ inputs, furtherInputs: further, workingDirectory, values });
  return values;
}

/** Whether the values of a leaf may be others when variables of some names are. */
export function mayChange(leaf: CompiledLeaf, values: LeafValues, changed: ReadonlySet<string>): boolean {
  return changed.size > 0 && (hasAny(changed, leaf.inputs) || hasAny(changed, values.furtherInputs));
}
