import { hasFreeOrder } from "../../mapping/loop-orders";
import type { Tensor } from "../../mapping/problem";
import type { Slot } from "../../mapping/slots";
import type { LoopList } from "./place-loops";
import type { SearchPlan } from "./search-plan";

/** How a tensor depends on the order of a slot's loops. */
type Sensitivity =
  /** Not at all: no level inside holds it, or none reuses anything. */
  | "none"
  /** On which loop is the innermost that moves it. */
  | "first"
  /** On the innermost loops up to the second axis that moves. */
  | "window"
  /** On everything. */
  | "all";

/** Per tensor, for the loops of a time slot of `level`. */
export function orderSensitivities(plan: SearchPlan, level: number): readonly Sensitivity[] {
  const { tensors, space, forwards } = plan;
  return tensors.map(({ shape }, index) => {
    if (forwards.some((flags, outer) => outer <= level && flags[index])) return "all";
    const isReused = space.rules.some(
      ({ keep, noTemporalReuse }, inner) =>
        inner < level && keep[index] !== "bypass" && !noTemporalReuse[index],
    );
    if (!isReused) return "none";
    return shape === "simple" ? "first" : shape === "windowed" ? "window" : "all";
  });
}

/**
 * The orders of a time slot's loops (innermost first) that can differ in cost: of orders that agree in everything
 * that any tensor feels, only the first is listed.
 */
export function distinctTimeOrders(
  plan: SearchPlan,
  slot: Slot,
  sensitivities: readonly Sensitivity[],
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
  sensitivities: readonly Sensitivity[],
  placed: LoopList,
  left: LoopList,
): boolean {
  return sensitivities.every((sensitivity, index) => {
    const { tensor } = tensors[index];
    const moves = ([dimension]: readonly [number, number]): boolean => tensor.uses[dimension];
    if (sensitivity === "none") return true;
    if (sensitivity === "all") return false;
    if (!left.some(moves)) return true;
    return sensitivity === "first" ? placed.some(moves) : movesTwoAxes(tensor, placed);
  });
}

function movesTwoAxes({ ranks }: Tensor, loops: LoopList): boolean {
  const moved = ranks.filter(({ dimensions }) => loops.some(([dimension]) => dimensions.includes(dimension)));
  return moved.length > 1;
}
