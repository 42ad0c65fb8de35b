import type { KeepTable } from "../mapspace/capacity";
import type { LoopOrders } from "../mapspace/loop-orders";
import type { SearchLayout } from "../mapspace/search-layout";
import type { MappingFigures } from "./ranking";

/**
 * Prices mappings of one map space, one after the other; the figures of the last one stand in its fields, so that
 * a search allocates nothing. Only mappings that pass the fan-out and capacity checks may be asked for.
 */
export interface MappingScorer extends MappingFigures {
  /**
   * @param choice - per varying dimension of the layout: the number of its cofactor tuple
   * @param orders - loop orders where the constraints leave them open; null for the constraints' own
   * @param ceiling - EDP (pJ x cycles) above which the figures do not matter: the energy may then be given as
   *   infinite; by default there is none
   */
  score(choice: ArrayLike<number>, orders: LoopOrders | null, ceiling?: number): void;
  /**
   * Set to an array to have what a mapping's energy and cycles are made of written there: the time steps; then, level by
   * level from the inside out, for every data space that costs something the rows read, filled and updated per
   * instance (0 of what is free) and the instances, and for a level with a bandwidth the words read and written per
   * cycle; at the end the instances that leak of every level that does. Undefined for scorers that do not know.
   */
  rows?: Float64Array | null;
  /**
   * A number for a choice of a varying dimension: mappings whose choices have the same numbers have the same counts (with
   * the constraints' own loop orders). Smaller than the number of choices. Undefined for scorers that do not know.
   */
  readonly classOf?: (position: number, choice: number) => number;
}

/** Sets up a scorer for one decision about which levels hold which data spaces. */
export type ScorerFactory = (layout: SearchLayout, keep: KeepTable) => MappingScorer;
