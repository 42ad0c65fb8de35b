import { forwardedTraffic, mayForward } from "./forwarding";
import type { ForwardedTraffic, GroupTraffic, TimeStep } from "./forwarding";
import type { Hardware } from "./hardware";
import { countGroups, groupChildren } from "./multicast";
import type { GroupSize, SpaceStep } from "./multicast";
import type { LoopBlock, Nest, NestGeometry, TimeLoop } from "./nest";
import { describeGeometry } from "./nest";
import { rankExtent, tensorSize } from "./problem";
import type { Problem, Tensor } from "./problem";
import { movementOf, receivedWords, refetchedWords } from "./received-words";

/** Who shares what below one instance of a level, for one tensor. */
export interface FanOut {
  /** The groups that all children fall into. */
  readonly sizes: readonly GroupSize[];
  /** What neighbours pass on to each other; undefined where no step of the run does that. */
  readonly forwarded: ForwardedTraffic | undefined;
}

/** What decides how a fan-out shares words, apart from its loops. */
interface FanOutRules {
  readonly noMulticast: boolean;
  readonly mayForward: boolean;
  /** Children fetch their whole tile at every step, see {@link fetchesEverything}. */
  readonly everything: boolean;
  /** Children along the X axis of the mesh. */
  readonly meshX: number;
}

/**
 * How the children of a fan-out share words of a tensor: those in the same place need the same ones (multicast and
 * spatial reduction), and neighbours may pass words on.
 *
 * @param space - how the children are displaced
 * @param loops - the time loops outside the children's tiles
 * @param spans - dimension `d` of a child's tile takes `spans[from + d]` values; null for compute units
 */
export function describeFanOut(
  tensor: Tensor,
  space: readonly SpaceStep[],
  loops: TimeLoop | null,
  spans: ArrayLike<number> | null,
  from: number,
  { noMulticast, mayForward: forwards, everything, meshX }: FanOutRules,
): FanOut {
  const fan = space.reduce((product, { factor }) => product * factor, 1);
  const sizes = noMulticast ? [{ members: 1, groups: fan }] : groupChildren(space);
  if (!forwards) return { sizes, forwarded: undefined };
  const extents = tensor.ranks.map((rank) => (spans === null ? 1 : rankExtent(rank, spans, from)));
  const time = timeSteps(tensor, loops);
  const forwarded = forwardedTraffic(extents, everything, space, time, Math.max(1, meshX), noMulticast);
  return { sizes, forwarded };
}

/** All time loops outside the tiles of the children, innermost first. */
function timeSteps(tensor: Tensor, loops: TimeLoop | null): TimeStep[] {
  const steps: TimeStep[] = [];
  for (let loop = loops; loop !== null; loop = loop.outer)
    steps.push({ factor: loop.factor, movement: movementOf(tensor, loop.dimension, loop.stride) });
  return steps;
}

/** Whether the children of a level fetch their whole tile at every step: compute units, or levels told so. */
export function fetchesEverything(
  levels: readonly { readonly noTemporalReuse: readonly boolean[] }[],
  level: number,
  tensor: number,
): boolean {
  return level === 0 || levels[level - 1].noTemporalReuse[tensor];
}

const alone: FanOut = { sizes: [{ members: 1, groups: 1 }], forwarded: undefined };

/** The fan-out of a level of a complete nest. */
export function fanOutOf(
  hardware: Hardware,
  nest: Nest,
  geometry: NestGeometry,
  tensor: Tensor,
  index: number,
  level: number,
): FanOut {
  const { space, noMulticast, noLinkTransfer } = nest[level];
  if (space.factors.length === 0) return alone;
  const { dimensions, spans, timeLoops } = geometry;
  const inside = (level - 1) * dimensions;
  const steps = space.dimensions.map((dimension, loop) => {
    const stride = level === 0 ? 1 : spans[inside + dimension];
    return { factor: space.factors[loop], movement: movementOf(tensor, dimension, stride) };
  });
  const everything = fetchesEverything(nest, level, index);
  return describeFanOut(tensor, steps, timeLoops[level], level === 0 ? null : spans, inside, {
    noMulticast: noMulticast[index],
    mayForward: !noLinkTransfer[index] && loopsMayForward(geometry, tensor, everything, space, level),
    everything,
    meshX: hardware.levels[level].fanX,
  });
}

function loopsMayForward(
  { dimensions, timeLoops }: NestGeometry,
  tensor: Tensor,
  everything: boolean,
  space: LoopBlock,
  level: number,
): boolean {
  const inTime = new Uint8Array(dimensions);
  const inSpace = new Uint8Array(dimensions);
  for (let loop = timeLoops[level]; loop !== null; loop = loop.outer) inTime[loop.dimension] = 1;
  for (const dimension of space.dimensions) inSpace[dimension] = 1;
  return mayForward(tensor, everything, inTime, inSpace);
}

/**
 * Words that go from the parent to its children, by group size, ascending.
 * @param received - words that one child takes over the run without any forwarding
 */
export function groupTraffic({ sizes, forwarded }: FanOut, received: number): readonly GroupTraffic[] {
  return forwarded?.groups ?? sizes.map((size) => ({ ...size, words: size.groups * received }));
}

/** Words that one instance of a level of a complete nest receives over the whole run, if nobody passes on words. */
export function receivedAt(
  nest: Nest,
  { spans, dimensions, timeLoops }: NestGeometry,
  tensor: Tensor,
  index: number,
  level: number,
  tile: number,
): number {
  const outside = timeLoops[level + 1];
  if (nest[level].noTemporalReuse[index]) return refetchedWords(tile, outside);
  return receivedWords(tensor, spans, level * dimensions, tile, outside);
}

/** What moves for one tensor; every array has one entry per level, innermost first, words per instance. */
export interface TensorTraffic {
  /** Words of the tile. */
  readonly tile: Float64Array;
  /** Words drawn from the level outside over the whole run; only where the level holds the tensor. */
  readonly share: Float64Array;
  /** Words exchanged with everything inside. */
  readonly content: Float64Array;
  /** Words that neighbours pass on. */
  readonly peer: Float64Array;
  /** Words of the tensor that the instance is responsible for over the whole run. */
  readonly partition: Float64Array;
  /** Outermost level that holds the tensor. */
  readonly outermost: number;
}

/** Geometry of a nest and the traffic of every tensor. */
export interface Traffic {
  readonly geometry: NestGeometry;
  readonly tensors: readonly TensorTraffic[];
}

/** Traffic of all tensors through all levels (Timeloop's analysis in closed form). */
export function analyseTraffic(problem: Problem, hardware: Hardware, nest: Nest): Traffic {
  const geometry = describeGeometry(problem, nest);
  const tensors = problem.tensors.map((tensor, index) =>
    analyseTensor(problem, hardware, nest, geometry, tensor, index),
  );
  return { geometry, tensors };
}

function analyseTensor(
  problem: Problem,
  hardware: Hardware,
  nest: Nest,
  geometry: NestGeometry,
  tensor: Tensor,
  index: number,
): TensorTraffic {
  const levels = nest.length;
  const tile = tileSizes(nest, geometry, tensor);
  const share = new Float64Array(levels);
  const content = new Float64Array(levels);
  const peer = new Float64Array(levels);
  let outermost = levels - 1;
  while (outermost >= 0 && !nest[outermost].keep[index]) outermost -= 1;
  let fromInside = geometry.steps;
  // Words that the level inside receives, if nobody passes on words.
  let received = geometry.steps;
  let isKnown = false;
  for (let level = 0; level <= outermost; level += 1) {
    const isKeptInside = level > 0 && nest[level - 1].keep[index];
    const filters = level === 0 || (isKeptInside && !nest[level - 1].passthrough[index]);
    const forwards = geometry.fans[level] > 1 && !nest[level].noLinkTransfer[index];
    isKnown &&= receivesLikeInside(nest, level - 1, index);
    const isNeeded = isKeptInside || filters || forwards;
    if (isNeeded && level > 0 && !isKnown) {
      received = receivedAt(nest, geometry, tensor, index, level - 1, tile[level - 1]);
      isKnown = true;
    }
    if (nest[level].space.factors.length === 0) {
      if (isNeeded && level > 0) share[level - 1] = received;
      content[level] = filters ? received : fromInside;
    } else {
      const fanOut = fanOutOf(hardware, nest, geometry, tensor, index, level);
      if (isNeeded) {
        const groups = groupTraffic(fanOut, received);
        if (level > 0) share[level - 1] = averageOverChildren(groups, geometry.fans[level]);
        if (filters) {
          content[level] = sumOfWords(groups);
          if (level > 0) peer[level - 1] = (fanOut.forwarded?.linkWords ?? 0) / geometry.instances[level - 1];
        }
      }
      if (!filters) content[level] = contentPassed(fanOut, geometry.fans[level], fromInside);
    }
    fromInside = content[level];
  }
  if (outermost >= 0) share[outermost] = 0;
  const partition = partitionSizes(problem, geometry, tensor);
  return { tile, share, content, peer, partition, outermost };
}

/** Whether a level receives what the level inside it does: it has no loops and the same rule for reuse. */
function receivesLikeInside(nest: Nest, level: number, index: number): boolean {
  const { space, time, noTemporalReuse } = nest[level];
  return (
    space.factors.length + time.factors.length === 0 &&
    noTemporalReuse[index] === nest[level - 1].noTemporalReuse[index]
  );
}

export function sumOfWords(groups: readonly GroupTraffic[]): number {
  let sum = 0;
  for (const { words } of groups) sum += words;
  return sum;
}

/** Words per child. Evaluated in this order because the rounding of the division can be seen in the counts. */
export function averageOverChildren(groups: readonly GroupTraffic[], fan: number): number {
  let sum = 0;
  for (const { members, words } of groups) sum += words * members;
  return sum / fan;
}

/**
 * Words that go to the groups where the children only pass on what lies inside them: `childContent` words each. With
 * forwarding they fall on the groups in the ratio of the words that these would fetch.
 */
export function passedOn(
  { sizes, forwarded }: FanOut,
  fan: number,
  childContent: number,
): readonly GroupTraffic[] {
  if (forwarded === undefined) return groupTraffic({ sizes, forwarded }, childContent);
  const { groups } = forwarded;
  let weighted = 0;
  for (const { members, words } of groups) weighted += members * words;
  const scale = (childContent * fan) / weighted;
  return groups.map((group) => ({ ...group, words: group.words * scale }));
}

/** The words of {@link passedOn}, all groups together. */
export function contentPassed(fanOut: FanOut, fan: number, childContent: number): number {
  if (fanOut.forwarded === undefined) return countGroups(fanOut.sizes) * childContent;
  return sumOfWords(passedOn(fanOut, fan, childContent));
}

function tileSizes(nest: Nest, { spans, dimensions }: NestGeometry, tensor: Tensor): Float64Array {
  const tile = new Float64Array(nest.length);
  for (let level = 0; level < nest.length; level += 1) {
    const { space, time } = nest[level];
    const isSameAsInside = level > 0 && space.factors.length + time.factors.length === 0;
    tile[level] = isSameAsInside ? tile[level - 1] : tensorSize(tensor, spans, level * dimensions);
  }
  return tile;
}

function partitionSizes(problem: Problem, geometry: NestGeometry, tensor: Tensor): Float64Array {
  const { fans, spans, childrenSpans, dimensions } = geometry;
  const partition = new Float64Array(fans.length);
  let size = tensorSize(tensor, problem.bounds);
  for (let level = fans.length - 1; level >= 0; level -= 1) {
    partition[level] = size;
    if (fans[level] === 1 || level === 0) continue;
    const inside = tensorSize(tensor, spans, (level - 1) * dimensions);
    size = dividePartition(size, inside, tensorSize(tensor, childrenSpans, level * dimensions));
  }
  return partition;
}

/**
 * Words that a child is responsible for, of the `size` words of its parent: the share that its tile has in what all
 * children span together, `floor(size * inside / together)`, exact.
 */
export function dividePartition(size: number, inside: number, together: number): number {
  const product = size * inside;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / together);
  return Number((BigInt(size) * BigInt(inside)) / BigInt(together));
}
