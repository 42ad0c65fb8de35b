import { accessRules } from "../../model/access-counts";
import { exceeds, tileRoom, underfills } from "../../model/fit";
import type { TileRoom } from "../../model/fit";
import { countOperations } from "../../model/problem";
import { largestProduct } from "./factor-steps";
import type { PlanChoice, PlanEvent, SearchPlan } from "./search-plan";
import {
  axisWords,
  evaluateProduct,
  evaluateTile,
  evaluateTraffic,
  partitionBound,
  tileSizeOf,
  trafficBound,
} from "./traffic-bounds";
import type { DigitExtent, DigitProduct, TileSize, TrafficBound } from "./traffic-bounds";

/**
 * Whether neighbours may pass on words that a level inside a fan-out fetches: then hardly anything need come from outside.
 * Words that only cross the level inside fall on the groups as without it (Timeloop model, rule of forwarding).
 */
function mayForwardFetched({ space, forwards }: SearchPlan, level: number, tensor: number): boolean {
  if (!forwards[level][tensor]) return false;
  if (level === 0) return true;
  const { keep, passthrough } = space.rules[level - 1];
  return keep[tensor] !== "bypass" && !passthrough[tensor];
}

/**
 * A lower bound on the words that cross a fan-out over the words that its children take: one for every group of
 * children that share them (Timeloop model, multicast). `factors` has the space factor of every dimension.
 */
function spaceRatio(
  plan: SearchPlan,
  level: number,
  tensorIndex: number,
  factors: ArrayLike<number>,
): number {
  const { space, tensors, forwards } = plan;
  if (mayForwardFetched(plan, level, tensorIndex)) return 0;
  if (space.rules[level].noMulticastNoReduction[tensorIndex]) return 1;
  const { tensor, shape } = tensors[tensorIndex];
  let fan = 1;
  let relevant = 1;
  let largest = 1;
  for (let dimension = 0; dimension < factors.length; dimension += 1) {
    fan *= factors[dimension];
    if (!tensor.uses[dimension]) continue;
    relevant *= factors[dimension];
    largest = Math.max(largest, factors[dimension]);
  }
  if (shape === "simple") return relevant / fan;
  // Sums of the displacements of several loops along one axis may coincide; there are at least this many. Where
  // neighbours serve some children, those left are in groups of no more members: one loop tells each from the others.
  let groups = shape === "windowed" ? relevant : forwards[level][tensorIndex] ? largest : 1;
  for (const { dimensions } of tensor.ranks) {
    let distinct = 1;
    let product = 1;
    let longest = 1;
    for (const dimension of dimensions) {
      distinct += factors[dimension] - 1;
      product *= factors[dimension];
      longest = Math.max(longest, factors[dimension]);
    }
    if (forwards[level][tensorIndex]) distinct = longest;
    if (shape === "tangled") groups = Math.max(groups, distinct);
    else groups *= distinct / product;
  }
  return groups / fan;
}

/** The ratios of a space choice, prepared for many factors. */
export interface ChoiceRatio {
  /** Null where the ratio has to be worked out anew: tensors with shared axes. */
  readonly divisors: readonly number[] | null;
  /** Ratio before the division by the factors of the dimensions in `divisors`. */
  readonly base: number;
}

/** Per tensor. `fixed` has the fixed factor of every dimension in the slot. */
export function prepareRatios(plan: SearchPlan, choice: PlanChoice, fixed: ArrayLike<number>): ChoiceRatio[] {
  return plan.tensors.map(({ tensor, shape }, index) => {
    const base = spaceRatio(plan, choice.level, index, fixed);
    const isConstant = base === 0 || plan.space.rules[choice.level].noMulticastNoReduction[index];
    if (isConstant) return { base, divisors: [] };
    if (shape !== "simple") return { base, divisors: null };
    return { base, divisors: choice.dimensions.filter((dimension) => !tensor.uses[dimension]) };
  });
}

/** Sets the ratio of every tensor for the space factors of the dimensions. */
export function fillRatios(
  plan: SearchPlan,
  level: number,
  prepared: readonly ChoiceRatio[],
  factors: ArrayLike<number>,
  ratios: Float64Array,
): void {
  for (let tensor = 0; tensor < prepared.length; tensor += 1) {
    const { base, divisors } = prepared[tensor];
    if (divisors === null) {
      ratios[tensor] = spaceRatio(plan, level, tensor, factors);
      continue;
    }
    let product = 1;
    for (let index = 0; index < divisors.length; index += 1) product *= factors[divisors[index]];
    ratios[tensor] = base / product;
  }
}

/** The smallest number of words that may arrive at a place from inside, over all instances and the whole run. */
interface Arrival {
  /** Levels within the stage that may be the ones the words come from. */
  readonly sources: readonly { readonly bound: TrafficBound; readonly ratio: number }[];
  /** Times the words that cross the stage's choice, if they may come from inside it; else null. */
  readonly through: number | null;
}

/** Energy of the words that a level exchanges with its inside. */
interface ContentCost {
  readonly tensor: number;
  /** Whether the cost grows with every repetition that loops outside add. */
  readonly repeats: boolean;
  readonly arrival: Arrival;
  /** Every word, pJ. */
  readonly wordPj: number;
  /** Every word but the first of each partial sum, pJ. */
  readonly repeatPj: number;
  readonly firstWords: DigitProduct | null;
}

/** Energy of the words that a level gets from outside. */
interface FillCost {
  readonly tensor: number;
  readonly repeats: boolean;
  readonly bound: TrafficBound;
  readonly wordPj: number;
  readonly firstWords: DigitProduct | null;
}

interface TileCheck extends TileRoom {
  /** Tiles that are certainly held. */
  readonly certain: readonly TileSize[];
  /** Tiles that may be held. */
  readonly possible: readonly TileSize[];
}

/** Everything that can be said of a stage's events from the point of the lattice alone. */
export interface StageBounds {
  readonly checks: readonly TileCheck[];
  readonly fills: readonly FillCost[];
  /** Costs settled within the stage. */
  readonly settled: readonly ContentCost[];
  /** Costs that depend on what crosses the choice. */
  readonly crossing: readonly ContentCost[];
  /** Per tensor: the words that cross the place outside the stage. */
  readonly arrivals: readonly Arrival[];
}

export function createStageBounds(plan: SearchPlan): StageBounds[] {
  return plan.stages.map(({ events }) => describeStage(plan, events));
}

function describeStage(plan: SearchPlan, events: readonly PlanEvent[]): StageBounds {
  const { tensors } = plan;
  const checks: TileCheck[] = [];
  const fills: FillCost[] = [];
  const costs: ContentCost[] = [];
  events.forEach(({ kind, level, inside }, index) => {
    if (kind !== "enter") return;
    checks.push(...tileCheck(plan, level, inside));
    fills.push(...tensors.flatMap((_, tensor) => fillCost(plan, level, tensor, inside)));
    costs.push(...tensors.flatMap((_, tensor) => contentCost(plan, events, index, level, tensor, inside)));
  });
  return {
    checks,
    fills,
    settled: costs.filter(({ arrival }) => arrival.through === null),
    crossing: costs.filter(({ arrival }) => arrival.through !== null),
    arrivals: tensors.map((_, tensor) => arrivalFrom(plan, events, 0, tensor)),
  };
}

function tileCheck(plan: SearchPlan, level: number, inside: ArrayLike<number>): TileCheck[] {
  const { lattice, space, tensors } = plan;
  const { bounds } = space.problem;
  const room = tileRoom(space.hardware.levels[level]);
  const { keep } = space.rules[level];
  const tiles = (wanted: (decision: string) => boolean): TileSize[] =>
    tensors.flatMap(({ tensor }, index) =>
      wanted(keep[index]) ? [tileSizeOf(lattice, inside, tensor, bounds)] : [],
    );
  const certain = tiles((decision) => decision === "keep");
  const possible = tiles((decision) => decision !== "bypass");
  return possible.length === 0 && room.minimumWords === 0 ? [] : [{ ...room, certain, possible }];
}

function fillCost(plan: SearchPlan, level: number, tensor: number, inside: ArrayLike<number>): FillCost[] {
  const { space, rowCosts } = plan;
  const rules = space.rules[level];
  const heldOutside = space.rules.some(({ keep }, outer) => outer > level && keep[tensor] === "keep");
  const { fillPj } = rowCosts[level];
  const rule = plan.accessRules[level][tensor];
  // A level that passes partial sums on counts its fills with what comes from inside.
  const isThrough = rule === accessRules.passthrough;
  if (rules.keep[tensor] !== "keep" || !heldOutside || isThrough || fillPj === 0) return [];
  return [
    {
      tensor,
      repeats: plan.repeats[level][tensor],
      bound: trafficBound(plan, tensor, level, inside),
      wordPj: (fillPj / space.hardware.levels[level].blockWords) * leastCharged(plan, level),
      firstWords: rule === accessRules.elided ? partitionBound(plan, tensor, level, inside) : null,
    },
  ];
}

function contentCost(
  plan: SearchPlan,
  events: readonly PlanEvent[],
  index: number,
  level: number,
  tensor: number,
  inside: ArrayLike<number>,
): ContentCost[] {
  const { space, rowCosts } = plan;
  const rules = space.rules[level];
  if (rules.keep[tensor] !== "keep") return [];
  const { readPj, fillPj, updatePj } = rowCosts[level];
  const share = leastCharged(plan, level) / space.hardware.levels[level].blockWords;
  const rule = plan.accessRules[level][tensor];
  const elides = rule === accessRules.elided;
  // What every word that crosses adds to reads, updates and fills, see `readsOf`, `updatesOf` and `fillsOf`.
  let word = elides ? 0 : readPj;
  if (rule !== accessRules.readOnly) word += updatePj;
  if (rule === accessRules.passthrough) word += fillPj;
  if (word === 0 && !(elides && readPj > 0)) return [];
  return [
    {
      tensor,
      repeats: plan.contentRepeats[level][tensor],
      arrival: arrivalFrom(plan, events, index + 1, tensor),
      wordPj: word * share,
      repeatPj: elides ? readPj * share : 0,
      firstWords: elides ? partitionBound(plan, tensor, level, inside) : null,
    },
  ];
}

/** The smallest share of the instances in use that is charged: all of a cluster share its accesses. */
function leastCharged({ space }: SearchPlan, level: number): number {
  const { instances, clusters = instances } = space.hardware.levels[level];
  return clusters / instances;
}

/** Where words of a tensor may come from that cross the place before event `from`. */
function arrivalFrom(plan: SearchPlan, events: readonly PlanEvent[], from: number, tensor: number): Arrival {
  const sources: { bound: TrafficBound; ratio: number }[] = [];
  let ratio = 1;
  for (let index = from; index < events.length; index += 1) {
    const event = events[index];
    if (event.kind === "space") {
      ratio *= spaceRatio(plan, event.level, tensor, factorTable(plan, event.loops));
    } else if (event.kind === "enter") {
      const { keep, passthrough } = plan.space.rules[event.level];
      if (keep[tensor] === "bypass" || passthrough[tensor]) continue;
      sources.push({ bound: trafficBound(plan, tensor, event.level, event.inside), ratio });
      if (keep[tensor] === "keep") return { sources, through: null };
    }
  }
  return { sources, through: ratio };
}

function factorTable({ space }: SearchPlan, loops: readonly (readonly [number, number])[]): number[] {
  const factors = space.problem.bounds.map(() => 1);
  for (const [dimension, factor] of loops) factors[dimension] = factor;
  return factors;
}

/** Whether the tiles that certainly lie at the stage's levels fit, and those that may lie there suffice. */
export function mayFit({ checks }: StageBounds, digits: Int32Array): boolean {
  for (const check of checks) {
    const { certain, possible } = check;
    let words = 0;
    for (let index = 0; index < certain.length; index += 1) words += evaluateTile(certain[index], digits);
    if (exceeds(check, words)) return false;
    if (check.minimumWords === 0) continue;
    words = 0;
    for (let index = 0; index < possible.length; index += 1) words += evaluateTile(possible[index], digits);
    if (underfills(check, words)) return false;
  }
  return true;
}

/**
 * The part of the bound that the point alone decides, pJ.
 * @param repeated - per tensor: set to the share of it that grows with repetitions
 */
export function settledEnergy(
  { fills, settled }: StageBounds,
  digits: Int32Array,
  repeated: Float64Array,
): number {
  let total = 0;
  repeated.fill(0);
  for (const { bound, wordPj, firstWords, tensor, repeats } of fills) {
    const words = evaluateTraffic(bound, digits);
    const elided = firstWords === null ? 0 : evaluateProduct(firstWords, digits);
    const energyPj = Math.max(0, words - elided) * wordPj;
    total += energyPj;
    if (repeats) repeated[tensor] += energyPj;
  }
  for (const cost of settled) {
    const energyPj = contentEnergy(cost, sourceWords(cost.arrival, digits), firstWordsOf(cost, digits));
    total += energyPj;
    if (cost.repeats) repeated[cost.tensor] += energyPj;
  }
  return total;
}

export function firstWordsOf({ firstWords }: ContentCost, digits: Int32Array): number {
  return firstWords === null ? 0 : evaluateProduct(firstWords, digits);
}

/** Energy of a level that exchanges at least `words` words with its inside, pJ. */
export function contentEnergy({ wordPj, repeatPj }: ContentCost, words: number, firstWords: number): number {
  return words * wordPj + Math.max(0, words - firstWords) * repeatPj;
}

/** Words from the sources within the stage; infinite without any. */
export function sourceWords({ sources }: Arrival, digits: Int32Array): number {
  let words = Infinity;
  for (const { bound, ratio } of sources) words = Math.min(words, evaluateTraffic(bound, digits) * ratio);
  return words;
}

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
    const leastWords = ({ sources, through }: Arrival, tensor: number): number =>
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
