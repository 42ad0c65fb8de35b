import { factorsOfNumber } from "../../src/mapspace/candidate-mapping";
import type { MapSpace } from "../../src/mapspace/map-space";
import type { Slot } from "../../src/mapspace/slots";
import { findMappingProblems } from "../../src/model/fit";
import type { LevelMapping, Mapping, SpatialLoop } from "../../src/model/mapping";

/** Every mapping of a space, one after the other, without any thought for speed. */
export interface EnumeratedMapping {
  readonly number: number;
  readonly mapping: Mapping;
}

/** All valid mappings, each order of loops counted, and how many mappings fit the fan-outs. */
export function enumeratePlainly(space: MapSpace): {
  readonly withinFanout: number;
  readonly valid: readonly EnumeratedMapping[];
} {
  const valid: EnumeratedMapping[] = [];
  let withinFanout = 0;
  for (let keep = 0; keep < 2 ** space.undecided.length; keep += 1)
    for (let number = 0; number < space.factorizations; number += 1)
      for (const mapping of mappingsOf(space, number, keep)) {
        withinFanout += 1;
        if (findMappingProblems(space.problem, space.hardware, mapping).length === 0)
          valid.push({ number, mapping });
      }
  return { withinFanout, valid };
}

/** The mappings with one choice of factors and holders that fit the meshes, one per order of loops. */
function mappingsOf(space: MapSpace, number: number, keep: number): Mapping[] {
  const factors = factorsOfNumber(space, number);
  const { dimensions } = space.problem;
  let partial: { readonly spatial: SpatialLoop[][]; readonly temporal: LevelMapping["temporal"][] }[] = [
    { spatial: [], temporal: [] },
  ];
  space.slots.forEach((slot, index) => {
    const { fanX, fanY } = space.hardware.levels[slot.level];
    const blocks = distinct(
      ordersOf(slot).flatMap((order): SpatialLoop[][] => {
        const loops = order.map((dimension, position) => ({
          dimension: dimensions[dimension],
          factor: factors[index][dimension],
          axis: slot.split === null || position < slot.split ? ("X" as const) : ("Y" as const),
        }));
        const proper = loops.filter(({ factor }) => factor > 1);
        if (slot.kind === "time") return [proper];
        if (slot.split !== null) return fits(proper, fanX, fanY) ? [proper] : [];
        for (let alongX = 0; alongX <= proper.length; alongX += 1) {
          const split = proper.map((loop, position) => ({
            ...loop,
            axis: position < alongX ? ("X" as const) : ("Y" as const),
          }));
          if (fits(split, fanX, fanY)) return [split];
        }
        return [];
      }),
    );
    partial = partial.flatMap((before) =>
      blocks.map((block) => {
        const outermostFirst = [...block].reverse();
        return slot.kind === "space"
          ? { ...before, spatial: put(before.spatial, slot.level, outermostFirst) }
          : {
              ...before,
              temporal: put(
                before.temporal,
                slot.level,
                outermostFirst.map(({ dimension, factor }) => ({ dimension, factor })),
              ),
            };
      }),
    );
  });
  return partial.map(({ spatial, temporal }) => ({
    levels: space.rules
      .map((_, level) => levelMapping(space, level, keep, spatial[level] ?? [], temporal[level]))
      .reverse(),
  }));
}

function put<T>(list: readonly T[], index: number, item: T): T[] {
  const copy = [...list];
  copy[index] = item;
  return copy;
}

/** All orders of all dimensions, innermost first, that a slot's permutation text allows. */
function ordersOf(slot: Slot): number[][] {
  if (slot.level === 0 && slot.kind === "time") return [slot.factors.map((_, dimension) => dimension)];
  return permute([...slot.freeOrder]).map((free) => [...slot.innerOrder, ...free, ...slot.outerOrder]);
}

function permute(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permute(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

function distinct(blocks: readonly SpatialLoop[][]): SpatialLoop[][] {
  return [
    ...new Map(blocks.map((block) => [block.map(({ dimension }) => dimension).join(" "), block])).values(),
  ];
}

function fits(loops: readonly SpatialLoop[], fanX: number, fanY: number): boolean {
  const product = (axis: string): number =>
    loops.filter((loop) => loop.axis === axis).reduce((all, { factor }) => all * factor, 1);
  return product("X") <= fanX && product("Y") <= fanY;
}

function levelMapping(
  space: MapSpace,
  level: number,
  keepChoice: number,
  spatial: readonly SpatialLoop[],
  temporal: LevelMapping["temporal"],
): LevelMapping {
  const rules = space.rules[level];
  const names = space.problem.tensors.map(({ name }) => name);
  const keep = names.filter((_, tensor) => {
    const pair = space.undecided.findIndex((open) => open.level === level && open.tensor === tensor);
    return pair < 0 ? rules.keep[tensor] === "keep" : Math.floor(keepChoice / 2 ** pair) % 2 === 1;
  });
  const named = (flags: readonly boolean[]): string[] => names.filter((_, tensor) => flags[tensor]);
  return {
    level: space.hardware.levels[level].name,
    spatial,
    temporal,
    keep,
    passthrough: named(rules.passthrough).filter((name) => keep.includes(name)),
    noTemporalReuse: named(rules.noTemporalReuse),
    rmwOnFirstWriteback: named(rules.rmwOnFirstWriteback),
    noMulticastNoReduction: named(rules.noMulticastNoReduction),
    noLinkTransfer: named(rules.noLinkTransfer),
  };
}
