import * as v from "valibot";
import { hasParts, isListOf, isText, listOf, requireArgument } from "../arguments";
import type { RaellaError } from "../errors";
import { throwAll } from "../errors";
import { freeze } from "../memory";
import { dirname, join } from "../platform";
import type { FileReader } from "./file-memo";
import { FileMemo } from "./file-memo";
import { closedObject, text, textList, validate } from "./schema/validate";
import { givenWorkspace, overlaysOf, workspaceSchema } from "./workspace";
import type { Workspace } from "./workspace";
import { loadYaml } from "./yaml/load-yaml";

/** Levels that tables and charts show together. */
export interface ComponentGroup {
  readonly name: string;
  /** What belongs to it, for people. */
  readonly description: string;
  /** Level names; `*` stands for any characters. */
  readonly levels: readonly string[];
}

const isGroup = (value: unknown): boolean => hasParts(value, { name: isText, levels: isListOf(isText) });

/** Groups, as {@link loadComponentGroups} returns them. */
export const groupsSchema = listOf(
  v.custom(isGroup, "a group {name, levels}"),
  "a list of groups, as loadComponentGroups returns it",
);

const groupSchema = v.pipe(
  closedObject({
    name: text("the name of a group"),
    description: v.optional(text(), ""),
    levels: textList("a list of level names"),
  }),
  v.transform((given): ComponentGroup => ({ ...given, levels: given.levels.map((level) => level.text) })),
);

const fileSchema = closedObject({
  component_groups: v.array(groupSchema, "a list of groups"),
  level_notes: v.optional(v.record(v.string(), text("what the level is")), {}),
});

/** What is said of levels, by name, where the name does not say it. */
export type LevelNotes = Readonly<Record<string, string>>;

interface LevelDescriptions {
  readonly groups: readonly ComponentGroup[];
  readonly notes: LevelNotes;
}

const memo = new FileMemo<LevelDescriptions>(16);

/**
 * The component groups of a workspace, `component_groups.yaml` beside its models, in the order to show them in; none
 * if there is no such file. Where it lies over the package's, its groups come first, with the levels that the package
 * gives a group of the same name behind its own.
 * @example
 * ```ts
 * const groups = loadComponentGroups();
 * console.log(groups.map(({ name, levels }) => `${name}: ${levels.join(", ")}`));
 * ```
 */
export function loadComponentGroups(workspace?: Workspace): readonly ComponentGroup[] {
  return loadDescriptions(workspace).groups;
}

/** The notes on levels in the same file. */
export function loadLevelNotes(workspace?: Workspace): LevelNotes {
  return loadDescriptions(workspace).notes;
}

function loadDescriptions(workspace?: Workspace): LevelDescriptions {
  if (workspace !== undefined) requireArgument(workspaceSchema, workspace, "the workspace");
  const given = givenWorkspace(workspace);
  const file = join(given.modelsDirectory, "component_groups.yaml");
  const read = (reader: FileReader): LevelDescriptions => {
    const errors: RaellaError[] = [];
    let notes: LevelNotes = {};
    const groups = new Map<string, ComponentGroup>();
    for (const place of reader.placesOf(file).filter((path) => reader.has(path))) {
      const node = loadYaml(place, reader, [dirname(place)]);
      const found = validate(fileSchema, node, "", errors);
      notes = { ...found?.level_notes, ...notes };
      for (const group of found?.component_groups ?? []) {
        const known = groups.get(group.name);
        groups.set(group.name, known ? { ...known, levels: [...known.levels, ...group.levels] } : group);
      }
    }
    throwAll(errors);
    return freeze({ groups: [...groups.values()], notes });
  };
  return memo.get(given.modelsDirectory, read, overlaysOf(given));
}
