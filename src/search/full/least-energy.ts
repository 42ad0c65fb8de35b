import { countOperations } from "../../model/problem";
import { largestProduct } from "./factor-steps";
import type { PlanChoice, SearchPlan } from "./search-plan";
import { contentEnergy, mayForwardFetched } from "./stage-bounds";
import type { ContentCost, StageBounds } from "./stage-bounds";
import type { DigitExtent, DigitProduct, TrafficBound } from "./traffic-bounds";
import { axisWords } from "./traffic-bounds";

/**
 * A lower bound on the energy of every mapping, pJ, without the operations: every term at its least, one by one.
 * Much weaker than the relaxation, but at once and for the whole space.
 */
export function leastEnergy(plan: SearchPlan, stageBounds: readonly StageBounds[]): number {
  const { stages, tensors, space } = plan;
  const operations = countOperations(space.problem);
  /** Per tensor: the least words that cross the place inside the stage in work. */
  let inside = tensors.map(() => operations);
  let energyPj = 0;
  for (let stage = stages.length - 1; stage >= 0; stage -= 1) {
    const { choice } = stages[stage];
    const bounds = stageBounds[stage];
    const crossing = inside.map((words, tensor) =>
      choice === undefined ? words : words * leastRatio(plan, choice, tensor),
    );
    const leastWords = ({ sources, through }: ContentCost["arrival"], tensor: number): number =>
      Math.min(
        through === null ? Infinity : through * crossing[tensor],
        ...sources.map(({ bound, ratio }) => leastTraffic(bound) * ratio),
      );
    for (const cost of [...bounds.settled, ...bounds.crossing]) {
      const elided = cost.firstWords === null ? 0 : extreme(cost.firstWords, Math.max);
      energyPj += contentEnergy(cost, leastWords(cost.arrival, cost.tensor), elided);
    }
    for (const { bound, wordPj, firstWords } of bounds.fills) {
      const elided = firstWords === null ? 0 : extreme(firstWords, Math.max);
      energyPj += Math.max(0, leastTraffic(bound) - elided) * wordPj;
    }
    inside = bounds.arrivals.map(leastWords);
  }
  return energyPj;
}

function extreme(
  { coefficient, tables }: DigitProduct,
  choose: (...values: readonly number[]) => number,
): number {
  return tables.reduce((product, table) => product * choose(...table), coefficient);
}

function leastExtent({ tables }: DigitExtent): number {
  return tables.reduce((sum, table) => sum + Math.min(...table), 1);
}

function leastTraffic({ product, extents, axes }: TrafficBound): number {
  let words = extreme(product, Math.min);
  for (const extent of extents) words *= leastExtent(extent);
  for (const axis of axes) {
    let least = Infinity;
    const digits = new Int32Array(axis.digitCounts.length);
    const visit = (index: number): void => {
      if (index === axis.extent.dimensions.length) {
        least = Math.min(least, axisWords(axis, digits));
        return;
      }
      const dimension = axis.extent.dimensions[index];
      for (let digit = 0; digit < axis.digitCounts[dimension]; digit += 1) {
        digits[dimension] = digit;
        visit(index + 1);
      }
    };
    visit(0);
    words *= least;
  }
  return words;
}

/** The least that a fan-out may let through of the words its children take. */
function leastRatio(
  plan: SearchPlan,
  { kind, level, dimensions, fixed, capacity }: PlanChoice,
  index: number,
): number {
  if (kind === "time") return 1;
  if (mayForwardFetched(plan, level, index)) return 0;
  if (plan.space.rules[level].noMulticastNoReduction[index]) return 1;
  const { tensor, shape } = plan.tensors[index];
  // On shared axes even loops that move the tensor may lead to equal places.
  const mayShare = (dimension: number): boolean => shape !== "simple" || !tensor.uses[dimension];
  let fixedPart = 1;
  for (const [dimension, factor] of fixed) if (mayShare(dimension)) fixedPart *= factor;
  const shared = dimensions.filter(mayShare).map((dimension) => plan.lattice.divisors[dimension]);
  return 1 / (fixedPart * largestProduct(shared, capacity));
}
