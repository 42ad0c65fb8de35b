import * as v from "valibot";
import type { RaellaError } from "../errors";
import { throwAll } from "../errors";
import { freeze } from "../memory";
import { join } from "../platform";
import { FileMemo } from "./file-memo";
import { closedObject, text, textList, validate } from "./schema/validate";
import { loadYaml } from "./yaml/load-yaml";
import { joinPath } from "./yaml/yaml-node";

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
  directory: text("the folder of the model files"),
  statistics: v.optional(rulesSchema),
});

const fileSchema = closedObject({ architectures: v.array(v.unknown(), "a list of architectures") });

const memo = new FileMemo<readonly ArchitectureEntry[]>(16);

/** Reads `architectures.yaml` of a models directory. */
export function readArchitectures(modelsDirectory: string): readonly ArchitectureEntry[] {
  return memo.get(modelsDirectory, (reader) => {
    const errors: RaellaError[] = [];
    const node = loadYaml(join(modelsDirectory, "architectures.yaml"), reader, [modelsDirectory]);
    const entries: ArchitectureEntry[] = [];
    validate(fileSchema, node, "", errors);
    const list = node.kind === "map" ? node.entries.get("architectures")?.value : undefined;
    const items = list?.kind === "list" ? list.items : [];
    items.forEach((item, index) => {
      const entry = validate(entrySchema, item, joinPath("architectures", index), errors);
      if (entry !== undefined) entries.push({ ...entry, title: entry.title || entry.name });
    });
    throwAll(errors);
    return freeze(entries);
  });
}
