import { factorInSlot } from "./enumerate";
import { orderableDimensions } from "./loop-orders";
import type { SearchLayout } from "./search-layout";
import {
  firstFittingSplit,
  possibleOrders,
  possibleSpaceOrders,
  type LoopOrders,
} from "./slot-orders";

/** The loop orders of one choice of factors. */
export interface OrderCombinations {
  /** All that fit the meshes; those that cannot differ in anything but their order count too. */
  readonly count: number;
  /** Those that may differ in cost. */
  readonly distinct: readonly LoopOrders[];
}

/**
 * A function that lists the loop orders of a choice; null where every choice has one order only. Orders of space
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
  return (choice) => {
    let count = 1;
    let distinct: (readonly number[] | undefined)[][] = [slots.map(() => undefined)];
    for (const { slot, index } of open) {
      const factorOf = (dimension: number): number => factorInSlot(layout, index, dimension, choice);
      let orders: readonly (readonly number[])[];
      if (slot.kind === "space") {
        const mesh = hardware.levels[slot.level];
        const fitting = possibleSpaceOrders(slot, factorOf).filter(
          (order) => firstFittingSplit(slot, mesh, order, factorOf) !== undefined,
        );
        count *= fitting.length;
        orders = rules[slot.level].noLinkTransfer.every((forbidden) => forbidden) ? fitting.slice(0, 1) : fitting;
      } else {
        orders = possibleOrders(slot, factorOf);
        count *= orders.length;
      }
      distinct = distinct.flatMap((chosen) =>
        orders.map((order) => chosen.map((before, slotIndex) => (slotIndex === index ? order : before))),
      );
    }
    return { count, distinct };
  };
}

