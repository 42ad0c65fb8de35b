import type { PartialMapping } from "./partial-mapping";
import { movedBy, type RepetitionRules } from "./repetition-rules";
import type { SearchPlan } from "./search-plan";

/** One way in which the loops decided so far may repeat what lies inside. */
export interface Repetition {
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
