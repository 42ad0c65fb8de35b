import type { LoopFigures, TimeLoop } from "./loop-tables";
import type { ForwardGuard } from "./scorer-guards";

/**
 * Whether some step of a run might use transfers between neighbours; `false` is certain. Looks at the displacements
 * at which one child needs now what another needed a step before (see forwarding): none may lie within the reach of
 * the children.
 *
 * @param figures - sums over the dimensions, from `at` on
 * @param moved - scratch space, one number per axis
 */
export function mightForward(
  guard: ForwardGuard,
  loops: readonly TimeLoop[],
  sequence: Int32Array,
  { factors, strides }: LoopFigures,
  figures: Float64Array,
  at: number,
  moved: Float64Array,
): boolean {
  const { tensor, fromLevel, everything, extents, reach } = guard;
  let firstAxis = -1;
  let firstMove = -1;
  let isWhole = everything;
  moved.fill(0);
  for (let index = 0; index < sequence.length; index += 1) {
    const id = sequence[index];
    const loop = loops[id];
    if (factors[id] === 1 || loop.level < fromLevel) continue;
    const axis = loop.axis[tensor];
    const move = axis < 0 ? 0 : loop.coefficient[tensor] * strides[id];
    const isFirst = firstMove < 0;
    if (isFirst) {
      firstAxis = axis;
      firstMove = move;
      if (!everything) {
        // A tile that stays in place fetches nothing, and then no neighbour has anything to pass on.
        if (move === 0) return false;
        isWhole = move >= figures[at + extents[axis]];
      }
    }
    // Where the innermost loop fetches parts of tiles, only steps like its own fetch such parts.
    let isLikeFirst = !isFirst;
    let isInReach = true;
    let isStill = true;
    for (let other = 0; other < reach.length; other += 1) {
      const step = (other === axis ? move : 0) - moved[other];
      if (step !== (other === firstAxis ? firstMove : 0)) isLikeFirst = false;
      if (step !== 0) isStill = false;
      if (Math.abs(step) > figures[at + reach[other]]) isInReach = false;
    }
    if (isInReach && (isWhole || isLikeFirst) && (!isStill || figures[at + guard.coinciding] > 0))
      return true;
    if (axis >= 0) moved[axis] += move;
  }
  return false;
}
