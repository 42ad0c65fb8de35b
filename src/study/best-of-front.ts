import type { Hardware } from "../mapping/hardware";
import { metricValue, rankingMetrics, type MappingFigures, type Metric } from "../mapping/metrics";
import { energyOfInstances, leakageEnergy, type AccessCosts } from "../model/access-costs";
import { levelTiming } from "../model/bandwidth";
import type { MappingFront } from "./mapping-front";

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
    priceAccesses(front, mapping, prices, levelsPj);
    if (leakagePj !== null) priceLeakage(front, mapping, costs, cycles, leakagePj);
    return { energyPj: addLevels(computePj, levelsPj, leakagePj), cycles, lastLevelAccesses: 0 };
  };
  let best = 0;
  let bestFigures = figuresOf(best);
  for (let mapping = 1; mapping < numbers.length; mapping += 1) {
    const figures = figuresOf(mapping);
    const order = compareFigures(ranking, figures, bestFigures) || numbers[mapping] - numbers[best];
    if (order >= 0) continue;
    best = mapping;
    bestFigures = figures;
  }
  const { energyPj, cycles } = figuresOf(best);
  return { number: numbers[best], energyPj, cycles, levelsPj, leakagePj, computePj };
}

/** Negative if the first figures are better. */
function compareFigures(ranking: readonly Metric[], first: MappingFigures, second: MappingFigures): number {
  for (const metric of ranking) {
    const value = metricValue(metric, first);
    const other = metricValue(metric, second);
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
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
function priceAccesses(
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
    const perInstance =
      counts[at] * prices[price] + counts[at + 1] * prices[price + 1] + counts[at + 2] * prices[price + 2];
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
