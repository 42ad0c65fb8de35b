import { RaellaError } from "../errors";
import type { EnergyReferenceTable } from "../estimation/reference-tables";
import type { Hardware } from "../mapping/hardware";
import type { Problem } from "../mapping/problem";

/** Energy of one row access, pJ; undefined where the energy table has no action for it. */
export interface RowCosts {
  readonly readPj: number | undefined;
  readonly fillPj: number | undefined;
  readonly updatePj: number | undefined;
}

/** What accesses cost. Levels innermost first. */
export interface AccessCosts {
  readonly levels: readonly RowCosts[];
  /** One operation, pJ. */
  readonly computePj: number;
}

const readActions = ["random_read", "read"];
const fillActions = ["random_fill", "random_write", "fill", "write"];
const updateActions = ["random_update", "random_write", "update", "write"];
const computeActions = ["compute"];

/** Picks the energies of reads, fills, updates and operations out of an energy reference table. */
export function describeCosts(hardware: Hardware, table: EnergyReferenceTable): AccessCosts {
  const actionsOf = (level: string): Readonly<Record<string, number>> => {
    const { energyPj } = table;
    return Object.hasOwn(energyPj, level) ? energyPj[level] : {};
  };
  const compute = firstOf(actionsOf(hardware.compute.name), computeActions);
  if (compute === undefined) throw missingAction(hardware.compute.name, "operations", computeActions);
  return {
    levels: hardware.levels.map(({ name }) => {
      const actions = actionsOf(name);
      return {
        readPj: firstOf(actions, readActions),
        fillPj: firstOf(actions, fillActions),
        updatePj: firstOf(actions, updateActions),
      };
    }),
    computePj: compute,
  };
}

function firstOf(actions: Readonly<Record<string, number>>, names: readonly string[]): number | undefined {
  for (const name of names) {
    const energy: number | undefined = actions[name];
    if (energy !== undefined && Object.hasOwn(actions, name)) return energy;
  }
  return undefined;
}

/**
 * The energies of a level that holds a tensor, in numbers. Fills of the outermost holder never happen.
 * @throws RaellaError `component` where the table misses an action that the tensor's accesses need.
 */
export function costsOf(
  costs: AccessCosts,
  hardware: Hardware,
  problem: Problem,
  level: number,
  tensor: number,
  isFilled: boolean,
): { readonly readPj: number; readonly fillPj: number; readonly updatePj: number } {
  const { readPj, fillPj, updatePj } = costs.levels[level];
  const { name } = hardware.levels[level];
  if (readPj === undefined) throw missingAction(name, "reads", readActions);
  if (fillPj === undefined && isFilled) throw missingAction(name, "fills", fillActions);
  const isUpdated = problem.tensors[tensor].readWrite;
  if (updatePj === undefined && isUpdated) throw missingAction(name, "updates", updateActions);
  return { readPj, fillPj: fillPj ?? 0, updatePj: updatePj ?? 0 };
}

function missingAction(level: string, accesses: string, names: readonly string[]): RaellaError {
  return new RaellaError({
    code: "component",
    message: `The energy reference table says nothing about ${accesses} of ${level}.`,
    expected: `an entry ${names.join(" or ")} for ${level}`,
  });
}
