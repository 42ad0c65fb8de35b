import type { HardwareLevel } from "./hardware";
import { hasFreeOrder, permutations } from "./loop-orders";
import type { Slot } from "./slots";

/** Per slot: its dimensions, innermost first (factors of 1 included); undefined where the constraints say it all. */
export type LoopOrders = readonly (readonly number[] | undefined)[];

/** The order a slot has without any choice: as listed, unlisted dimensions between in declared order. */
export function defaultOrder(slot: Slot): readonly number[] {
  if (slot.level === 0 && slot.kind === "time") return slot.factors.map((_, dimension) => dimension);
  return [...slot.innerOrder, ...slot.freeOrder, ...slot.outerOrder];
}

/** All orders of a slot that differ for the loops with a factor above 1, each with all dimensions. */
export function possibleOrders(slot: Slot, factorOf: (dimension: number) => number): (readonly number[])[] {
  if (!hasFreeOrder(slot)) return [defaultOrder(slot)];
  const { innerOrder, freeOrder, outerOrder } = slot;
  const loops = freeOrder.filter((dimension) => factorOf(dimension) > 1);
  const inert = freeOrder.filter((dimension) => factorOf(dimension) === 1);
  return permutations(loops).map((order) => [...innerOrder, ...inert, ...order, ...outerOrder]);
}

/**
 * All orders of a space slot that put its loops on the two axes in different ways. With a split inside the
 * unlisted dimensions also those with factor 1 use up positions on the X axis.
 */
export function possibleSpaceOrders(
  slot: Slot,
  factorOf: (dimension: number) => number,
): (readonly number[])[] {
  const { split, innerOrder, freeOrder, outerOrder } = slot;
  const splitsFreeOrder =
    split !== null && split > innerOrder.length && split < innerOrder.length + freeOrder.length;
  if (!splitsFreeOrder || !hasFreeOrder(slot)) return possibleOrders(slot, factorOf);
  const seen = new Set<string>();
  return permutations(freeOrder)
    .map((order) => [...innerOrder, ...order, ...outerOrder])
    .filter((order) => {
      const loops = order.map((dimension, position) =>
        factorOf(dimension) > 1 ? `${dimension}${position < split ? "X" : "Y"}` : "",
      );
      const key = loops.filter((loop) => loop !== "").join(" ");
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

/** How many of a space slot's loops with a factor above 1 (innermost first) may lie along X. */
export function splitCandidates(
  slot: Slot,
  order: readonly number[],
  factorOf: (dimension: number) => number,
): number[] {
  const loops = order.filter((dimension) => factorOf(dimension) > 1).length;
  const { split } = slot;
  if (split === null) return Array.from({ length: loops + 1 }, (_, alongX) => alongX);
  return [order.filter((dimension, position) => position < split && factorOf(dimension) > 1).length];
}

/** Whether the loops fit the mesh with the `alongX` innermost ones along X and the others along Y. */
export function fitsMesh(
  { fanX, fanY }: Pick<HardwareLevel, "fanX" | "fanY">,
  order: readonly number[],
  factorOf: (dimension: number) => number,
  alongX: number,
): boolean {
  let x = 1;
  let y = 1;
  let position = 0;
  for (const dimension of order) {
    const factor = factorOf(dimension);
    if (factor === 1) continue;
    if (position < alongX) x *= factor;
    else y *= factor;
    position += 1;
  }
  return x <= fanX && y <= fanY;
}

/** The smallest number of loops along X with which a space slot fits its mesh; undefined if none does. */
export function firstFittingSplit(
  slot: Slot,
  mesh: Pick<HardwareLevel, "fanX" | "fanY">,
  order: readonly number[],
  factorOf: (dimension: number) => number,
): number | undefined {
  return splitCandidates(slot, order, factorOf).find((alongX) => fitsMesh(mesh, order, factorOf, alongX));
}
