import { keepTable } from "../../mapspace/candidate-mapping";
import type { MapSpace } from "../../mapspace/map-space";
import type { AccessCosts } from "../../model/access-costs";
import type { Evaluation } from "../../model/evaluation";
import type { Mapping } from "../../model/mapping";
import { tensorSize } from "../../model/problem";
import { annealMappings, canAnneal } from "../annealing";
import { scorerFactory } from "../create-scorer";
import { findBestMapping, keepsEverything } from "../exhaustive/find-best-mapping";
import type { Metric } from "../ranking";
import { workOf } from "./best-first";
import type { Incumbent, SearchCounts } from "./best-first";
import type { Criteria } from "./objective";
import { createRoot } from "./partial-mapping";
import { createSearchPlan } from "./search-plan";
import { searchWidening } from "./widening-search";
import type { SearchLimits, WideningOutcome } from "./widening-search";

/** When a search in turns goes on to the next; what is left out is as usual. */
interface TurnLimits {
  /** Partial mappings that are expanded before anything else is tried. */
  readonly firstLimit?: number;
  /** Spaces up to this size are visited mapping by mapping when bounds alone do not settle them soon. */
  readonly largestVisit?: number;
  /** Restarts of annealing. */
  readonly mostRestarts?: number;
}

/** What is searched, and for what. */
interface SearchTask {
  readonly space: MapSpace;
  readonly costs: AccessCosts;
  readonly criteria: Criteria;
  /** The metric that decides, where a visit to every mapping can rank by it. */
  readonly metric: Metric | null;
  readonly evaluate: (mapping: Mapping) => Evaluation;
}

/** What a search in turns has come to. */
export interface AnytimeOutcome extends WideningOutcome {
  /** Whether every mapping was visited in the end. */
  readonly isVisited: boolean;
  readonly counts: SearchCounts;
}

/** Spaces up to this size are visited mapping by mapping when bounds alone do not settle them soon. */
export const largestVisit = 2e6;
const usualFirstLimit = 4_000;
/** Share of the time left that goes into them, and then into annealing. */
const firstShare = 0.25;
const annealingShare = 0.4;
/** A mapping this close to its bound, as a share, is left to the bounds. */
const closeGap = 0.05;
/** Neighbours that annealing looks at in one restart, and the expansions that take as long. */
const annealingSteps = 100_000;
const workOfRestart = 15_000;
const usualRestarts = 12;
/** Ways to hold data spaces that are searched one by one. */
const mostDecisions = 64;

/**
 * Searches a map space in turns, each with the best mapping so far:
 *
 * 1. by bounds, shortly: most spaces, also huge ones, are settled then;
 * 2. a small space mapping by mapping;
 * 3. by annealing, which finds good mappings soon;
 * 4. by bounds until everything is cut off or the limits are reached. Where it is open which levels hold what, one
 *    decision after the other: bounds are much closer where that is known;
 * 5. by annealing again for the rest of the time, where a limit in time leaves some.
 */
export function searchInTurns(
  task: SearchTask,
  limits: SearchLimits,
  start: Incumbent | null,
  {
    firstLimit = usualFirstLimit,
    largestVisit: largest = largestVisit,
    mostRestarts = usualRestarts,
  }: TurnLimits = {},
): AnytimeOutcome {
  const turns = new Turns(task, limits, start);
  turns.searchByBounds(task.space, Math.min(limits.workLimit, firstLimit), firstShare, false);
  if (turns.visit(largest) || !turns.mayGoOn()) return turns.outcome();
  turns.anneal(annealingShare, mostRestarts);
  turns.searchDecisions();
  turns.annealOn();
  return turns.outcome();
}

/** A search in turns, in work. */
class Turns {
  private best: Incumbent | null;
  private last: WideningOutcome | null = null;
  private readonly counts: SearchCounts = {
    ...{ points: 0, transitions: 0, infeasiblePoints: 0 },
    ...{ expanded: 0, created: 0, infeasible: 0, cutByBound: 0, merged: 0 },
    ...{ evaluated: 0, annealed: 0, mismatches: 0 },
  };
  private isVisited = false;
  /** Whether the clock has ended a turn: what is found depends on the machine then. */
  private isTimed = false;
  private seed = 0;

  constructor(
    private readonly task: SearchTask,
    private readonly limits: SearchLimits,
    start: Incumbent | null,
  ) {
    this.best = start;
  }

  /** Whether the last turn has stopped before the end, for another reason than the limits of all turns. */
  mayGoOn(): boolean {
    const stopReason = this.last?.stopReason ?? null;
    return stopReason !== null && stopReason !== "request" && this.workLeft() > 0 && this.timeLeft() > 0;
  }

  private workLeft(): number {
    return this.limits.workLimit - workOf(this.counts);
  }

  private timeLeft(): number {
    return this.limits.deadline === Infinity ? Infinity : this.limits.deadline - performance.now();
  }

  /** The end of a turn that may take a share of the time left. */
  private deadlineOf(share: number): number {
    return this.limits.deadline === Infinity ? Infinity : performance.now() + share * this.timeLeft();
  }

  /** One turn by bounds over a space or a part of it. */
  searchByBounds(space: MapSpace, workLimit: number, share: number, isThorough: boolean): WideningOutcome {
    const { costs, criteria, evaluate } = this.task;
    const { problem } = space;
    const plan = createSearchPlan(space, costs);
    const wholeSizes = problem.tensors.map((tensor) => tensorSize(tensor, problem.bounds));
    // Where a decision about what levels hold is one of several, ties between them are not decided to the last bit.
    const exactWorkLimit = space === this.task.space ? this.limits.exactWorkLimit : 0;
    const limits = {
      ...this.limits,
      workLimit: workOf(this.counts) + workLimit,
      exactWorkLimit,
      deadline: this.deadlineOf(share),
      isThorough,
    };
    const parts = { root: () => createRoot(plan, wholeSizes), evaluate };
    const outcome = searchWidening(plan, criteria, parts, limits, this.counts, this.best);
    this.best = outcome.best;
    this.last = outcome;
    if (outcome.stopReason === "time") this.isTimed = true;
    return outcome;
  }

  /** Visits every mapping of a small space that bounds have not settled; false where that would take too long. */
  visit(largest: number): boolean {
    const { space, costs, metric, evaluate } = this.task;
    if (this.last?.stopReason !== "work" || metric === null || !(space.size <= largest)) return false;
    const { best } = findBestMapping(space, scorerFactory(costs), { metrics: [metric] });
    this.best = best === null ? null : { mapping: best.mapping, evaluation: evaluate(best.mapping) };
    this.isVisited = true;
    return true;
  }

  /**
   * So many restarts of annealing as the work left pays for, within a share of the time left; none where the best mapping
   * so far is close to its bound already. Of cycles that says little: many mappings have the fewest.
   */
  anneal(share: number, mostRestarts: number): void {
    if (this.task.metric !== "delay" && this.gap() < closeGap) return;
    const restarts = Math.min(mostRestarts, Math.floor(this.workLeft() / workOfRestart));
    this.annealUntil(restarts, this.deadlineOf(share));
  }

  private gap(): number {
    if (this.best === null || this.last === null) return 1;
    const { energyPj, cycles } = this.best.evaluation;
    const value = this.task.criteria.objective.value(energyPj, cycles);
    return (value - this.last.lowerBound) / value;
  }

  /** Annealing for the rest of the time, if that is limited. */
  annealOn(): void {
    const isOpen = this.last?.stopReason === "work" || this.last?.stopReason === "time";
    if (isOpen && this.limits.deadline < Infinity && this.timeLeft() > 0)
      this.annealUntil(Infinity, this.limits.deadline);
  }

  private annealUntil(restarts: number, deadline: number): void {
    const { space, costs, criteria, evaluate } = this.task;
    if (restarts === 0 || !canAnneal(space)) return;
    const { shouldStop } = this.limits;
    const isOver = (): boolean => performance.now() >= deadline || shouldStop?.() === true;
    const effort = { firstSeed: this.seed, restarts, steps: annealingSteps, isOver };
    const { best: found, tried, restarted } = annealMappings(space, costs, criteria, effort);
    this.seed += restarted;
    this.counts.annealed += tried;
    if (performance.now() >= deadline) this.isTimed = true;
    if (found === null) return;
    const evaluation = evaluate(found.mapping);
    if (this.best === null || criteria.compare(evaluation, this.best.evaluation) < 0)
      this.best = { mapping: found.mapping, evaluation };
  }

  /** By bounds, one decision about what levels hold after the other, the most promising first. */
  searchDecisions(): void {
    const { space } = this.task;
    const decisions = 2 ** space.undecided.length;
    if (decisions === 1 || decisions > mostDecisions) {
      this.searchByBounds(space, this.workLeft(), 1, true);
      return;
    }
    const before = this.last;
    const outcomes: WideningOutcome[] = [];
    const spaces = Array.from({ length: decisions }, (_, choice) => decidedSpace(space, choice)).filter(
      (decided) => decided !== null,
    );
    spaces.reverse().forEach((decided, index) => {
      const left = spaces.length - index;
      outcomes.push(this.searchByBounds(decided, Math.ceil(this.workLeft() / left), 1 / left, true));
    });
    const lowerBound = Math.min(...outcomes.map((outcome) => outcome.lowerBound));
    this.last = {
      ...outcomes[outcomes.length - 1],
      lowerBound: Math.max(lowerBound, before?.lowerBound ?? -Infinity),
      rootBound: Math.min(...outcomes.map(({ rootBound }) => rootBound)),
      stopReason: outcomes.map(({ stopReason }) => stopReason).find((reason) => reason !== null) ?? null,
      isExactToTheBit: outcomes.every(({ isExactToTheBit }) => isExactToTheBit),
    };
  }

  outcome(): AnytimeOutcome {
    const { last, best, isVisited, counts } = this;
    if (last === null) throw new Error("a search without a turn");
    const stopReason = last.stopReason === "work" && this.isTimed ? "time" : last.stopReason;
    return { ...last, best, isVisited, stopReason, counts };
  }
}

/** A space with one decision about what its levels hold; null where some data space is held nowhere. */
function decidedSpace(space: MapSpace, choice: number): MapSpace | null {
  const keep = keepTable(space, choice);
  if (!keepsEverything(keep)) return null;
  const rules = space.rules.map((own, level) => ({
    ...own,
    keep: keep[level].map((isKept) => (isKept ? ("keep" as const) : ("bypass" as const))),
  }));
  return { ...space, rules, undecided: [] };
}
