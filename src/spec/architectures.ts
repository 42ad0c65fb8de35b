import * as v from "valibot";
import { RaellaError, suggestName, throwAll } from "../errors";
import { freeze } from "../memory";
import { dirname, join } from "../platform";
import type { FileReader, Overlay } from "./file-memo";
import { FileMemo } from "./file-memo";
import type { WrittenArithmetic } from "./schema/arithmetic-schema";
import { arithmeticSchema } from "./schema/arithmetic-schema";
import { closedObject, text, textList, validate } from "./schema/validate";
import { loadYaml } from "./yaml/load-yaml";
import type { TopKey } from "./yaml/unite-files";
import type { YamlEntry, YamlMap, YamlNode } from "./yaml/yaml-node";
import { entryAt, joinPath, keyLocation, locationOf, notAccepted, valueAt } from "./yaml/yaml-node";

/** A change of variables for some workloads. All given conditions must hold. */
export interface AdjustmentRule {
  readonly dnns?: readonly string[];
  /** In any letter case. */
  readonly layerNameContains?: string;
  readonly statistics?: "recorded" | "typical";
  /** Variables to factors. */
  readonly multiply: Readonly<Record<string, number>>;
  /** Variables that are multiplied by the passes in which a layer's inputs enter a crossbar. */
  readonly multiplyByPasses: readonly string[];
  /** Variables to values; not done for a variable the caller has set. */
  readonly set: Readonly<Record<string, number>>;
  /** Names to numbers that component classes and checks see in place of their own defaults. */
  readonly attributes: Readonly<Record<string, number>>;
  readonly reason: string;
}

/** How statistics of a layer become variables of a model. */
export interface StatisticsRules {
  readonly averageWeightFromBitDensities: boolean;
  /** The state of a cell that counts as 1; undefined for no rescaling. */
  readonly averageWeightTopState?: number;
  readonly adjustments: readonly AdjustmentRule[];
}

/** An architecture that can be chosen by name. */
export interface ArchitectureEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Folder of the model files, relative to the models directory. */
  readonly directory: string;
  /** Undefined for an architecture without statistics. */
  readonly statistics?: StatisticsRules;
  /** The architecture whose files and statistics it changes or adds to. */
  readonly derivedFrom?: string;
  /** Where its crossbars compute otherwise than the model says. */
  readonly arithmetic?: WrittenArithmetic;
}

/** What a derived architecture has otherwise than the one it is derived from. */
export interface ArchitectureChanges {
  /** Variables to other values. */
  readonly variables?: YamlNode;
  /** Level names to what is other in them. */
  readonly levels?: YamlNode;
}

/** Where an architecture comes from. */
export interface ArchitectureOrigin {
  /** From the outermost ancestor inwards. */
  readonly changes: readonly ArchitectureChanges[];
  /** Names under which its statistics may stand: its own and those of its ancestors, the nearest first. */
  readonly statisticsNames: readonly string[];
}

interface KnownArchitectures {
  readonly entries: readonly ArchitectureEntry[];
  readonly origins: ReadonlyMap<string, ArchitectureOrigin>;
}

const numbers = v.record(v.string(), v.number("a number"), "a map of variables to numbers");

const adjustmentSchema = v.pipe(
  closedObject({
    dnns: v.optional(textList("a list of DNNs")),
    layer_name_contains: v.optional(text()),
    statistics: v.optional(v.pipe(text(), v.picklist(["recorded", "typical"], "recorded or typical"))),
    multiply: v.optional(numbers, {}),
    multiply_by_passes: v.optional(textList("a list of variables"), []),
    set: v.optional(numbers, {}),
    attributes: v.optional(numbers, {}),
    reason: v.optional(text(), ""),
  }),
  v.transform((given): AdjustmentRule => ({
    ...(given.dnns && { dnns: given.dnns.map((name) => name.text.toLowerCase()) }),
    ...(given.layer_name_contains !== undefined && { layerNameContains: given.layer_name_contains }),
    ...(given.statistics && { statistics: given.statistics }),
    multiply: given.multiply,
    multiplyByPasses: given.multiply_by_passes.map((name) => name.text),
    set: given.set,
    attributes: given.attributes,
    reason: given.reason,
  })),
);

const rulesSchema = v.pipe(
  closedObject({
    average_weight_from_bit_densities: v.optional(v.boolean("true or false"), false),
    average_weight_top_state: v.optional(
      v.pipe(v.number("a number"), v.minValue(1, "a number of at least 1")),
    ),
    adjustments: v.optional(v.array(adjustmentSchema, "a list of adjustments"), []),
  }),
  v.transform((given): StatisticsRules => ({
    averageWeightFromBitDensities: given.average_weight_from_bit_densities,
    ...(given.average_weight_top_state !== undefined && {
      averageWeightTopState: given.average_weight_top_state,
    }),
    adjustments: given.adjustments,
  })),
);

const entrySchema = closedObject({
  name: text("the name users type"),
  title: v.optional(text(), ""),
  description: v.optional(text(), ""),
  directory: v.optional(text("the folder of the model files")),
  statistics: v.optional(rulesSchema),
  derived_from: v.optional(text("the name of an architecture")),
  variables: v.optional(v.unknown()),
  levels: v.optional(v.unknown()),
  arithmetic: v.optional(arithmeticSchema),
});
/** What stands in them is looked at where it takes effect. */
const changeKeys = ["variables", "levels"];

const fileSchema = closedObject({ architectures: v.array(v.unknown(), "a list of architectures") });

const memo = new FileMemo<KnownArchitectures>(16);

/**
 * Reads `architectures.yaml` of a models directory, behind the one that it lies over: an entry of a name that is known
 * takes its place.
 */
export function readArchitectures(modelsDirectory: string, overlays: readonly Overlay[]): KnownArchitectures {
  const file = join(modelsDirectory, "architectures.yaml");
  const read = (reader: FileReader): KnownArchitectures => {
    const errors: RaellaError[] = [];
    const known = new Map<string, ArchitectureEntry>();
    const origins = new Map<string, ArchitectureOrigin>();
    const places = [...reader.placesOf(file)].reverse();
    for (const place of places.length === 1 ? places : places.filter((path) => reader.has(path))) {
      const node = loadYaml(place, reader, [dirname(place)]);
      validate(fileSchema, node, "", errors);
      const list = valueAt(node, "architectures");
      const items = list?.kind === "list" ? list.items : [];
      const inFile = new Map<string, YamlNode>();
      items.forEach((item, index) => {
        const path = joinPath("architectures", index);
        const given = validate(entrySchema, item, path, errors, changeKeys);
        if (given !== undefined) addEntry(given, { item, path, inFile, known, origins, errors });
      });
    }
    throwAll(errors);
    return freeze({ entries: [...known.values()], origins });
  };
  return memo.get(modelsDirectory, read, overlays);
}

function addEntry(
  given: v.InferOutput<typeof entrySchema>,
  found: {
    readonly item: YamlNode;
    readonly path: string;
    /** Entries above it in its file, by name. */
    readonly inFile: Map<string, YamlNode>;
    readonly known: Map<string, ArchitectureEntry>;
    readonly origins: Map<string, ArchitectureOrigin>;
    readonly errors: RaellaError[];
  },
): void {
  const { item, path, inFile, known, origins, errors } = found;
  const { name, title, description, derived_from: wanted } = given;
  const base = [...known.values()].find((entry) => entry.name.toLowerCase() === wanted?.toLowerCase());
  const refuse = (key: string, message: string, remedy: string): void => {
    const entry = entryAt(item, key);
    const location = entry === undefined ? locationOf(item, path) : keyLocation(entry, joinPath(path, key));
    errors.push(new RaellaError({ code: "schema", message, location, remedy }));
  };
  const first = inFile.get(name);
  if (first !== undefined)
    return refuse(
      "name",
      `There is an architecture "${name}" already, in line ${locationOf(first, path).line}.`,
      "Give one of them another name.",
    );
  inFile.set(name, item);
  if (wanted !== undefined && base === undefined)
    return refuse(
      "derived_from",
      `There is no architecture "${wanted}" above "${name}".`,
      suggestName(wanted, known.keys()),
    );
  const directory = given.directory ?? base?.directory;
  if (directory === undefined)
    return refuse(
      "name",
      `The architecture "${name}" has no directory.`,
      "Name the folder of its model files with `directory`, or an architecture whose files it takes over with `derived_from`.",
    );
  const changes = changesIn(item);
  const [needless] = Object.keys(changes);
  if (base === undefined && needless !== undefined)
    return refuse(
      needless,
      `"${name}" is derived from no architecture whose ${needless} could be changed.`,
      "Name one with `derived_from`, or edit the files of its directory.",
    );
  const statistics = given.statistics ?? base?.statistics;
  const arithmetic = { ...base?.arithmetic, ...given.arithmetic };
  known.set(name, {
    ...{ name, title: title || name, description, directory },
    ...(statistics && { statistics }),
    ...(Object.keys(arithmetic).length > 0 && { arithmetic }),
    ...(base && { derivedFrom: base.name }),
  });
  const origin = base && origins.get(base.name);
  origins.set(name, {
    // Files of its own have nothing that an ancestor could have changed.
    changes: [...(given.directory === undefined ? (origin?.changes ?? []) : []), changes],
    statisticsNames: [name, ...(origin?.statisticsNames ?? [])],
  });
}

function changesIn(item: YamlNode): ArchitectureChanges {
  return Object.fromEntries(
    changeKeys.flatMap((key) => {
      const value = valueAt(item, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

type TopEntries = ReadonlyMap<TopKey, YamlEntry>;

/**
 * The files of a model with what an architecture that is derived from it has otherwise: variables take other values where
 * they stand, and of levels, found by name, maps are changed key by key, everything else as a whole.
 *
 * @throws RaellaError `unknown-name` for variables and levels that the model does not have, `schema` for what is no map.
 */
export function withChanges(files: TopEntries, { variables, levels }: ArchitectureChanges): TopEntries {
  const changed = new Map(files);
  if (variables !== undefined) {
    const entry = requireTop(files, "variables", variables);
    changed.set("variables", { ...entry, value: withVariables(entry.value, variables) });
  }
  if (levels !== undefined) {
    const entry = requireTop(files, "architecture", levels);
    changed.set("architecture", { ...entry, value: withLevels(entry.value, levels) });
  }
  return changed;
}

function requireTop(files: TopEntries, key: TopKey, change: YamlNode): YamlEntry {
  const entry = files.get(key);
  if (entry !== undefined) return entry;
  throw new RaellaError({
    code: "schema",
    message: `The model that is to be changed has no "${key}".`,
    location: locationOf(change),
  });
}

function requireMap(node: YamlNode, path: string, expected: string): YamlMap {
  if (node.kind === "map") return node;
  throw notAccepted(node, path, expected);
}

function withVariables(known: YamlNode, change: YamlNode): YamlNode {
  const changes = requireMap(change, "variables", "variables of the model and their values");
  if (known.kind !== "map") return known;
  const entries = new Map(known.entries);
  for (const [name, entry] of changes.entries) {
    if (!entries.has(name)) throw notInModel("variable", name, entry, entries.keys());
    entries.set(name, entry);
  }
  return { ...known, entries };
}

function withLevels(architecture: YamlNode, change: YamlNode): YamlNode {
  const changes = requireMap(change, "levels", "levels of the model and what is other in them");
  const nodes = entryAt(architecture, "nodes");
  if (architecture.kind !== "map" || nodes?.value.kind !== "list") return architecture;
  const names = nodes.value.items.map(nameOf);
  for (const [name, entry] of changes.entries)
    if (!names.includes(name))
      throw notInModel(
        "level",
        name,
        entry,
        names.filter((known) => known !== undefined),
      );
  const items = nodes.value.items.map((item, index) => {
    const entry = changes.entries.get(names[index] ?? "");
    if (entry === undefined) return item;
    const path = joinPath("levels", names[index] ?? "");
    return mergeNodes(
      item,
      requireMap(entry.value, path, "attributes, constraints or other parts of a level"),
    );
  });
  const entries = new Map(architecture.entries);
  entries.set("nodes", { ...nodes, value: { ...nodes.value, items } });
  return { ...architecture, entries };
}

function nameOf(node: YamlNode): string | undefined {
  const name = valueAt(node, "name");
  return name?.kind === "scalar" ? String(name.value) : undefined;
}

/** Maps key by key, everything else as the change has it. */
function mergeNodes(base: YamlNode, change: YamlNode): YamlNode {
  if (base.kind !== "map" || change.kind !== "map") return change;
  const entries = new Map(base.entries);
  for (const [key, entry] of change.entries) {
    const known = entries.get(key);
    entries.set(key, known === undefined ? entry : { ...entry, value: mergeNodes(known.value, entry.value) });
  }
  return { ...base, tag: change.tag ?? base.tag, entries };
}

function notInModel(
  kind: "variable" | "level",
  name: string,
  entry: YamlEntry,
  known: Iterable<string>,
): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `The architecture that this one is derived from has no ${kind} "${name}".`,
    location: keyLocation(entry, joinPath(`${kind}s`, name)),
    value: name,
    remedy: suggestName(name, known),
  });
}
