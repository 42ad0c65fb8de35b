import { dataWith, hasParts, isNumber, isTableOf } from "../arguments";
import type { Warning } from "./specification";

/** Energy of every action of every level, pJ per action. Idle entries are listed but counted by nothing. */
export interface EnergyReferenceTable {
  /** Level name (without instance range) to action to pJ, in table order. */
  readonly energyPj: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Level name to the energy that one instance loses in a cycle, pJ. Absent: leakage does not count. */
  readonly leakagePj?: Readonly<Record<string, number>>;
}

/** Area of every level. */
export interface AreaReferenceTable {
  /** Level name to the area of one instance, um^2, in table order. */
  readonly areaUm2: Readonly<Record<string, number>>;
}

/** How far figures of a level may be off because parts of them are interpolated, percent; exact ones are left out. */
export interface LevelErrors {
  readonly area?: number;
  /** By action. */
  readonly energy?: Readonly<Record<string, number>>;
}

/** Energy and area of every level, as components are priced: Accelergy's ERT and ART. */
export interface ReferenceTables {
  readonly energy: EnergyReferenceTable;
  readonly area: AreaReferenceTable;
  /**
   * By level: the error of the sum if all its interpolated parts are off by their 90th percentile to the same side.
   * Absent where nothing is interpolated.
   */
  readonly errorPercent?: Readonly<Record<string, LevelErrors>>;
  /** What the user should know about the estimates; absent when there is nothing. */
  readonly warnings?: readonly Warning[];
}

const energyParts = { energyPj: isTableOf(isTableOf(isNumber)) };

export const energyTableSchema = dataWith("an energy table, as estimate returns it", energyParts);

export const areReferenceTables = (value: unknown): boolean =>
  hasParts(value, {
    energy: (table) => hasParts(table, energyParts),
    area: (table) => hasParts(table, { areaUm2: isTableOf(isNumber) }),
  });
