import * as v from "valibot";
import { RaellaError, suggestName } from "../../errors";
import type { SourceLocation } from "../../errors";
import type { Fidelity, LevelKind, WrittenValue } from "../specification";
import type { YamlNode } from "../yaml/yaml-node";
import { joinPath, locationOf, notAccepted, valueAt } from "../yaml/yaml-node";
import type { ConstraintsDocument } from "./constraint-schema";
import { constraintsSchema, dataSpaceConstraintsSchema } from "./constraint-schema";
import { ofCiMLoop } from "./problem-schema";
import {
  closedObject,
  correctedTable,
  isVoid,
  listItems,
  locateIn,
  orEmpty,
  spelledOnce,
  text,
  textList,
  validate,
  written,
  writtenTable,
} from "./validate";
import type { PlacedText } from "./validate";

export type LeafKind = LevelKind | "container" | "nothing";

export type MeshAxis = "meshX" | "meshY";

/** A container or an element of the architecture, as written. */
export interface LeafDocument {
  readonly kind: LeafKind;
  readonly name: string;
  /** Empty for containers. */
  readonly class: string;
  readonly subclass: string | null;
  readonly areaShare: WrittenValue;
  readonly energyShare: WrittenValue;
  /** False: it is left out. */
  readonly enabled: WrittenValue;
  readonly requiredActions: readonly string[];
  readonly attributes: Readonly<Record<string, WrittenValue>>;
  readonly meshX: WrittenValue;
  readonly meshY: WrittenValue;
  /** The second sees the first. */
  readonly meshOrder: readonly MeshAxis[];
  readonly constraints: ConstraintsDocument;
  readonly sparseOptimizations: SparseDocument;
  readonly location: SourceLocation;
  /** Where the value at a path of keys is written, as far as it is. */
  readonly locate: (...keys: string[]) => SourceLocation;
}

/** What makes a level sparse: accesses or operations left out, data compressed. */
const sparseKinds = ["action_optimization", "representation_format", "compute_optimization"] as const;

/** The sparse optimizations of a node that say anything, each with all texts in it, data spaces among them. */
export type SparseDocument = readonly {
  readonly kind: (typeof sparseKinds)[number];
  readonly texts: readonly string[];
}[];

interface BranchDocument {
  readonly kind: "Hierarchical" | "Parallel" | "Pipelined";
  readonly nodes: readonly NodeDocument[];
  readonly location: SourceLocation;
}

export type NodeDocument = LeafDocument | BranchDocument;

export function isBranch(node: NodeDocument): node is BranchDocument {
  return "nodes" in node;
}

const meshEntries = { meshX: v.optional(written(), 1), meshY: v.optional(written(), 1) };
const spatialSchema = orEmpty(closedObject(meshEntries));

/** A target may also be called `name`. */
export const sparseSchema = orEmpty(
  v.pipe(
    closedObject({
      target: v.optional(text()),
      name: v.optional(text()),
      action_optimization: v.optional(v.unknown()),
      compute_optimization: v.optional(v.unknown()),
      representation_format: v.optional(v.unknown()),
    }),
    v.transform((given) => ({
      target: given.target ?? given.name,
      optimizations: sparseKinds.flatMap((kind) =>
        isVoid(given[kind]) ? [] : [{ kind, texts: textsIn(given[kind]) }],
      ),
    })),
  ),
);

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if ("expression" in value && "location" in value) return textsIn(value.expression);
  return Object.values(value).flatMap(textsIn);
}

/** The attribute that is a map: what a word of a data space uses of a bandwidth, by data space. */
export const consumptionScale = "per_dataspace_bandwidth_consumption_scale";

/** A map among attributes becomes an attribute for each of its keys, `scale.Inputs`. */
const elementAttributes = v.pipe(
  v.unknown(),
  v.transform((given): unknown => {
    if (typeof given !== "object" || given === null || !Object.hasOwn(given, consumptionScale)) return given;
    return Object.fromEntries(
      Object.entries(given).flatMap(([name, value]: [string, unknown]): [string, unknown][] =>
        name === consumptionScale && isTable(value)
          ? Object.entries(value).map(([dataSpace, scale]) => [`${name}.${dataSpace}`, scale])
          : [[name, value]],
      ),
    );
  }),
  writtenTable(),
);

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("expression" in value);
}

const common = {
  name: text("the name of the node"),
  attributes: v.optional(writtenTable(), {}),
  corrected_attributes: v.optional(writtenTable(), {}),
  spatial: v.optional(spatialSchema, {}),
  constraints: v.optional(constraintsSchema, {}),
  sparse_optimizations: v.optional(sparseSchema, {}),
};

const containerSchema = closedObject({ ...common, networks: v.optional(v.unknown()) });

const elementSchema = spelledOnce(
  closedObject({
    ...common,
    attributes: v.optional(elementAttributes, {}),
    class: text("the class of the element"),
    subclass: v.optional(v.nullable(text())),
    required_actions: v.optional(textList("a list of action names"), []),
    area_share: v.optional(written()),
    area_scale: v.optional(written()),
    energy_scale: v.optional(written(), null),
    enabled: v.optional(written("true or false, or an expression"), true),
  }),
  [["area_share", "area_scale"]],
);

/** Texts in a class that say what an element is for the mapper, in the order they are tried. */
const kindsByClass: readonly (readonly [LeafKind, readonly string[]])[] = [
  ["storage", ["DRAM", "SRAM", "regfile", "smartbuffer", "storage"]],
  ["compute", ["mac", "intmac", "fpmac", "compute"]],
  ["network", ["XY_NoC", "Legacy", "ReductionTree", "SimpleMulticast"]],
  ["nothing", ["nothing"]],
];

function kindOfClass(name: string): LeafKind | undefined {
  return kindsByClass.find(([, parts]) => parts.some((part) => name.includes(part)))?.[0];
}

const branchTags = ["!Hierarchical", "!Parallel", "!Pipelined"] as const;
const nodeTags = ["!Container", "!Element", "!Component", ...branchTags, "!Nothing"];

/** Reads the list of nodes of an architecture or a branch. Mistakes are added to `errors`. */
export function readNodes(
  node: YamlNode | undefined,
  path: string,
  fidelity: Fidelity,
  errors: RaellaError[],
): NodeDocument[] {
  return listItems(node, path, errors, "a list of nodes").flatMap(
    (item, index) => readNode(item, joinPath(path, index), fidelity, errors) ?? [],
  );
}

function readNode(
  node: YamlNode,
  path: string,
  fidelity: Fidelity,
  errors: RaellaError[],
): NodeDocument | undefined {
  const location = locationOf(node, path);
  const tag = node.tag;
  if (tag === "!ArrayContainer") {
    errors.push(
      ofCiMLoop("!ArrayContainer", location, "a container whose meshes also multiply variables of arrays"),
    );
    return undefined;
  }
  const owners = [[], ["attributes"], ["spatial"], ["constraints", "spatial"], ["constraints", "temporal"]];
  for (const keys of owners.map((owner) => [...owner, "max_utilization"]))
    if (hasKeys(node, keys)) {
      const place = locateIn(node, path, keys);
      errors.push(ofCiMLoop("max_utilization", place, "it fills fan-outs before the search"));
      return undefined;
    }
  if (tag === undefined || !nodeTags.includes(tag)) {
    errors.push(unknownTag(tag, location));
    return undefined;
  }
  const branch = branchTags.find((known) => known === tag);
  if (branch !== undefined) return readBranch(branch, node, path, fidelity, errors);
  if (tag === "!Nothing") return readNothing(node, path, location, errors);
  return tag === "!Container"
    ? readContainer(node, path, fidelity, errors)
    : readElement(node, path, fidelity, errors);
}

function hasKeys(node: YamlNode, [first, ...rest]: readonly string[]): boolean {
  const value = valueAt(node, first);
  return value !== undefined && (rest.length === 0 || hasKeys(value, rest));
}

function unknownTag(tag: string | undefined, location: SourceLocation): RaellaError {
  return new RaellaError({
    code: "schema",
    message:
      tag === undefined ? "The node has no tag that says what it is." : `There is no kind of node "${tag}".`,
    location,
    value: tag,
    expected: nodeTags.join(", "),
    remedy: tag === undefined ? "Write it as `- !Container` or `- !Element`." : suggestName(tag, nodeTags),
  });
}

function readBranch(
  tag: (typeof branchTags)[number],
  node: YamlNode,
  path: string,
  fidelity: Fidelity,
  errors: RaellaError[],
): BranchDocument | undefined {
  const location = locationOf(node, path);
  if (node.kind !== "map") return void errors.push(notAccepted(node, path, "a map"));
  const kind = tag.slice(1) as BranchDocument["kind"];
  validate(closedObject({ nodes: v.optional(v.unknown()) }), node, path, errors);
  return {
    kind,
    nodes: readNodes(node.entries.get("nodes")?.value, joinPath(path, "nodes"), fidelity, errors),
    location,
  };
}

function nothingLeaf(location: SourceLocation): LeafDocument {
  return {
    kind: "nothing",
    name: "nothing",
    class: "nothing",
    subclass: null,
    areaShare: null,
    energyShare: null,
    enabled: true,
    requiredActions: [],
    attributes: {},
    meshX: 1,
    meshY: 1,
    meshOrder: ["meshX", "meshY"],
    constraints: {},
    sparseOptimizations: [],
    location,
    locate: () => location,
  };
}

/** Nothing is there, but the data that it keeps pass through its branch. */
const nothingSchema = orEmpty(
  closedObject({ name: v.optional(text()), constraints: v.optional(dataSpaceConstraintsSchema, {}) }),
);

function readNothing(
  node: YamlNode,
  path: string,
  location: SourceLocation,
  errors: RaellaError[],
): LeafDocument | undefined {
  if (node.kind === "scalar" && (node.value === null || node.value === "")) return nothingLeaf(location);
  const given = validate(nothingSchema, node, path, errors);
  if (given === undefined) return undefined;
  return {
    ...nothingLeaf(location),
    constraints: given.constraints,
    locate: (...keys) => locateIn(node, path, keys),
  };
}

/** As written; what is left out comes behind. */
function meshOrder(node: YamlNode): readonly MeshAxis[] {
  const spatial = valueAt(node, "spatial");
  const first =
    spatial?.kind === "map" ? [...spatial.entries.keys()].find((key) => key in meshEntries) : undefined;
  return first === "meshY" ? ["meshY", "meshX"] : ["meshX", "meshY"];
}

/** What containers and elements have in common. */
function commonParts(
  given: v.InferOutput<typeof containerSchema> | v.InferOutput<typeof elementSchema>,
  node: YamlNode,
  path: string,
  fidelity: Fidelity,
  errors: RaellaError[],
) {
  return {
    name: given.name,
    attributes: correctedTable(given, fidelity, node, path, errors),
    ...given.spatial,
    meshOrder: meshOrder(node),
    constraints: given.constraints,
    sparseOptimizations: given.sparse_optimizations.optimizations,
    location: locationOf(node, path),
    locate: (...keys: string[]) => locateIn(node, path, keys),
  };
}

function readContainer(
  node: YamlNode,
  path: string,
  fidelity: Fidelity,
  errors: RaellaError[],
): LeafDocument | undefined {
  const given = validate(containerSchema, node, path, errors);
  if (given === undefined) return undefined;
  return {
    ...nothingLeaf(locationOf(node, path)),
    kind: "container",
    class: "",
    ...commonParts(given, node, path, fidelity, errors),
  };
}

function readElement(
  node: YamlNode,
  path: string,
  fidelity: Fidelity,
  errors: RaellaError[],
): LeafDocument | undefined {
  const given = validate(elementSchema, node, path, errors);
  if (given === undefined) return undefined;
  const kind = kindOfClass(given.class);
  if (kind === undefined) {
    errors.push(
      new RaellaError({
        code: "schema",
        message: `The class "${given.class}" does not say what kind of element "${given.name}" is.`,
        location: locateIn(node, path, ["class"]),
        value: given.class,
        expected: `a class whose name contains ${kindsByClass.flatMap(([, parts]) => parts).join(", ")}`,
        remedy: "Name the kind in `class` (e.g. storage) and the component that prices it in `subclass`.",
      }),
    );
    return undefined;
  }
  return {
    ...commonParts(given, node, path, fidelity, errors),
    kind,
    class: given.class,
    subclass: given.subclass ?? null,
    areaShare: given.area_share ?? given.area_scale ?? null,
    energyShare: given.energy_scale,
    enabled: given.enabled,
    requiredActions: given.required_actions.map((action: PlacedText) => action.text),
  };
}
