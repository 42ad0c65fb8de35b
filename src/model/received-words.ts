import type { Nest, NestGeometry } from "./nest";
import { rankExtent } from "./problem";
import type { Tensor } from "./problem";

/**
 * Words that one instance of a level receives of a tensor over the whole run.
 *
 * Timeloop samples the first two iterations of every time loop outside the tile and lets the second stand for all
 * the others. A step fetches what the tile did not hold before if it moves as the innermost loop does, else the
 * whole tile; with all loops inside loop j included, one more loop of factor f turns A into
 * A + (f - 1) (A - F + g), where F is the tile and g the cost of that loop's step.
 */
export function receivedWords(
  nest: Nest,
  geometry: NestGeometry,
  tensor: Tensor,
  index: number,
  level: number,
  tile: number,
): number {
  const { timeDimensions, timeFactors, timeStrides, firstTimeLoop } = geometry;
  const start = firstTimeLoop[level + 1];
  let received = tile;
  if (nest[level].noTemporalReuse[index]) {
    for (let loop = start; loop < timeFactors.length; loop += 1) received *= timeFactors[loop];
    return received;
  }
  if (start === timeFactors.length) return received;
  // Where the loops so far have moved the tile, each returning from its second iteration.
  const moved = new Float64Array(tensor.ranks.length);
  const first = movement(tensor, timeDimensions[start], timeStrides[start], new Float64Array(moved.length));
  const firstWords = newWords(tensor, geometry, level, first, tile);
  const move = new Float64Array(moved.length);
  for (let loop = start; loop < timeFactors.length; loop += 1) {
    movement(tensor, timeDimensions[loop], timeStrides[loop], move);
    let words = firstWords;
    for (let axis = 0; axis < moved.length; axis += 1) {
      if (move[axis] - moved[axis] !== first[axis]) words = tile;
      moved[axis] += move[axis];
    }
    received += (timeFactors[loop] - 1) * (received - tile + words);
  }
  return received;
}

/** Displacement along every axis when a loop with this stride advances, written into `into`. */
function movement(tensor: Tensor, dimension: number, stride: number, into: Float64Array): Float64Array {
  into.fill(0);
  for (const { axis, coefficient } of tensor.moves[dimension]) into[axis] = coefficient * stride;
  return into;
}

/** Words of a tile that it did not hold before it moved by `delta`. */
function newWords(
  tensor: Tensor,
  geometry: NestGeometry,
  level: number,
  delta: Float64Array,
  tile: number,
): number {
  const from = level * geometry.dimensions;
  let common = 1;
  for (let axis = 0; axis < delta.length; axis += 1)
    common *= Math.max(0, rankExtent(tensor.ranks[axis], geometry.spans, from) - delta[axis]);
  return tile - common;
}
