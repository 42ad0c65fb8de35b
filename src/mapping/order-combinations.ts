import { orderableDimensions } from "./loop-orders";
import { factorInSlot, type SearchLayout } from "./search-layout";
import { firstFittingSplit, possibleOrders, type LoopOrders } from "./slot-orders";

/** The loop orders of one choice of factors. */
export interface OrderCombinations {
  /** Number of orders that fit the meshes. */
  readonly count: number;
  /** Calls `visit` with every order that may differ in cost; the array is reused. */
  visit(visit: (orders: LoopOrders) => void): void;
}

/**
 * A function that gives the loop orders of a choice; null where every choice has one order only. Orders of space
 * loops differ in cost only through transfers between neighbours, so where these are forbidden one order stands
 * for all.
 */
export function orderCombinations(
  layout: SearchLayout,
): ((choice: ArrayLike<number>) => OrderCombinations) | null {
  const { slots, choices, hardware, rules } = layout.space;
  const open = slots.flatMap((slot, index) =>
    orderableDimensions(choices, slot).length > 1 ? [{ slot, index }] : [],
  );
  if (open.length === 0) return null;

  function fittingOrders(index: number, choice: ArrayLike<number>): (readonly number[])[] {
    const slot = slots[index];
    const factorOf = (dimension: number): number => factorInSlot(layout, index, dimension, choice);
    const orders = possibleOrders(slot, factorOf);
    if (slot.kind === "time") return orders;
    const mesh = hardware.levels[slot.level];
    return orders.filter((order) => firstFittingSplit(slot, mesh, order, factorOf) !== undefined);
  }

  return (choice) => {
    const fitting = open.map(({ index }) => fittingOrders(index, choice));
    const distinct = fitting.map((orders, position) => {
      const { slot } = open[position];
      const interchangeable = slot.kind === "space" && rules[slot.level].noLinkTransfer.every(Boolean);
      return interchangeable ? orders.slice(0, 1) : orders;
    });
    return {
      count: fitting.reduce((product, orders) => product * orders.length, 1),
      visit(visit) {
        const chosen: (readonly number[] | undefined)[] = slots.map(() => undefined);
        const next = (position: number): void => {
          if (position === open.length) {
            visit(chosen);
            return;
          }
          for (const order of distinct[position]) {
            chosen[open[position].index] = order;
            next(position + 1);
          }
        };
        next(0);
      },
    };
  };
}
