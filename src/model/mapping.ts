import { dataWith, hasParts, isListOf, isNumber, isText } from "../arguments";

/** One loop of the nest. */
export interface Loop {
  readonly dimension: string;
  readonly factor: number;
}

/** A loop that spreads a tile over the children of a level. */
export interface SpatialLoop extends Loop {
  readonly axis: "X" | "Y";
}

/** The loops of one level and what it does with each data space. */
export interface LevelMapping {
  readonly level: string;
  /** Loops over the children, outermost first; factors of 1 are left out. */
  readonly spatial: readonly SpatialLoop[];
  /** Loops in time, outside the spatial ones, outermost first; factors of 1 are left out. */
  readonly temporal: readonly Loop[];
  /** Data spaces held here (those that only pass through included), in declared order. */
  readonly keep: readonly string[];
  readonly passthrough: readonly string[];
  readonly noTemporalReuse: readonly string[];
  readonly rmwOnFirstWriteback: readonly string[];
  readonly noMulticastNoReduction: readonly string[];
  readonly noLinkTransfer: readonly string[];
}

/** How the loops of a workload are placed on the storage levels, outermost level first. */
export interface Mapping {
  readonly levels: readonly LevelMapping[];
}

const isLoop = (value: unknown): boolean => hasParts(value, { dimension: isText, factor: isNumber });
const areNames = isListOf(isText);

const isLevelMapping = (value: unknown): boolean =>
  hasParts(value, {
    level: isText,
    spatial: isListOf(isLoop),
    temporal: isListOf(isLoop),
    keep: areNames,
    passthrough: areNames,
    noTemporalReuse: areNames,
    rmwOnFirstWriteback: areNames,
    noMulticastNoReduction: areNames,
    noLinkTransfer: areNames,
  });

const areLevels = (value: unknown): boolean =>
  isListOf(isLevelMapping)(value) && (value as readonly unknown[]).length > 0;

export const isMapping = (value: unknown): boolean => hasParts(value, { levels: areLevels });

export const mappingSchema = dataWith("a mapping, as a search or mappingFromEntries returns it", {
  levels: areLevels,
});
