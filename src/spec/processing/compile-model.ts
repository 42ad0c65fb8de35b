import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName } from "../../errors";
import { Memo } from "../../memory";
import { checkText, isExpressionText, namesRead } from "../expression/evaluate";
import type { LeafDocument, LeafKind } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { ModelDocument } from "../schema/read-document";
import type { Level, SparseLevel, Warning, WrittenValue } from "../specification";
import { misspeltAttributes } from "./attribute-warnings";
import { attachSparseTargets, attachTargets } from "./combine-constraints";
import { collectErrors } from "./collect-errors";
import type { CompiledConstraints } from "./compile-constraints";
import { compileConstraints } from "./compile-constraints";
import type { LeafValues } from "./evaluate-leaf";
import type { ExpandedConstraints } from "./expand-macros";
import { expandMacros } from "./expand-macros";
import type { LevelFrames } from "./frame-levels";
import { hasParallelNodes, leavesOf } from "./mark-branches";
import { readersOf, type ModelReaders } from "./names-read";
import { requiredActions } from "./required-actions";
import { wordsIn } from "./substitute-words";
import { sparseLevels, sparseWarnings } from "../computable";

/** A leaf with macros resolved and expressions compiled; what is left depends on variables and sizes. */
export interface CompiledLeaf {
  readonly document: LeafDocument;
  readonly kind: LeafKind;
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, written: WrittenValue])[];
  readonly meshX: WrittenValue;
  readonly meshY: WrittenValue;
  readonly requiredActions: readonly string[];
  readonly constraints: CompiledConstraints;
  /**
   * Names of the variables that its values depend on, with the words of constraints, which may be names, too; null where
   * that shows only when they are evaluated.
   */
  readonly inputs: readonly string[] | null;
}

/** A model for problems of one shape, with what it was evaluated to lately. */
export interface CompiledModel {
  readonly document: ModelDocument;
  readonly shape: ProblemShape;
  readonly leaves: readonly CompiledLeaf[];
  readonly hasParallelNodes: boolean;
  readonly warnings: readonly Warning[];
  /** Sparse optimizations that are not left out on purpose. */
  readonly sparse: readonly SparseLevel[];
  /** Names of the problem, which no variable may have. */
  readonly reservedNames: ReadonlySet<string>;
  readonly readers: ModelReaders;
  readonly leafMemo: Memo<LeafValues>;
  readonly frameMemo: Memo<LevelFrames>;
  readonly levelMemo: Memo<Level>;
}

/** Room for evaluated leaves or levels and for frames of one model, and about the size of one, in numbers of eight bytes. */
const leafRoom = 500_000;
const frameRoom = 500_000;
const leafSize = 100;
const frameSize = 1_000;

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
  const attributes = Object.entries(leaf.attributes);
  const meshX = unquoted(leaf.meshX, leaf.location);
  const meshY = unquoted(leaf.meshY, leaf.location);
  const constraints = compileConstraints(expanded, shape, leaf);
  const written = [...attributes.map(([, value]) => value), meshX, meshY, leaf.areaShare];
  return {
    document: leaf,
    kind: leaf.kind,
    name: leaf.name,
    attributes,
    meshX,
    meshY,
    requiredActions: requiredActions(leaf),
    constraints,
    inputs: inputsOf(written, constraints.words),
  };
}

/** Texts that an expression puts together may hold any words, and these stand for values where constraints have names. */
function inputsOf(written: readonly WrittenValue[], words: readonly string[]): readonly string[] | null {
  const names = written.flatMap(namesRead);
  if (words.length === 0) return [...new Set(names)];
  if (written.some((value) => isExpressionText(value) && /["']/.test(value.expression))) return null;
  const texts = written.filter((value) => typeof value === "string");
  return [...new Set([...names, ...words, ...texts.flatMap(wordsIn)])];
}

/**
 * Prepares a model for problems of one shape: constraints moved to their nodes, macros resolved, expressions compiled.
 *
 * @throws RaellaErrors with the mistakes found.
 */
export function compileModel(document: ModelDocument, shape: ProblemShape): CompiledModel {
  const given = attachSparseTargets(
    attachTargets(leavesOf(document.nodes), document.targets),
    document.sparseTargets,
  );
  const sparse = sparseLevels(given, shape);
  const leaves = document.isDense ? given.map((leaf) => ({ ...leaf, sparseOptimizations: [] })) : given;
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
    warnings: [
      ...misspeltAttributes(leaves),
      ...unknownInTables(document, leaves),
      ...sparseWarnings(sparse, document.isDense),
    ],
    sparse: document.isDense ? [] : sparse,
    reservedNames: reserved,
    readers: readersOf(document, compiled),
    leafMemo: new Memo(leafRoom, () => leafSize),
    frameMemo: new Memo(frameRoom, () => frameSize),
    levelMemo: new Memo(leafRoom, () => leafSize),
  };
}
