import type { Hardware } from "../mapping/hardware";
import { rankExtent, type Tensor } from "../mapping/problem";
import { forwardedTraffic, type GroupTraffic, type TimeStep } from "./forwarding";
import { groupChildren, type GroupSize, type SpaceStep } from "./multicast";
import type { Nest } from "./nest";
import type { NestGeometry } from "./nest-geometry";

/** The traffic between one instance of a level and its children, for one tensor. */
export interface FanOutTraffic {
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
