import assert from "node:assert/strict";
import fc from "fast-check";
import { forwardedTraffic, type ForwardedTraffic, type TimeStep } from "../../src/model/forwarding";
import { childOffsets, groupChildren, type SpaceStep } from "../../src/model/multicast";
import { describeGeometry } from "../../src/model/nest";
import { movementOf } from "../../src/model/received-words";
import { describeFanOut, fanOutOf, fetchesEverything } from "../../src/model/traffic";
import { plainShapes, randomNests, roomyHardware, slidingShapes } from "./random-nest";

interface Case {
  readonly extents: readonly number[];
  readonly everything: boolean;
  readonly space: readonly SpaceStep[];
  readonly time: readonly TimeStep[];
  readonly meshX: number;
  readonly noMulticast: boolean;
}

/** The words of a box at a position, as texts. */
function box(position: readonly number[], extents: readonly number[]): Set<string> {
  let words: number[][] = [[]];
  extents.forEach((extent, axis) => {
    words = words.flatMap((word) =>
      Array.from({ length: extent }, (_, offset) => [...word, position[axis] + offset]),
    );
  });
  return new Set(words.map((word) => word.join(" ")));
}

const add = (left: readonly number[], right: readonly number[]): number[] =>
  left.map((value, axis) => value + right[axis]);
const key = (words: ReadonlySet<string>): string => [...words].sort().join("|");

/** Walks every sampled step with the words of every child as a set: the rule word by word. */
function walkSteps({
  extents,
  everything,
  space,
  time,
  meshX,
  noMulticast,
}: Case): ForwardedTraffic & { used: boolean } {
  const offsets = childOffsets(space);
  const traffic = new Map<string, { members: number; groups: number; words: number }>();
  let linkWords = 0;
  let used = false;
  let position: number[] | undefined;
  let memory: string | undefined;
  let before: string[] | undefined;
  const origin = extents.map(() => 0);
  for (let sample = 0; sample < 2 ** time.length; sample += 1) {
    const isSecond = time.map((_, loop) => Math.floor(sample / 2 ** loop) % 2 === 1);
    const weight = time.reduce(
      (product, { factor }, loop) => (isSecond[loop] ? product * (factor - 1) : product),
      1,
    );
    const now = time.reduce<number[]>(
      (sum, { movement }, loop) => (isSecond[loop] ? add(sum, Array.from(movement)) : sum),
      origin,
    );
    const previous = position;
    let part: (corner: readonly number[]) => Set<string> = (corner) => box(corner, extents);
    if (previous !== undefined && !everything) {
      const move = now.map((value, axis) => value - previous[axis]);
      if (memory === undefined || memory === move.join(" ")) {
        memory = move.join(" ");
        part = (corner) => {
          const old = box(
            corner.map((value, axis) => value - move[axis]),
            extents,
          );
          return new Set([...box(corner, extents)].filter((word) => !old.has(word)));
        };
      } else memory = undefined;
    }
    position = now;
    const needs = offsets.map((offset) => part(add(now, offset)));
    const texts = needs.map(key);
    const last = before;
    const isLinked = texts.map((text, child) => {
      const neighbours = [
        ...(child % meshX > 0 ? [child - 1] : []),
        ...((child + 1) % meshX > 0 ? [child + 1] : []),
        child - meshX,
        child + meshX,
      ];
      return text !== "" && last !== undefined && neighbours.some((neighbour) => last[neighbour] === text);
    });
    const groupsOf = (children: readonly number[]): number[] => {
      const sizes = new Map<string, number>();
      for (const child of children) {
        const group = noMulticast ? String(child) : offsets[child].join(" ");
        sizes.set(group, (sizes.get(group) ?? 0) + 1);
      }
      return [...sizes.values()];
    };
    const everyone = offsets.map((_, child) => child);
    const others = groupsOf(everyone.filter((child) => !isLinked[child]));
    const all = groupsOf(everyone);
    const forwards = others.length < all.length;
    const words = needs[0].size * weight;
    const sizes = new Map<number, number>();
    for (const members of forwards ? others : all) sizes.set(members, (sizes.get(members) ?? 0) + 1);
    for (const [members, groups] of sizes) {
      const at = `${members} ${groups}`;
      const known = traffic.get(at)?.words ?? 0;
      if (words > 0) traffic.set(at, { members, groups, words: known + groups * words });
    }
    if (forwards) {
      used = true;
      linkWords += isLinked.filter(Boolean).length * words;
    }
    before = texts;
  }
  const groups = [...traffic.values()].sort((a, b) => a.members - b.members || a.groups - b.groups);
  return { groups, linkWords, used };
}

const axes = 2;
const movement = (largest: number): fc.Arbitrary<number[]> =>
  fc
    .record({ axis: fc.integer({ min: 0, max: axes }), step: fc.integer({ min: 1, max: largest }) })
    .map(({ axis, step }) => Array.from({ length: axes }, (_, index) => (index === axis ? step : 0)));

const cases: fc.Arbitrary<Case> = fc.record({
  extents: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: axes, maxLength: axes }),
  everything: fc.oneof(fc.constant(false), fc.constant(false), fc.boolean()),
  space: fc.array(fc.record({ factor: fc.integer({ min: 2, max: 3 }), movement: movement(4) }), {
    minLength: 1,
    maxLength: 3,
  }),
  time: fc.array(fc.record({ factor: fc.integer({ min: 2, max: 4 }), movement: movement(4) }), {
    minLength: 0,
    maxLength: 4,
  }),
  meshX: fc.integer({ min: 1, max: 5 }),
  noMulticast: fc.boolean(),
});

describe("transfers between neighbours", () => {
  it("are those that a walk through all sampled steps finds", () => {
    let forwarding = 0;
    fc.assert(
      fc.property(cases, (given) => {
        const { extents, everything, space, time, meshX, noMulticast } = given;
        const walked = walkSteps(given);
        const closed = forwardedTraffic(extents, everything, space, time, meshX, noMulticast);
        assert.equal(closed !== undefined, walked.used);
        if (closed === undefined) return;
        forwarding += 1;
        assert.deepEqual(closed.groups, walked.groups);
        assert.equal(closed.linkWords, walked.linkWords);
      }),
      { numRuns: 1500, seed: 4 },
    );
    assert.ok(forwarding > 150);
  });

  it("let a systolic row pass its inputs on: only the last child asks the parent", () => {
    // Four children side by side, each one step ahead of the next in time.
    const space = [{ factor: 4, movement: [1] }];
    const time = [{ factor: 10, movement: [1] }];
    const traffic = forwardedTraffic([1], false, space, time, 4, false);
    assert.deepEqual(traffic, {
      groups: [
        { members: 1, groups: 1, words: 9 },
        { members: 1, groups: 4, words: 4 },
      ],
      linkWords: 27,
    });
  });
});

describe("groups of children", () => {
  it("are those with equal displacements", () => {
    fc.assert(
      fc.property(cases, ({ space }) => {
        const members = new Map<string, number>();
        for (const offset of childOffsets(space)) {
          const text = offset.join(" ");
          members.set(text, (members.get(text) ?? 0) + 1);
        }
        const groups = new Map<number, number>();
        for (const size of members.values()) groups.set(size, (groups.get(size) ?? 0) + 1);
        const expected = [...groups].sort(([a], [b]) => a - b);
        assert.deepEqual(
          groupChildren(space).map((size) => [size.members, size.groups]),
          expected,
        );
      }),
      { numRuns: 1000, seed: 5 },
    );
  });
});

describe("loops that may make neighbours forward", () => {
  const hardware = {
    levels: roomyHardware(3, 1000),
    compute: { name: "compute", instances: 1, meshX: 1, meshY: 1 },
  };
  for (const [name, shapes] of [
    ["plain axes", plainShapes],
    ["sliding windows", slidingShapes],
  ] as const)
    it(`are never ruled out where neighbours really forward: ${name}`, () => {
      let ruledOut = 0;
      let forwarding = 0;
      fc.assert(
        fc.property(randomNests({ levels: 3, shapes, linkTransfers: true }), ({ problem, nest }) => {
          const geometry = describeGeometry(problem, nest);
          const { dimensions, spans, timeLoops } = geometry;
          nest.forEach(({ space, noMulticast, noLinkTransfer }, level) =>
            problem.tensors.forEach((tensor, index) => {
              if (space.factors.length === 0 || noLinkTransfer[index]) return;
              const inside = (level - 1) * dimensions;
              const steps = space.dimensions.map((dimension, loop) => ({
                factor: space.factors[loop],
                movement: movementOf(tensor, dimension, level === 0 ? 1 : spans[inside + dimension]),
              }));
              const asked = describeFanOut(
                tensor,
                steps,
                timeLoops[level],
                level === 0 ? null : spans,
                inside,
                {
                  noMulticast: noMulticast[index],
                  mayForward: true,
                  everything: fetchesEverything(nest, level, index),
                  meshX: 1000,
                },
              );
              const { forwarded } = fanOutOf(hardware, nest, geometry, tensor, index, level);
              assert.deepEqual(forwarded, asked.forwarded);
              if (forwarded === undefined) ruledOut += 1;
              else forwarding += 1;
            }),
          );
        }),
        { numRuns: 1500, seed: 4 },
      );
      assert.ok(ruledOut > 100 && forwarding > 100, `${ruledOut} ${forwarding}`);
    });
});
