import { keepTable } from "../mapping/candidate-mapping";
import type { KeepTable } from "../mapping/capacity";
import { enumerateMappings } from "../mapping/enumerate";
import { keepsEverything, layOutForVisit } from "../mapping/find-best-mapping";
import type { MapSpace } from "../mapping/map-space";
import type { Metric } from "../mapping/metrics";
import { numberStrides, readChoice, type SearchLayout } from "../mapping/search-layout";
import type { AccessCosts } from "../model/access-costs";
import { createScorer } from "../model/create-scorer";
import {
  FrontBuilder,
  type CountLayout,
  type LeakingLevel,
  type PricedTerm,
  type TimedLevel,
} from "./front-builder";

/**
 * The mappings of a space that can be the best one, whatever its accesses cost and however fast its levels are: all
 * others are beaten by one of them in every count. Energy is a sum of counts times prices and cycles only grow with the
 * counts, so the front gives for every price list the answer that a search through the whole space would give, to the
 * last bit.
 */
export interface MappingFront extends CountLayout {
  /** Operations, the same for every mapping. */
  readonly computes: number;
  /** Mappings that pass the fan-out and capacity checks, and those that were visited. */
  readonly valid: number;
  readonly evaluated: number;
  /** Numbers of the mappings in the map space; none where no mapping is valid. */
  readonly numbers: Float64Array;
  /** For one mapping after the other `length` counts: time steps, then terms and timed levels. */
  readonly counts: Float64Array;
}

/**
 * Finds the front by a visit to every mapping.
 * @param costs Only which of them are zero matters: terms that cost nothing and levels that do not leak are not counted.
 * @returns Null where mappings differ in more than factors or where counts are not known: then every price list needs a
 *   search of its own.
 */
export function findMappingFront(
  space: MapSpace,
  costs: AccessCosts,
  metrics: readonly Metric[],
): MappingFront | null {
  if (space.undecided.length > 0 || space.size !== space.factorizations) return null;
  if (space.size > Number.MAX_SAFE_INTEGER || metrics.includes("last-level-accesses")) return null;
  const search = layOutForVisit(space);
  const keep = keepTable(space, 0);
  const layout = countLayout(space, costs);
  const front = new FrontBuilder(layout);
  const computes = space.problem.bounds.reduce((product, bound) => product * bound, 1);
  if (!keepsEverything(keep)) return { ...layout, computes, valid: 0, evaluated: 0, ...front.pack() };
  const scorer = createScorer(search, keep, costs);
  if (scorer.rows === undefined || scorer.classOf === undefined) return null;
  scorer.rows = front.candidate;
  const { valid, smallest } = distinctMappings(search, keep, scorer.classOf);
  const choice = new Int32Array(search.varying.length);
  smallest.forEach((number) => {
    readChoice(search, number, choice);
    scorer.score(choice, null);
    front.offer(number);
  });
  return { ...layout, computes, valid, evaluated: valid, ...front.pack() };
}

/** Visits every mapping. Of those with the same counts, the one with the smallest number is kept: it settles ties. */
function distinctMappings(
  layout: SearchLayout,
  keep: KeepTable,
  classOf: (position: number, choice: number) => number,
): { readonly valid: number; readonly smallest: ReadonlyMap<number, number> } {
  const strides = numberStrides(layout);
  const smallest = new Map<number, number>();
  let valid = 0;
  enumerateMappings(layout, keep, {
    valid(choice) {
      valid += 1;
      let number = 0;
      let classes = 0;
      for (let position = 0; position < strides.length; position += 1) {
        number += choice[position] * strides[position];
        classes += classOf(position, choice[position]) * strides[position];
      }
      const known = smallest.get(classes);
      if (known === undefined || number < known) smallest.set(classes, number);
    },
  });
  return { valid, smallest };
}

/** The order in which a scorer writes its counts, see `MappingScorer.rows`. */
function countLayout({ hardware, rules }: MapSpace, costs: AccessCosts): CountLayout {
  const terms: PricedTerm[] = [];
  const timed: TimedLevel[] = [];
  let length = 1;
  hardware.levels.forEach(
    ({ clusters = Infinity, readBandwidth, writeBandwidth, sharedBandwidth }, level) => {
      const { readPj, fillPj, updatePj } = costs.levels[level];
      const isPriced = [readPj, fillPj, updatePj].some((price) => (price ?? 0) !== 0);
      const kept = rules[level].keep.filter((keep) => keep === "keep").length;
      if (isPriced)
        for (let term = 0; term < kept; term += 1) {
          terms.push({ level, clusters, at: length });
          length += 4;
        }
      if (kept > 0 && [readBandwidth, writeBandwidth, sharedBandwidth].some((words) => words !== null)) {
        timed.push({ level, at: length });
        length += 2;
      }
    },
  );
  const leaking = hardware.levels.flatMap((_, level): LeakingLevel[] => {
    if (costs.levels[level].leakPj === undefined) return [];
    length += 1;
    return [{ level, at: length - 1 }];
  });
  return { terms, timed, leaking, length };
}
