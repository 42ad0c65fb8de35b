import type { TimeLoop } from "./nest";
import { rankExtent } from "./problem";
import type { Tensor } from "./problem";

/**
 * Words that one instance of a level receives of a tensor over the whole run.
 *
 * Timeloop samples the first two iterations of every time loop outside the tile and lets the second stand for all
 * the others. A step fetches what the tile did not hold before if it moves as the innermost loop does, else the
 * whole tile; with all loops inside loop j included, one more loop of factor f turns A into
 * A + (f - 1) (A - F + g), where F is the tile and g the cost of that loop's step.
 *
 * @param spans - dimension `d` of the tile takes `spans[from + d]` consecutive values
 * @param tile - words of the tile
 * @param loops - the time loops outside the tile
 */
export function receivedWords(
  tensor: Tensor,
  spans: ArrayLike<number>,
  from: number,
  tile: number,
  loops: TimeLoop | null,
): number {
  if (loops === null) return tile;
  const first = movementOf(tensor, loops.dimension, loops.stride);
  const firstWords = newWords(tensor, spans, from, first, tile);
  let received = tile + (loops.factor - 1) * firstWords;
  // Where the loops so far have moved the tile, each returning from its second iteration.
  const moved = first.slice();
  const move = new Float64Array(moved.length);
  for (let loop = loops.outer; loop !== null; loop = loop.outer) {
    writeMovement(tensor, loop.dimension, loop.stride, move);
    let words = firstWords;
    for (let axis = 0; axis < moved.length; axis += 1) {
      if (move[axis] - moved[axis] !== first[axis]) words = tile;
      moved[axis] += move[axis];
    }
    received += (loop.factor - 1) * (received - tile + words);
  }
  return received;
}

/** The same for a level told to reuse nothing from one step to the next: every step fetches the whole tile. */
export function refetchedWords(tile: number, loops: TimeLoop | null): number {
  let received = tile;
  for (let loop = loops; loop !== null; loop = loop.outer) received *= loop.factor;
  return received;
}

/** Displacement of a tensor's tile along every axis when a loop with this stride advances. */
export function movementOf(tensor: Tensor, dimension: number, stride: number): Float64Array {
  const movement = new Float64Array(tensor.ranks.length);
  writeMovement(tensor, dimension, stride, movement);
  return movement;
}

function writeMovement(tensor: Tensor, dimension: number, stride: number, into: Float64Array): void {
  into.fill(0);
  for (const { axis, coefficient } of tensor.moves[dimension]) into[axis] = coefficient * stride;
}

/** Words of a tile that it did not hold before it moved by `delta`. */
function newWords(
  tensor: Tensor,
  spans: ArrayLike<number>,
  from: number,
  delta: Float64Array,
  tile: number,
): number {
  let common = 1;
  for (let axis = 0; axis < delta.length; axis += 1)
    common *= Math.max(0, rankExtent(tensor.ranks[axis], spans, from) - delta[axis]);
  return tile - common;
}
