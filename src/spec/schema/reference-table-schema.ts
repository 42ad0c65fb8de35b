import * as v from "valibot";
import type { RaellaError } from "../../errors";
import type { GivenAreaTable, GivenEnergyTable } from "../specification";
import type { YamlNode } from "../yaml/yaml-node";
import { closedObject, text, validate } from "./validate";

/** A finite number of 0 or more. */
function figure(expected: string): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(expected), v.finite(expected), v.minValue(0, expected));
}

const actionSchema = closedObject({
  name: text("the name of the action"),
  arguments: v.optional(v.unknown()),
  energy: figure("an energy in pJ, 0 or more"),
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
      area: figure("an area in um^2, 0 or more"),
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
  const table = new Map<string, Map<string, number>>();
  for (const { name, actions } of given.tables) {
    const level = levelOfTableName(name);
    const energies = table.get(level) ?? new Map<string, number>();
    table.set(level, energies);
    for (const { name: action, energy } of actions)
      energies.set(action, Math.max(energies.get(action) ?? 0, energy));
  }
  return bareObject([...table].map(([level, energies]) => [level, bareObject(energies)]));
}

/** Reads an area reference table in Accelergy's form. */
export function readAreaTable(node: YamlNode, errors: RaellaError[]): GivenAreaTable | undefined {
  const given = validate(areaSchema, node, "ART", errors);
  return given && bareObject(given.tables.map(({ name, area }) => [levelOfTableName(name), area]));
}

/** An object that inherits nothing: what is not written in it is not there, whatever its name. */
function bareObject<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(entries));
}
