import type { RaellaError } from "../../errors";
import { throwAll, RaellaError as UserError } from "../../errors";
import { compileExpression } from "../expression/compile-expression";
import type { PreparedValue } from "../expression/evaluate";
import { isExpressionText, prepareValue } from "../expression/evaluate";
import { ExpressionFailure } from "../expression/expression-failure";
import type { LeafDocument, LeafKind } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { ModelDocument } from "../schema/read-document";
import type { WrittenValue } from "../specification";
import { attachTargets } from "./combine-constraints";
import type { CompiledConstraints } from "./compile-constraints";
import { compileConstraints } from "./compile-constraints";
import { expandMacros } from "./expand-macros";
import { leavesOf, markBranches } from "./mark-branches";
import { requiredActions } from "./required-actions";

/** A leaf with macros resolved and expressions compiled; what is left depends on variables and sizes. */
export interface CompiledLeaf {
  readonly document: LeafDocument;
  readonly kind: LeafKind;
  readonly name: string;
  readonly attributes: readonly (readonly [string, PreparedValue])[];
  readonly meshX: PreparedValue;
  readonly meshY: PreparedValue;
  readonly areaShare: PreparedValue;
  readonly requiredActions: readonly string[];
  readonly constraints: CompiledConstraints;
}

/** A model for problems of one shape. */
export interface CompiledModel {
  readonly document: ModelDocument;
  readonly shape: ProblemShape;
  readonly leaves: readonly CompiledLeaf[];
}

/** Collects the mistakes of independent parts, so that they are reported together. */
function collect<T, R>(items: readonly T[], convert: (item: T, index: number) => R): R[] {
  const errors: RaellaError[] = [];
  const results = items.flatMap((item, index) => {
    try {
      return [convert(item, index)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      errors.push(error);
      return [];
    }
  });
  throwAll(errors);
  return results;
}

/** Names that mean something in problems and constraints, so that no variable may be called like them. */
export function reservedNames(shape: ProblemShape): ReadonlySet<string> {
  return new Set([
    ...shape.dimensions,
    ...shape.coefficients.map((coefficient) => coefficient.name),
    ...shape.dataSpaces.map((dataSpace) => dataSpace.name),
  ]);
}

/** @throws RaellaError if a variable is named like a dimension, a coefficient or a data space. */
export function checkVariableName(
  name: string,
  shape: ProblemShape,
  location?: RaellaError["location"],
): void {
  if (!reservedNames(shape).has(name)) return;
  throw new UserError({
    code: "schema",
    message: `The variable "${name}" has the name of a dimension, coefficient or data space of the problem.`,
    location,
    value: name,
    remedy: "Choose another name: the variable would replace that word in the problem and the constraints.",
  });
}

function checkNames(leaves: readonly LeafDocument[]): void {
  const seen = new Set<string>();
  collect(
    leaves.filter((leaf) => leaf.kind !== "nothing"),
    ({ name, location }) => {
      if (seen.has(name))
        throw new UserError({
          code: "schema",
          message: `Two nodes are called "${name}".`,
          location,
          value: name,
          remedy: "Give every node a name of its own.",
        });
      seen.add(name);
    },
  );
}

/** A written value ready to be evaluated; syntax errors show at once. `inQuotes`: quoted text is an expression, too. */
function prepare(value: WrittenValue, inQuotes: boolean): PreparedValue {
  const given = inQuotes && typeof value === "string" ? { expression: value } : value;
  return prepareValue(given);
}

/**
 * Prepares a model for problems of one shape: constraints moved to their nodes, macros resolved, branches kept apart,
 * expressions compiled.
 *
 * @throws RaellaErrors with the mistakes found.
 */
export function compileModel(document: ModelDocument, shape: ProblemShape): CompiledModel {
  const leaves = attachTargets(leavesOf(document.nodes), document.targets).map((leaf) => {
    const sparse = document.sparseTargets.get(leaf.name);
    return sparse === undefined ? leaf : { ...leaf, sparseOptimizations: sparse };
  });
  checkNames(leaves);
  collect(Object.keys(document.variables), (name) =>
    checkVariableName(name, shape, document.variableLocations.get(name)),
  );
  const expanded = collect(leaves, (leaf) => expandMacros(leaf.constraints, shape, leaf.name));
  const dataSpaces = shape.dataSpaces.map(({ name }) => name);
  const separated = markBranches(document.nodes, expanded, dataSpaces);
  const compiled = collect(leaves, (leaf, index): CompiledLeaf => {
    return {
      document: leaf,
      kind: leaf.kind,
      name: leaf.name,
      attributes: Object.entries(leaf.attributes).map(([name, value]) => [name, prepare(value, false)]),
      meshX: prepare(leaf.meshX, true),
      meshY: prepare(leaf.meshY, true),
      areaShare: prepare(leaf.areaShare, false),
      requiredActions: requiredActions(leaf),
      constraints: compileConstraints(separated[index], shape, leaf.name),
    };
  });
  return { document, shape, leaves: compiled };
}

/** Names that a written value looks up, as far as its syntax is right. */
export function namesOf(value: WrittenValue): ReadonlySet<string> {
  if (!isExpressionText(value)) return new Set();
  try {
    return compileExpression(value.expression).names;
  } catch (error) {
    if (error instanceof ExpressionFailure) return new Set();
    throw error;
  }
}
