import { dataWith, hasParts, isListOf, isNumber, requireArgument } from "../arguments";
import { RaellaError } from "../errors";
import { freeze } from "../memory";
import type { LevelMapping, Loop, Mapping, SpatialLoop } from "../model/mapping";
import type { KeepTable } from "./capacity";
import { cofactorsAt } from "./factor-choices";
import { defaultOrder, firstFittingSplit, possibleOrders } from "./loop-orders";
import type { LoopOrders } from "./loop-orders";
import type { MapSpace } from "./map-space";
import { factorInSlot } from "./search-layout";
import type { SearchLayout } from "./search-layout";

/** Per slot and dimension: the loop's factor. */
export type FactorTable = readonly (readonly number[])[];

/** The factors that a choice of the varying dimensions' cofactor tuples stands for. */
export function factorsOfChoice(layout: SearchLayout, choice: ArrayLike<number>): FactorTable {
  return layout.space.slots.map((_, slot) =>
    layout.positions.map((__, dimension) => factorInSlot(layout, slot, dimension, choice)),
  );
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
function keepEverything(space: MapSpace): number {
  return 2 ** space.undecided.length - 1;
}

/** A mapping as plain data, loops outermost first, without the loops of factor 1. */
export function toMapping(
  space: MapSpace,
  factors: FactorTable,
  orders: LoopOrders | null,
  keep: KeepTable,
): Mapping {
  const spatial: (readonly SpatialLoop[])[] = [];
  const temporal: (readonly Loop[])[] = [];
  space.slots.forEach((slot, index) => {
    if (slot.kind === "time") temporal[slot.level] = timeLoops(space, factors, orders, index);
    else spatial[slot.level] = spaceLoops(space, factors, orders, index);
  });
  const marked = subsetsOf(space.problem.tensors.map(({ name }) => name));
  const levels: LevelMapping[] = [];
  for (let level = space.rules.length - 1; level >= 0; level -= 1) {
    const rules = space.rules[level];
    levels.push({
      level: space.hardware.levels[level].name,
      spatial: spatial[level] ?? none,
      temporal: temporal[level],
      keep: marked(keep[level]),
      passthrough: marked(rules.passthrough.map((flag, tensor) => flag && keep[level][tensor])),
      noTemporalReuse: marked(rules.noTemporalReuse),
      rmwOnFirstWriteback: marked(rules.rmwOnFirstWriteback),
      noMulticastNoReduction: marked(rules.noMulticastNoReduction),
      noLinkTransfer: marked(rules.noLinkTransfer),
    });
  }
  return { levels };
}

const none: readonly never[] = [];

/** The names that flags mark. Equal lists are the same one: mappings are kept by the thousand. */
function subsetsOf(names: readonly string[]): (flags: readonly boolean[]) => readonly string[] {
  const known = new Map<number, readonly string[]>([[0, none]]);
  return (flags) => {
    let bits = 0;
    for (let index = 0; index < flags.length; index += 1) if (flags[index]) bits += 2 ** index;
    let subset = known.get(bits);
    if (!subset) known.set(bits, (subset = names.filter((_, index) => flags[index])));
    return subset;
  };
}

function timeLoops(
  space: MapSpace,
  factors: FactorTable,
  orders: LoopOrders | null,
  index: number,
): readonly Loop[] {
  const own = factors[index];
  if (own.every((factor) => factor === 1)) return none;
  const { dimensions } = space.problem;
  const order = orders?.[index] ?? defaultOrder(space.slots[index]);
  return order
    .filter((dimension) => own[dimension] > 1)
    .map((dimension) => ({ dimension: dimensions[dimension], factor: own[dimension] }))
    .reverse();
}

function spaceLoops(
  space: MapSpace,
  factors: FactorTable,
  orders: LoopOrders | null,
  index: number,
): readonly SpatialLoop[] {
  const slot = space.slots[index];
  const own = factors[index];
  const factorOf = (dimension: number): number => own[dimension];
  const order = orders?.[index] ?? firstOrder(space, index, factorOf);
  const loops = order.filter((dimension) => own[dimension] > 1);
  const alongX = firstFittingSplit(slot, space.hardware.levels[slot.level], order, factorOf) ?? loops.length;
  return loops
    .map((dimension, position): SpatialLoop => {
      const axis = position < alongX ? "X" : "Y";
      return { dimension: space.problem.dimensions[dimension], factor: own[dimension], axis };
    })
    .reverse();
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
  const fitting = possibleOrders(slot, factorOf).find(
    (order) => firstFittingSplit(slot, mesh, order, factorOf) !== undefined,
  );
  return fitting ?? defaultOrder(slot);
}

const spaceSchema = dataWith("a map space, as buildMapSpace returns it", {
  problem: (value) => hasParts(value, { dimensions: Array.isArray, tensors: Array.isArray }),
  hardware: (value) => hasParts(value, { levels: Array.isArray }),
  slots: (value) =>
    isListOf((slot) => hasParts(slot, { factors: Array.isArray }))(value) &&
    (value as readonly unknown[]).length > 0,
  rules: isListOf((rules) => hasParts(rules, { keep: Array.isArray })),
  choices: isListOf((choices) => hasParts(choices, { freeSlots: Array.isArray, quotient: isNumber })),
  undecided: isListOf((pair) => hasParts(pair, { level: isNumber, tensor: isNumber })),
  factorizations: isNumber,
});

/**
 * The mapping with a number of a map space, whether it is valid or not. Undecided data spaces are kept; loops
 * whose order is free stand in declared order.
 * @throws RaellaError `usage` for a number outside the space.
 */
export function mappingAt(space: MapSpace, number: number | bigint): Mapping {
  requireArgument(spaceSchema, space, "the map space of mappingAt");
  const isNumber = typeof number === "bigint" || Number.isSafeInteger(number);
  if (!isNumber || number < 0 || number >= space.factorizations)
    throw new RaellaError({
      code: "usage",
      message: `There is no mapping number ${String(number)}.`,
      value: Number(number),
      expected: `a whole number from 0 to ${space.factorizations - 1}`,
    });
  const factors = factorsOfNumber(space, number);
  return freeze(toMapping(space, factors, null, keepTable(space, keepEverything(space))));
}
