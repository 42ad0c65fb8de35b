import { rankExtent, tensorSize } from "../../mapping/problem";
import { forwardedTraffic, type TimeStep } from "../forwarding";
import { groupChildren } from "../multicast";
import { movementOf } from "../traffic";
import type { PartialMapping, TimeLoop, Transfer } from "./partial-mapping";
import type { SearchPlan } from "./search-plan";

/** Loops as [dimension, factor], innermost first. */
export type LoopList = readonly (readonly [dimension: number, factor: number])[];

/** Puts time loops inside everything decided so far; `spans` are the values that one iteration of each covers. */
export function placeTimeLoops(
  { tensors }: SearchPlan,
  partial: PartialMapping,
  loops: LoopList,
  spans: ArrayLike<number>,
): void {
  for (let index = loops.length - 1; index >= 0; index -= 1) {
    const [dimension, factor] = loops[index];
    if (factor === 1) continue;
    partial.placedSteps *= factor;
    partial.loops = { dimension, factor, stride: spans[dimension], outer: partial.loops };
    for (let tensor = 0; tensor < tensors.length; tensor += 1) {
      if (!tensors[tensor].tensor.uses[dimension]) continue;
      partial.refetches[tensor] = partial.placedSteps;
      partial.movingSteps[tensor] *= factor;
    }
  }
}

/** Spreads the children of a level; `spans` are the values that a tile of the level inside covers. */
export function placeSpaceLoops(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  loops: LoopList,
  spans: ArrayLike<number>,
): void {
  let fan = 1;
  for (const [dimension, factor] of loops) {
    fan *= factor;
    partial.spread[dimension] *= factor;
  }
  partial.instances *= fan;
  if (fan === 1) return;
  plan.tensors.forEach((_, tensor) => {
    partial.transfers[tensor] = describeTransfer(plan, partial, level, tensor, loops, spans, fan);
    dividePartition(plan, partial, tensor, loops, spans);
  });
}

function describeTransfer(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  index: number,
  loops: LoopList,
  spans: ArrayLike<number>,
  fan: number,
): Transfer {
  const { tensor, shape } = plan.tensors[index];
  const { noMulticastNoReduction } = plan.space.rules[level];
  const noMulticast = noMulticastNoReduction[index];
  const canForward = plan.forwards[level][index];
  if (shape === "simple" && !canForward) {
    let groups = 1;
    for (const [dimension, factor] of loops) if (noMulticast || tensor.uses[dimension]) groups *= factor;
    return { sizes: [{ groups, members: fan / groups }], fan, forwarded: undefined };
  }
  const steps = loops.map(([dimension, factor]) => ({
    factor,
    movement: movementOf(tensor, dimension, spans[dimension]),
  }));
  const sizes = noMulticast ? [{ members: 1, groups: fan }] : groupChildren(steps);
  if (!canForward) return { sizes, fan, forwarded: undefined };
  const { rules, hardware } = plan.space;
  const extents = tensor.ranks.map((rank) => (level === 0 ? 1 : rankExtent(rank, spans)));
  const everything = level === 0 || rules[level - 1].noTemporalReuse[index];
  const meshX = Math.max(1, hardware.levels[level].fanX);
  const time: TimeStep[] = [];
  for (let loop: TimeLoop | null = partial.loops; loop !== null; loop = loop.outer)
    time.push({ factor: loop.factor, movement: movementOf(tensor, loop.dimension, loop.stride) });
  return { sizes, fan, forwarded: forwardedTraffic(extents, everything, steps, time, meshX, noMulticast) };
}

/** Follows the model's own whole-number division for partial sums that move along shared axes. */
function dividePartition(
  { tensors }: SearchPlan,
  partial: PartialMapping,
  index: number,
  loops: LoopList,
  spans: ArrayLike<number>,
): void {
  const { tensor, dividesEvenly } = tensors[index];
  if (!tensor.readWrite || dividesEvenly) return;
  const inside = Array.from(spans);
  const together = [...inside];
  for (const [dimension, factor] of loops) together[dimension] *= factor;
  const numerator = BigInt(partial.partitions[index]) * BigInt(tensorSize(tensor, inside));
  partial.partitions[index] = Number(numerator / BigInt(tensorSize(tensor, together)));
}
