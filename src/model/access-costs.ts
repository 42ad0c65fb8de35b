import { RaellaError } from "../errors";
import type { EnergyReferenceTable } from "../spec/reference-tables";
import type { Hardware } from "./hardware";
import type { Problem } from "./problem";

/** Energy of one row access, pJ; undefined where the energy table has no action for it. */
export interface RowCosts {
  readonly readPj: number | undefined;
  readonly fillPj: number | undefined;
  readonly updatePj: number | undefined;
  /** Energy that one instance loses in a cycle, pJ; left out where leakage does not count. */
  readonly leakPj?: number;
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
        ...leakOf(table, name),
      };
    }),
    computePj: compute,
  };
}

function leakOf({ leakagePj = {} }: EnergyReferenceTable, level: string): Pick<RowCosts, "leakPj"> {
  const leakPj = Object.hasOwn(leakagePj, level) ? leakagePj[level] : 0;
  return leakPj === 0 ? {} : { leakPj };
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

/** Rows that an instance accesses to move so many words: a row moves `blockWords` of them. */
export function rowAccesses(words: number, blockWords: number): number {
  return Math.ceil(words / blockWords);
}

/** Energy of the row accesses of one instance, pJ: summed in Timeloop's order, so that doubles agree bit for bit. */
export function energyOfRows(
  rowReads: number,
  readPj: number,
  rowFills: number,
  fillPj: number,
  rowUpdates: number,
  updatePj: number,
): number {
  return rowReads * readPj + rowFills * fillPj + rowUpdates * updatePj;
}

/** Clusters in use: every used instance is in another one as long as there are enough. */
export function usedClusters(instances: number, clusters = Infinity): number {
  return Math.min(instances, clusters);
}

/**
 * Energy of all used instances of a level from that of one: an access of a cluster serves all of its instances. So it is
 * the energy of one instance times the clusters in use, evaluated as Timeloop does, whose rounding shows in the last digit.
 * @param clusters - of the level, where instances are accessed together
 */
export function energyOfInstances(perInstancePj: number, instances: number, clusters = Infinity): number {
  if (clusters >= instances) return perInstancePj * instances;
  return (perInstancePj / (instances / usedClusters(instances, clusters))) * instances;
}

/**
 * Instances of a level that leak: those in use, kept data spaces or not. Outside every level that holds anything, nothing
 * is used, and one leaks.
 * @param isUsed - whether the level or one outside it holds any data space
 */
export function leakingInstances(instances: number, isUsed: boolean): number {
  return isUsed ? Math.max(1, instances) : 1;
}

/** Leakage of a level over the whole run, once for all data spaces, pJ. The cycles are those of the slowest level. */
export function leakageEnergy(leakPj: number, cycles: number, instances: number): number {
  return leakPj * cycles * instances;
}
