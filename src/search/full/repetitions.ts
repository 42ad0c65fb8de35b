import type { PartialMapping } from "./partial-mapping";
import type { PlanChoice, SearchPlan } from "./search-plan";

/**
 * What repeats the traffic of a tensor inside a choice.
 *
 * A time loop that does not move a tensor repeats everything inside it, if another loop inside it in the same slot
 * moves the tensor. Which tensors that holds for, as bits, is the *mask* at a stage: listed loops come innermost
 * first, so the mask is known from the loops chosen; where the order is open, the tensors that the innermost open
 * loop moves are tried one set after the other.
 */
export interface RepetitionRules {
  /** Masks that can hold before the choice. */
  readonly masks: readonly number[];
  /** Masks at the next stage by `2 * mask + (a loop is placed ? 1 : 0)`. */
  readonly next: readonly (readonly number[])[];
  /** Whether the choice can repeat anything. */
  readonly mayRepeat: boolean;
  /** Time choices, per tensor: whether a loop of the dimension repeats it where the mask says so. */
  readonly repeatedInTime: readonly boolean[];
  /** Space choices, per tensor: dimensions whose factors repeat it, as the bounds inside take them to lie in time. */
  readonly repeatedInSpace: readonly (readonly number[])[];
  /** Per tensor: whether the words that cross the choice grow with the repetitions. */
  readonly wordsRepeat: readonly boolean[];
  /** Of the time slot that the choice belongs to. */
  readonly slot: SlotRepetitions | undefined;
}

/** What the order of a time slot's loops may repeat. */
interface SlotRepetitions {
  /** Per dimension of the slot's choices: how its place is given. */
  readonly parts: ReadonlyMap<number, PlanChoice["orderPart"]>;
  /** Tensors for which it can make a difference that a loop of the slot repeats them, as bits. */
  readonly payers: number;
  /** What the innermost loop of those whose order is open may move, of the payers; the empty set without any. */
  readonly openSets: readonly number[];
}

export function describeRepetitions(plan: SearchPlan): RepetitionRules[] {
  const { stages, tensors, contentRepeats } = plan;
  const slots = slotsOfStages(plan);
  const openSets = stages.map((_, stage) => openSetsAt(plan, slots, stage));
  const masks: number[][] = stages.map((_, stage) => (startsSlot(plan, stage) ? [...openSets[stage]] : []));
  return stages.map(({ choice }, stage) => {
    const next: number[][] = [];
    for (const mask of masks[stage]) {
      for (const hasLoop of [false, true]) {
        const base = baseMask(plan, slots[stage], stage, mask, hasLoop);
        const following = [...new Set((openSets[stage + 1] ?? []).map((set) => base | set))];
        next[2 * mask + Number(hasLoop)] = following;
        for (const other of following) if (!masks[stage + 1].includes(other)) masks[stage + 1].push(other);
      }
    }
    const repeatedInSpace = tensors.map((_, tensor) => repeatingSpace(plan, choice, tensor));
    return {
      masks: masks[stage],
      next,
      mayRepeat: masks[stage].some((mask) => mask > 0) || repeatedInSpace.some(({ length }) => length > 0),
      repeatedInTime: tensors.map(
        ({ tensor }) => choice?.kind === "time" && !tensor.uses[choice.dimensions[0]],
      ),
      repeatedInSpace,
      wordsRepeat: tensors.map((_, tensor) => choice !== undefined && contentRepeats[choice.level][tensor]),
      slot: slots[stage],
    };
  });
}

/** Tensors that a loop over a dimension moves, as bits. */
function movedBy({ tensors }: SearchPlan, dimension: number): number {
  return tensors.reduce(
    (bits, { tensor }, index) => (tensor.uses[dimension] ? bits | (1 << index) : bits),
    0,
  );
}

function slotsOfStages(plan: SearchPlan): (SlotRepetitions | undefined)[] {
  const known = new Map<number, SlotRepetitions>();
  return plan.stages.map(({ choice }) => {
    if (choice?.kind !== "time") return undefined;
    const slot = known.get(choice.slot) ?? describeSlotRepetitions(plan, choice);
    known.set(choice.slot, slot);
    return slot;
  });
}

/** Whether bounds on what lies inside a level grow with the repetitions of a tensor. */
function isHeldInside({ space, repeats }: SearchPlan, level: number, tensor: number): boolean {
  return space.rules.some(
    ({ keep }, inner) => inner < level && keep[tensor] !== "bypass" && repeats[inner][tensor],
  );
}

function describeSlotRepetitions(plan: SearchPlan, { slot, level }: PlanChoice): SlotRepetitions {
  const { stages, tensors } = plan;
  const parts = new Map(
    stages.flatMap(({ choice }) =>
      choice?.slot === slot ? [[choice.dimensions[0], choice.orderPart] as const] : [],
    ),
  );
  const dimensions = [...parts.keys()];
  const payers = tensors.reduce((bits, { tensor }, index) => {
    const isMoved = dimensions.some((dimension) => tensor.uses[dimension]);
    const isRepeated = dimensions.some((dimension) => !tensor.uses[dimension]);
    return isMoved && isRepeated && isHeldInside(plan, level, index) ? bits | (1 << index) : bits;
  }, 0);
  const open = dimensions.filter((dimension) => parts.get(dimension) === "free");
  const sets = new Set(open.map((dimension) => movedBy(plan, dimension) & payers));
  return { parts, payers, openSets: sets.size === 0 ? [0] : [...sets] };
}

function startsSlot({ stages }: SearchPlan, stage: number): boolean {
  const { choice } = stages[stage];
  return stage === 0 || choice === undefined || stages[stage - 1].choice?.slot !== choice.slot;
}

/** The sets that are tried from a stage on: those of a slot where its open loops begin, else the empty one. */
function openSetsAt(
  plan: SearchPlan,
  slots: readonly (SlotRepetitions | undefined)[],
  stage: number,
): readonly number[] {
  const isOpen = (at: number): boolean => plan.stages[at].choice?.orderPart === "free";
  const begins = isOpen(stage) && (startsSlot(plan, stage) || !isOpen(stage - 1));
  return (begins ? slots[stage]?.openSets : undefined) ?? [0];
}

/** What of a mask holds at the next stage. */
function baseMask(
  plan: SearchPlan,
  slot: SlotRepetitions | undefined,
  stage: number,
  mask: number,
  hasLoop: boolean,
): number {
  const { choice } = plan.stages[stage];
  const following = plan.stages[stage + 1]?.choice;
  if (choice === undefined || slot === undefined || following?.slot !== choice.slot) return 0;
  if (following.orderPart === "outer") return 0;
  const isListed = choice.orderPart === "inner" && hasLoop;
  return isListed ? mask | (movedBy(plan, choice.dimensions[0]) & slot.payers) : mask;
}

function repeatingSpace(plan: SearchPlan, choice: PlanChoice | undefined, index: number): number[] {
  if (choice?.kind !== "space" || choice.level === 0 || !isHeldInside(plan, choice.level, index)) return [];
  const inTime = plan.freeTimeOutside[choice.level - 1];
  const dimensions = [...choice.dimensions, ...choice.fixed.map(([dimension]) => dimension)];
  return dimensions.filter((dimension) => inTime[dimension] && !plan.tensors[index].tensor.uses[dimension]);
}

/** One way in which the loops decided so far may repeat what lies inside. */
interface Repetition {
  /** See {@link RepetitionRules}. */
  readonly mask: number;
  /** Per tensor: how often everything inside is fetched again, as far as the relaxation does not count it. */
  readonly factors: readonly number[];
}

/**
 * The ways in which the loops of a partial mapping may repeat what lies inside: one, except within a slot whose
 * loops have no order yet.
 */
export function repetitionsOf(
  plan: SearchPlan,
  { masks, slot }: RepetitionRules,
  partial: PartialMapping,
): Repetition[] {
  const factors = plan.tensors.map((_, tensor) => repetitionsOutside(plan, partial, tensor));
  const { choice } = plan.stages[partial.stage];
  if (choice === undefined || slot === undefined || (masks.length === 1 && masks[0] === 0))
    return [{ mask: 0, factors }];
  let listed = 0;
  for (const [dimension, factor] of partial.slotFactors) {
    if (slot.parts.get(dimension) !== "inner") continue;
    repeat(plan, factors, listed, dimension, factor);
    listed |= movedBy(plan, dimension) & slot.payers;
  }
  if (choice.orderPart === "outer") return [{ mask: 0, factors }];
  if (choice.orderPart === "inner") return [{ mask: listed, factors }];
  return slot.openSets.map((set) => {
    const mask = listed | set;
    const repeated = [...factors];
    for (const [dimension, factor] of partial.slotFactors)
      if (slot.parts.get(dimension) === "free") repeat(plan, repeated, mask, dimension, factor);
    return { mask, factors: repeated };
  });
}

/** Counts a loop for the tensors of the mask that it does not move. */
function repeat(
  { tensors }: SearchPlan,
  factors: number[],
  mask: number,
  dimension: number,
  factor: number,
): void {
  for (let tensor = 0; tensor < tensors.length; tensor += 1)
    if (((mask >> tensor) & 1) === 1 && !tensors[tensor].tensor.uses[dimension]) factors[tensor] *= factor;
}

/**
 * Repetitions by loops that have their place: irrelevant time loops outside a loop that moves the tensor, and
 * irrelevant space loops of dimensions that the bounds take to lie in time.
 */
function repetitionsOutside(
  { stages, tensors, freeTimeOutside }: SearchPlan,
  partial: PartialMapping,
  index: number,
): number {
  const { tensor } = tensors[index];
  const { choice } = stages[partial.stage];
  let factor = partial.refetches[index] / partial.movingSteps[index];
  if (choice === undefined || choice.level === 0) return factor;
  const inTime = freeTimeOutside[choice.level - 1];
  partial.spread.forEach((spread, dimension) => {
    if (spread > 1 && !tensor.uses[dimension] && inTime[dimension]) factor *= spread;
  });
  return factor;
}
