import { rankExtent, type Tensor } from "../../mapping/problem";
import { movementOf } from "../traffic";
import type { TimeLoop } from "./partial-mapping";

/**
 * Words that one instance receives of a tensor over the whole run, given the loops outside its tile: see
 * `receivedWords` of the model, which works on complete nests.
 */
export function receivedThrough(
  tensor: Tensor,
  spans: ArrayLike<number>,
  tile: number,
  loops: TimeLoop | null,
): number {
  const axes = tensor.ranks.length;
  const inside = new Array<number>(axes).fill(0);
  let received = tile;
  let first: readonly number[] | undefined;
  let firstWords = 0;
  for (let loop = loops; loop !== null; loop = loop.outer) {
    const movement = movementOf(tensor, loop.dimension, loop.stride);
    let words = tile;
    if (first === undefined) {
      first = movement;
      let common = 1;
      for (let axis = 0; axis < axes; axis += 1)
        common *= Math.max(0, rankExtent(tensor.ranks[axis], spans) - movement[axis]);
      firstWords = tile - common;
      words = firstWords;
    } else {
      let isAlike = true;
      for (let axis = 0; axis < axes; axis += 1)
        if (movement[axis] - inside[axis] !== first[axis]) isAlike = false;
      if (isAlike) words = firstWords;
    }
    received += (loop.factor - 1) * (received - tile + words);
    for (let axis = 0; axis < axes; axis += 1) inside[axis] += movement[axis];
  }
  return received;
}
