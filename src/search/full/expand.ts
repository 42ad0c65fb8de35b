import { firstFittingSplit, fitsMesh, possibleOrders } from "../../mapspace/loop-orders";
import type { Slot } from "../../mapspace/slots";
import { enterCompute, enterLevel } from "./enter-level";
import { copyPartial, decide } from "./partial-mapping";
import type { PartialMapping } from "./partial-mapping";
import { distinctTimeOrders, orderSensitivities, placeSpaceLoops, placeTimeLoops } from "./place-loops";
import type { LoopList } from "./place-loops";
import type { PlanChoice, SearchPlan } from "./search-plan";

/** Makes the partial mappings that follow from one by the next choice. */
export interface Expander {
  /**
   * @param isWorthwhile - asked before a child is made: its stage, point and product of time factors
   * @param reached - called with every child
   */
  expand(
    partial: PartialMapping,
    isWorthwhile: (stage: number, point: number, steps: number) => boolean,
    reached: (child: PartialMapping) => void,
  ): void;
  /** Walks through the events before the first choice. */
  start(root: PartialMapping): PartialMapping[];
}

export function createExpander(plan: SearchPlan): Expander {
  const { lattice, stages, space } = plan;
  const { divisors, steps: factorSteps, strides } = lattice;
  const spans = new Float64Array(divisors.length);
  const sensitivities = space.rules.map((_, level) => orderSensitivities(plan, level));

  function setSpans(digits: ArrayLike<number>, inside: ArrayLike<number>): void {
    for (let dimension = 0; dimension < divisors.length; dimension += 1)
      spans[dimension] = divisors[dimension][digits[dimension]] * inside[dimension];
  }

  /** Walks through the events before the choice of the stage that a partial mapping has reached. */
  function walk(partial: PartialMapping): PartialMapping[] {
    let walking = [partial];
    for (const event of stages[partial.stage].events) {
      walking = walking.flatMap((one) => {
        setSpans(one.digits, event.inside);
        if (event.kind === "enter") return enterLevel(plan, one, event.level, spans);
        const slot = space.slots[event.slot];
        if (event.kind === "time") {
          one.steps *= event.loops.reduce((product, [, factor]) => product * factor, 1);
          return placeTimes(one, event.slot, slot, event.loops);
        }
        return placeSpaces(one, event.slot, slot, event.loops);
      });
    }
    if (stages[partial.stage].choice === undefined) for (const one of walking) enterCompute(plan, one);
    return walking;
  }

  /** One partial mapping per order of the loops that makes a difference; `spans` are set. */
  function placeTimes(
    partial: PartialMapping,
    slotIndex: number,
    slot: Slot,
    factors: LoopList,
  ): PartialMapping[] {
    const orders = distinctTimeOrders(plan, slot, sensitivities[slot.level], factors);
    return orders.map((order, index) => {
      const child = index === orders.length - 1 ? partial : copyPartial(partial);
      if (orders.length > 1)
        decide(child, { kind: "order", slot: slotIndex, order: order.map(([dimension]) => dimension) });
      placeTimeLoops(plan, child, order, spans);
      return child;
    });
  }

  /** None where the loops do not fit the mesh; several where their order matters. `spans` are set. */
  function placeSpaces(
    partial: PartialMapping,
    slotIndex: number,
    slot: Slot,
    factors: LoopList,
  ): PartialMapping[] {
    const mesh = space.hardware.levels[slot.level];
    const dimensions = slot.factors.length;
    const isLine = mesh.fanY === 1 && (slot.split === null || slot.split >= dimensions);
    const orderMatters = plan.forwards[slot.level].some((flag) => flag);
    if (isLine && !orderMatters) {
      if (
        !fitsMesh(
          mesh,
          factors.map(([dimension]) => dimension),
          factorIn(factors),
          factors.length,
        )
      )
        return [];
      placeSpaceLoops(plan, partial, slot.level, factors, spans);
      return [partial];
    }
    const factorOf = factorIn(factors);
    const fitting = possibleOrders(slot, factorOf).filter(
      (order) => firstFittingSplit(slot, mesh, order, factorOf) !== undefined,
    );
    const orders = orderMatters ? fitting : fitting.slice(0, 1);
    return orders.map((order, index) => {
      const child = index === orders.length - 1 ? partial : copyPartial(partial);
      decide(child, { kind: "order", slot: slotIndex, order });
      const loops = order.flatMap((dimension) =>
        factorOf(dimension) > 1 ? [[dimension, factorOf(dimension)] as const] : [],
      );
      placeSpaceLoops(plan, child, slot.level, loops, spans);
      return child;
    });
  }

  function expand(
    partial: PartialMapping,
    isWorthwhile: (stage: number, point: number, steps: number) => boolean,
    reached: (child: PartialMapping) => void,
  ): void {
    const { choice } = stages[partial.stage];
    if (choice === undefined) return;
    const next = partial.stage + 1;
    const digits = partial.digits.slice();
    const chosen = choice.dimensions.map(() => 1);
    const choose = (index: number, product: number, point: number): void => {
      if (index === choice.dimensions.length) {
        const steps = choice.kind === "time" ? partial.steps * product : partial.steps;
        if (!isWorthwhile(next, point, steps)) return;
        for (const child of makeChildren(partial, choice, chosen, digits, point)) reached(child);
        return;
      }
      const dimension = choice.dimensions[index];
      const digit = partial.digits[dimension];
      const { factors, drops } = factorSteps[dimension][digit];
      for (let option = choice.forced[index] ? factors.length - 1 : 0; option < factors.length; option += 1) {
        const factor = factors[option];
        if (product * factor > choice.capacity || factor > choice.limits[index]) break;
        if (factor < choice.least[index]) continue;
        digits[dimension] = digit - drops[option];
        chosen[index] = factor;
        choose(index + 1, product * factor, point - drops[option] * strides[dimension]);
      }
      digits[dimension] = digit;
    };
    choose(0, 1, partial.point);
  }

  function makeChildren(
    parent: PartialMapping,
    choice: PlanChoice,
    chosen: readonly number[],
    digits: readonly number[],
    point: number,
  ): PartialMapping[] {
    const child = copyPartial(parent);
    child.stage = parent.stage + 1;
    child.point = point;
    digits.forEach((digit, dimension) => (child.digits[dimension] = digit));
    const loops = choice.dimensions.map((dimension, index) => [dimension, chosen[index]] as const);
    const moving = loops.filter(([, factor]) => factor > 1);
    decide(child, { kind: "factors", slot: choice.slot, factors: loops });
    const slot = space.slots[choice.slot];
    let placed: PartialMapping[];
    if (choice.kind === "space") {
      setSpans(digits, choice.inside);
      placed = placeSpaces(child, choice.slot, slot, inOrderOf(slot, [...choice.fixed, ...moving]));
    } else {
      child.steps *= chosen[0];
      if (chosen[0] > 1) child.timeLoops += 1;
      if (space.mostTimeLoops !== null && child.timeLoops > space.mostTimeLoops) return [];
      child.slotFactors = [...parent.slotFactors, ...moving];
      if (!choice.completesSlot) return [child];
      const factors = [...choice.fixed, ...child.slotFactors];
      child.slotFactors = [];
      child.steps *= choice.fixed.reduce((product, [, factor]) => product * factor, 1);
      setSpans(digits, choice.inside);
      placed = placeTimes(child, choice.slot, slot, factors);
    }
    return placed.flatMap(walk);
  }

  return { expand, start: walk };
}

function factorIn(loops: LoopList): (dimension: number) => number {
  return (dimension) => loops.find(([looped]) => looped === dimension)?.[1] ?? 1;
}

/** Space loops in the order in which the slot lists its dimensions. */
function inOrderOf({ innerOrder, freeOrder, outerOrder }: Slot, loops: LoopList): LoopList {
  const order = [...innerOrder, ...freeOrder, ...outerOrder];
  return [...loops].sort((left, right) => order.indexOf(left[0]) - order.indexOf(right[0]));
}
