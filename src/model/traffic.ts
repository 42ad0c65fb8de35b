import { forwardedTraffic } from "./forwarding";
import type { GroupTraffic, TimeStep } from "./forwarding";
import type { Hardware } from "./hardware";
import { countGroups, groupChildren } from "./multicast";
import type { GroupSize, SpaceStep } from "./multicast";
import type { Nest, NestGeometry } from "./nest";
import { describeGeometry } from "./nest";
import { rankExtent, tensorSize } from "./problem";
import type { Problem, Tensor } from "./problem";
import { receivedWords } from "./received-words";

/** The traffic between one instance of a level and its children, for one tensor. */
interface FanOutTraffic {
  /** From the parent, by group size, ascending. */
  readonly groups: readonly GroupTraffic[];
  /** The groups that all children fall into. */
  readonly sizes: readonly GroupSize[];
  /** Words that neighbours pass on; undefined where no step of the run does that. */
  readonly linkWords: number | undefined;
}

const single: readonly GroupSize[] = [{ members: 1, groups: 1 }];

/** @param received - words that one child takes over the run without any forwarding */
export function fanOutTraffic(
  hardware: Hardware,
  nest: Nest,
  geometry: NestGeometry,
  tensor: Tensor,
  index: number,
  level: number,
  received: number,
): FanOutTraffic {
  const { space, noMulticast, noLinkTransfer } = nest[level];
  if (space.factors.length === 0)
    return { sizes: single, groups: [{ members: 1, groups: 1, words: received }], linkWords: undefined };
  const steps = spaceSteps(nest, geometry, tensor, level);
  const fan = geometry.fans[level];
  const sizes = noMulticast[index] ? [{ members: 1, groups: fan }] : groupChildren(steps);
  if (!noLinkTransfer[index] && mayForward(nest, geometry, tensor, index, level)) {
    const inside = (level - 1) * geometry.dimensions;
    const extents = tensor.ranks.map((rank) => (level === 0 ? 1 : rankExtent(rank, geometry.spans, inside)));
    const everything = level === 0 || nest[level - 1].noTemporalReuse[index];
    const meshX = Math.max(1, hardware.levels[level].fanX);
    const time = timeSteps(geometry, tensor, level);
    const forwarded = forwardedTraffic(extents, everything, steps, time, meshX, noMulticast[index]);
    if (forwarded) return { sizes, ...forwarded };
  }
  const groups = sizes.map((size) => ({ ...size, words: size.groups * received }));
  return { sizes, groups, linkWords: undefined };
}

/**
 * Whether a neighbour could ever have what a child needs. Not where the space loops and the time loops outside move
 * along different axes: then a child would have to need the same words twice in a row, and a tile that does not
 * move is not fetched again. (It is where nothing is reused, at the compute units, or where two dimensions that move
 * along one axis can bring a tile back to its place.)
 */
function mayForward(
  nest: Nest,
  { timeDimensions, firstTimeLoop }: NestGeometry,
  { moves, ranks }: Tensor,
  index: number,
  level: number,
): boolean {
  if (level === 0 || nest[level - 1].noTemporalReuse[index]) return true;
  const movedBy = new Array<number>(ranks.length).fill(-1);
  for (let loop = firstTimeLoop[level]; loop < timeDimensions.length; loop += 1) {
    const dimension = timeDimensions[loop];
    if (moves[dimension].length > 1) return true;
    for (const { axis } of moves[dimension]) {
      if (movedBy[axis] >= 0 && movedBy[axis] !== dimension) return true;
      movedBy[axis] = dimension;
    }
  }
  return nest[level].space.dimensions.some((dimension) =>
    moves[dimension].some(({ axis }) => movedBy[axis] >= 0),
  );
}

/** How the children of a level are displaced along the axes of a tensor. */
function spaceSteps(nest: Nest, geometry: NestGeometry, tensor: Tensor, level: number): SpaceStep[] {
  const { dimensions, factors } = nest[level].space;
  return dimensions.map((dimension, loop) => {
    const stride = level === 0 ? 1 : geometry.spans[(level - 1) * geometry.dimensions + dimension];
    return { factor: factors[loop], movement: movementOf(tensor, dimension, stride) };
  });
}

/** All time loops of a level and those outside it, innermost first. */
function timeSteps(geometry: NestGeometry, tensor: Tensor, level: number): TimeStep[] {
  const { timeDimensions, timeFactors, timeStrides, firstTimeLoop } = geometry;
  const steps: TimeStep[] = [];
  for (let loop = firstTimeLoop[level]; loop < timeFactors.length; loop += 1)
    steps.push({
      factor: timeFactors[loop],
      movement: movementOf(tensor, timeDimensions[loop], timeStrides[loop]),
    });
  return steps;
}

/** Displacement along every axis when a loop with this stride advances. */
export function movementOf(tensor: Tensor, dimension: number, stride: number): number[] {
  const movement = tensor.ranks.map(() => 0);
  for (const { axis, coefficient } of tensor.moves[dimension]) movement[axis] = coefficient * stride;
  return movement;
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
    const mayForward = geometry.fans[level] > 1 && !nest[level].noLinkTransfer[index];
    isKnown &&= receivesLikeInside(nest, level - 1, index);
    const isNeeded = isKeptInside || filters || mayForward;
    if (isNeeded && level > 0 && !isKnown) {
      received = receivedWords(nest, geometry, tensor, index, level - 1, tile[level - 1]);
      isKnown = true;
    }
    if (nest[level].space.factors.length === 0) {
      if (isNeeded && level > 0) share[level - 1] = received;
      content[level] = filters ? received : fromInside;
    } else if (isNeeded) {
      const { groups, sizes, linkWords } = fanOutTraffic(
        hardware,
        nest,
        geometry,
        tensor,
        index,
        level,
        received,
      );
      if (level > 0) share[level - 1] = averageOverChildren(groups, geometry.fans[level]);
      if (filters) {
        content[level] = sumOfWords(groups);
        if (level > 0) peer[level - 1] = (linkWords ?? 0) / geometry.instances[level - 1];
      } else if (linkWords === undefined) content[level] = countGroups(sizes) * fromInside;
      else content[level] = sumOfWords(spreadWords(groups, fromInside * geometry.fans[level]));
    } else {
      const { sizes } = fanOutTraffic(hardware, nest, geometry, tensor, index, level, 1);
      content[level] = countGroups(sizes) * fromInside;
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

function sumOfWords(groups: readonly GroupTraffic[]): number {
  let sum = 0;
  for (const { words } of groups) sum += words;
  return sum;
}

/** Words per child. Evaluated in this order because the rounding of the division can be seen in the counts. */
function averageOverChildren(groups: readonly GroupTraffic[], fan: number): number {
  let sum = 0;
  for (const { members, words } of groups) sum += words * members;
  return sum / fan;
}

/** Words per group where the children only pass on what lies inside and neighbours forward words. */
export function spreadWords(groups: readonly GroupTraffic[], childrenContent: number): GroupTraffic[] {
  let weighted = 0;
  for (const { members, words } of groups) weighted += members * words;
  const scale = childrenContent / weighted;
  return groups.map((group) => ({ ...group, words: group.words * scale }));
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
    size = multiplyDivide(size, inside, tensorSize(tensor, childrenSpans, level * dimensions));
  }
  return partition;
}

/** `floor(a * b / c)` of whole numbers, exact. */
function multiplyDivide(a: number, b: number, c: number): number {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c);
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}
