import { rankExtent, type Tensor } from "../mapping/problem";
import type { Nest } from "./nest";
import { movementOf, type NestGeometry } from "./traffic";

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
  let received = tile;
  if (nest[level].noTemporalReuse[index]) {
    for (let outer = level + 1; outer < nest.length; outer += 1)
      for (const factor of nest[outer].time.factors) received *= factor;
    return received;
  }
  const axes = tensor.ranks.length;
  const inside = new Array<number>(axes).fill(0);
  let firstDelta: number[] | undefined;
  let firstWords = 0;
  for (let outer = level + 1; outer < nest.length; outer += 1) {
    const { dimensions, factors } = nest[outer].time;
    for (let loop = 0; loop < factors.length; loop += 1) {
      const stride = geometry.childrenSpans[outer][dimensions[loop]];
      const movement = movementOf(tensor, dimensions[loop], stride);
      let words = tile;
      if (firstDelta === undefined) {
        firstDelta = movement;
        firstWords = newWords(tensor, geometry.spans[level], movement, tile);
        words = firstWords;
      } else {
        const first = firstDelta;
        if (movement.every((step, axis) => step - inside[axis] === first[axis])) words = firstWords;
      }
      received += (factors[loop] - 1) * (received - tile + words);
      for (let axis = 0; axis < axes; axis += 1) inside[axis] += movement[axis];
    }
  }
  return received;
}

/** Words of a tile that it did not hold before it moved by `delta`. */
function newWords(tensor: Tensor, spans: ArrayLike<number>, delta: readonly number[], tile: number): number {
  let common = 1;
  for (let axis = 0; axis < delta.length; axis += 1)
    common *= Math.max(0, rankExtent(tensor.ranks[axis], spans) - Math.abs(delta[axis]));
  return tile - common;
}
