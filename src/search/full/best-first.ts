import type { Evaluation } from "../../model/evaluation";
import type { Mapping } from "../../model/mapping";
import { agreement } from "../ranking";
import type { Budget, StopReason } from "./budget";
import type { Expander } from "./expand";
import type { Criteria } from "./objective";
import type { PartialBounds } from "./partial-bound";
import { completeMapping } from "./partial-mapping";
import type { PartialMapping } from "./partial-mapping";
import { createPartialStore } from "./partial-store";
import type { MergeRule } from "./partial-store";
import type { SearchPlan } from "./search-plan";

/** A binary heap; `isBefore` must be a strict total order, so that equal contents leave in one order only. */
interface PriorityQueue<T> {
  readonly size: number;
  push(item: T): void;
  /** Removes and returns the first item. */
  pop(): T | undefined;
  /** The first item, left in place. */
  peek(): T | undefined;
}

export function createPriorityQueue<T>(isBefore: (left: T, right: T) => boolean): PriorityQueue<T> {
  const items: T[] = [];

  function siftUp(start: number): void {
    let index = start;
    const item = items[index];
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(item, items[parent])) break;
      items[index] = items[parent];
      index = parent;
    }
    items[index] = item;
  }

  function siftDown(): void {
    let index = 0;
    const item = items[0];
    for (;;) {
      const left = 2 * index + 1;
      if (left >= items.length) break;
      const right = left + 1;
      const child = right < items.length && isBefore(items[right], items[left]) ? right : left;
      if (!isBefore(items[child], item)) break;
      items[index] = items[child];
      index = child;
    }
    items[index] = item;
  }

  return {
    get size() {
      return items.length;
    },
    push(item) {
      items.push(item);
      siftUp(items.length - 1);
    },
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        siftDown();
      }
      return first;
    },
    peek: () => items[0],
  };
}

/** A complete mapping and what it costs. */
export interface Incumbent {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
}

/** The parts of a search. */
export interface SearchParts {
  readonly plan: SearchPlan;
  readonly criteria: Criteria;
  readonly bounds: PartialBounds;
  readonly expander: Expander;
  readonly root: () => PartialMapping;
  readonly evaluate: (mapping: Mapping) => Evaluation;
}

/** What all turns of a search have done so far, together. */
export interface SearchCounts {
  /** Of the relaxed problem: points, transitions between them, points that cannot be completed. */
  points: number;
  transitions: number;
  infeasiblePoints: number;
  /** Partial mappings. */
  expanded: number;
  created: number;
  infeasible: number;
  cutByBound: number;
  merged: number;
  /** Complete mappings. */
  evaluated: number;
  annealed: number;
  /** Prices that disagree with the model: a fault of this program, and no proof then. */
  mismatches: number;
}

/** Work done: partial mappings expanded; where an expansion makes many, ten made count as one expanded. */
export function workOf({ expanded, created }: SearchCounts): number {
  return Math.max(expanded, Math.ceil(created / createdPerExpansion));
}

const createdPerExpansion = 10;

/** What a search by bounds has come to. */
export interface SearchOutcome {
  readonly best: Incumbent | null;
  /** No mapping of the space is better than this, or than `best`. */
  readonly lowerBound: number;
  /** What the relaxation says of the whole space. */
  readonly rootBound: number;
  /** Null where the search is complete. */
  readonly stopReason: StopReason | null;
}

/** Partial mappings kept at the same time; more do not fit the memory of an ordinary machine. */
const largestQueue = 200_000;
/** Every so many expansions the search goes straight down once, to find good mappings early. */
const expansionsPerDive = 256;
/** A search for some mapping goes on so long whatever the budget; one that fits is mostly found in a few dozen steps. */
const leastExpansions = 5_000;

/**
 * Best-first search with lower bounds: always goes on with the partial mapping of the smallest bound, until no
 * bound is below the best mapping found.
 */
export function searchBestFirst(
  parts: SearchParts,
  rule: MergeRule,
  budget: Budget,
  counts: SearchCounts,
  start: Incumbent | null,
): SearchOutcome {
  const { plan, criteria, bounds, expander } = parts;
  const { objective } = criteria;
  const store = createPartialStore(plan, rule);
  const queue = createPriorityQueue(isBefore);
  let best = start;
  /** What the bounds of a partial mapping are compared with. */
  let target: Bounds = { bound: Infinity, secondBound: Infinity, cyclesBound: Infinity };
  let serial = 0;
  let leastDropped = Infinity;
  const patience = counts.expanded + leastExpansions;
  if (start !== null) setBest(start);

  function setBest(incumbent: Incumbent): void {
    const { energyPj, cycles } = incumbent.evaluation;
    best = incumbent;
    target = {
      bound: objective.value(energyPj, cycles),
      secondBound: energyPj * cycles,
      cyclesBound: cycles,
    };
  }

  function receive(child: PartialMapping): boolean {
    counts.created += 1;
    serial += 1;
    child.serial = serial;
    if (plan.stages[child.stage].choice === undefined) {
      finish(child);
      return false;
    }
    bounds.bound(child);
    if (child.bound === Infinity) {
      counts.infeasible += 1;
      return false;
    }
    if (compareBounds(child, target) >= 0) {
      counts.cutByBound += 1;
      return false;
    }
    return store.admit(child);
  }

  function finish(partial: PartialMapping): void {
    if (partial.heldOutside !== 2 ** plan.tensors.length - 1) {
      counts.infeasible += 1;
      return;
    }
    const accessesPj = partial.energyPj + plan.computeEnergyPj;
    const cycles = bounds.cycles(partial);
    const energyPj = accessesPj + partial.leakPj * cycles;
    if (objective.value(energyPj, cycles) * (1 - agreement) > target.bound) {
      counts.cutByBound += 1;
      return;
    }
    const mapping = completeMapping(plan, partial);
    const evaluation = parts.evaluate(mapping);
    counts.evaluated += 1;
    const expectedPj = accessesPj + partial.leakPj * evaluation.cycles;
    if (!isConsistent(evaluation, expectedPj, cycles)) counts.mismatches += 1;
    if (best === null || criteria.compare(evaluation, best.evaluation) < 0) setBest({ mapping, evaluation });
  }

  /** Lists the continuations of a partial mapping; those worth keeping go to `kept`. */
  function expand(partial: PartialMapping, kept: (child: PartialMapping) => void): void {
    counts.expanded += 1;
    expander.expand(
      partial,
      (stage, point, steps) => {
        const bound = bounds.quickBound(partial, stage, point, steps);
        if (bound <= target.bound && bound < Infinity) return true;
        if (bound === Infinity) counts.infeasible += 1;
        else counts.cutByBound += 1;
        return false;
      },
      (child) => {
        if (receive(child)) kept(child);
      },
    );
  }

  /**
   * Goes down from a partial mapping, always to the child with the smallest bound; from dead ends back up while there is
   * no mapping at all.
   */
  function dive(from: PartialMapping): void {
    const open = [from];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      // What comes of it would be dropped as well, and yet make others superfluous.
      if (next.isDropped) continue;
      const children: PartialMapping[] = [];
      expand(next, (child) => children.push(child));
      // The best one last, so that it is taken first.
      children.sort((left, right) => (isBefore(left, right) ? 1 : -1));
      open.push(...children);
      if (children.length === 0 && (best !== null || counts.expanded >= patience)) break;
    }
    for (const partial of open) queue.push(partial);
  }

  for (const root of expander.start(parts.root())) if (receive(root)) queue.push(root);
  const rootBound = queue.peek()?.bound ?? target.bound;
  let sinceDive = expansionsPerDive;
  let stopReason: StopReason | null = null;
  for (let partial = queue.pop(); partial !== undefined; partial = queue.pop()) {
    if (partial.isDropped) continue;
    if (compareBounds(partial, target) >= 0) break;
    const isOver = budget.isSpent(workOf(counts)) && (best !== null || counts.expanded >= patience);
    if (isOver || queue.size > largestQueue) {
      leastDropped = partial.bound;
      stopReason = budget.reason ?? "work";
      break;
    }
    sinceDive += 1;
    if (sinceDive > expansionsPerDive) {
      sinceDive = 0;
      dive(partial);
    } else expand(partial, (child) => queue.push(child));
  }
  counts.merged += store.merged;
  return { best, lowerBound: Math.min(target.bound, leastDropped), rootBound, stopReason };
}

/** Whether the price of a partial mapping is the model's; its cycles miss a ceiling that rounding may push up. */
function isConsistent(evaluation: Evaluation, energyPj: number, cycles: number): boolean {
  const difference = Math.abs(evaluation.energyPj - energyPj);
  const surplus = evaluation.cycles - cycles;
  return difference <= agreement * evaluation.energyPj && surplus >= 0 && surplus <= 1;
}

type Bounds = Pick<PartialMapping, "bound" | "secondBound" | "cyclesBound">;

/**
 * The tie rule on bounds: the objective, then the EDP. Bounds lie a little below what they stand for, so that a mapping
 * that ties with the best passes; those of 0, where all accesses are free, do not, and the cycles decide.
 */
function compareBounds(left: Bounds, right: Bounds): number {
  if (left.bound !== right.bound) return left.bound < right.bound ? -1 : 1;
  if (left.secondBound !== right.secondBound) return left.secondBound < right.secondBound ? -1 : 1;
  return left.secondBound === 0 ? left.cyclesBound - right.cyclesBound : 0;
}

function isBefore(left: PartialMapping, right: PartialMapping): boolean {
  const order = compareBounds(left, right);
  if (order !== 0) return order < 0;
  if (left.stage !== right.stage) return left.stage > right.stage;
  return left.serial < right.serial;
}
