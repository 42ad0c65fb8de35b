import * as v from "valibot";
import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName, throwAll } from "../../errors";
import { freeze } from "../../memory";
import { readChecks } from "../design-checks";
import type {
  ComponentClass,
  Convention,
  DesignCheck,
  Fidelity,
  GivenAreaTable,
  GivenEnergyTable,
  MapperOptions,
  Warning,
  WrittenValue,
} from "../specification";
import type { TopKey } from "../yaml/unite-files";
import type { YamlEntry, YamlNode } from "../yaml/yaml-node";
import { isEmptyNode, joinPath, keyLocation, locationOf, valueAt } from "../yaml/yaml-node";
import type { NodeDocument, SparseDocument } from "./architecture-schema";
import { readNodes, sparseSchema } from "./architecture-schema";
import type { WrittenArithmetic } from "./arithmetic-schema";
import { readArithmetic } from "./arithmetic-schema";
import { readComponents } from "./component-schema";
import type { TargetDocument } from "./constraint-schema";
import { constraintType, constraintTypes, targetSchema } from "./constraint-schema";
import { readMapperOptions } from "./mapper-schema";
import type { ProblemDocument } from "./problem-schema";
import { readProblem } from "./problem-schema";
import { readAreaTable, readEnergyTable } from "./reference-table-schema";
import { closedObject, listItems, orEmpty, text, textList, validate, writtenTable } from "./validate";

/** Sparse optimizations for the node of a name. */
export interface SparseTargetDocument {
  readonly target: string;
  readonly optimizations: SparseDocument;
  readonly location: SourceLocation;
}

/** The files of a model as read and checked, nothing evaluated. */
export interface ModelDocument {
  readonly nodes: readonly NodeDocument[];
  readonly variables: Readonly<Record<string, WrittenValue>>;
  readonly variableLocations: ReadonlyMap<string, SourceLocation>;
  readonly targets: readonly TargetDocument[];
  readonly sparseTargets: readonly SparseTargetDocument[];
  /** Sparse optimizations are to be left out. */
  readonly isDense: boolean;
  readonly convention: Convention;
  /** Variables whose values stand for statistics that every layer has of its own. */
  readonly placeholders: readonly string[];
  readonly componentClasses: readonly ComponentClass[];
  readonly mapper: MapperOptions;
  readonly energyTable?: GivenEnergyTable;
  readonly areaTable?: GivenAreaTable;
  readonly problem?: ProblemDocument;
  readonly checks: readonly DesignCheck[];
  /** How its crossbars compute, if it says so. */
  readonly arithmetic?: WrittenArithmetic;
  readonly warnings: readonly Warning[];
}

/** Looked at before, see `checkVersion`. */
const version = v.optional(v.unknown());
const architectureSchema = closedObject({
  version,
  nodes: v.optional(v.unknown()),
});
const constraintsSchema = orEmpty(closedObject({ version, targets: v.optional(v.unknown()) }));

type Top = ReadonlyMap<TopKey, YamlEntry>;

/**
 * Reads the united top keys of a specification.
 *
 * @throws RaellaErrors with every mistake found.
 */
export function readDocument(
  top: Top,
  {
    fidelity,
    isDense,
    convention,
  }: Pick<ModelDocument, "isDense" | "convention"> & { readonly fidelity: Fidelity },
): ModelDocument {
  const errors: RaellaError[] = [];
  const node = (key: TopKey): YamlNode | undefined => {
    const value = top.get(key)?.value;
    return value?.kind === "scalar" && value.value === null ? undefined : value;
  };
  const optional = <T>(key: TopKey, read: (value: YamlNode, errors: RaellaError[]) => T): T | undefined => {
    const value = node(key);
    return value === undefined ? undefined : read(value, errors);
  };
  checkMapSpaceAndGlobals(node("mapspace"), node("globals"), errors);
  const mapper = readMapperOptions(node("mapper"), fidelity, errors);
  const document: ModelDocument = {
    nodes: readArchitecture(node("architecture"), fidelity, errors),
    variables: optional("variables", readVariables) ?? {},
    variableLocations: variableLocations(node("variables")),
    targets: [
      ...readTargets(node("constraints"), errors),
      ...readTargetList(node("mapping"), "mapping", errors),
    ],
    sparseTargets: readSparseTargets(node("sparse_optimizations"), errors),
    isDense,
    convention,
    placeholders: readPlaceholders(node("placeholders"), node("variables"), errors),
    componentClasses: freeze(
      optional("components", (value) => readComponents(value, fidelity, errors)) ?? [],
    ),
    mapper: mapper.options,
    energyTable: optional("ERT", readEnergyTable),
    areaTable: optional("ART", readAreaTable),
    problem: optional("problem", readProblem),
    checks: optional("checks", readChecks) ?? [],
    arithmetic: optional("arithmetic", readArithmetic),
    warnings: mapper.warnings,
  };
  throwAll(errors);
  return freeze(document);
}

const mapSpaceSchema = orEmpty(
  closedObject({ version, template: v.optional(v.pipe(text("uber"), v.picklist(["uber"], "uber"))) }),
);
const globalsSchema = orEmpty(
  closedObject({
    version,
    environment_variables: v.optional(v.unknown()),
    expression_custom_functions: v.optional(v.unknown()),
    accelergy_plug_ins: v.optional(v.unknown()),
  }),
);

/** Only the map space of perfect factors is there, and nothing that a specification could bring along is run. */
function checkMapSpaceAndGlobals(
  mapSpace: YamlNode | undefined,
  globals: YamlNode | undefined,
  errors: RaellaError[],
): void {
  const template = valueAt(mapSpace, "template");
  if (template?.kind === "scalar" && /^ruby/i.test(String(template.value)))
    errors.push(
      new RaellaError({
        code: "schema",
        message: `The map space "${String(template.value)}" has factors that do not divide their dimensions, which are not modelled.`,
        location: locationOf(template, "mapspace.template"),
        value: template.value,
        expected: "template: uber",
      }),
    );
  else if (mapSpace !== undefined) validate(mapSpaceSchema, mapSpace, "mapspace", errors);
  if (globals === undefined || validate(globalsSchema, globals, "globals", errors) === undefined) return;
  for (const key of ["expression_custom_functions", "accelergy_plug_ins"]) {
    const value = valueAt(globals, key);
    if (value === undefined || isEmptyNode(value)) continue;
    errors.push(
      new RaellaError({
        code: "schema",
        message: `${key} of a specification are code, which is never run.`,
        location: locationOf(value, joinPath("globals", key)),
        expected: "none",
        remedy:
          key === "accelergy_plug_ins"
            ? "Register component models with registerEstimator or registerComponentLibrary, or give an ERT and an ART."
            : "Write the values that they give into the specification.",
      }),
    );
  }
}

function readArchitecture(
  node: YamlNode | undefined,
  fidelity: Fidelity,
  errors: RaellaError[],
): NodeDocument[] {
  if (node === undefined) {
    errors.push(
      new RaellaError({
        code: "schema",
        message: 'There is no "architecture" in the files.',
        expected: "a top key `architecture` with `version` and `nodes`",
      }),
    );
    return [];
  }
  validate(architectureSchema, node, "architecture", errors);
  return readNodes(valueAt(node, "nodes"), "architecture.nodes", fidelity, errors);
}

function readVariables(node: YamlNode, errors: RaellaError[]): Readonly<Record<string, WrittenValue>> {
  const variables = validate(writtenTable(), node, "variables", errors) ?? {};
  if (node.kind === "map")
    for (const [name, entry] of node.entries)
      if (name in variables && !isVariableName(name))
        errors.push(
          new RaellaError({
            code: "schema",
            message: `"${name}" cannot be the name of a variable.`,
            location: keyLocation(entry, joinPath("variables", name)),
            expected: "letters, digits and _, not beginning with a digit",
          }),
        );
  return variables;
}

/** Whether expressions can refer to this name. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^(__proto__|constructor|prototype)$/.test(name);
}

function variableLocations(node: YamlNode | undefined): ReadonlyMap<string, SourceLocation> {
  const locations = new Map<string, SourceLocation>();
  if (node?.kind === "map")
    for (const [name, entry] of node.entries)
      locations.set(name, keyLocation(entry, joinPath("variables", name)));
  return locations;
}

function readTargets(node: YamlNode | undefined, errors: RaellaError[]): TargetDocument[] {
  if (node === undefined || validate(constraintsSchema, node, "constraints", errors) === undefined) return [];
  return readTargetList(valueAt(node, "targets"), "constraints.targets", errors);
}

function readTargetList(node: YamlNode | undefined, path: string, errors: RaellaError[]): TargetDocument[] {
  return listItems(node, path, errors).flatMap((item, index) =>
    readTarget(item, joinPath(path, index), errors),
  );
}

function scalarText(node: YamlNode, key: string): string | undefined {
  const value = valueAt(node, key);
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : undefined;
}

function readTarget(node: YamlNode, path: string, errors: RaellaError[]): TargetDocument[] {
  const location = locationOf(node, path);
  const [typeName, target] = [scalarText(node, "type"), scalarText(node, "target")];
  const type = constraintType(typeName);
  if (type === undefined) {
    errors.push(
      new RaellaError({
        code: "schema",
        message:
          typeName === undefined
            ? "The constraint has no type."
            : `"${typeName}" is not a type of constraint.`,
        location,
        expected: `type: ${constraintTypes.join(" or ")}`,
        remedy: typeName === undefined ? undefined : suggestName(typeName, constraintTypes),
      }),
    );
    return [];
  }
  if (target === undefined) {
    errors.push(
      new RaellaError({
        code: "schema",
        message: "The constraint has no target.",
        location,
        expected: "target: the name of a node",
      }),
    );
    return [];
  }
  const constraints = validate(targetSchema(type), node, path, errors);
  return constraints === undefined ? [] : [{ ...constraints, target, location }];
}

function readSparseTargets(node: YamlNode | undefined, errors: RaellaError[]): SparseTargetDocument[] {
  if (node === undefined) return [];
  validate(constraintsSchema, node, "sparse_optimizations", errors);
  return listItems(valueAt(node, "targets"), "sparse_optimizations.targets", errors).flatMap(
    (item, index) => {
      const path = joinPath("sparse_optimizations.targets", index);
      const given = validate(sparseSchema, item, path, errors);
      if (given === undefined) return [];
      const { target, optimizations } = given;
      const location = locationOf(item, path);
      if (target !== undefined) return [{ target, optimizations, location }];
      errors.push(
        new RaellaError({
          code: "schema",
          message: "The sparse optimizations have no target.",
          location,
          expected: "target: the name of a node",
        }),
      );
      return [];
    },
  );
}

/** Reads the top key `placeholders`, a list of variables. */
function readPlaceholders(
  node: YamlNode | undefined,
  variables: YamlNode | undefined,
  errors: RaellaError[],
): readonly string[] {
  if (node === undefined) return [];
  const given = validate(textList("a list of variables"), node, "placeholders", errors) ?? [];
  const known = variables?.kind === "map" ? [...variables.entries.keys()] : [];
  for (const { text, location } of given)
    if (!known.includes(text))
      errors.push(
        new RaellaError({
          code: "unknown-name",
          message: `"${text}" is marked as a placeholder, but the model has no such variable.`,
          location: location ?? locationOf(node, "placeholders"),
          value: text,
          remedy: suggestName(text, known),
        }),
      );
  return given.map(({ text }) => text);
}
