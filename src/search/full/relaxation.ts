import { countOperations } from "../../model/problem";
import type { Budget } from "./budget";
import { pointSize } from "./factor-steps";
import type { RepetitionRules } from "./repetitions";
import { childrenOf } from "./search-plan";
import type { SearchPlan } from "./search-plan";
import { contentEnergy, fillRatios, mayFit, sourceWords } from "./stage-bounds";
import type { StageBounds } from "./stage-bounds";
import {
  beginPoint,
  createStageWork,
  describeNeed,
  limitTolerance,
  repeatInSpace,
  repeatInTime,
} from "./stage-work";
import type { StageWork } from "./stage-work";

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
  readonly points: number;
  readonly transitions: number;
  readonly infeasiblePoints: number;
}

/** The entries of a relaxed problem, in columns: what is known of every point and mask that can be completed. */
class EntryTable {
  count = 0;
  /** Per entry: its first pair; one more number ends the last. */
  readonly pairStarts: number[] = [0];
  /** Per pair: time steps, energy inside the choice, and with the events before it. */
  readonly steps: number[] = [];
  readonly inner: number[] = [];
  readonly whole: number[] = [];
  /** Per entry and tensor: words that cross the place outside the stage, and its choice. */
  readonly arriving: number[] = [];
  readonly crossing: number[] = [];
  /** Per entry and tensor: energy that grows with repetitions, inside the choice and with the events before it. */
  readonly repeatedInner: number[] = [];
  readonly repeatedWhole: number[] = [];

  /** Adds what the work at one point has come to. */
  record({ bounds, digits, words, front, innerRepeated, settledRepeated, leastRepeated }: StageWork): number {
    front.reduce((steps, inner, whole) => {
      this.steps.push(steps);
      this.inner.push(inner);
      this.whole.push(whole);
    });
    this.pairStarts.push(this.steps.length);
    for (let tensor = 0; tensor < words.length; tensor += 1) {
      const arrival = bounds.arrivals[tensor];
      const inside = arrival.through === null ? Infinity : words[tensor] * arrival.through;
      this.arriving.push(Math.min(sourceWords(arrival, digits), inside));
      this.crossing.push(words[tensor]);
      this.repeatedInner.push(innerRepeated[tensor]);
      this.repeatedWhole.push(settledRepeated[tensor] + leastRepeated[tensor]);
    }
    this.count += 1;
    return this.count - 1;
  }
}

/** Values of the tables of points that are no entry. */
const unknown = -1;
const infeasible = -2;

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
  const problem = new RelaxedProblem(plan, stageBounds, repetitions, budget, stepLimit);
  return problem.solveAll() ? problem : undefined;
}

/**
 * The relaxed problem, in work and solved. At a point of a stage, what is left of every dimension is known (its
 * digits); every way to choose the factors of the stage leads to a point of the stage inside. The least energy per
 * number of steps there, with what the stage's own events cost at least, is an entry: a dynamic program, memoised by
 * stage, point and mask.
 */
class RelaxedProblem implements Relaxation {
  transitions = 0;
  infeasiblePoints = 0;
  private readonly entries = new EntryTable();
  private readonly tensorCount: number;
  private readonly operations: number;
  /** Product of all that is to be placed. */
  private readonly whole: number;
  /** Per stage. The walk goes from one to the next inside, so that each is in work at one point only. */
  private readonly works: readonly StageWork[];
  private visits = 0;
  /** The budget is spent: nothing is solved any more, and what is recorded means nothing. */
  private isOver = false;

  constructor(
    private readonly plan: SearchPlan,
    stageBounds: readonly StageBounds[],
    private readonly repetitions: readonly RepetitionRules[],
    private readonly budget: Budget,
    private readonly stepLimit: number,
  ) {
    this.tensorCount = plan.tensors.length;
    this.operations = countOperations(plan.space.problem);
    this.whole = plan.space.choices.reduce((product, { quotient }) => product * quotient, 1);
    this.works = stageBounds.map((bounds, stage) => createStageWork(plan, bounds, stage));
  }

  /** False where the budget ends before. */
  solveAll(): boolean {
    const { lattice } = this.plan;
    lattice.divisors.forEach((list, dimension) => (this.works[0].digits[dimension] = list.length - 1));
    for (const mask of this.repetitions[0].masks) this.solve(0, lattice.size - 1, mask);
    return !this.isOver;
  }

  private keyOf(point: number, mask: number): number {
    return mask * this.plan.lattice.size + point;
  }

  /** The entry of a point that has not been visited before; the digits of the stage are those of the point. */
  private solve(stage: number, point: number, mask: number): number {
    const work = this.works[stage];
    this.visits += 1;
    if ((this.visits & 255) === 0 && this.budget.isSpent(this.visits)) this.isOver = true;
    work.mask = mask;
    const isSolved = !this.isOver && this.hasRoom(work) && this.visitChoices(stage, point);
    const entry = isSolved ? this.entries.record(work) : infeasible;
    if (entry === infeasible) this.infeasiblePoints += 1;
    work.table.set(this.keyOf(point, mask), entry);
    return entry;
  }

  /** Necessary conditions for what is left at a point: neither it nor the rest takes too many steps, the stage's tiles fit. */
  private hasRoom(work: StageWork): boolean {
    const { stepLimit } = this;
    const { digits, bounds, childrenOutside, childrenInside } = work;
    if (stepLimit < Infinity) {
      const left = pointSize(this.plan.lattice, digits);
      const outside = Math.max(1, this.whole / left / childrenOutside);
      if (outside * Math.max(1, left / childrenInside) > stepLimit * limitTolerance) return false;
      work.stepLimit = (stepLimit / outside) * limitTolerance;
    }
    return mayFit(bounds, digits);
  }

  /** Goes through all choices at a point; false where none can be completed. */
  private visitChoices(stage: number, point: number): boolean {
    const work = this.works[stage];
    beginPoint(work);
    if (work.stage.choice === undefined) {
      // The compute units: every operation takes its words.
      work.words.fill(this.operations);
      work.front.add(1, 0, work.settledPj + this.crossingEnergy(work, -1));
      work.leastRepeated.set(work.crossingRepeated);
      work.innerRepeated.fill(0);
    } else {
      this.works[stage + 1].digits.set(work.digits);
      if (work.stage.choice.kind === "space") describeNeed(this.plan, work, this.works[stage + 1]);
      this.choose(stage, 0, 1, point);
    }
    return !this.isOver && work.front.size > 0;
  }

  /** Goes through the factors of one dimension of the choice after the other. */
  private choose(stage: number, index: number, product: number, point: number): void {
    const work = this.works[stage];
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
      this.goOn(stage, product, point);
      return;
    }
    const { strides, steps: factorSteps } = this.plan.lattice;
    const inner = this.works[stage + 1].digits;
    const dimension = choice.dimensions[index];
    const { factors: options, drops } = factorSteps[dimension][digits[dimension]];
    const fixed = factors[dimension];
    const limit = choice.limits[index];
    for (let option = choice.forced[index] ? options.length - 1 : 0; option < options.length; option += 1) {
      const factor = options[option];
      if (product * factor > choice.capacity || factor > limit) break;
      inner[dimension] = digits[dimension] - drops[option];
      factors[dimension] = fixed * factor;
      this.choose(stage, index + 1, product * factor, point - drops[option] * strides[dimension]);
    }
    inner[dimension] = digits[dimension];
    factors[dimension] = fixed;
  }

  /** Continues at the point that the factors lead to, with every mask that the choice may lead to. */
  private goOn(stage: number, product: number, point: number): void {
    const work = this.works[stage];
    const { choice } = work.stage;
    if (choice === undefined) return;
    const isSpace = choice.kind === "space";
    const rules = this.repetitions[stage];
    if (isSpace) {
      if (work.fits !== undefined && !work.fits(work.factors)) return;
      fillRatios(this.plan, choice.level, work.prepared, work.factors, work.ratios);
      if (rules.mayRepeat) repeatInSpace(work, rules);
    } else if (rules.mayRepeat) repeatInTime(work, rules, product);
    for (const mask of rules.next[2 * work.mask + (!isSpace && product > 1 ? 1 : 0)]) {
      let entry = this.works[stage + 1].table.get(this.keyOf(point, mask));
      if (entry === unknown) entry = this.solve(stage + 1, point, mask);
      if (entry !== infeasible) this.take(work, entry, isSpace ? 1 : product);
    }
  }

  /** Adds what the entry inside leaves possible to what is known of the point in work. */
  private take(work: StageWork, entry: number, steps: number): void {
    this.transitions += 1;
    const { tensorCount, entries } = this;
    const { ratios, words, front, repeated } = work;
    const from = entry * tensorCount;
    const { arriving } = entries;
    for (let tensor = 0; tensor < tensorCount; tensor += 1)
      words[tensor] = Math.min(words[tensor], arriving[from + tensor] * ratios[tensor]);
    const energyPj = work.settledPj + this.crossingEnergy(work, from);
    let repeatedPj = 0;
    for (let tensor = 0; tensor < tensorCount; tensor += 1) {
      const once = entries.repeatedWhole[from + tensor];
      const inner = once * repeated[tensor];
      repeatedPj += inner - once;
      work.innerRepeated[tensor] = Math.min(work.innerRepeated[tensor], inner);
      const least = inner + work.crossingRepeated[tensor];
      work.leastRepeated[tensor] = Math.min(work.leastRepeated[tensor], least);
    }
    const end = this.end(entry);
    for (let pair = this.first(entry); pair < end; pair += 1) {
      const total = entries.steps[pair] * steps;
      if (total > work.stepLimit) break;
      const inner = entries.whole[pair] + repeatedPj;
      front.add(total, inner, inner + energyPj);
    }
  }

  /** Cost of the events whose words come from inside the choice; `from` is the place of the next entry's words. */
  private crossingEnergy(work: StageWork, from: number): number {
    const { bounds, sources, firstWords, ratios, crossingRepeated } = work;
    const { arriving } = this.entries;
    let total = 0;
    crossingRepeated.fill(0);
    for (let index = 0; index < bounds.crossing.length; index += 1) {
      const cost = bounds.crossing[index];
      const inside = from < 0 ? this.operations : arriving[from + cost.tensor] * ratios[cost.tensor];
      const words = Math.min(sources[index], inside * (cost.arrival.through ?? 1));
      const energyPj = contentEnergy(cost, words, firstWords[index]);
      total += energyPj;
      if (cost.repeats) crossingRepeated[cost.tensor] += energyPj;
    }
    return total;
  }

  find(stage: number, point: number, mask: number): number {
    return Math.max(unknown, this.works[stage].table.get(this.keyOf(point, mask)));
  }

  first(entry: number): number {
    return this.entries.pairStarts[entry];
  }

  end(entry: number): number {
    return this.entries.pairStarts[entry + 1];
  }

  steps(pair: number): number {
    return this.entries.steps[pair];
  }

  innerEnergyPj(pair: number): number {
    return this.entries.inner[pair];
  }

  wholeEnergyPj(pair: number): number {
    return this.entries.whole[pair];
  }

  crossingWords(entry: number, tensor: number): number {
    return this.entries.crossing[entry * this.tensorCount + tensor];
  }

  repeatedEnergyPj(entry: number, tensor: number): number {
    return this.entries.repeatedInner[entry * this.tensorCount + tensor];
  }

  get points(): number {
    return this.entries.count;
  }
}

/**
 * What can be said without solving the relaxed problem: how many time steps are needed where the fan-outs have no room
 * for what is left. Every entry holds until the next `find`.
 */
export function bareRelaxation({ lattice, stages }: SearchPlan): Relaxation {
  const childrenInside = stages.map((_, stage) => childrenOf(stages.slice(stage)));
  const digits = new Int32Array(lattice.divisors.length);
  let leastSteps = 1;
  return {
    find(stage, point) {
      lattice.divisors.forEach(({ length }, index) => {
        digits[index] = Math.floor(point / lattice.strides[index]) % length;
      });
      leastSteps = Math.max(1, pointSize(lattice, digits) / childrenInside[stage]);
      return 0;
    },
    first: () => 0,
    end: () => 1,
    steps: () => leastSteps,
    innerEnergyPj: () => 0,
    wholeEnergyPj: () => 0,
    crossingWords: () => 0,
    repeatedEnergyPj: () => 0,
    points: 0,
    transitions: 0,
    infeasiblePoints: 0,
  };
}
