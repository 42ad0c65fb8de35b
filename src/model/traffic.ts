import type { Hardware } from "../mapping/hardware";
import { tensorSize, type Problem, type Tensor } from "../mapping/problem";
import { fanOutTraffic, movementOf } from "./fan-out-traffic";
import type { GroupTraffic } from "./forwarding";
import { countGroups } from "./multicast";
import type { Nest } from "./nest";
import { describeGeometry, type NestGeometry } from "./nest-geometry";
import { receivedWords } from "./received-words";

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

export { movementOf };
