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
 * How many of a space slot's loops with a factor above 1 (innermost first) may lie along X. A split counts all
 * dimensions, so where it falls among unlisted ones, those with factor 1 may use up more or fewer positions.
 */
export function splitCandidates(
  { split, innerOrder, freeOrder }: Slot,
  order: readonly number[],
  factorOf: (dimension: number) => number,
): number[] {
  const countLoops = (dimensions: readonly number[]): number =>
    dimensions.filter((dimension) => factorOf(dimension) > 1).length;
  if (split === null) return upTo(0, countLoops(order));
  const freePositions = split - innerOrder.length;
  if (freePositions <= 0 || freePositions >= freeOrder.length) return [countLoops(order.slice(0, split))];
  const loops = countLoops(freeOrder);
  const inert = freeOrder.length - loops;
  const listed = countLoops(innerOrder);
  return upTo(listed + Math.max(0, freePositions - inert), listed + Math.min(loops, freePositions));
}

function upTo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
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
