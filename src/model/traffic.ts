import type { Hardware } from "../mapping/hardware";
import { rankExtent, tensorSize, type Problem, type Tensor } from "../mapping/problem";
import { forwardedTraffic, type GroupTraffic, type TimeStep } from "./forwarding";
import { countGroups, groupChildren, type GroupSize, type SpaceStep } from "./multicast";
import type { Nest } from "./nest";
import { receivedWords } from "./received-words";

/** What moves for one tensor; every array has one entry per level, innermost first, words per instance. */
export interface TensorTraffic {
  /** Words of the tile. */
  readonly tile: Float64Array;
  /** Words drawn from the level outside over the whole run, before any bypassing. */
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
  /** Steps in time: the product of all time factors. */
  readonly steps: number;
  readonly computeUnits: number;
  /** Instances in use, per level. */
  readonly instances: Float64Array;
  readonly tensors: readonly TensorTraffic[];
}

/** The traffic of one fan-out, between level `level` and its children, for one tensor. */
export interface FanOutTraffic {
  /** From the parent, by group size, ascending. */
  readonly groups: readonly GroupTraffic[];
  readonly linkWords: number;
}

/** Spans and strides of a nest. */
export interface NestGeometry {
  /** Per level: consecutive values of every dimension that a tile spans. */
  readonly spans: readonly (readonly number[])[];
  /** Per level: values that all children of one instance span together. */
  readonly childrenSpans: readonly (readonly number[])[];
  readonly steps: number;
  readonly computeUnits: number;
  readonly instances: Float64Array;
}

export function describeGeometry(problem: Problem, nest: Nest): NestGeometry {
  const current = problem.bounds.map(() => 1);
  const spans: number[][] = [];
  const childrenSpans: number[][] = [];
  let steps = 1;
  for (const { space, time } of nest) {
    space.dimensions.forEach((dimension, loop) => (current[dimension] *= space.factors[loop]));
    childrenSpans.push([...current]);
    time.dimensions.forEach((dimension, loop) => (current[dimension] *= time.factors[loop]));
    spans.push([...current]);
    for (const factor of time.factors) steps *= factor;
  }
  const instances = new Float64Array(nest.length);
  let used = 1;
  for (let level = nest.length - 1; level >= 0; level -= 1) {
    instances[level] = used;
    for (const factor of nest[level].space.factors) used *= factor;
  }
  return { spans, childrenSpans, steps, computeUnits: used, instances };
}

/** Traffic of all tensors through all levels (Timeloop's analysis in closed form). */
export function analyseTraffic(problem: Problem, hardware: Hardware, nest: Nest): Traffic {
  const geometry = describeGeometry(problem, nest);
  const tensors = problem.tensors.map((tensor, index) =>
    analyseTensor(problem, hardware, nest, geometry, tensor, index),
  );
  const { steps, computeUnits, instances } = geometry;
  return { steps, computeUnits, instances, tensors };
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
  const tile = Float64Array.from(geometry.spans, (spans) => tensorSize(tensor, spans));
  const share = new Float64Array(levels);
  const content = new Float64Array(levels);
  const peer = new Float64Array(levels);
  const outermost = nest.reduce((found, { keep }, level) => (keep[index] ? level : found), -1);
  let fromInside = geometry.steps;
  for (let level = 0; level <= outermost; level += 1) {
    const filters = level === 0 || (nest[level - 1].keep[index] && !nest[level - 1].passthrough[index]);
    const received =
      level === 0 ? geometry.steps : receivedWords(nest, geometry, tensor, index, level - 1, tile[level - 1]);
    const link = fanOutTraffic(hardware, nest, geometry, tensor, index, level, received);
    const uniform = link.linkWords === undefined;
    const total = sumOf(link.groups, ({ words }) => words);
    if (level > 0) share[level - 1] = averageOverChildren(link.groups, fanOf(nest, level));
    if (filters) {
      content[level] = total;
      if (level > 0 && !uniform) peer[level - 1] = (link.linkWords ?? 0) / geometry.instances[level - 1];
    } else if (uniform) {
      content[level] = countGroups(link.sizes) * fromInside;
    } else {
      const weighted = sumOf(link.groups, ({ members, words }) => members * words);
      const scale = (fromInside * fanOf(nest, level)) / weighted;
      content[level] = sumOf(link.groups, ({ words }) => words * scale);
    }
    fromInside = content[level];
  }
  if (outermost >= 0) share[outermost] = 0;
  const partition = partitionSizes(problem, nest, geometry, tensor);
  return { tile, share, content, peer, partition, outermost };
}

function fanOf(nest: Nest, level: number): number {
  return nest[level].space.factors.reduce((product, factor) => product * factor, 1);
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  let sum = 0;
  for (const item of items) sum += value(item);
  return sum;
}

/** Words per child. Evaluated in this order because the rounding of the division can be seen in the counts. */
function averageOverChildren(groups: readonly GroupTraffic[], fan: number): number {
  let sum = 0;
  for (const { members, words } of groups) sum += words * members;
  return sum / fan;
}

interface LinkTraffic {
  readonly groups: readonly GroupTraffic[];
  /** All children's groups. */
  readonly sizes: readonly GroupSize[];
  /** Undefined where no step of the run uses transfers between neighbours. */
  readonly linkWords: number | undefined;
}

/** What crosses the fan-out of a level, `received` being the words that one child takes without forwarding. */
function fanOutTraffic(
  hardware: Hardware,
  nest: Nest,
  geometry: NestGeometry,
  tensor: Tensor,
  index: number,
  level: number,
  received: number,
): LinkTraffic {
  const { space, noMulticast, noLinkTransfer } = nest[level];
  if (space.factors.length === 0) {
    const sizes = [{ members: 1, groups: 1 }];
    return { sizes, groups: [{ members: 1, groups: 1, words: received }], linkWords: undefined };
  }
  const steps = spaceSteps(nest, geometry, tensor, level);
  const fan = fanOf(nest, level);
  const sizes = noMulticast[index] ? [{ members: 1, groups: fan }] : groupChildren(steps);
  if (!noLinkTransfer[index]) {
    const extents = tensor.ranks.map((rank) =>
      level === 0 ? 1 : rankExtent(rank, geometry.spans[level - 1]),
    );
    const everything = level === 0 || nest[level - 1].noTemporalReuse[index];
    const time = timeSteps(nest, geometry, tensor, level);
    const meshX = Math.max(1, hardware.levels[level].fanX);
    const forwarded = forwardedTraffic(extents, everything, steps, time, meshX, noMulticast[index]);
    if (forwarded) return { sizes, ...forwarded };
  }
  return {
    sizes,
    groups: sizes.map((size) => ({ ...size, words: size.groups * received })),
    linkWords: undefined,
  };
}

/** How the children of a level are displaced along the axes of a tensor. */
export function spaceSteps(nest: Nest, geometry: NestGeometry, tensor: Tensor, level: number): SpaceStep[] {
  const { dimensions, factors } = nest[level].space;
  const inside = level === 0 ? undefined : geometry.spans[level - 1];
  return dimensions.map((dimension, loop) => ({
    factor: factors[loop],
    movement: movementOf(tensor, dimension, inside === undefined ? 1 : inside[dimension]),
  }));
}

/** All time loops of a level and those outside it, innermost first. */
function timeSteps(nest: Nest, geometry: NestGeometry, tensor: Tensor, level: number): TimeStep[] {
  const steps: TimeStep[] = [];
  for (let outer = level; outer < nest.length; outer += 1) {
    const { dimensions, factors } = nest[outer].time;
    dimensions.forEach((dimension, loop) => {
      const movement = movementOf(tensor, dimension, geometry.childrenSpans[outer][dimension]);
      steps.push({ factor: factors[loop], movement });
    });
  }
  return steps;
}

/** Displacement along every axis when a loop with this stride advances. */
export function movementOf(tensor: Tensor, dimension: number, stride: number): number[] {
  return tensor.ranks.map(({ dimensions, coefficients }) => {
    const term = dimensions.indexOf(dimension);
    return term < 0 ? 0 : coefficients[term] * stride;
  });
}

function partitionSizes(problem: Problem, nest: Nest, geometry: NestGeometry, tensor: Tensor): Float64Array {
  const partition = new Float64Array(nest.length);
  let size = tensorSize(tensor, problem.bounds);
  for (let level = nest.length - 1; level >= 0; level -= 1) {
    partition[level] = size;
    if (nest[level].space.factors.length === 0 || level === 0) continue;
    const inside = tensorSize(tensor, geometry.spans[level - 1]);
    size = multiplyDivide(size, inside, tensorSize(tensor, geometry.childrenSpans[level]));
  }
  return partition;
}

/** `floor(a * b / c)` of whole numbers, exact. */
function multiplyDivide(a: number, b: number, c: number): number {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c);
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}
