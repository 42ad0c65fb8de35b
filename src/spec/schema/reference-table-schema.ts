import * as v from "valibot";
import type { RaellaError } from "../../errors";
import type { GivenAreaTable, GivenEnergyTable } from "../specification";
import type { YamlNode } from "../yaml/yaml-node";
import { closedObject, text, validate } from "./validate";

const actionSchema = closedObject({
  name: text("the name of the action"),
  arguments: v.optional(v.unknown()),
  energy: v.number("an energy in pJ"),
});

const energySchema = closedObject({
  version: v.optional(v.unknown()),
  tables: v.array(
    closedObject({
      name: text("the name of a level, e.g. system.buffer[1..4]"),
      actions: v.array(actionSchema, "a list of {name, energy}"),
    }),
    "a list of {name, actions}",
  ),
});

const areaSchema = closedObject({
  version: v.optional(v.unknown()),
  tables: v.array(
    closedObject({
      name: text("the name of a level, e.g. system.buffer[1..4]"),
      area: v.number("an area in um^2"),
    }),
    "a list of {name, area}",
  ),
});

/** The level a table entry belongs to: `system.chip.buffer[1..4]` is `buffer`. */
export function levelOfTableName(name: string): string {
  return (
    name
      .replace(/\[[^\]]*\]/g, "")
      .split(".")
      .at(-1) ?? name
  );
}

/**
 * Reads an energy reference table in Accelergy's form. An action that is listed several times (for several arguments)
 * counts with its largest energy, as Timeloop reads it.
 */
export function readEnergyTable(node: YamlNode, errors: RaellaError[]): GivenEnergyTable | undefined {
  const given = validate(energySchema, node, "ERT", errors);
  if (given === undefined) return undefined;
  const table: Record<string, Record<string, number>> = {};
  for (const { name, actions } of given.tables) {
    const level = (table[levelOfTableName(name)] ??= {});
    for (const { name: action, energy } of actions)
      level[action] = Math.max(level[action] ?? -Infinity, energy);
  }
  return table;
}

/** Reads an area reference table in Accelergy's form. */
export function readAreaTable(node: YamlNode, errors: RaellaError[]): GivenAreaTable | undefined {
  const given = validate(areaSchema, node, "ART", errors);
  return given && Object.fromEntries(given.tables.map(({ name, area }) => [levelOfTableName(name), area]));
}
