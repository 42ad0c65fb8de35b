import type { Budget } from "./budget";
import { describeReach, leastStepsThrough, mayFindRoom } from "./reach";
import type { RepetitionRules } from "./repetitions";
import type { SearchPlan } from "./search-plan";
import { contentEnergy, fillRatios, firstWordsOf, mayFit, settledEnergy, sourceWords } from "./stage-bounds";
import type { StageBounds } from "./stage-bounds";
import { createStageWork, describeNeed, limitTolerance } from "./stage-work";
import type { StageWork } from "./stage-work";

/** A growing list of numbers in one typed array. */
interface NumberList {
  readonly length: number;
  /** The backing array; replaced when the list grows. */
  readonly values: Float64Array;
  push(value: number): void;
}

function createNumberList(): NumberList {
  let values = new Float64Array(64);
  let length = 0;
  return {
    get length() {
      return length;
    },
    get values() {
      return values;
    },
    push(value) {
      if (length === values.length) {
        const longer = new Float64Array(length * 2);
        longer.set(values);
        values = longer;
      }
      values[length] = value;
      length += 1;
    },
  };
}

/**
 * For every reachable point of the lattice: which pairs of (time steps, energy) the rest of the nest may reach at
 * best. A pair (t, e) says: with at most t steps inside, at least e pJ. Pairs are sorted, t rising and e falling.
 */
export interface Relaxation {
  /**
   * The entry of a point at a stage, or -1 where the rest of the nest cannot be completed.
   * @param mask - see {@link RepetitionRules}
   */
  find(stage: number, point: number, mask: number): number;
  /** Pairs of an entry: from `first` to before `end`. */
  first(entry: number): number;
  end(entry: number): number;
  /** Time steps of a pair, without the fixed time factors. */
  steps(pair: number): number;
  /** Energy inside the stage's choice, pJ. */
  innerEnergyPj(pair: number): number;
  /** The same with the events before the choice, as far as the point decides what they cost, pJ. */
  wholeEnergyPj(pair: number): number;
  /** Words of a tensor that cross the stage's choice at least, over all instances and the whole run. */
  crossingWords(entry: number, tensor: number): number;
  /**
   * Energy of a tensor inside the stage's choice that grows with every repetition that loops outside add, pJ;
   * contained in the energies of all pairs.
   */
  repeatedEnergyPj(entry: number, tensor: number): number;
  /** Mappings with more time steps (fixed ones not counted) are left out. */
  readonly stepLimit: number;
  readonly points: number;
  readonly transitions: number;
  readonly infeasiblePoints: number;
}

const unknown = -1;
/** In the tables, entries count from 1. */
const infeasible = 0;

/**
 * Solves the relaxed problem from the inside out, visiting only points that can be reached.
 * @param stageBounds - of every stage
 * @param repetitions - of every stage
 * @param stepLimit - leave out mappings with more time steps (fixed ones not counted)
 * @returns undefined when the budget ends before the table is complete
 */
export function relax(
  plan: SearchPlan,
  stageBounds: readonly StageBounds[],
  repetitions: readonly RepetitionRules[],
  budget: Budget,
  stepLimit = Infinity,
): Relaxation | undefined {
  const { lattice, tensors, space } = plan;
  const { strides, steps: factorSteps } = lattice;
  const tensorCount = tensors.length;
  const operations = space.problem.bounds.reduce((product, bound) => product * bound, 1);
  const works = stageBounds.map((bounds, stage) => createStageWork(plan, bounds, stage));
  const pairStarts = createNumberList();
  const stepList = createNumberList();
  const innerList = createNumberList();
  const wholeList = createNumberList();
  /** Per entry and tensor: words that cross the place outside the stage, and its choice. */
  const arriving = createNumberList();
  const crossing = createNumberList();
  /** Per entry and tensor: energy that grows with repetitions, inside the choice and with the events before it. */
  const repeatedInner = createNumberList();
  const repeatedWhole = createNumberList();
  let transitions = 0;
  let infeasiblePoints = 0;
  let visits = 0;
  let isOver = false;
  pairStarts.push(0);

  const keyOf = (point: number, mask: number): number => mask * lattice.size + point;

  function keepPair(steps: number, inner: number, whole: number): void {
    stepList.push(steps);
    innerList.push(inner);
    wholeList.push(whole);
  }

  function solve(stage: number, point: number, mask: number): number {
    visits += 1;
    if ((visits & 255) === 0 && budget.isSpent(visits)) isOver = true;
    works[stage].mask = mask;
    const value = isOver ? infeasible : solvePoint(stage, point);
    if (value === infeasible) infeasiblePoints += 1;
    works[stage].table.set(keyOf(point, mask), value);
    return value;
  }

  function solvePoint(stage: number, point: number): number {
    const work = works[stage];
    const { bounds, digits, front, words } = work;
    if (!mayFindRoom(plan, work.reach, digits)) return infeasible;
    if (stepLimit < Infinity) {
      const { outside, inside } = leastStepsThrough(plan, work.reach, digits);
      if (outside * inside > stepLimit * limitTolerance) return infeasible;
      work.stepLimit = (stepLimit / outside) * limitTolerance;
    }
    if (!mayFit(bounds, digits)) return infeasible;
    work.settledPj = settledEnergy(bounds, digits, work.settledRepeated);
    work.leastRepeated.fill(Infinity);
    work.innerRepeated.fill(Infinity);
    for (let index = 0; index < bounds.crossing.length; index += 1) {
      const cost = bounds.crossing[index];
      work.sources[index] = sourceWords(cost.arrival, digits);
      work.firstWords[index] = firstWordsOf(cost, digits);
    }
    front.clear();
    words.fill(Infinity);
    if (work.stage.choice === undefined) {
      words.fill(operations);
      front.add(1, 0, work.settledPj + crossingEnergy(work, -1));
      work.leastRepeated.set(work.crossingRepeated);
      work.innerRepeated.fill(0);
    } else {
      works[stage + 1].digits.set(digits);
      if (work.stage.choice.kind === "space") describeNeed(plan, work, works[stage + 1].reach);
      choose(stage, 0, 1, point);
    }
    if (isOver || front.size === 0) return infeasible;
    return record(work);
  }

  /** Goes through the factors of one dimension after the other. */
  function choose(stage: number, index: number, product: number, point: number): void {
    const work = works[stage];
    const { digits, factors } = work;
    const { choice } = work.stage;
    if (choice === undefined) return;
    if (choice.kind === "space") {
      // The dimensions still to come cannot make up for what those before have not taken.
      if (Math.min(product * work.leftFrom[index], choice.capacity) < work.leastProduct) return;
      const spaceOnly = index <= choice.spaceOnlyCount ? product * work.spaceOnlyLeftFrom[index] : Infinity;
      if (Math.min(spaceOnly, choice.capacity) < work.leastSpaceOnly) return;
    }
    if (index === choice.dimensions.length) {
      goOn(stage, product, point);
      return;
    }
    const inner = works[stage + 1].digits;
    const dimension = choice.dimensions[index];
    const { factors: options, drops } = factorSteps[dimension][digits[dimension]];
    const fixed = factors[dimension];
    const limit = choice.limits[index];
    for (let option = choice.forced[index] ? options.length - 1 : 0; option < options.length; option += 1) {
      const factor = options[option];
      if (product * factor > choice.capacity || factor > limit) break;
      inner[dimension] = digits[dimension] - drops[option];
      factors[dimension] = fixed * factor;
      choose(stage, index + 1, product * factor, point - drops[option] * strides[dimension]);
    }
    inner[dimension] = digits[dimension];
    factors[dimension] = fixed;
  }

  /** Continues with every mask that the choice may lead to. */
  function goOn(stage: number, product: number, point: number): void {
    const work = works[stage];
    const { choice } = work.stage;
    if (choice === undefined) return;
    const isSpace = choice.kind === "space";
    const { next, mayRepeat } = repetitions[stage];
    if (isSpace) {
      if (work.fits !== undefined && !work.fits(work.factors)) return;
      fillRatios(plan, choice.level, work.prepared, work.factors, work.ratios);
      if (mayRepeat) repeatInSpace(stage, work);
    } else if (mayRepeat) repeatInTime(stage, work, product);
    for (const mask of next[2 * work.mask + (!isSpace && product > 1 ? 1 : 0)]) {
      let value = works[stage + 1].table.get(keyOf(point, mask));
      // The digits of the stage inside are those of the point; deeper stages have their own.
      if (value === unknown) value = solve(stage + 1, point, mask);
      if (value !== infeasible) goOnWith(work, value - 1, isSpace ? 1 : product);
    }
  }

  /** How the chosen space factors repeat the traffic of every tensor inside. */
  function repeatInSpace(stage: number, { repeated, ratios, factors }: StageWork): void {
    const { repeatedInSpace, wordsRepeat } = repetitions[stage];
    for (let tensor = 0; tensor < tensorCount; tensor += 1) {
      let product = 1;
      for (const dimension of repeatedInSpace[tensor]) product *= factors[dimension];
      repeated[tensor] = product;
      if (wordsRepeat[tensor]) ratios[tensor] *= product;
    }
  }

  /** How the chosen time loop repeats the traffic of every tensor inside. */
  function repeatInTime(stage: number, { repeated, ratios, mask }: StageWork, factor: number): void {
    const { repeatedInTime, wordsRepeat } = repetitions[stage];
    for (let tensor = 0; tensor < tensorCount; tensor += 1) {
      const product = repeatedInTime[tensor] && ((mask >> tensor) & 1) === 1 ? factor : 1;
      repeated[tensor] = product;
      ratios[tensor] = wordsRepeat[tensor] ? product : 1;
    }
  }

  function goOnWith(work: StageWork, next: number, steps: number): void {
    transitions += 1;
    const { ratios, words, front, repeated } = work;
    const from = next * tensorCount;
    const known = arriving.values;
    for (let tensor = 0; tensor < tensorCount; tensor += 1)
      words[tensor] = Math.min(words[tensor], known[from + tensor] * ratios[tensor]);
    const energyPj = work.settledPj + crossingEnergy(work, from);
    let repeatedPj = 0;
    for (let tensor = 0; tensor < tensorCount; tensor += 1) {
      const once = repeatedWhole.values[from + tensor];
      const inner = once * repeated[tensor];
      repeatedPj += inner - once;
      work.innerRepeated[tensor] = Math.min(work.innerRepeated[tensor], inner);
      const least = inner + work.crossingRepeated[tensor];
      work.leastRepeated[tensor] = Math.min(work.leastRepeated[tensor], least);
    }
    const end = pairStarts.values[next + 1];
    for (let pair = pairStarts.values[next]; pair < end; pair += 1) {
      const total = stepList.values[pair] * steps;
      if (total > work.stepLimit) break;
      const inner = wholeList.values[pair] + repeatedPj;
      front.add(total, inner, inner + energyPj);
    }
  }

  /** Cost of the events whose words come from inside the choice; `from` is the place of the next entry's words. */
  function crossingEnergy(work: StageWork, from: number): number {
    const { bounds, sources, firstWords, ratios, crossingRepeated } = work;
    let total = 0;
    crossingRepeated.fill(0);
    for (let index = 0; index < bounds.crossing.length; index += 1) {
      const cost = bounds.crossing[index];
      const inside = from < 0 ? operations : arriving.values[from + cost.tensor] * ratios[cost.tensor];
      const words = Math.min(sources[index], inside * (cost.arrival.through ?? 1));
      const energyPj = contentEnergy(cost, words, firstWords[index]);
      total += energyPj;
      if (cost.repeats) crossingRepeated[cost.tensor] += energyPj;
    }
    return total;
  }

  function record(work: StageWork): number {
    const { bounds, digits, words, front } = work;
    const entry = arriving.length / tensorCount;
    front.reduce(keepPair);
    pairStarts.push(stepList.length);
    for (let tensor = 0; tensor < tensorCount; tensor += 1) {
      const arrival = bounds.arrivals[tensor];
      const inside = arrival.through === null ? Infinity : words[tensor] * arrival.through;
      arriving.push(Math.min(sourceWords(arrival, digits), inside));
      crossing.push(words[tensor]);
      repeatedInner.push(work.innerRepeated[tensor]);
      repeatedWhole.push(work.settledRepeated[tensor] + work.leastRepeated[tensor]);
    }
    return entry + 1;
  }

  const top = works[0].digits;
  lattice.divisors.forEach((list, dimension) => (top[dimension] = list.length - 1));
  for (const mask of repetitions[0].masks) solve(0, lattice.size - 1, mask);
  if (isOver) return undefined;
  return {
    find: (stage, point, mask) => Math.max(infeasible, works[stage].table.get(keyOf(point, mask))) - 1,
    first: (entry) => pairStarts.values[entry],
    end: (entry) => pairStarts.values[entry + 1],
    steps: (pair) => stepList.values[pair],
    innerEnergyPj: (pair) => innerList.values[pair],
    wholeEnergyPj: (pair) => wholeList.values[pair],
    crossingWords: (entry, tensor) => crossing.values[entry * tensorCount + tensor],
    repeatedEnergyPj: (entry, tensor) => repeatedInner.values[entry * tensorCount + tensor],
    stepLimit,
    points: arriving.length / tensorCount,
    transitions,
    infeasiblePoints,
  };
}

/**
 * What can be said without solving the relaxed problem: whether the fan-outs have room for what no time slot can
 * take, and how many time steps are needed where they have not. Every entry holds until the next `find`.
 */
export function bareRelaxation(plan: SearchPlan): Relaxation {
  const { lattice, stages } = plan;
  const reach = stages.map((_, stage) => describeReach(plan, stage));
  const digits = new Int32Array(lattice.divisors.length);
  let leastSteps = 1;
  return {
    find(stage, point) {
      let product = 1;
      lattice.divisors.forEach((divisors, dimension) => {
        digits[dimension] = Math.floor(point / lattice.strides[dimension]) % divisors.length;
        product *= divisors[digits[dimension]];
      });
      if (!mayFindRoom(plan, reach[stage], digits)) return -1;
      leastSteps = Math.max(1, product / reach[stage].capacity);
      return 0;
    },
    first: () => 0,
    end: () => 1,
    steps: () => leastSteps,
    innerEnergyPj: () => 0,
    wholeEnergyPj: () => 0,
    crossingWords: () => 0,
    repeatedEnergyPj: () => 0,
    stepLimit: Infinity,
    points: 0,
    transitions: 0,
    infeasiblePoints: 0,
  };
}
