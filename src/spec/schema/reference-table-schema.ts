import * as v from "valibot";
import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import type { GivenAreaTable, GivenEnergyTable } from "../specification";
import type { YamlNode } from "../yaml/yaml-node";
import { closedObject, locateIn, text, validate } from "./validate";

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
function levelOfTableName(name: string): string {
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
  const met = new Map<string, Entry>();
  given.tables.forEach(({ name, actions }, index) => {
    const level = levelOfTableName(name);
    const energies = table.get(level) ?? new Map<string, number>();
    table.set(level, energies);
    actions.forEach(({ name: action, energy, arguments: given }, position) => {
      const location = locateIn(node, "ERT", ["tables", index, "actions", position, "energy"]);
      const asked = given === undefined || given === null ? "" : JSON.stringify(given);
      requireOne(met, `${action} of ${level}`, asked, { figure: energy, location }, errors);
      energies.set(action, Math.max(energies.get(action) ?? 0, energy));
    });
  });
  return bareObject([...table].map(([level, energies]) => [level, bareObject(energies)]));
}

/** Reads an area reference table in Accelergy's form. */
export function readAreaTable(node: YamlNode, errors: RaellaError[]): GivenAreaTable | undefined {
  const given = validate(areaSchema, node, "ART", errors);
  const met = new Map<string, Entry>();
  given?.tables.forEach(({ name, area }, index) => {
    const location = locateIn(node, "ART", ["tables", index, "area"]);
    requireOne(met, levelOfTableName(name), "", { figure: area, location }, errors);
  });
  return given && bareObject(given.tables.map(({ name, area }) => [levelOfTableName(name), area]));
}

interface Entry {
  readonly figure: number;
  readonly location: SourceLocation;
}

/** Of two entries for one thing only one would count: they must say the same. */
function requireOne(
  met: Map<string, Entry>,
  what: string,
  asked: string,
  entry: Entry,
  errors: RaellaError[],
): void {
  const first = met.get(what + asked);
  met.set(what + asked, entry);
  if (first === undefined || first.figure === entry.figure) return;
  const { line, column } = first.location;
  errors.push(
    new RaellaError({
      code: "schema",
      message: `The figure of ${what} is ${entry.figure} here and ${first.figure} in line ${line}:${column}.`,
      location: entry.location,
      value: entry.figure,
      expected: "one entry for each level (and action)",
      remedy: "Remove one of them.",
    }),
  );
}

/** An object that inherits nothing: what is not written in it is not there, whatever its name. */
function bareObject<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(entries));
}
