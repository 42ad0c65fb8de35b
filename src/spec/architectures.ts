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
import type { YamlNode } from "./yaml/yaml-node";
import { joinPath, keyLocation, locationOf } from "./yaml/yaml-node";

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
      const list = node.kind === "map" ? node.entries.get("architectures")?.value : undefined;
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
    const entry = item.kind === "map" ? item.entries.get(key) : undefined;
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
  const entries = item.kind === "map" ? item.entries : new Map<string, never>();
  return Object.fromEntries(
    changeKeys.flatMap((key) => {
      const value = entries.get(key)?.value;
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
