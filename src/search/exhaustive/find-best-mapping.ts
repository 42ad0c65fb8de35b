import { RaellaError } from "../../errors";
import { factorsOfChoice, keepTable, toMapping } from "../../mapspace/candidate-mapping";
import type { KeepTable } from "../../mapspace/capacity";
import { enumerateMappings } from "../../mapspace/enumerate";
import { firstFittingSplit, orderableDimensions, possibleOrders } from "../../mapspace/loop-orders";
import type { LoopOrders } from "../../mapspace/loop-orders";
import type { MapSpace } from "../../mapspace/map-space";
import { createSearchLayout, factorInSlot, numberStrides } from "../../mapspace/search-layout";
import type { SearchLayout } from "../../mapspace/search-layout";
import type { Mapping } from "../../model/mapping";
import { compareNumbered, metricValue, rankingMetrics } from "../ranking";
import type { MappingFigures, Metric } from "../ranking";
import type { MappingScorer, ScorerFactory } from "../scorer";

/** The loop orders of one choice of factors. */
interface OrderCombinations {
  /** Number of orders that fit the meshes. */
  readonly count: number;
  /** Calls `visit` with every order that may differ in cost; the array is reused. */
  visit(visit: (orders: LoopOrders) => void): void;
}

/**
 * A function that gives the loop orders of a choice; null where every choice has one order only. Orders of space
 * loops differ in cost only through transfers between neighbours, so where these are forbidden one order stands
 * for all.
 */
function orderCombinations(layout: SearchLayout): ((choice: ArrayLike<number>) => OrderCombinations) | null {
  const { slots, choices, hardware, rules } = layout.space;
  const open = slots.flatMap((slot, index) =>
    orderableDimensions(choices, slot).length > 1 ? [{ slot, index }] : [],
  );
  if (open.length === 0) return null;

  function fittingOrders(index: number, choice: ArrayLike<number>): (readonly number[])[] {
    const slot = slots[index];
    const factorOf = (dimension: number): number => factorInSlot(layout, index, dimension, choice);
    const orders = possibleOrders(slot, factorOf);
    if (slot.kind === "time") return orders;
    const mesh = hardware.levels[slot.level];
    return orders.filter((order) => firstFittingSplit(slot, mesh, order, factorOf) !== undefined);
  }

  return (choice) => {
    const fitting = open.map(({ index }) => fittingOrders(index, choice));
    const distinct = fitting.map((orders, position) => {
      const { slot } = open[position];
      const interchangeable = slot.kind === "space" && rules[slot.level].noLinkTransfer.every(Boolean);
      return interchangeable ? orders.slice(0, 1) : orders;
    });
    return {
      count: fitting.reduce((product, orders) => product * orders.length, 1),
      visit(visit) {
        const chosen: (readonly number[] | undefined)[] = slots.map(() => undefined);
        const next = (position: number): void => {
          if (position === open.length) {
            visit(chosen);
            return;
          }
          for (const order of distinct[position]) {
            chosen[open[position].index] = order;
            next(position + 1);
          }
        };
        next(0);
      },
    };
  };
}

/** The best mapping of a map space and what it costs. */
export interface BestMapping extends MappingFigures {
  readonly mapping: Mapping;
  /** Number of its factors in the map space. */
  readonly number: number;
  /** pJ x cycles. */
  readonly edpPjCycles: number;
}

interface SearchResult {
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

interface SearchOptions {
  /** What to minimise, most important first; EDP by default. Ties go by EDP, energy, cycles and number. */
  readonly metrics?: readonly Metric[];
  /** Largest number of mappings within the fan-outs to visit; 100 million by default. */
  readonly limit?: number;
}

const defaultLimit = 1e8;
/** Mappings within the fan-outs that are visited soon: in seconds, with loop orders in one of them and the same counts. */
export const quickVisit = { ordered: 1e7, open: 2e6 } as const;
/** Mappings that could be visited in the time it takes to set up the search for one keep-or-bypass choice. */
const setupMappings = 500;
/** Dimensions with longer lists of factors are not enumerated. */
const listedFactors = 1e7;

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
  const layout = layOutForVisit(space, options.limit);
  const keeps = 2 ** space.undecided.length;
  const search = new Search(layout, rankingMetrics(options.metrics ?? ["edp"]));
  for (let index = 0; index < keeps; index += 1) {
    const keep = keepTable(space, index);
    search.visit(keep, keepsEverything(keep) ? createScorer(layout, keep) : null);
  }
  return search.result();
}

/**
 * Prepares a map space for a visit to every mapping.
 * @throws TooManyMappings when the space is too large to visit.
 */
export function layOutForVisit(space: MapSpace, limit = defaultLimit): SearchLayout {
  if (space.choices.some(({ count, freeSlots }) => count * freeSlots.length > listedFactors))
    throw tooLarge(space, limit);
  const layout = createSearchLayout(space);
  const keeps = 2 ** space.undecided.length;
  if (keeps * setupMappings > limit) throw tooLarge(space, limit);
  if (space.size > limit && visitedMappings(layout, keeps, limit) > limit) throw tooLarge(space, limit);
  return layout;
}

/** A data space that no level holds has no mapping. */
export function keepsEverything(keep: KeepTable): boolean {
  return keep[0].every((_, tensor) => keep.some((level) => level[tensor]));
}

interface BestSoFar {
  readonly choice: Int32Array;
  readonly keep: KeepTable;
  readonly orders: LoopOrders | null;
  readonly number: number;
  readonly figures: MappingFigures;
}

/** A class because the state of an inner loop is fastest in the fields of an object. */
class Search {
  private readonly strides: readonly number[];
  private readonly combinations: ((choice: ArrayLike<number>) => OrderCombinations) | null;
  private readonly ranksByEdp: boolean;
  /** The first metric of the best mapping so far. */
  private bestValue = Infinity;
  private best: BestSoFar | null = null;
  private withinFanout = 0;
  private valid = 0;
  private evaluated = 0;

  constructor(
    private readonly layout: SearchLayout,
    private readonly ranking: readonly Metric[],
  ) {
    this.strides = numberStrides(layout);
    this.combinations = orderCombinations(layout);
    this.ranksByEdp = ranking[0] === "edp";
  }

  /** Visits all mappings with these levels holding the data spaces; without a scorer they are only counted. */
  visit(keep: KeepTable, scorer: MappingScorer | null): void {
    const { combinations } = this;
    if (combinations === null) {
      enumerateMappings(this.layout, keep, {
        spaceFactors: (mappings) => {
          this.withinFanout += mappings;
          return true;
        },
        valid: (choice) => {
          if (scorer === null) return;
          this.valid += 1;
          this.consider(choice, null, keep, scorer);
        },
      });
      return;
    }
    enumerateMappings(this.layout, keep, {
      valid: (choice) => {
        const orders = combinations(choice);
        this.withinFanout += orders.count;
        if (scorer === null) return;
        this.valid += orders.count;
        orders.visit((chosen) => this.consider(choice, chosen, keep, scorer));
      },
      misfit: (choice) => {
        this.withinFanout += combinations(choice).count;
      },
    });
  }

  private consider(
    choice: Int32Array,
    orders: LoopOrders | null,
    keep: KeepTable,
    scorer: MappingScorer,
  ): void {
    const { bestValue, best, ranking } = this;
    scorer.score(choice, orders, this.ranksByEdp ? bestValue : Infinity);
    this.evaluated += 1;
    const value = metricValue(ranking[0], scorer);
    // Most mappings are worse by the first metric.
    if (value > bestValue) return;
    const number = this.numberOf(choice);
    if (best !== null && compareNumbered(ranking, scorer, number, best.figures, best.number) >= 0) return;
    this.bestValue = value;
    const { energyPj, cycles, lastLevelAccesses } = scorer;
    this.best = {
      choice: choice.slice(),
      keep,
      orders: orders === null ? null : [...orders],
      number,
      figures: { energyPj, cycles, lastLevelAccesses },
    };
  }

  private numberOf(choice: Int32Array): number {
    let number = 0;
    for (let position = 0; position < this.strides.length; position += 1)
      number += choice[position] * this.strides[position];
    return number;
  }

  result(): SearchResult {
    const { layout, withinFanout, valid, evaluated, best } = this;
    const { space } = layout;
    const counts = { size: space.size, withinFanout, valid, evaluated };
    if (best === null) return { ...counts, best: null };
    const { choice, orders, keep, number, figures } = best;
    const mapping = toMapping(space, factorsOfChoice(layout, choice), orders, keep);
    const edpPjCycles = figures.energyPj * figures.cycles;
    return { ...counts, best: { mapping, number, edpPjCycles, ...figures } };
  }
}

/**
 * Whether any mapping of a space passes the fan-out and capacity checks: a visit that ends with the first one.
 * @throws TooManyMappings when the space is too large to visit.
 */
export function hasValidMapping(space: MapSpace): boolean {
  const layout = layOutForVisit(space);
  const found = new Error("found");
  const valid = (): never => {
    throw found;
  };
  try {
    for (let index = 0; index < 2 ** space.undecided.length; index += 1) {
      const keep = keepTable(space, index);
      if (keepsEverything(keep)) enumerateMappings(layout, keep, { valid });
    }
    return false;
  } catch (error) {
    if (error === found) return true;
    throw error;
  }
}

/** How many mappings within the fan-outs a search would visit, or a number above the limit. */
function visitedMappings(layout: SearchLayout, keeps: number, limit: number): number {
  const { space } = layout;
  const perFactorization = space.size / space.factorizations;
  let visits = 0;
  const stop = new Error("too many");
  try {
    enumerateMappings(layout, keepTable(space, keeps - 1), {
      spaceFactors: (mappings) => {
        visits += mappings * perFactorization;
        if (visits > limit) throw stop;
        return false;
      },
    });
  } catch (error) {
    if (error !== stop) throw error;
  }
  return visits;
}

/** What a visit to every mapping of a space says that is too large for it. */
export class TooManyMappings extends RaellaError {}

function tooLarge(space: MapSpace, limit: number): RaellaError {
  return new TooManyMappings({
    code: "usage",
    message: `The map space has ${shortNumber(space.sizeText)} mappings, too many to visit one by one.`,
    value: space.sizeText,
    expected: `at most ${limit} mappings within the fan-outs`,
    details: freedomOf(space),
    remedy:
      'Fix more factors, loop orders or data spaces in the constraints (the greedy steps do), or search the full space: --search full (search: "full" in scripts).',
  });
}

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
