import { hasFreeOrder } from "../../mapspace/loop-orders";
import type { Slot } from "../../mapspace/slots";
import { tensorSize } from "../../model/problem";
import { movementOf } from "../../model/received-words";
import { describeFanOut, dividePartition, fetchesEverything } from "../../model/traffic";
import type { PartialMapping, Transfer } from "./partial-mapping";
import type { SearchPlan } from "./search-plan";

/** Loops as [dimension, factor], innermost first. */
export type LoopList = readonly (readonly [dimension: number, factor: number])[];

/** Puts time loops inside everything decided so far; `spans` are the values that one iteration of each covers. */
export function placeTimeLoops(
  { tensors }: SearchPlan,
  partial: PartialMapping,
  loops: LoopList,
  spans: ArrayLike<number>,
): void {
  for (let index = loops.length - 1; index >= 0; index -= 1) {
    const [dimension, factor] = loops[index];
    if (factor === 1) continue;
    partial.placedSteps *= factor;
    partial.loops = { dimension, factor, stride: spans[dimension], outer: partial.loops };
    for (let tensor = 0; tensor < tensors.length; tensor += 1) {
      if (!tensors[tensor].tensor.uses[dimension]) continue;
      partial.refetches[tensor] = partial.placedSteps;
      partial.movingSteps[tensor] *= factor;
    }
  }
}

/** Spreads the children of a level; `spans` are the values that a tile of the level inside covers. */
export function placeSpaceLoops(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  loops: LoopList,
  spans: ArrayLike<number>,
): void {
  let fan = 1;
  for (const [dimension, factor] of loops) {
    fan *= factor;
    partial.spread[dimension] *= factor;
  }
  partial.instances *= fan;
  if (fan === 1) return;
  plan.tensors.forEach((_, tensor) => {
    partial.transfers[tensor] = describeTransfer(plan, partial, level, tensor, loops, spans, fan);
    followPartition(plan, partial, tensor, loops, spans);
  });
}

function describeTransfer(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  index: number,
  loops: LoopList,
  spans: ArrayLike<number>,
  fan: number,
): Transfer {
  const { tensor, shape } = plan.tensors[index];
  const { rules, hardware } = plan.space;
  const noMulticast = rules[level].noMulticastNoReduction[index];
  const mayForward = plan.forwards[level][index];
  if (shape === "simple" && !mayForward) {
    // Every loop that moves the tensor moves it along an axis of its own: the groups are a product.
    let groups = 1;
    for (const [dimension, factor] of loops) if (noMulticast || tensor.uses[dimension]) groups *= factor;
    return { sizes: [{ groups, members: fan / groups }], fan, forwarded: undefined };
  }
  const steps = loops.map(([dimension, factor]) => ({
    factor,
    movement: movementOf(tensor, dimension, spans[dimension]),
  }));
  const everything = fetchesEverything(rules, level, index);
  const meshX = hardware.levels[level].fanX;
  const fanOut = describeFanOut(tensor, steps, partial.loops, level === 0 ? null : spans, 0, {
    ...{ noMulticast, mayForward, everything, meshX },
  });
  return { ...fanOut, fan };
}

/** Follows the model's own whole-number division for partial sums that move along shared axes. */
function followPartition(
  { tensors }: SearchPlan,
  partial: PartialMapping,
  index: number,
  loops: LoopList,
  spans: ArrayLike<number>,
): void {
  const { tensor, dividesEvenly } = tensors[index];
  if (!tensor.readWrite || dividesEvenly) return;
  const together = Array.from(spans);
  for (const [dimension, factor] of loops) together[dimension] *= factor;
  partial.partitions[index] = dividePartition(
    partial.partitions[index],
    tensorSize(tensor, spans),
    tensorSize(tensor, together),
  );
}

/** How a tensor depends on the order of a slot's loops. */
type OrderSensitivity =
  /** Not at all: no level inside holds it, or none reuses anything. */
  | "none"
  /** On which loop is the innermost that moves it. */
  | "first"
  /** On everything. */
  | "all";

/** Per tensor, for the loops of a time slot of `level`. */
export function orderSensitivities(plan: SearchPlan, level: number): readonly OrderSensitivity[] {
  const { tensors, space, forwards } = plan;
  return tensors.map(({ shape }, index) => {
    if (forwards.some((flags, outer) => outer <= level && flags[index])) return "all";
    const isReused = space.rules.some(
      ({ keep, noTemporalReuse }, inner) =>
        inner < level && keep[index] !== "bypass" && !noTemporalReuse[index],
    );
    if (!isReused) return "none";
    return shape === "simple" ? "first" : "all";
  });
}

/**
 * The orders of a time slot's loops (innermost first) that can differ in cost: of orders that agree in everything
 * that any tensor feels, only the first is listed.
 */
export function distinctTimeOrders(
  plan: SearchPlan,
  slot: Slot,
  sensitivities: readonly OrderSensitivity[],
  factors: LoopList,
): LoopList[] {
  const factorOf = new Map(factors);
  const pick = (dimensions: readonly number[]): (readonly [number, number])[] =>
    dimensions.flatMap((dimension) => {
      const factor = factorOf.get(dimension) ?? 1;
      return factor > 1 ? [[dimension, factor] as const] : [];
    });
  if (slot.level === 0) return [pick(slot.factors.map((_, dimension) => dimension))];
  const inner = pick(slot.innerOrder);
  const free = pick(slot.freeOrder);
  const outer = pick(slot.outerOrder);
  if (!hasFreeOrder(slot) || free.length < 2) return [[...inner, ...free, ...outer]];
  const orders: LoopList[] = [];
  const extend = (placed: LoopList, left: LoopList): void => {
    if (left.length === 0 || isSettled(plan, sensitivities, [...inner, ...placed], left)) {
      orders.push([...inner, ...placed, ...left, ...outer]);
      return;
    }
    left.forEach((loop, index) =>
      extend(
        [...placed, loop],
        left.filter((_, other) => other !== index),
      ),
    );
  };
  extend([], free);
  return orders;
}

/** Whether the loops placed so far (innermost first) decide all that the tensors feel, however the others follow. */
function isSettled(
  { tensors }: SearchPlan,
  sensitivities: readonly OrderSensitivity[],
  placed: LoopList,
  left: LoopList,
): boolean {
  return sensitivities.every((sensitivity, index) => {
    const { tensor } = tensors[index];
    const moves = ([dimension]: readonly [number, number]): boolean => tensor.uses[dimension];
    if (sensitivity === "none") return true;
    if (sensitivity === "all") return false;
    return !left.some(moves) || placed.some(moves);
  });
}
