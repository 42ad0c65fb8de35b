import { factorsOfChoice, keepTable, toMapping } from "../mapspace/candidate-mapping";
import { createFitCheck } from "../mapspace/capacity";
import { defaultOrder, firstFittingSplit, orderableDimensions } from "../mapspace/loop-orders";
import type { MapSpace } from "../mapspace/map-space";
import { createSearchLayout, factorInSlot } from "../mapspace/search-layout";
import type { SearchLayout, VaryingDimension } from "../mapspace/search-layout";
import type { AccessCosts } from "../model/access-costs";
import type { Mapping } from "../model/mapping";
import { mulberry32 } from "../random";
import { createScorer } from "./create-scorer";
import { keepsEverything } from "./exhaustive/find-best-mapping";
import type { Criteria } from "./full/objective";
import { agreement } from "./ranking";
import type { MappingFigures } from "./ranking";
import type { MappingScorer } from "./scorer";

// Simulated annealing (Kirkpatrick, Gelatt, Vecchi: Optimization by simulated annealing, Science 220, 1983): from mapping
// to neighbouring mapping, to better ones always and to worse ones ever less often. It proves nothing, but finds mappings
// in a second that bounds alone would be long in coming to, and every bound cuts off more with a good one at hand.

/** How long a search by annealing goes on. */
interface AnnealingEffort {
  /** The number of the first restart: restarts with the same number go the same way. */
  readonly firstSeed: number;
  /** Times that it starts anew from the same simple mapping, each time with other random numbers. */
  readonly restarts: number;
  /** Neighbours that are looked at in each. */
  readonly steps: number;
  /** Asked now and then; true ends the search. */
  readonly isOver: () => boolean;
}

/** The best mapping of a space that annealing has come across. */
interface AnnealedMapping extends MappingFigures {
  readonly mapping: Mapping;
}

/** What annealing has come to. */
interface AnnealingResult {
  /** Null where nothing that fits was found. */
  readonly best: AnnealedMapping | null;
  /** Mappings tried, those that do not fit included. */
  readonly tried: number;
  readonly restarted: number;
}

/** Numbers of choices over all dimensions, times their slots, for which lists of them may be made. */
const largestLists = 2_000_000;

/** Whether the lists of factors are short enough for annealing. */
export function canAnneal({ choices }: MapSpace): boolean {
  const numbers = choices.reduce((sum, { count, freeSlots }) => sum + count * freeSlots.length, 0);
  return numbers <= largestLists;
}

/** The best mapping that annealing finds: the same for the same effort, unless `isOver` ends it. */
export function annealMappings(
  space: MapSpace,
  costs: AccessCosts,
  criteria: Criteria,
  { firstSeed, restarts, steps, isOver }: AnnealingEffort,
): AnnealingResult {
  const layout = createSearchLayout(space);
  const judges = createKeepChoiceJudges(layout, costs);
  let best: AnnealedMapping | null = null;
  let tried = 0;
  let restarted = 0;
  /** Restarts that have come to the best objective so far: after some it is hardly worth another one. */
  let agreeing = 0;
  for (; restarted < restarts && agreeing < enoughAgreeing && !isOver(); restarted += 1) {
    const walk = new AnnealingWalk(layout, judges, criteria, mulberry32(firstSeed + restarted));
    walk.run(steps, hottest, coldest, isOver);
    // From the best so far once more, with small steps only.
    walk.returnToBest();
    walk.run(Math.ceil(steps / 2), cooler, coldest / 3, isOver);
    const found = walk.bestMapping();
    const value = ({ energyPj, cycles }: MappingFigures): number =>
      criteria.objective.value(energyPj, cycles);
    if (found !== null) {
      const isAlike = best !== null && Math.abs(value(found) - value(best)) <= agreement * value(best);
      if (isAlike) agreeing += 1;
      else if (best === null || criteria.compare(found, best) < 0) agreeing = 1;
      if (best === null || criteria.compare(found, best) < 0) best = found;
    }
    tried += walk.tried;
  }
  return { best, tried, restarted };
}

/** Restarts with the same objective that end the search. */
const enoughAgreeing = 4;
/** Temperatures, in natural logarithms of the objective: a mapping worse by this factor of e is often accepted. */
const hottest = 1;
const cooler = 0.1;
const coldest = 0.003;
/** How much more the objective counts than the EDP, which decides between mappings of the same objective, e.g. cycles. */
const objectiveWeight = 5;
/** Every so many steps the walk asks whether it is over. */
const stepsPerQuestion = 1024;

/** What prices mappings with one decision about which levels hold what, and says whether they fit. */
interface KeepChoiceJudge {
  readonly scorer: MappingScorer;
  readonly fits: (choice: ArrayLike<number>) => boolean;
}

/** Judges that are kept at the same time. */
const mostJudges = 256;

/** The judge of a keep-or-bypass choice; null where some data space is held nowhere. */
function createKeepChoiceJudges(
  layout: SearchLayout,
  costs: AccessCosts,
): (keepChoice: number) => KeepChoiceJudge | null {
  const known = new Map<number, KeepChoiceJudge | null>();
  return (keepChoice) => {
    const before = known.get(keepChoice);
    if (before !== undefined) return before;
    if (known.size >= mostJudges) known.clear();
    const keep = keepTable(layout.space, keepChoice);
    const judge = keepsEverything(keep)
      ? { scorer: createScorer(layout, keep, costs), fits: createFitCheck(layout, keep) }
      : null;
    known.set(keepChoice, judge);
    return judge;
  };
}

/** The ways to split a dimension over its slots, and which of them are neighbours: a prime factor moves. */
class Neighbours {
  readonly primes: readonly number[];
  private readonly numbers = new Map<string, number>();
  private readonly known = new Map<number, number>();

  constructor(
    readonly dimension: VaryingDimension,
    quotient: number,
  ) {
    const { list, freeSlots } = dimension;
    for (let choice = 0; choice < list.count; choice += 1)
      this.numbers.set(this.factorsOf(choice).join(), choice);
    this.primes = primesOf(quotient);
    this.slots = freeSlots.length;
  }

  readonly slots: number;

  private factorsOf(choice: number): Float64Array {
    const { list, freeSlots } = this.dimension;
    return list.factors.slice(choice * freeSlots.length, (choice + 1) * freeSlots.length);
  }

  factor(choice: number, slot: number): number {
    return this.dimension.list.factors[choice * this.slots + slot];
  }

  /** The choice after a prime has moved from one free slot to another; -1 where there is none. */
  moved(choice: number, from: number, to: number, prime: number): number {
    if (this.factor(choice, from) % this.primes[prime] !== 0) return -1;
    const key = ((choice * this.slots + from) * this.slots + to) * this.primes.length + prime;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const factors = this.factorsOf(choice);
    factors[from] /= this.primes[prime];
    factors[to] *= this.primes[prime];
    const found = this.numbers.get(factors.join()) ?? -1;
    this.known.set(key, found);
    return found;
  }

  /** The choice with as much as possible in the outermost slot: tiles are small everywhere. */
  outermost(): number {
    let best = 0;
    for (let choice = 1; choice < this.dimension.list.count; choice += 1)
      if (this.factor(choice, this.slots - 1) > this.factor(best, this.slots - 1)) best = choice;
    return best;
  }
}

function primesOf(number: number): number[] {
  const primes: number[] = [];
  let rest = number;
  for (let prime = 2; rest > 1; prime += 1) {
    if (prime * prime > rest) prime = rest;
    if (rest % prime !== 0) continue;
    primes.push(prime);
    while (rest % prime === 0) rest /= prime;
  }
  return primes;
}

/** A slot whose loops have no order: the open part of its order begins `from` places from the inside. */
interface OpenSlot {
  readonly slot: number;
  readonly from: number;
  readonly count: number;
}

type Orders = (number[] | undefined)[];

/** Where a walk stands, or stood. */
interface Position {
  readonly choice: Int32Array;
  readonly orders: Orders;
  readonly keepChoice: number;
}

/** One walk from neighbour to neighbour. A class because the state of an inner loop is fastest in the fields of an object. */
class AnnealingWalk {
  private readonly neighbours: readonly Neighbours[];
  private readonly openSlots: readonly OpenSlot[];
  private readonly choice: Int32Array;
  private readonly orders: Orders;
  private keepChoice: number;
  tried = 0;
  private best: Position | null = null;
  private bestFigures: MappingFigures | null = null;

  constructor(
    private readonly layout: SearchLayout,
    private readonly judgeOf: (keepChoice: number) => KeepChoiceJudge | null,
    private readonly criteria: Criteria,
    private readonly random: () => number,
  ) {
    const { space, varying } = layout;
    this.neighbours = varying.map((one) => new Neighbours(one, space.choices[one.dimension].quotient));
    this.choice = Int32Array.from(this.neighbours, (one) => one.outermost());
    this.keepChoice = 2 ** space.undecided.length - 1;
    const openSlots: OpenSlot[] = [];
    this.orders = space.slots.map((slot, index) => {
      const open = orderableDimensions(space.choices, slot);
      if (open.length < 2) return undefined;
      const inert = slot.freeOrder.filter((dimension) => !open.includes(dimension));
      openSlots.push({ slot: index, from: slot.innerOrder.length + inert.length, count: open.length });
      return [...slot.innerOrder, ...inert, ...open, ...slot.outerOrder];
    });
    this.openSlots = openSlots;
  }

  run(steps: number, hot: number, cold: number, isOver: () => boolean): void {
    const { random, choice } = this;
    const before = new Int32Array(choice.length);
    let cost = this.cost();
    for (let step = 0; step < steps; step += 1) {
      if (step % stepsPerQuestion === 0 && isOver()) return;
      const temperature = hot * (cold / hot) ** (step / steps);
      before.set(choice);
      const { keepChoice } = this;
      const reordered = this.move();
      if (reordered === null) continue;
      const next = this.cost();
      if (next <= cost || random() < Math.exp((cost - next) / temperature)) {
        cost = next;
        continue;
      }
      choice.set(before);
      this.keepChoice = keepChoice;
      if (reordered !== undefined) this.orders[reordered.slot] = reordered.order;
    }
  }

  returnToBest(): void {
    if (this.best === null) return;
    this.choice.set(this.best.choice);
    this.keepChoice = this.best.keepChoice;
    this.best.orders.forEach((order, slot) => (this.orders[slot] = order && [...order]));
  }

  bestMapping(): AnnealedMapping | null {
    if (this.best === null || this.bestFigures === null) return null;
    const { space } = this.layout;
    const { choice, orders, keepChoice } = this.best;
    const factors = factorsOfChoice(this.layout, choice);
    const chosen = this.openSlots.length === 0 ? null : orders;
    return { ...this.bestFigures, mapping: toMapping(space, factors, chosen, keepTable(space, keepChoice)) };
  }

  private below(count: number): number {
    return Math.floor(this.random() * count);
  }

  /**
   * Goes to a neighbour: one or two prime factors move to other slots, a loop moves within its slot, or a level begins or
   * ends to hold a data space.
   * @returns the order that a slot had before, if it has another one now; null where nothing has changed
   */
  private move(): { readonly slot: number; readonly order: number[] } | undefined | null {
    const { undecided } = this.layout.space;
    const hasOrders = this.openSlots.length > 0;
    const kind = this.random();
    if (undecided.length > 0 && kind < 0.1) {
      const bit = 2 ** this.below(undecided.length);
      this.keepChoice += Math.floor(this.keepChoice / bit) % 2 === 1 ? -bit : bit;
      return undefined;
    }
    if (hasOrders && kind < 0.4) return this.reorder();
    if (this.neighbours.length === 0) return null;
    const first = this.moveFactor();
    const second = kind < 0.75 ? false : this.moveFactor();
    if (!first && !second) return null;
    return hasOrders && this.random() < 0.2 ? this.reorder() : undefined;
  }

  private moveFactor(): boolean {
    const position = this.below(this.neighbours.length);
    const own = this.neighbours[position];
    if (own.slots < 2) return false;
    let from = this.below(own.slots);
    while (own.factor(this.choice[position], from) === 1) from = (from + 1) % own.slots;
    const to = (from + 1 + this.below(own.slots - 1)) % own.slots;
    const next = own.moved(this.choice[position], from, to, this.below(own.primes.length));
    if (next < 0) return false;
    this.choice[position] = next;
    return true;
  }

  private reorder(): { readonly slot: number; readonly order: number[] } | undefined {
    const { slot, from, count } = this.openSlots[this.below(this.openSlots.length)];
    const order = this.orders[slot];
    if (order === undefined) return undefined;
    const taken = this.below(count);
    const put = (taken + 1 + this.below(count - 1)) % count;
    const next = [...order];
    const [dimension] = next.splice(from + taken, 1);
    next.splice(from + put, 0, dimension);
    this.orders[slot] = next;
    return { slot, order };
  }

  /** The logarithm of the objective; infinite where the mapping does not fit: from there the walk goes anywhere. */
  private cost(): number {
    this.tried += 1;
    const judge = this.judgeOf(this.keepChoice);
    if (judge === null || !this.fitsFanOuts() || !judge.fits(this.choice)) return Infinity;
    const { scorer } = judge;
    scorer.score(this.choice, this.openSlots.length === 0 ? null : this.orders);
    const { energyPj, cycles, lastLevelAccesses } = scorer;
    if (this.bestFigures === null || this.criteria.compare(scorer, this.bestFigures) < 0) {
      this.bestFigures = { energyPj, cycles, lastLevelAccesses };
      const { keepChoice } = this;
      this.best = { choice: this.choice.slice(), orders: [...this.orders], keepChoice };
    }
    const edp = logarithm(energyPj * cycles);
    const value = logarithm(this.criteria.objective.value(energyPj, cycles));
    return value === edp ? edp : objectiveWeight * value + edp;
  }

  private fitsFanOuts(): boolean {
    const { layout, choice, orders } = this;
    const { slots, hardware } = layout.space;
    return slots.every((slot, index) => {
      if (slot.kind === "time") return true;
      const order = orders[index] ?? defaultOrder(slot);
      const factorOf = (dimension: number): number => factorInSlot(layout, index, dimension, choice);
      return firstFittingSplit(slot, hardware.levels[slot.level], order, factorOf) !== undefined;
    });
  }
}

/** Of figures that may be 0 where everything is free. */
function logarithm(value: number): number {
  return Math.log(Math.max(value, Number.MIN_VALUE));
}
