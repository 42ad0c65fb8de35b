import { keepTable } from "../../mapspace/candidate-mapping";
import type { KeepTable } from "../../mapspace/capacity";
import { enumerateMappings } from "../../mapspace/enumerate";
import type { MapSpace } from "../../mapspace/map-space";
import { rangeWith } from "../../mapspace/room";
import type { Room, RoomRange } from "../../mapspace/room";
import { numberStrides, readChoice } from "../../mapspace/search-layout";
import type { SearchLayout } from "../../mapspace/search-layout";
import type { AccessCosts } from "../../model/access-costs";
import { energyOfInstances, energyOfRows, leakageEnergy } from "../../model/access-costs";
import { hasBandwidth, levelTiming } from "../../model/bandwidth";
import type { Hardware } from "../../model/hardware";
import { countOperations } from "../../model/problem";
import { createScorer } from "../create-scorer";
import type { MappingFigures, Metric } from "../ranking";
import { compareNumbered, rankingMetrics, roundingShare } from "../ranking";
import { keepsEverything, layOutForVisit, quickVisit } from "./find-best-mapping";

/** A data space at a level that costs something: where its rows and instances stand in a mapping's counts. */
interface PricedTerm {
  readonly level: number;
  /** Of the level; those in use are charged. */
  readonly clusters: number;
  /** Rows read, filled and updated per instance, and instances: four numbers from here on. */
  readonly at: number;
}

/** A level with a bandwidth: where the words read and written per cycle stand. */
interface TimedLevel {
  readonly level: number;
  readonly at: number;
}

/** A level that leaks: where the instances that do stand. */
interface LeakingLevel {
  readonly level: number;
  readonly at: number;
}

/** What the counts of a space's mappings mean. */
interface CountLayout {
  readonly terms: readonly PricedTerm[];
  readonly timed: readonly TimedLevel[];
  readonly leaking: readonly LeakingLevel[];
  readonly length: number;
}

/** Safe distance between two products of counts: what rounding can never turn around. */
const clearlyLess = 1 - roundingShare;

/** Mappings that none of those offered so far beats. */
class FrontBuilder {
  /** Counts of the mapping that is offered next. */
  readonly candidate: Float64Array;
  private readonly numbers: number[] = [];
  /** Per mapping: the row of the store where its counts stand. */
  private readonly rows: number[] = [];
  /** Rows of mappings that are beaten by now. */
  private readonly freeRows: number[] = [];
  private store: Float64Array;

  constructor(private readonly layout: CountLayout) {
    this.candidate = new Float64Array(layout.length);
    this.store = new Float64Array(8 * layout.length);
  }

  offer(number: number): void {
    const { numbers, rows, candidate, store } = this;
    const { length } = this.layout;
    for (let index = numbers.length - 1; index >= 0; index -= 1) {
      if (!this.beats(store, rows[index] * length, numbers[index], candidate, 0, number)) continue;
      // What has just beaten one mapping is likely to beat its neighbours: it is asked first.
      this.swapWithLast(index);
      return;
    }
    let kept = 0;
    for (let index = 0; index < numbers.length; index += 1) {
      const row = rows[index];
      if (this.beats(candidate, 0, number, store, row * length, numbers[index])) {
        this.freeRows.push(row);
        continue;
      }
      numbers[kept] = numbers[index];
      rows[kept] = row;
      kept += 1;
    }
    numbers.length = kept;
    rows.length = kept;
    this.keep(number);
  }

  /** Offers the mappings of another front with the same layout, none of which beats another. */
  offerAll({ numbers, counts, length }: MappingFront): void {
    const known = new Set(this.numbers);
    numbers.forEach((number, index) => {
      if (known.has(number)) return;
      this.candidate.set(counts.subarray(index * length, (index + 1) * length));
      if (known.size === 0) this.keep(number);
      else this.offer(number);
    });
  }

  private keep(number: number): void {
    const { length } = this.layout;
    // All rows below the number of mappings are taken if none is free.
    const row = this.freeRows.pop() ?? this.rows.length;
    if ((row + 1) * length > this.store.length) {
      const larger = new Float64Array(2 * this.store.length);
      larger.set(this.store);
      this.store = larger;
    }
    this.store.set(this.candidate, row * length);
    this.numbers.push(number);
    this.rows.push(row);
  }

  private swapWithLast(index: number): void {
    const { numbers, rows } = this;
    const last = numbers.length - 1;
    const number = numbers[index];
    const row = rows[index];
    numbers[index] = numbers[last];
    rows[index] = rows[last];
    numbers[last] = number;
    rows[last] = row;
  }

  /**
   * Whether `a` comes before `b` at any prices and bandwidths, rounding included: no count is larger, and it is faster
   * for certain (a difference of one step could vanish in a rounding) or has the smaller number, which settles ties.
   */
  private beats(
    a: Float64Array,
    atA: number,
    numberOfA: number,
    b: Float64Array,
    atB: number,
    numberOfB: number,
  ): boolean {
    if (a[atA] > b[atB] || (numberOfA > numberOfB && a[atA] + 1 >= b[atB])) return false;
    const { terms, timed, leaking } = this.layout;
    // Plain loops: this runs too briefly to be compiled, and iterators would leave much to clear away.
    for (let index = 0; index < timed.length; index += 1) {
      const { at } = timed[index];
      if (a[atA + at] > b[atB + at] || a[atA + at + 1] > b[atB + at + 1]) return false;
    }
    for (let index = 0; index < leaking.length; index += 1) {
      const { at } = leaking[index];
      if (a[atA + at] > b[atB + at]) return false;
    }
    for (let index = 0; index < terms.length; index += 1) {
      const ofA = atA + terms[index].at;
      const ofB = atB + terms[index].at;
      const { clusters } = terms[index];
      let charged = a[ofA + 3];
      let other = b[ofB + 3];
      let isLess = charged <= other;
      if (charged > clusters || other > clusters) {
        // Of clusters used in part, the number of instances enters the rounding.
        isLess = charged === other;
        charged = Math.min(charged, clusters);
        other = Math.min(other, clusters);
      }
      if (isLess && a[ofA] <= b[ofB] && a[ofA + 1] <= b[ofB + 1] && a[ofA + 2] <= b[ofB + 2]) continue;
      for (let kind = 0; kind < 3; kind += 1) {
        const rows = a[ofA + kind];
        if (rows !== 0 && rows * charged > b[ofB + kind] * other * clearlyLess) return false;
      }
    }
    return true;
  }

  /** Fronts are kept by the thousand: two arrays for all mappings. */
  pack(): { readonly numbers: Float64Array; readonly counts: Float64Array } {
    const { length } = this.layout;
    const counts = new Float64Array(this.rows.length * length);
    this.rows.forEach((row, index) =>
      counts.set(this.store.subarray(row * length, (row + 1) * length), index * length),
    );
    return { numbers: Float64Array.from(this.numbers), counts };
  }
}

/**
 * The mappings of a space that can be the best one, whatever its accesses cost and however fast its levels are: all
 * others are beaten by one of them in every count. Energy is a sum of counts times prices and cycles only grow with the
 * counts, so the front gives for every price list the answer that a search through the whole space would give, to the
 * last bit.
 */
export interface MappingFront extends CountLayout {
  /** Operations, the same for every mapping. */
  readonly computes: number;
  /** Mappings that pass the fan-out and capacity checks; null where not all of them have been visited. */
  readonly valid: number | null;
  /** Room of hardware that has the same front. */
  readonly range: RoomRange;
  /** Numbers of the mappings in the map space; none where no mapping is valid. */
  readonly numbers: Float64Array;
  /** For one mapping after the other `length` counts: time steps, then terms and timed levels. */
  readonly counts: Float64Array;
}

/** A front that is known, and room of levels (from the inside) that its mappings fit, and no others. */
export interface KnownFront {
  readonly levels: readonly Room[];
  readonly front: MappingFront;
}

/**
 * Finds the front by a visit to every mapping.
 * @param smaller Fronts of the same space with less room: what is in one of these, and mappings that do not fit there, are all
 *   that can be in the front.
 * @param costs Only which of them are zero matters: terms that cost nothing and levels that do not leak are not counted.
 * @returns Null where mappings differ in more than factors or where counts are not known: then every price list needs a
 *   search of its own.
 * @throws TooManyMappings when the space is too large to visit soon.
 */
export function findMappingFront(
  space: MapSpace,
  costs: AccessCosts,
  metrics: readonly Metric[],
  smaller: readonly KnownFront[] = [],
): MappingFront | null {
  if (space.undecided.length > 0 || space.size !== space.factorizations) return null;
  if (space.size > Number.MAX_SAFE_INTEGER || metrics.includes("last-level-accesses")) return null;
  const search = layOutForVisit(space, quickVisit.ordered);
  const keep = keepTable(space, 0);
  const layout = countLayout(space, costs);
  const front = new FrontBuilder(layout);
  const computes = countOperations(space.problem);
  const { levels } = space.hardware;
  const exactly = { least: levels, below: levels };
  if (!keepsEverything(keep)) return { ...layout, computes, valid: 0, range: exactly, ...front.pack() };
  const scorer = createScorer(search, keep, costs);
  if (scorer.rows === undefined || scorer.classOf === undefined) return null;
  scorer.rows = front.candidate;
  for (const known of smaller) front.offerAll(known.front);
  const rooms = smaller.map((known) => known.levels);
  const { valid, smallest, range } = distinctMappings(search, keep, scorer.classOf, rooms);
  const choice = new Int32Array(search.varying.length);
  smallest.forEach((number) => {
    readChoice(search, number, choice);
    scorer.score(choice, null);
    front.offer(number);
  });
  return {
    ...{ ...layout, computes, valid: smaller.length > 0 ? null : valid },
    range: rangeWith(
      range,
      levels,
      smaller.map((known) => known.front.range),
    ),
    ...front.pack(),
  };
}

/** How many mappings pass the fan-out and capacity checks. */
export function countValidMappings(space: MapSpace): number {
  let valid = 0;
  const visitor = { valid: (): void => void (valid += 1) };
  enumerateMappings(layOutForVisit(space, quickVisit.ordered), keepTable(space, 0), visitor);
  return valid;
}

/** Visits every mapping that fits no smaller hardware. Of those with the same counts, the one with the smallest number is kept: it settles ties. */
function distinctMappings(
  layout: SearchLayout,
  keep: KeepTable,
  classOf: (position: number, choice: number) => number,
  smaller: readonly (readonly Room[])[],
): { readonly valid: number; readonly smallest: ReadonlyMap<number, number>; readonly range: RoomRange } {
  const strides = numberStrides(layout);
  const smallest = new Map<number, number>();
  let valid = 0;
  const visitor = {
    valid(choice: Int32Array): void {
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
  };
  const range = enumerateMappings(layout, keep, visitor, smaller);
  return { valid, smallest, range };
}

/** The order in which a scorer writes its counts, see `MappingScorer.rows`. */
function countLayout({ hardware, rules }: MapSpace, costs: AccessCosts): CountLayout {
  const terms: PricedTerm[] = [];
  const timed: TimedLevel[] = [];
  let length = 1;
  hardware.levels.forEach((hardwareLevel, level) => {
    const { clusters = Infinity } = hardwareLevel;
    const { readPj, fillPj, updatePj } = costs.levels[level];
    const isPriced = [readPj, fillPj, updatePj].some((price) => (price ?? 0) !== 0);
    const kept = rules[level].keep.filter((keep) => keep === "keep").length;
    if (isPriced)
      for (let term = 0; term < kept; term += 1) {
        terms.push({ level, clusters, at: length });
        length += 4;
      }
    if (kept > 0 && hasBandwidth(hardwareLevel)) {
      timed.push({ level, at: length });
      length += 2;
    }
  });
  const leaking = hardware.levels.flatMap((_, level): LeakingLevel[] => {
    if (costs.levels[level].leakPj === undefined) return [];
    length += 1;
    return [{ level, at: length - 1 }];
  });
  return { terms, timed, leaking, length };
}

/** A mapping of a front and what it costs. */
export interface PricedMapping {
  /** In the map space. */
  readonly number: number;
  readonly energyPj: number;
  readonly cycles: number;
  /** Of accesses, innermost first. */
  readonly levelsPj: Float64Array;
  /** The same for leakage; null where it does not count. */
  readonly leakagePj: Float64Array | null;
  readonly computePj: number;
}

/**
 * The mapping that a search of the whole space would choose, by the same rule for ties; null where none is valid.
 * Figures equal those of the search bit for bit.
 */
export function bestOfFront(
  front: MappingFront,
  hardware: Hardware,
  costs: AccessCosts,
  metrics: readonly Metric[],
): PricedMapping | null {
  const { numbers } = front;
  if (numbers.length === 0) return null;
  const prices = pricesOfLevels(costs);
  const computePj = front.computes * costs.computePj;
  const levelsPj = new Float64Array(costs.levels.length);
  const leakagePj = front.leaking.length === 0 ? null : new Float64Array(costs.levels.length);
  const ranking = rankingMetrics(metrics);
  const figuresOf = (mapping: number): MappingFigures => {
    const cycles = cyclesOf(front, hardware, mapping);
    priceTerms(front, mapping, prices, levelsPj);
    if (leakagePj !== null) priceLeakage(front, mapping, costs, cycles, leakagePj);
    return { energyPj: addLevels(computePj, levelsPj, leakagePj), cycles, lastLevelAccesses: 0 };
  };
  let best = 0;
  let bestFigures = figuresOf(best);
  for (let mapping = 1; mapping < numbers.length; mapping += 1) {
    const figures = figuresOf(mapping);
    if (compareNumbered(ranking, figures, numbers[mapping], bestFigures, numbers[best]) >= 0) continue;
    best = mapping;
    bestFigures = figures;
  }
  const { energyPj, cycles } = figuresOf(best);
  return { number: numbers[best], energyPj, cycles, levelsPj, leakagePj, computePj };
}

/** Time steps, or what the slowest level needs with its bandwidths. */
function cyclesOf({ timed, counts, length }: MappingFront, hardware: Hardware, mapping: number): number {
  const start = mapping * length;
  const steps = counts[start];
  let cycles = steps;
  for (const { level, at } of timed) {
    const timing = levelTiming(hardware.levels[level], steps, counts[start + at], counts[start + at + 1]);
    cycles = Math.max(cycles, timing.cycles);
  }
  return cycles;
}

/** Price of a row read, filled and updated, for every level. The search has found those that a mapping needs. */
function pricesOfLevels({ levels }: AccessCosts): Float64Array {
  const prices = new Float64Array(3 * levels.length);
  levels.forEach(({ readPj = 0, fillPj = 0, updatePj = 0 }, level) => {
    prices[3 * level] = readPj;
    prices[3 * level + 1] = fillPj;
    prices[3 * level + 2] = updatePj;
  });
  return prices;
}

/** Energy of the accesses of every level; the sums run in the model's order so that they agree bit for bit. */
function priceTerms(
  { terms, counts, length }: MappingFront,
  mapping: number,
  prices: Float64Array,
  levels: Float64Array,
): void {
  levels.fill(0);
  for (let index = 0; index < terms.length; index += 1) {
    const { level, clusters } = terms[index];
    const at = mapping * length + terms[index].at;
    const price = 3 * level;
    const perInstance = energyOfRows(
      counts[at],
      prices[price],
      counts[at + 1],
      prices[price + 1],
      counts[at + 2],
      prices[price + 2],
    );
    levels[level] += energyOfInstances(perInstance, counts[at + 3], clusters);
  }
}

function priceLeakage(
  { leaking, counts, length }: MappingFront,
  mapping: number,
  costs: AccessCosts,
  cycles: number,
  levels: Float64Array,
): void {
  for (const { level, at } of leaking)
    levels[level] = leakageEnergy(costs.levels[level].leakPj ?? 0, cycles, counts[mapping * length + at]);
}

/** Operations and levels, from the inside out. */
function addLevels(computePj: number, accesses: Float64Array, leakage: Float64Array | null): number {
  let total = computePj;
  for (let level = 0; level < accesses.length; level += 1)
    total += leakage === null ? accesses[level] : accesses[level] + leakage[level];
  return total;
}
