import { cofactorsAt } from "./cofactors";
import type { KeepTable } from "./capacity";
import type { MapSpace } from "./map-space";
import type { LevelMapping, Loop, Mapping, SpatialLoop } from "./mapping";
import { cofactorsOf, type SearchLayout } from "./search-layout";
import { defaultOrder, firstFittingSplit, possibleSpaceOrders, type LoopOrders } from "./slot-orders";

/** Per slot and dimension: the loop's factor. */
export type FactorTable = readonly (readonly number[])[];

/** The factors that a choice of the varying dimensions' cofactor tuples stands for. */
export function factorsOfChoice(layout: SearchLayout, choice: ArrayLike<number>): FactorTable {
  return spreadFactors(layout.space, (dimension) => {
    const position = layout.positions[dimension];
    const { freeSlots } = layout.space.choices[dimension];
    const start = (position < 0 ? 0 : choice[position]) * freeSlots.length;
    const all = cofactorsOf(layout, dimension);
    return freeSlots.map((_, index) => all[start + index]);
  });
}

/** The factors of the mapping with a given number (mixed radix, first dimension least significant). */
export function factorsOfNumber(space: MapSpace, number: number | bigint): FactorTable {
  let rest = BigInt(number);
  return spreadFactors(space, (dimension) => {
    const { bound, quotient, freeSlots, limits, count } = space.choices[dimension];
    const digit = rest % BigInt(count);
    rest /= BigInt(count);
    return cofactorsAt(bound, quotient, freeSlots.length, limits, digit);
  });
}

function spreadFactors(space: MapSpace, cofactors: (dimension: number) => readonly number[]): FactorTable {
  const table = space.slots.map(({ factors }) => [...factors]);
  space.choices.forEach(({ freeSlots }, dimension) => {
    cofactors(dimension).forEach((factor, index) => {
      table[freeSlots[index]][dimension] = factor;
    });
  });
  return table;
}

/** Which tensors each level holds if the undecided pairs are decided by the bits of `choice` (1: keep). */
export function keepTable(space: MapSpace, choice: number): KeepTable {
  const table = space.rules.map(({ keep }) => keep.map((decision) => decision === "keep"));
  space.undecided.forEach(({ level, tensor }, index) => {
    table[level][tensor] = Math.floor(choice / 2 ** index) % 2 === 1;
  });
  return table;
}

/** The choice of {@link keepTable} that keeps every undecided data space. */
export function keepEverything(space: MapSpace): number {
  return 2 ** space.undecided.length - 1;
}

/** A mapping as plain data, loops outermost first, without the loops of factor 1. */
export function toMapping(
  space: MapSpace,
  factors: FactorTable,
  orders: LoopOrders | null,
  keep: KeepTable,
): Mapping {
  const { dimensions, tensors } = space.problem;
  const levels = space.rules.map((rules, level): LevelMapping => {
    const named = (flags: readonly boolean[]): string[] =>
      tensors.filter((_, tensor) => flags[tensor]).map(({ name }) => name);
    let spatial: SpatialLoop[] = [];
    let temporal: Loop[] = [];
    space.slots.forEach((slot, index) => {
      if (slot.level !== level) return;
      const factorOf = (dimension: number): number => factors[index][dimension];
      const mesh = space.hardware.levels[level];
      const order = orders?.[index] ?? firstOrder(space, index, factorOf);
      const loops = order.filter((dimension) => factorOf(dimension) > 1);
      const outermostFirst = loops.map((dimension) => ({
        dimension: dimensions[dimension],
        factor: factorOf(dimension),
      }));
      if (slot.kind === "time") {
        temporal = outermostFirst.reverse();
        return;
      }
      const alongX = firstFittingSplit(slot, mesh, order, factorOf) ?? loops.length;
      spatial = outermostFirst
        .map((loop, position) => ({ ...loop, axis: position < alongX ? ("X" as const) : ("Y" as const) }))
        .reverse();
    });
    return {
      level: space.hardware.levels[level].name,
      spatial,
      temporal,
      keep: named(keep[level]),
      passthrough: named(rules.passthrough.map((flag, tensor) => flag && keep[level][tensor])),
      noTemporalReuse: named(rules.noTemporalReuse),
      rmwOnFirstWriteback: named(rules.rmwOnFirstWriteback),
      noMulticastNoReduction: named(rules.noMulticastNoReduction),
      noLinkTransfer: named(rules.noLinkTransfer),
    };
  });
  return { levels: levels.reverse() };
}

/** The first order of a slot with which its loops fit the mesh; for a time slot its only or declared order. */
function firstOrder(
  space: MapSpace,
  index: number,
  factorOf: (dimension: number) => number,
): readonly number[] {
  const slot = space.slots[index];
  if (slot.kind === "time" || slot.freeOrder.length < 2) return defaultOrder(slot);
  const mesh = space.hardware.levels[slot.level];
  const fitting = possibleSpaceOrders(slot, factorOf).find(
    (order) => firstFittingSplit(slot, mesh, order, factorOf) !== undefined,
  );
  return fitting ?? defaultOrder(slot);
}
