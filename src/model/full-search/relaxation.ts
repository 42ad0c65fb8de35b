import type { Budget } from "./budget";
import { createNumberList } from "./number-list";
import { describeReach, mayFindRoom, type Reach } from "./reach";
import { createFront, type Front } from "./relaxation-front";
import type { PlanStage, SearchPlan } from "./search-plan";
import { spaceRatio } from "./space-ratio";
import {
  contentEnergy,
  createStageBounds,
  firstWordsOf,
  mayFit,
  settledEnergy,
  sourceWords,
  type StageBounds,
} from "./stage-bounds";

/**
 * For every reachable point of the lattice: which pairs of (time steps, energy) the rest of the nest may reach at
 * best. A pair (t, e) says: with at most t steps inside, at least e pJ. Pairs are sorted, t rising and e falling.
 */
export interface Relaxation {
  /** The entry of a point at a stage, or -1 where the rest of the nest cannot be completed. */
  find(stage: number, point: number): number;
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
  readonly points: number;
  readonly transitions: number;
  readonly infeasiblePoints: number;
}

const unknown = -2;
const infeasible = -1;
/** Larger lattices are kept in hash tables. */
const largestTable = 8e6;

interface PointTable {
  get(point: number): number;
  set(point: number, entry: number): void;
}

function createPointTable(lattice: number, stages: number): PointTable {
  if (lattice * stages <= largestTable) {
    const entries = new Int32Array(lattice).fill(unknown);
    return { get: (point) => entries[point], set: (point, entry) => (entries[point] = entry) };
  }
  const entries = new Map<number, number>();
  return { get: (point) => entries.get(point) ?? unknown, set: (point, entry) => entries.set(point, entry) };
}

/** What is in work at one stage; deeper stages have their own. */
interface StageWork {
  readonly stage: PlanStage;
  readonly bounds: StageBounds;
  readonly reach: Reach;
  readonly table: PointTable;
  readonly digits: Int32Array;
  readonly front: Front;
  /** Per tensor: the least words that cross the choice. */
  readonly words: Float64Array;
  /** Per tensor: words that cross the choice over those that come from inside it. */
  readonly ratios: Float64Array;
  /** Per dimension: the factor chosen in a space slot. */
  readonly factors: Float64Array;
  settledPj: number;
  /** Per crossing cost: the least that a source within the stage would give, and what is elided. */
  readonly sources: Float64Array;
  readonly firstWords: Float64Array;
}

/**
 * Solves the relaxed problem from the inside out, visiting only points that can be reached.
 * @returns undefined when the budget ends before the table is complete
 */
export function relax(plan: SearchPlan, budget: Budget): Relaxation | undefined {
  const { lattice, tensors, space } = plan;
  const { strides, steps: factorSteps } = lattice;
  const tensorCount = tensors.length;
  const operations = space.problem.bounds.reduce((product, bound) => product * bound, 1);
  const works = plan.stages.map((_, stage) => createWork(plan, stage));
  const pairStarts = createNumberList();
  const stepList = createNumberList();
  const innerList = createNumberList();
  const wholeList = createNumberList();
  /** Per entry and tensor: words that cross the place outside the stage, and its choice. */
  const arriving = createNumberList();
  const crossing = createNumberList();
  let transitions = 0;
  let infeasiblePoints = 0;
  let visits = 0;
  let isOver = false;
  pairStarts.push(0);

  function keepPair(steps: number, inner: number, whole: number): void {
    stepList.push(steps);
    innerList.push(inner);
    wholeList.push(whole);
  }

  function solve(stage: number, point: number): number {
    visits += 1;
    if ((visits & 255) === 0 && budget.isSpent(visits)) isOver = true;
    const entry = isOver ? infeasible : solvePoint(stage, point);
    if (entry === infeasible) infeasiblePoints += 1;
    works[stage].table.set(point, entry);
    return entry;
  }

  function solvePoint(stage: number, point: number): number {
    const work = works[stage];
    const { bounds, digits, front, words } = work;
    if (!mayFindRoom(plan, work.reach, digits) || !mayFit(bounds, digits)) return infeasible;
    work.settledPj = settledEnergy(bounds, digits);
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
    } else {
      works[stage + 1].digits.set(digits);
      choose(stage, 0, 1, point);
    }
    if (isOver || front.size === 0) return infeasible;
    return record(work);
  }

  /** Goes through the factors of one dimension after the other. */
  function choose(stage: number, index: number, product: number, point: number): void {
    const { stage: planStage, digits, factors } = works[stage];
    const { choice } = planStage;
    if (choice === undefined) return;
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

  function goOn(stage: number, product: number, point: number): void {
    let next = works[stage + 1].table.get(point);
    if (next === unknown) next = solve(stage + 1, point);
    if (next < 0) return;
    transitions += 1;
    const work = works[stage];
    const { ratios, words, factors, front } = work;
    const { choice } = work.stage;
    const isSpace = choice !== undefined && choice.kind === "space";
    const from = next * tensorCount;
    const known = arriving.values;
    for (let tensor = 0; tensor < tensorCount; tensor += 1) {
      if (isSpace) ratios[tensor] = spaceRatio(plan, choice.level, tensor, factors);
      words[tensor] = Math.min(words[tensor], known[from + tensor] * ratios[tensor]);
    }
    const energyPj = work.settledPj + crossingEnergy(work, from);
    const steps = isSpace ? 1 : product;
    const end = pairStarts.values[next + 1];
    for (let pair = pairStarts.values[next]; pair < end; pair += 1) {
      const inner = wholeList.values[pair];
      front.add(stepList.values[pair] * steps, inner, inner + energyPj);
    }
  }

  /** Cost of the events whose words come from inside the choice; `from` is the place of the next entry's words. */
  function crossingEnergy({ bounds, sources, firstWords, ratios }: StageWork, from: number): number {
    let energyPj = 0;
    for (let index = 0; index < bounds.crossing.length; index += 1) {
      const cost = bounds.crossing[index];
      const inside = from < 0 ? operations : arriving.values[from + cost.tensor] * ratios[cost.tensor];
      const words = Math.min(sources[index], inside * (cost.arrival.through ?? 1));
      energyPj += contentEnergy(cost, words, firstWords[index]);
    }
    return energyPj;
  }

  function record({ bounds, digits, words, front }: StageWork): number {
    const entry = arriving.length / tensorCount;
    front.reduce(keepPair);
    pairStarts.push(stepList.length);
    for (let tensor = 0; tensor < tensorCount; tensor += 1) {
      const arrival = bounds.arrivals[tensor];
      const inside = arrival.through === null ? Infinity : words[tensor] * arrival.through;
      arriving.push(Math.min(sourceWords(arrival, digits), inside));
      crossing.push(words[tensor]);
    }
    return entry;
  }

  const top = works[0].digits;
  lattice.divisors.forEach((list, dimension) => (top[dimension] = list.length - 1));
  solve(0, lattice.size - 1);
  if (isOver) return undefined;
  return {
    find: (stage, point) => Math.max(infeasible, works[stage].table.get(point)),
    first: (entry) => pairStarts.values[entry],
    end: (entry) => pairStarts.values[entry + 1],
    steps: (pair) => stepList.values[pair],
    innerEnergyPj: (pair) => innerList.values[pair],
    wholeEnergyPj: (pair) => wholeList.values[pair],
    crossingWords: (entry, tensor) => crossing.values[entry * tensorCount + tensor],
    points: arriving.length / tensorCount,
    transitions,
    infeasiblePoints,
  };
}

function createWork(plan: SearchPlan, stage: number): StageWork {
  const { stages, lattice, tensors } = plan;
  const planStage = stages[stage];
  const bounds = createStageBounds(plan, planStage.events);
  const factors = new Float64Array(lattice.divisors.length).fill(1);
  for (const [dimension, factor] of planStage.choice?.fixed ?? []) factors[dimension] = factor;
  return {
    stage: planStage,
    bounds,
    reach: describeReach(plan, stage),
    table: createPointTable(lattice.size, stages.length),
    digits: new Int32Array(lattice.divisors.length),
    front: createFront(),
    words: new Float64Array(tensors.length),
    ratios: new Float64Array(tensors.length).fill(1),
    factors,
    settledPj: 0,
    sources: new Float64Array(bounds.crossing.length),
    firstWords: new Float64Array(bounds.crossing.length),
  };
}
