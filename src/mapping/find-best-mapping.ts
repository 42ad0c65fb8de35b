import { RaellaError } from "../errors";
import { factorsOfChoice, keepTable, toMapping } from "./candidate-mapping";
import type { KeepTable } from "./capacity";
import { enumerateMappings } from "./enumerate";
import type { MapSpace } from "./map-space";
import type { Mapping } from "./mapping";
import { metricValue, rankingMetrics, type MappingFigures, type Metric } from "./metrics";
import { orderCombinations, type OrderCombinations } from "./order-combinations";
import type { MappingScorer, ScorerFactory } from "./scorer";
import { createSearchLayout, type SearchLayout } from "./search-layout";
import type { LoopOrders } from "./slot-orders";

/** The best mapping of a map space and what it costs. */
export interface BestMapping extends MappingFigures {
  readonly mapping: Mapping;
  /** Number of its factors in the map space. */
  readonly number: number;
  /** pJ x cycles. */
  readonly edpPjCycles: number;
}

export interface SearchResult {
  /** Mappings that the constraints allow. */
  readonly size: number;
  /** Those whose space factors fit the fan-outs. */
  readonly withinFanout: number;
  /** Those whose tiles fit the capacities as well. */
  readonly valid: number;
  /** Those whose energy and cycles were computed. */
  readonly evaluated: number;
  /** Null where no mapping is valid. */
  readonly best: BestMapping | null;
}

export interface SearchOptions {
  /** What to minimise, most important first; EDP by default. Ties go by EDP, energy, cycles and number. */
  readonly metrics?: readonly Metric[];
  /** Largest number of mappings within the fan-outs to visit; 100 million by default. */
  readonly limit?: number;
}

const defaultLimit = 1e8;

/**
 * Visits every mapping of a map space and returns the best: the one with the smallest metrics in their order, then
 * the lowest EDP, energy and cycles, then the smallest number (and the first loop order among equals).
 * @throws RaellaError `usage` when the space is too large to visit.
 */
export function findBestMapping(
  space: MapSpace,
  createScorer: ScorerFactory,
  options: SearchOptions = {},
): SearchResult {
  const layout = createSearchLayout(space);
  const keeps = 2 ** space.undecided.length;
  refuseLargeSpace(space, layout, keeps, options.limit ?? defaultLimit);
  const search = createSearch(layout, rankingMetrics(options.metrics ?? ["edp"]));
  for (let index = 0; index < keeps; index += 1) {
    const keep = keepTable(space, index);
    if (keepsEverything(keep)) search.visit(keep, createScorer(layout, keep));
    else search.skip(keep);
  }
  return search.result();
}

/** A data space that no level holds has no mapping. */
function keepsEverything(keep: KeepTable): boolean {
  return keep[0].every((_, tensor) => keep.some((level) => level[tensor]));
}

interface Incumbent {
  readonly choice: Int32Array;
  readonly keep: KeepTable;
  readonly orders: LoopOrders | null;
  readonly number: number;
  readonly figures: MappingFigures;
}

function createSearch(
  layout: SearchLayout,
  ranking: readonly Metric[],
): {
  readonly visit: (keep: KeepTable, scorer: MappingScorer) => void;
  readonly skip: (keep: KeepTable) => void;
  readonly result: () => SearchResult;
} {
  const { space, varying } = layout;
  const strides = numberStrides(space, varying);
  const combinations = orderCombinations(layout);
  const bestValues = new Float64Array(ranking.length).fill(Infinity);
  let best: Incumbent | null = null;
  let withinFanout = 0;
  let valid = 0;
  let evaluated = 0;

  function visit(keep: KeepTable, scorer: MappingScorer): void {
    const first = ranking[0];
    const consider = (choice: Int32Array, orders: LoopOrders | null): void => {
      scorer.score(choice, orders);
      evaluated += 1;
      const value = metricValue(first, scorer);
      if (value > bestValues[0]) return;
      if (value === bestValues[0] && best !== null && !isPreferred(scorer, choice)) return;
      ranking.forEach((metric, index) => (bestValues[index] = metricValue(metric, scorer)));
      const { energyPj, cycles, lastLevelAccesses } = scorer;
      const figures = { energyPj, cycles, lastLevelAccesses };
      best = {
        choice: choice.slice(),
        keep,
        orders: orders?.slice() ?? null,
        number: numberOf(choice),
        figures,
      };
    };
    enumerate(keep, (choice, choiceOrders) => {
      if (choiceOrders === null) {
        valid += 1;
        consider(choice, null);
        return;
      }
      valid += choiceOrders.count;
      choiceOrders.visit((orders) => consider(choice, orders));
    });
  }

  function skip(keep: KeepTable): void {
    enumerate(keep, () => undefined);
  }

  function enumerate(
    keep: KeepTable,
    reached: (choice: Int32Array, orders: OrderCombinations | null) => void,
  ): void {
    if (combinations === null) {
      enumerateMappings(layout, keep, {
        spaceFactors: (mappings) => {
          withinFanout += mappings;
          return true;
        },
        valid: (choice) => reached(choice, null),
      });
      return;
    }
    enumerateMappings(layout, keep, {
      valid: (choice) => {
        const orders = combinations(choice);
        withinFanout += orders.count;
        reached(choice, orders);
      },
      misfit: (choice) => {
        withinFanout += combinations(choice).count;
      },
    });
  }

  /** Whether figures with an equal first metric come before those of the incumbent. */
  function isPreferred(figures: MappingFigures, choice: Int32Array): boolean {
    for (let index = 1; index < ranking.length; index += 1) {
      const value = metricValue(ranking[index], figures);
      if (value !== bestValues[index]) return value < bestValues[index];
    }
    return best !== null && numberOf(choice) < best.number;
  }

  function numberOf(choice: Int32Array): number {
    let number = 0;
    for (let position = 0; position < strides.length; position += 1)
      number += choice[position] * strides[position];
    return number;
  }

  function result(): SearchResult {
    const counts = { size: space.size, withinFanout, valid, evaluated };
    if (best === null) return { ...counts, best: null };
    const { choice, orders, keep, number, figures } = best;
    const mapping = toMapping(space, factorsOfChoice(layout, choice), orders, keep);
    const edpPjCycles = figures.energyPj * figures.cycles;
    return { ...counts, best: { mapping, number, edpPjCycles, ...figures } };
  }

  return { visit, skip, result };
}

function numberStrides({ choices }: MapSpace, varying: readonly number[]): number[] {
  let stride = 1;
  return varying.map((dimension) => {
    const before = stride;
    stride *= choices[dimension].count;
    return before;
  });
}

function refuseLargeSpace(space: MapSpace, layout: SearchLayout, keeps: number, limit: number): void {
  if (space.size <= limit) return;
  let visits = 0;
  let largestRefused = false;
  const listed = layout.varying.every((dimension) => space.choices[dimension].count <= limit);
  if (listed) {
    const ordersPerFactorization = space.size / (space.factorizations * keeps);
    try {
      enumerateMappings(layout, keepTable(space, 0), {
        spaceFactors: (mappings) => {
          visits += mappings * keeps * ordersPerFactorization;
          if (visits > limit) throw new TooLarge();
          return false;
        },
      });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      largestRefused = true;
    }
  }
  if (listed && !largestRefused) return;
  throw new RaellaError({
    code: "usage",
    message: `The map space has ${shortNumber(space.sizeText)} mappings, too many to visit one by one.`,
    value: space.sizeText,
    expected: `at most ${limit.toExponential(0)} mappings within the fan-outs`,
    details: freedomOf(space),
    remedy:
      "Fix more factors, loop orders or data spaces in the constraints (the greedy steps do), or search the full space with its own method.",
  });
}

class TooLarge extends Error {}

function shortNumber(digits: string): string {
  return digits.length < 7 ? digits : Number(digits).toExponential(2);
}

/** Where the size comes from: choices per dimension, undecided data spaces, free orders. */
function freedomOf({ choices, problem, undecided, factorizations, size }: MapSpace): string[] {
  const perDimension = choices.flatMap(({ count, freeSlots }, dimension) =>
    count > 1 ? [`${problem.dimensions[dimension]}: ${count} ways over ${freeSlots.length} free slots`] : [],
  );
  const keeps = 2 ** undecided.length;
  const orders = size / (factorizations * keeps);
  return [
    ...perDimension,
    ...(keeps > 1 ? [`keep or bypass: ${keeps} ways (${undecided.length} undecided)`] : []),
    ...(orders > 1 ? [`loop orders: ${orders.toPrecision(3)} ways per choice of factors, on average`] : []),
  ];
}
