import { toMapping } from "../../mapspace/candidate-mapping";
import type { FactorTable } from "../../mapspace/candidate-mapping";
import type { KeepTable } from "../../mapspace/capacity";
import type { Mapping } from "../../model/mapping";
import type { TimeLoop } from "../../model/nest";
import type { FanOut } from "../../model/traffic";
import type { SearchPlan } from "./search-plan";

/** Accesses of a level that wait for what its inside will exchange with it. */
export interface PendingContent {
  readonly tensor: number;
  readonly level: number;
  readonly instances: number;
  /** Words that cross here per word that the innermost place reached so far takes. */
  readonly ratio: number;
  /** Words whose first write costs nothing, per instance. */
  readonly partition: number;
  /** Words passed on by neighbours, per instance. */
  readonly peer: number;
}

/** What one fan-out does for one tensor, until the level inside it is entered. */
export interface Transfer extends FanOut {
  /** Children in use. */
  readonly fan: number;
}

/** A decision that is no factor. */
type Decision =
  | {
      readonly kind: "factors";
      readonly slot: number;
      readonly factors: readonly (readonly [number, number])[];
    }
  | { readonly kind: "order"; readonly slot: number; readonly order: readonly number[] }
  | { readonly kind: "keep"; readonly level: number; readonly tensor: number; readonly isKept: boolean };

/** Decisions, the latest first. */
interface DecisionList {
  readonly decision: Decision;
  readonly before: DecisionList | null;
}

/**
 * A mapping whose outer part is decided: every loop outside the choice of stage `stage`. What is decided is priced
 * exactly, with the model's own formulas.
 */
export interface PartialMapping {
  /** Number of the stage whose choice comes next. */
  stage: number;
  /** What is left of the dimensions. */
  point: number;
  readonly digits: number[];
  /** Product of all time factors decided. */
  steps: number;
  /** Time loops with a factor above 1 that are decided or fixed by the constraints. */
  timeLoops: number;
  /** Product of the time loops that have their place (all but those of a slot in work). */
  placedSteps: number;
  loops: TimeLoop | null;
  /** Factors chosen for the slot in work, [dimension, factor]. */
  slotFactors: readonly (readonly [number, number])[];
  /** Instances in use of the level that comes next. */
  instances: number;
  /** Energy of everything settled, pJ, without leakage. */
  energyPj: number;
  /** Energy that the levels entered lose in a cycle, pJ. */
  leakPj: number;
  /** The level entered last. */
  entered: number;
  /** The same with another weight per level and tensor: tells apart equal sums of different parts. */
  fingerprint: number;
  /** Per tensor: product of the time factors from the innermost loop that moves it outwards. */
  readonly refetches: number[];
  /** Per tensor: product of the time factors that move it. */
  readonly movingSteps: number[];
  /** Per dimension: product of the space factors. */
  readonly spread: number[];
  /** Per tensor: words that one instance of the level that comes next is responsible for (partial sums). */
  readonly partitions: number[];
  /** Per tensor (bits): whether a level outside holds it. */
  heldOutside: number;
  pending: PendingContent[];
  /** Per limited level: words read, and words written, per instance. */
  readonly accesses: number[];
  /** Per tensor; only between a fan-out and the level inside it. */
  readonly transfers: (Transfer | undefined)[];
  decisions: DecisionList | null;
  /** Lower bounds of the objective, of the EDP, and of the cycles. */
  bound: number;
  secondBound: number;
  cyclesBound: number;
  /** Order of creation. */
  serial: number;
  isDropped: boolean;
}

export function createRoot(
  { space, lattice, tensors, limitedLevels, rowCosts }: SearchPlan,
  wholeSizes: readonly number[],
): PartialMapping {
  return {
    stage: 0,
    point: lattice.size - 1,
    digits: lattice.divisors.map((list) => list.length - 1),
    steps: 1,
    timeLoops: space.slots.reduce(
      (loops, { kind, factors }) =>
        loops + (kind === "time" ? factors.filter((factor) => factor > 1).length : 0),
      0,
    ),
    placedSteps: 1,
    loops: null,
    slotFactors: [],
    instances: 1,
    energyPj: 0,
    leakPj: 0,
    entered: rowCosts.length,
    fingerprint: 0,
    refetches: tensors.map(() => 1),
    movingSteps: tensors.map(() => 1),
    spread: lattice.divisors.map(() => 1),
    partitions: [...wholeSizes],
    heldOutside: 0,
    pending: [],
    accesses: limitedLevels.flatMap(() => [0, 0]),
    transfers: tensors.map(() => undefined),
    decisions: null,
    bound: 0,
    secondBound: 0,
    cyclesBound: 0,
    serial: 0,
    isDropped: false,
  };
}

/** A copy whose arrays may be changed. */
export function copyPartial(partial: PartialMapping): PartialMapping {
  return {
    ...partial,
    digits: partial.digits.slice(),
    refetches: partial.refetches.slice(),
    movingSteps: partial.movingSteps.slice(),
    spread: partial.spread.slice(),
    partitions: partial.partitions.slice(),
    pending: partial.pending.slice(),
    accesses: partial.accesses.slice(),
    transfers: partial.transfers.slice(),
  };
}

/** Records a decision. */
export function decide(partial: PartialMapping, decision: Decision): void {
  partial.decisions = { decision, before: partial.decisions };
}

/** The mapping that a complete chain of decisions stands for. */
export function completeMapping({ space }: SearchPlan, partial: PartialMapping): Mapping {
  const factors = space.slots.map((slot) => slot.factors.map((factor) => Math.max(1, factor)));
  const orders: (readonly number[] | undefined)[] = space.slots.map(() => undefined);
  const keep = space.rules.map((rules) => rules.keep.map((decision) => decision === "keep"));
  for (let list = partial.decisions; list !== null; list = list.before) {
    const { decision } = list;
    if (decision.kind === "factors")
      for (const [dimension, factor] of decision.factors) factors[decision.slot][dimension] = factor;
    else if (decision.kind === "order") orders[decision.slot] = decision.order;
    else keep[decision.level][decision.tensor] = decision.isKept;
  }
  const table: FactorTable = factors;
  const kept: KeepTable = keep;
  return toMapping(
    space,
    table,
    orders.map((order, slot) => order && allDimensions(table[slot], order)),
    kept,
  );
}

/** An order of the loops above 1, with the dimensions of factor 1 innermost. */
function allDimensions(factors: readonly number[], order: readonly number[]): readonly number[] {
  if (order.length === factors.length) return order;
  return [...factors.flatMap((_, dimension) => (order.includes(dimension) ? [] : [dimension])), ...order];
}
