import type { SourceLocation } from "../../errors";
import { collectErrors, RaellaError, spellingDistance, suggestName, throwAll } from "../../errors";
import { Memo } from "../../memory";
import { sparseLevels, sparseWarnings } from "../computable";
import { nodeOfPlaceholder } from "../convention";
import { compileValue, isExpressionText, unquoted } from "../expression/evaluate";
import type { LeafDocument } from "../schema/architecture-schema";
import type { ProblemDocument, ProblemShape } from "../schema/problem-schema";
import type { ModelDocument } from "../schema/read-document";
import type { Convention, Warning, WrittenValue } from "../specification";
import { attachSparseTargets, attachTargets } from "./combine-constraints";
import { compileConstraints } from "./compile-constraints";
import type { CompiledLeaf, CompiledModel, LeafExpressions } from "./compiled-model";
import { expressionsOfLeaf } from "./compiled-model";
import { wordsIn } from "./compiled-part";
import type { ExpandedConstraints } from "./expand-macros";
import { expandMacros } from "./expand-macros";
import { unknownProblemName } from "./factor-entry";
import { hasParallelNodes, leavesOf } from "./mark-branches";
import { readersOf } from "./names-read";
import { dataSpaceOfAttribute, storageAttributeNames } from "./storage-attributes";
import { bitsOfModel, compileShape } from "./workload-from-problem";

/** At most one letter wrong, missing or too many, or two neighbours swapped, in any letter case. */
function isMisspelling(written: string, meant: string): boolean {
  return spellingDistance(written.toLowerCase(), meant.toLowerCase()) <= 1;
}

/** Attributes may have any name, so that a misspelt one passes silently: warns of those of storage elements. */
function misspeltAttributes(leaves: readonly LeafDocument[]): Warning[] {
  return leaves
    .filter((leaf) => leaf.kind === "storage")
    .flatMap((leaf) =>
      Object.keys(leaf.attributes).flatMap((name): Warning[] => {
        if (storageAttributeNames.includes(name)) return [];
        const meant = storageAttributeNames.find((known) => isMisspelling(name, known));
        if (meant === undefined) return [];
        return [
          {
            code: "unknown-name",
            message: `The attribute "${name}" of "${leaf.name}" has no meaning for the mapper. Did you mean "${meant}"?`,
            location: leaf.locate("attributes", name),
          },
        ];
      }),
    );
}

const storageActions = ["read", "update", "write"];

function prefixed(prefixes: readonly string[]): string[] {
  return prefixes.flatMap((prefix) => storageActions.map((action) => prefix + action));
}

/** The actions a component must offer: those named in the file and those its kind demands, sorted. */
function requiredActions(leaf: LeafDocument, convention: Convention): readonly string[] {
  const kinds = leaf.sparseOptimizations.map(({ kind }) => kind);
  const hasActionOptimization =
    kinds.includes("action_optimization") || kinds.includes("compute_optimization");
  const hasRepresentationFormat = kinds.includes("representation_format");
  const hasMetadata = Object.keys(leaf.attributes).some(
    (name) => name.startsWith("metadata_") && leaf.attributes[name] !== null,
  );
  const actions = new Set(leaf.requiredActions);
  const add = (names: readonly string[]): void => names.forEach((name) => actions.add(name));
  if (leaf.kind === "storage") {
    add(storageActions);
    if (convention === "2024") add(["leak"]);
    if (hasMetadata) add(prefixed(["metadata_"]));
    if (hasActionOptimization) add(prefixed(["gated_", "skipped_"]));
    if (hasMetadata && hasActionOptimization) add(prefixed(["gated_metadata_", "skipped_metadata_"]));
    if (hasRepresentationFormat) add(["decompression_count", "compression_count"]);
  } else if (leaf.kind === "compute") {
    add(["compute"]);
    if (hasActionOptimization) add(["gated_compute", "skipped_compute"]);
  }
  return [...actions].sort();
}

/** Room for what one model was evaluated to, and the size of one as measured, in numbers of eight bytes. */
const settledRoom = 100_000;
const workloadRoom = 100_000;
const leafRoom = 300_000;
const levelRoom = 400_000;
const frameRoom = 500_000;
const settledSize = 2_000;
const workloadSize = 600;
const leafSize = 165;
const levelSize = 280;
const frameSize = 1_900;

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

/** Given tables may price placeholders, too; entries of other names price nothing. */
function unknownInTables(
  { energyTable, areaTable }: ModelDocument,
  leaves: readonly LeafDocument[],
): Warning[] {
  const known = leaves.filter(({ kind }) => kind !== "nothing").map(({ name }) => name);
  const names = new Set([...Object.keys(energyTable ?? {}), ...Object.keys(areaTable ?? {})]);
  return [...names]
    .filter((name) => !known.includes(nodeOfPlaceholder(name) ?? name))
    .map((name) => ({
      code: "unknown-name",
      message: `The given tables price "${name}", which is no level of the architecture. ${suggestName(name, known)}`,
    }));
}

type NamedExpressions = CompiledModel["variables"];

/** Attributes and variables ready to be evaluated. */
function compileValues(written: Readonly<Record<string, WrittenValue>>): NamedExpressions {
  return Object.entries(written).map(([name, value]) => [name, compileValue(value)] as const);
}

function compileExpressions(leaf: LeafDocument): LeafExpressions {
  const { attributes, meshX, meshY, areaShare, energyShare, enabled, location } = leaf;
  return {
    attributes: compileValues(attributes),
    meshX: compileValue(unquoted(meshX, location)),
    meshY: compileValue(unquoted(meshY, location)),
    areaShare: compileValue(unquoted(areaShare, location)),
    energyShare: compileValue(unquoted(energyShare, location)),
    enabled: compileValue(unquoted(enabled, location)),
  };
}

/** Reports every expression that is no expression, before the first one is evaluated. */
function checkSyntax(variables: NamedExpressions, leaves: readonly LeafExpressions[]): void {
  const values = [...variables.map(([, value]) => value), ...leaves.flatMap(expressionsOfLeaf)];
  throwAll(values.flatMap(({ mistake }) => mistake ?? []));
}

function compileLeaf(
  leaf: LeafDocument,
  expressions: LeafExpressions,
  expanded: ExpandedConstraints,
  shape: ProblemShape,
  convention: Convention,
): CompiledLeaf {
  const dataSpaces = shape.dataSpaces.map(({ name }) => name);
  for (const name of Object.keys(leaf.attributes)) {
    const text = dataSpaceOfAttribute(name);
    if (text !== undefined && !dataSpaces.includes(text))
      throw unknownProblemName(
        "data space",
        { text, location: leaf.locate("attributes") },
        dataSpaces,
        leaf.name,
      );
  }
  const constraints = compileConstraints(expanded, shape, leaf, convention);
  return {
    document: leaf,
    kind: leaf.kind,
    name: leaf.name,
    ...expressions,
    requiredActions: requiredActions(leaf, convention),
    constraints,
    inputs: inputsOf(leaf, expressions, constraints.words),
  };
}

/** Texts that an expression puts together may hold any words, and these stand for values where constraints have names. */
function inputsOf(
  leaf: LeafDocument,
  expressions: LeafExpressions,
  words: readonly string[],
): readonly string[] | null {
  const names = expressionsOfLeaf(expressions).flatMap((value) => value.names);
  if (words.length === 0) return [...new Set(names)];
  const { attributes, meshX, meshY, areaShare, energyShare, enabled } = leaf;
  const written = [...Object.values(attributes), meshX, meshY, areaShare, energyShare, enabled];
  if (written.some((value) => isExpressionText(value) && /["']/.test(value.expression))) return null;
  const texts = written.filter((value) => typeof value === "string");
  return [...new Set([...names, ...words, ...texts.flatMap(wordsIn)])];
}

/**
 * Prepares a model for problems of one shape: constraints moved to their nodes, macros resolved, expressions compiled.
 *
 * @throws RaellaErrors with the mistakes found.
 */
export function compileModel(document: ModelDocument, problem: ProblemDocument): CompiledModel {
  const { shape } = problem;
  const { convention } = document;
  const evaluateShape = compileShape(problem);
  const given = attachSparseTargets(
    attachTargets(leavesOf(document.nodes), document.targets),
    document.sparseTargets,
  );
  const sparse = sparseLevels(given, shape);
  const leaves = document.isDense ? given.map((leaf) => ({ ...leaf, sparseOptimizations: [] })) : given;
  checkNames(leaves);
  const variables = compileValues(document.variables);
  const expressions = leaves.map(compileExpressions);
  checkSyntax(variables, expressions);
  const reserved = reservedNames(shape);
  collectErrors(Object.keys(document.variables), (name) =>
    checkVariableName(name, reserved, document.variableLocations.get(name)),
  );
  const names = Object.keys(document.variables);
  const expanded = collectErrors(leaves, ({ constraints, attributes, name }) =>
    expandMacros(constraints, shape, name, new Set([...names, ...Object.keys(attributes)])),
  );
  const compiled = collectErrors(leaves, (leaf, index) =>
    compileLeaf(leaf, expressions[index], expanded[index], shape, convention),
  );
  return {
    document,
    shape,
    convention,
    variables,
    leaves: compiled,
    evaluateShape,
    bitDimensions: bitsOfModel(shape, (name) => Object.hasOwn(document.variables, name)),
    hasParallelNodes: hasParallelNodes(document.nodes),
    warnings: [
      ...misspeltAttributes(leaves),
      ...unknownInTables(document, leaves),
      ...sparseWarnings(sparse, document.isDense),
    ],
    sparse: document.isDense ? [] : sparse,
    reservedNames: reserved,
    readers: readersOf(document, compiled),
    settledMemo: new Memo(settledRoom, () => settledSize),
    workloadMemo: new Memo(workloadRoom, () => workloadSize),
    leafMemo: new Memo(leafRoom, () => leafSize),
    frameMemo: new Memo(frameRoom, () => frameSize),
    levelMemo: new Memo(levelRoom, () => levelSize),
  };
}
