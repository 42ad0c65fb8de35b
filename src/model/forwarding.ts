import { childOffsets, countGroups, groupChildren, type GroupSize, type SpaceStep } from "./multicast";
import type { Tensor } from "./problem";

/** A time loop outside the tiles of the children, with a factor above 1. */
export interface TimeStep {
  readonly factor: number;
  readonly movement: ArrayLike<number>;
}

/** Words that go to groups of one size, over the whole run. */
export interface GroupTraffic extends GroupSize {
  readonly words: number;
}

/** What a fan-out moves when children may pass words on to their neighbours. */
export interface ForwardedTraffic {
  /** From the parent: one entry per group size and number of groups, ascending. */
  readonly groups: readonly GroupTraffic[];
  /** Words that children get from a neighbour, per instance of the parent. */
  readonly linkWords: number;
}

/** The part of a tile that is needed anew at one step, relative to the tile's corner. */
interface Region {
  /** A box has a corner and edge lengths; the L-shaped rest of two displaced boxes has the displacement. */
  readonly kind: "empty" | "box" | "rest";
  readonly corner: readonly number[];
  readonly shape: readonly number[];
  readonly words: number;
}

/**
 * Whether a neighbour could ever have what a child needs. Not where every axis has loops of one dimension only: then a
 * time loop steps over all that the space loops inside it reach, strides at least double from loop to loop so that no step
 * is the sum of smaller ones, and a tile that does not move is not fetched again. It is where children fetch everything at
 * every step, and where two dimensions that move along one axis (or one that moves along two) can bring a tile back to its
 * place.
 *
 * With more loops the answer only turns from no to yes: searches ask for all loops that some mapping may have.
 *
 * @param everything - children fetch their whole tile at every step
 * @param inTime - per dimension: 1 where it has a time loop outside the children's tiles, else 0
 * @param inSpace - the same for the space loops of the fan-out
 */
export function mayForward(
  { ranks, moves }: Tensor,
  everything: boolean,
  inTime: ArrayLike<number>,
  inSpace: ArrayLike<number>,
): boolean {
  for (let dimension = 0; dimension < moves.length; dimension += 1)
    if (inTime[dimension] === 1 && (everything || moves[dimension].length > 1)) return true;
  if (everything) return false;
  for (const { dimensions } of ranks) {
    let looped = 0;
    let moving = 0;
    for (const dimension of dimensions) {
      moving += inTime[dimension];
      looped += inTime[dimension] | inSpace[dimension];
    }
    if (moving > 0 && looped > 1) return true;
  }
  return false;
}

/**
 * Traffic of a fan-out with transfers between neighbours, or undefined where no step of the run uses them.
 *
 * The run is sampled as in the analysis of tiles: every loop contributes its first and second iteration, and the
 * second stands for all others. A child is linked at a step if what it newly needs is what a neighbour in the mesh
 * needed at the step before; a step forwards if its other children fall into fewer groups than all children.
 *
 * @param extents - edge lengths of a child's tile
 * @param everything - children fetch their whole tile at every step
 */
export function forwardedTraffic(
  extents: readonly number[],
  everything: boolean,
  space: readonly SpaceStep[],
  time: readonly TimeStep[],
  meshX: number,
  noMulticast: boolean,
): ForwardedTraffic | undefined {
  if (time.length === 0) return undefined;
  const pairs = stepPairs(extents, everything, time);
  const grid = createGrid(space, meshX, noMulticast);
  const all = grid.sizes;
  const linkedPairs = pairs.map((pair) => {
    if (pair.words === 0 || pair.offset === undefined) return undefined;
    return grid.linked(pair.offset);
  });
  if (linkedPairs.every((linked) => linked === undefined)) return undefined;
  const traffic = new Map<string, GroupTraffic>();
  const addTraffic = (sizes: readonly GroupSize[], words: number): void => {
    for (const { members, groups } of sizes) {
      const key = `${members} ${groups}`;
      const before = traffic.get(key)?.words ?? 0;
      traffic.set(key, { members, groups, words: before + groups * words });
    }
  };
  let linkWords = 0;
  pairs.forEach(({ words, weight }, index) => {
    const linked = linkedPairs[index];
    addTraffic(linked?.others ?? all, words * weight);
    linkWords += (linked?.count ?? 0) * words * weight;
  });
  const groups = [...traffic.values()].filter(({ words }) => words > 0);
  groups.sort((left, right) => left.members - right.members || left.groups - right.groups);
  return { groups, linkWords };
}

/** Steps of one kind: what they fetch, how often they happen, and from where a neighbour could pass it on. */
interface StepPair {
  readonly words: number;
  readonly weight: number;
  /** Displacement between two children at which one needs now what the other needed before. */
  readonly offset: readonly number[] | undefined;
}

/**
 * All kinds of steps: the first; an advance of the innermost loop after the first step or after an advance of loop
 * j; an advance of loop j >= 2, which always comes after one of the innermost loop.
 */
function stepPairs(extents: readonly number[], everything: boolean, time: readonly TimeStep[]): StepPair[] {
  const tile = wholeTile(extents);
  const deltas = stepVectors(extents.length, time);
  const outer = outerIterations(time);
  const first = deltas[0];
  const fresh = (loop: number): Region => {
    if (everything) return tile;
    return loop === 0 || equal(deltas[loop], first) ? newRegion(extents, first) : tile;
  };
  const inner = fresh(0);
  const f1 = time[0].factor;
  const pair = (now: Region, before: Region, delta: readonly number[], weight: number): StepPair => ({
    words: now.words,
    weight,
    offset: neighbourOffset(now, before, delta),
  });
  const pairs: StepPair[] = [{ words: tile.words, weight: 1, offset: undefined }];
  pairs.push(pair(inner, tile, first, f1 - 1));
  for (let loop = 1; loop < time.length; loop += 1) {
    const region = fresh(loop);
    const advances = (time[loop].factor - 1) * outer[loop];
    pairs.push(pair(region, inner, deltas[loop], advances));
    pairs.push(pair(inner, region, first, (f1 - 1) * advances));
  }
  return pairs;
}

/** Displacement of the tile at an advance of each loop, the loops inside returning from their second iteration. */
function stepVectors(axes: number, time: readonly TimeStep[]): number[][] {
  const inside = new Array<number>(axes).fill(0);
  return time.map(({ movement }) => {
    const delta = inside.map((sum, axis) => movement[axis] - sum);
    for (let axis = 0; axis < axes; axis += 1) inside[axis] += movement[axis];
    return delta;
  });
}

/** Per loop: the iterations of all loops outside it. */
function outerIterations(time: readonly TimeStep[]): number[] {
  let product = 1;
  const outer: number[] = [];
  for (let loop = time.length - 1; loop >= 0; loop -= 1) {
    outer[loop] = product;
    product *= time[loop].factor;
  }
  return outer;
}

function wholeTile(extents: readonly number[]): Region {
  const words = extents.reduce((product, extent) => product * extent, 1);
  return { kind: "box", corner: extents.map(() => 0), shape: extents, words };
}

/** The tile without the words it had before it moved by `delta`. */
function newRegion(extents: readonly number[], delta: readonly number[]): Region {
  const tile = wholeTile(extents);
  const moved = delta.flatMap((step, axis) => (step !== 0 ? [axis] : []));
  if (moved.length === 0) return { kind: "empty", corner: tile.corner, shape: tile.shape, words: 0 };
  if (moved.some((axis) => Math.abs(delta[axis]) >= extents[axis])) return tile;
  const common = extents.reduce((product, extent, axis) => product * (extent - Math.abs(delta[axis])), 1);
  const words = tile.words - common;
  if (moved.length > 1) return { kind: "rest", corner: tile.corner, shape: delta, words };
  const [axis] = moved;
  const corner = extents.map((extent, index) =>
    index === axis && delta[axis] > 0 ? extent - delta[axis] : 0,
  );
  const shape = extents.map((extent, index) => (index === axis ? Math.abs(delta[axis]) : extent));
  return { kind: "box", corner, shape, words };
}

function neighbourOffset(now: Region, before: Region, delta: readonly number[]): number[] | undefined {
  if (now.kind === "empty" || now.kind !== before.kind || !equal(now.shape, before.shape)) return undefined;
  return delta.map((step, axis) => step + now.corner[axis] - before.corner[axis]);
}

function equal(left: readonly number[], right: readonly number[]): boolean {
  return left.every((value, index) => value === right[index]);
}

/** The children that a neighbour can serve, and the groups of the others. */
interface LinkedChildren {
  readonly count: number;
  readonly others: readonly GroupSize[];
}

interface ChildGrid {
  readonly sizes: readonly GroupSize[];
  /** Undefined where forwarding with this displacement leaves as many groups to the parent as before. */
  linked(offset: readonly number[]): LinkedChildren | undefined;
}

/** The children of a fan-out in rows of `meshX`, numbered along the space loops, the innermost fastest. */
function createGrid(space: readonly SpaceStep[], meshX: number, noMulticast: boolean): ChildGrid {
  const fan = space.reduce((product, { factor }) => product * factor, 1);
  const sizes = noMulticast ? [{ members: 1, groups: fan }] : groupChildren(space);
  const groupCount = countGroups(sizes);
  const axes = space.length > 0 ? space[0].movement.length : 0;
  const reach = Array.from({ length: axes }, (_, axis) =>
    space.reduce((sum, { factor, movement }) => sum + (factor - 1) * movement[axis], 0),
  );
  let offsets: number[][] | undefined;
  let groupOf: Int32Array | undefined;

  function linked(offset: readonly number[]): LinkedChildren | undefined {
    if (offset.some((value, axis) => Math.abs(value) > reach[axis])) return undefined;
    offsets ??= childOffsets(space);
    groupOf ??= groupNumbers(offsets, noMulticast);
    const others = new Int32Array(fan);
    let count = 0;
    for (let child = 0; child < fan; child += 1)
      if (hasNeighbour(offsets, child, offset, meshX)) count += 1;
      else others[groupOf[child]] += 1;
    if (count === 0) return undefined;
    const groupsOf = new Map<number, number>();
    for (const members of others) if (members > 0) groupsOf.set(members, (groupsOf.get(members) ?? 0) + 1);
    const remaining = [...groupsOf].map(([members, groups]) => ({ members, groups }));
    return countGroups(remaining) < groupCount ? { count, others: remaining } : undefined;
  }

  return { sizes, linked };
}

function groupNumbers(offsets: readonly (readonly number[])[], noMulticast: boolean): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(offsets, (offset, child) => {
    if (noMulticast) return child;
    const key = offset.join(" ");
    const group = known.get(key) ?? known.size;
    known.set(key, group);
    return group;
  });
}

/** Whether a neighbour in the mesh is displaced by `offset` from a child. */
function hasNeighbour(
  offsets: readonly (readonly number[])[],
  child: number,
  offset: readonly number[],
  meshX: number,
): boolean {
  const matches = (neighbour: number): boolean =>
    neighbour >= 0 &&
    neighbour < offsets.length &&
    offset.every((value, axis) => offsets[neighbour][axis] - offsets[child][axis] === value);
  return (
    (child % meshX > 0 && matches(child - 1)) ||
    ((child + 1) % meshX > 0 && matches(child + 1)) ||
    matches(child - meshX) ||
    matches(child + meshX)
  );
}
