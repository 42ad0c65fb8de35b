import { hasParts, isListOf, isNumber, isObject, isTableOf, isText } from "../arguments";

/** How often one level accesses one data space, per instance and over the whole run, in words. */
export interface DataSpaceCounts {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  readonly temporalReductions: number;
  /** Instances in use. */
  readonly instances: number;
  /** Clusters in use: what accesses are charged for. */
  readonly clusters: number;
  /** Words of the tile that one instance holds. */
  readonly tileSize: number;
  /** Words of the tensor that one instance is responsible for. */
  readonly partitionSize: number;
  readonly addressGenerations: number;
  /** Rows moved by the reads, fills and updates of one instance: what is charged. */
  readonly rowReads: number;
  readonly rowFills: number;
  readonly rowUpdates: number;
}

/** What one level does with one data space, and what that costs. */
export interface DataSpaceAccesses extends DataSpaceCounts {
  readonly energyPerInstancePj: number;
}

/** What one level does during a run, and what that costs. */
export interface LevelEvaluation {
  readonly level: string;
  /** All instances and data spaces, and the leakage where it counts. */
  readonly energyPj: number;
  /** What the energy is made of, pJ; left out where leakage does not count. */
  readonly parts?: { readonly accessesPj: number; readonly leakagePj: number };
  /** Cycles this level alone would need with its bandwidths. */
  readonly cycles: number;
  /** Fraction of the demanded bandwidth that is there; 1 without a limit. */
  readonly slowdown: number;
  /** Kept data spaces only, in declared order. */
  readonly accesses: Readonly<Record<string, DataSpaceAccesses>>;
}

/** Everything the analytical model says of one mapping. */
export interface Evaluation {
  readonly cycles: number;
  /** Product of all time factors. */
  readonly computeCycles: number;
  /** Operations, `usedComputeUnits * computeCycles`. */
  readonly computes: number;
  readonly usedComputeUnits: number;
  readonly utilization: number;
  readonly energyPj: number;
  readonly computeEnergyPj: number;
  /** pJ x cycles, the quantity that the search minimises. */
  readonly edpPjCycles: number;
  /** Words read, filled and updated at the outermost level, all instances together. */
  readonly lastLevelAccesses: number;
  /** Storage levels, outermost first. */
  readonly levels: readonly LevelEvaluation[];
}

const isLevelEvaluation = (value: unknown): boolean =>
  hasParts(value, { level: isText, energyPj: isNumber, cycles: isNumber, accesses: isTableOf(isObject) });

export const isEvaluation = (value: unknown): boolean =>
  hasParts(value, {
    cycles: isNumber,
    computes: isNumber,
    usedComputeUnits: isNumber,
    utilization: isNumber,
    energyPj: isNumber,
    computeEnergyPj: isNumber,
    edpPjCycles: isNumber,
    levels: isListOf(isLevelEvaluation),
  });
