import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName } from "../../errors";
import { checkText, isExpressionText, namesRead } from "../expression/evaluate";
import type { LeafDocument, LeafKind } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { ModelDocument } from "../schema/read-document";
import type { Warning, WrittenValue } from "../specification";
import { misspeltAttributes } from "./attribute-warnings";
import { attachTargets } from "./combine-constraints";
import { collectErrors } from "./collect-errors";
import type { CompiledConstraints } from "./compile-constraints";
import { compileConstraints } from "./compile-constraints";
import type { ExpandedConstraints } from "./expand-macros";
import { expandMacros } from "./expand-macros";
import { hasParallelNodes, leavesOf } from "./mark-branches";
import { readersOf, type ModelReaders } from "./names-read";
import { requiredActions } from "./required-actions";

/** An attribute as written, and the names that it looks up. */
export interface CompiledAttribute {
  readonly name: string;
  readonly written: WrittenValue;
  readonly reads: readonly string[];
}

/** A leaf with macros resolved and expressions compiled; what is left depends on variables and sizes. */
export interface CompiledLeaf {
  readonly document: LeafDocument;
  readonly kind: LeafKind;
  readonly name: string;
  readonly attributes: readonly CompiledAttribute[];
  /** Those that look up names. */
  readonly dependentAttributes: readonly CompiledAttribute[];
  /** No attribute looks up its own name or that of a later one, which mean variables. */
  readonly isInOrder: boolean;
  /** Names that the mesh and the area share look up. */
  readonly otherNames: readonly string[];
  readonly meshX: WrittenValue;
  readonly meshY: WrittenValue;
  readonly requiredActions: readonly string[];
  readonly constraints: CompiledConstraints;
  /** Names that its values may depend on. */
  readonly inputs: readonly string[];
}

/** A model for problems of one shape. */
export interface CompiledModel {
  readonly document: ModelDocument;
  readonly shape: ProblemShape;
  readonly leaves: readonly CompiledLeaf[];
  readonly hasParallelNodes: boolean;
  readonly warnings: readonly Warning[];
  /** Names of the problem, which no variable may have. */
  readonly reservedNames: ReadonlySet<string>;
  readonly readers: ModelReaders;
}

/** Names that mean something in problems and constraints, so that no variable may be called like them. */
function reservedNames(shape: ProblemShape): ReadonlySet<string> {
  return new Set([
    ...shape.dimensions,
    ...shape.coefficients.map((coefficient) => coefficient.name),
    ...shape.dataSpaces.map((dataSpace) => dataSpace.name),
  ]);
}

/** @throws RaellaError if a variable is named like a dimension, a coefficient or a data space. */
export function checkVariableName(
  name: string,
  reserved: ReadonlySet<string>,
  location?: SourceLocation,
): void {
  if (!reserved.has(name)) return;
  throw new RaellaError({
    code: "schema",
    message: `The variable "${name}" has the name of a dimension, coefficient or data space of the problem.`,
    location,
    value: name,
    remedy: "Choose another name: the variable would replace that word in the problem and the constraints.",
  });
}

function checkNames(leaves: readonly LeafDocument[]): void {
  const seen = new Set<string>();
  collectErrors(
    leaves.filter((leaf) => leaf.kind !== "nothing"),
    ({ name, location }) => {
      if (name === "__proto__")
        throw new RaellaError({
          code: "schema",
          message: `"${name}" cannot be the name of a node.`,
          location,
          value: name,
        });
      if (seen.has(name))
        throw new RaellaError({
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

/** Quoted text is an expression, too, where no text is allowed. */
function unquoted(value: WrittenValue, location: LeafDocument["location"]): WrittenValue {
  return typeof value === "string" ? { expression: value, location } : value;
}

/** Given tables may price placeholders, too; entries of other names price nothing. */
function unknownInTables(
  { energyTable, areaTable }: ModelDocument,
  leaves: readonly LeafDocument[],
): Warning[] {
  const known = leaves.filter(({ kind }) => kind !== "nothing").map(({ name }) => name);
  const placeholder = /^inter_(.+)_spatial_dummy$/;
  const names = new Set([...Object.keys(energyTable ?? {}), ...Object.keys(areaTable ?? {})]);
  return [...names]
    .filter((name) => !known.includes(placeholder.exec(name)?.[1] ?? name))
    .map((name) => ({
      code: "unknown-name",
      message: `The given tables price "${name}", which is no level of the architecture. ${suggestName(name, known)}`,
    }));
}

/** Reports every expression that is no expression, before the first one is evaluated. */
function checkSyntax(document: ModelDocument, leaves: readonly LeafDocument[]): void {
  const values = [
    ...Object.values(document.variables),
    ...leaves.flatMap((leaf) => [...Object.values(leaf.attributes), leaf.meshX, leaf.meshY, leaf.areaShare]),
  ];
  collectErrors(values.filter(isExpressionText), ({ expression, location }) =>
    checkText(expression, location),
  );
}

function compileLeaf(leaf: LeafDocument, expanded: ExpandedConstraints, shape: ProblemShape): CompiledLeaf {
  const meshX = unquoted(leaf.meshX, leaf.location);
  const meshY = unquoted(leaf.meshY, leaf.location);
  const otherNames = [meshX, meshY, leaf.areaShare].flatMap(namesRead);
  const attributes = Object.entries(leaf.attributes).map(([name, written]): CompiledAttribute => ({
    name,
    written,
    reads: namesRead(written),
  }));
  const dependentAttributes = attributes.filter(({ reads }) => reads.length > 0);
  const constraints = compileConstraints(expanded, shape, leaf);
  return {
    document: leaf,
    kind: leaf.kind,
    name: leaf.name,
    attributes,
    dependentAttributes,
    isInOrder: attributes.every(({ reads }, index) =>
      attributes.slice(index).every(({ name }) => !reads.includes(name)),
    ),
    meshX,
    meshY,
    requiredActions: requiredActions(leaf),
    constraints,
    otherNames,
    inputs: [
      ...new Set([...dependentAttributes.flatMap(({ reads }) => reads), ...otherNames, ...constraints.words]),
    ],
  };
}

/**
 * Prepares a model for problems of one shape: constraints moved to their nodes, macros resolved, expressions compiled.
 *
 * @throws RaellaErrors with the mistakes found.
 */
export function compileModel(document: ModelDocument, shape: ProblemShape): CompiledModel {
  const leaves = attachTargets(leavesOf(document.nodes), document.targets).map((leaf) => {
    const sparse = document.sparseTargets.get(leaf.name);
    return sparse === undefined ? leaf : { ...leaf, sparseOptimizations: sparse };
  });
  checkNames(leaves);
  checkSyntax(document, leaves);
  const reserved = reservedNames(shape);
  collectErrors(Object.keys(document.variables), (name) =>
    checkVariableName(name, reserved, document.variableLocations.get(name)),
  );
  const variables = Object.keys(document.variables);
  const expanded = collectErrors(leaves, ({ constraints, attributes, name }) =>
    expandMacros(constraints, shape, name, new Set([...variables, ...Object.keys(attributes)])),
  );
  const compiled = collectErrors(leaves, (leaf, index) => compileLeaf(leaf, expanded[index], shape));
  return {
    document,
    shape,
    leaves: compiled,
    hasParallelNodes: hasParallelNodes(document.nodes),
    warnings: [...misspeltAttributes(leaves), ...unknownInTables(document, leaves)],
    reservedNames: reserved,
    readers: readersOf(document, compiled),
  };
}
