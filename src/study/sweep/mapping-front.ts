import { findBestMapping } from "../../mapping/find-best-mapping";
import type { MapSpace } from "../../mapping/map-space";
import type { Metric } from "../../mapping/metrics";
import type { MappingScorer } from "../../mapping/scorer";
import type { SearchLayout } from "../../mapping/search-layout";
import type { AccessCosts } from "../../model/access-costs";
import { createScorer } from "../../model/create-scorer";

/** A data space at a level that costs something. */
export interface PricedTerm {
  readonly level: number;
  readonly tensor: number;
}

/** A mapping that is best for some prices. */
export interface FrontMapping {
  /** Number in the map space. */
  readonly number: number;
  readonly cycles: number;
  /** For every term: rows read, filled and updated per instance, and instances. */
  readonly rows: Float64Array;
}

/**
 * The mappings of a space that can be the best one, whatever its accesses cost: all others are beaten by one of them
 * in every count and in cycles. Energy is a sum of counts times prices, so the front answers for every price list what
 * a search through the whole space would answer, to the last bit.
 */
export interface MappingFront {
  readonly space: MapSpace;
  readonly terms: readonly PricedTerm[];
  /** Operations, the same for every mapping. */
  readonly computes: number;
  readonly mappings: readonly FrontMapping[];
}

/**
 * Finds the front by a visit to every mapping.
 * @param costs Only which of them are zero matters: terms that cost nothing are not counted.
 * @returns Null where mappings differ in more than factors, where counts cannot be told apart (then every price list
 *   needs a search of its own), or where no mapping is valid.
 */
export function findMappingFront(
  space: MapSpace,
  costs: AccessCosts,
  metrics: readonly Metric[],
): MappingFront | null {
  if (space.undecided.length > 0 || space.size !== space.factorizations) return null;
  if (metrics.includes("last-level-accesses")) return null;
  const terms = pricedTerms(space, costs);
  const front = new FrontBuilder(terms.length);
  let isCounted = true;
  findBestMapping(
    space,
    (layout, keep) => {
      const inner = createScorer(layout, keep, costs);
      isCounted &&= inner.rows !== undefined;
      return isCounted ? recordingScorer(layout, inner, front) : inner;
    },
    { metrics },
  );
  if (!isCounted || front.mappings.length === 0) return null;
  const computes = space.problem.bounds.reduce((product, bound) => product * bound, 1);
  return { space, terms, computes, mappings: front.mappings };
}

/** From the inside out, data spaces as declared: the order in which energies are added up. */
function pricedTerms({ hardware, problem, rules }: MapSpace, costs: AccessCosts): PricedTerm[] {
  return hardware.levels.flatMap((_, level) =>
    problem.tensors.flatMap((_, tensor) => {
      const { readPj, fillPj, updatePj } = costs.levels[level];
      const isPriced = [readPj, fillPj, updatePj].some((price) => (price ?? 0) !== 0);
      return isPriced && rules[level].keep[tensor] === "keep" ? [{ level, tensor }] : [];
    }),
  );
}

/** Passes on what the search asks for and hands every mapping to the front. */
function recordingScorer(layout: SearchLayout, inner: MappingScorer, front: FrontBuilder): MappingScorer {
  const strides: number[] = [];
  let stride = 1;
  layout.positions.forEach((position, dimension) => {
    if (position >= 0) strides[position] = stride;
    stride *= layout.space.choices[dimension].count;
  });
  inner.rows = front.candidate;
  const scorer = {
    energyPj: 0,
    cycles: 0,
    lastLevelAccesses: 0,
    score(choice: ArrayLike<number>): void {
      inner.score(choice, null);
      scorer.energyPj = inner.energyPj;
      scorer.cycles = inner.cycles;
      scorer.lastLevelAccesses = inner.lastLevelAccesses;
      let number = 0;
      for (let position = 0; position < strides.length; position += 1)
        number += choice[position] * strides[position];
      front.offer(number, inner.cycles);
    },
  };
  return scorer;
}

/** Safe distance between two products of counts: what rounding can never turn around. */
const clearlyLess = 1 - 1e-12;

/** Mappings that none of those offered so far beats. */
class FrontBuilder {
  /** Counts of the mapping that is offered next. */
  readonly candidate: Float64Array;
  readonly mappings: FrontMapping[] = [];

  constructor(private readonly terms: number) {
    this.candidate = new Float64Array(4 * terms);
  }

  offer(number: number, cycles: number): void {
    const { mappings, candidate } = this;
    for (let index = mappings.length - 1; index >= 0; index -= 1) {
      const known = mappings[index];
      const wins = known.cycles < cycles || (known.cycles === cycles && known.number < number);
      if (!wins || !this.isCheaper(known.rows, candidate)) continue;
      // What has just beaten one mapping is likely to beat its neighbours: it is asked first.
      mappings[index] = mappings[mappings.length - 1];
      mappings[mappings.length - 1] = known;
      return;
    }
    let kept = 0;
    for (const known of mappings) {
      const wins = cycles < known.cycles || (cycles === known.cycles && number < known.number);
      if (wins && this.isCheaper(candidate, known.rows)) continue;
      mappings[kept] = known;
      kept += 1;
    }
    mappings.length = kept;
    mappings.push({ number, cycles, rows: candidate.slice() });
  }

  /** Whether `a` costs no more than `b` at any prices, rounding included. */
  private isCheaper(a: Float64Array, b: Float64Array): boolean {
    for (let at = 0; at < 4 * this.terms; at += 4) {
      const [instances, others] = [a[at + 3], b[at + 3]];
      if (instances <= others && a[at] <= b[at] && a[at + 1] <= b[at + 1] && a[at + 2] <= b[at + 2]) continue;
      for (let kind = at; kind < at + 3; kind += 1) {
        if (a[kind] !== 0 && a[kind] * instances > b[kind] * others * clearlyLess) return false;
      }
    }
    return true;
  }
}
