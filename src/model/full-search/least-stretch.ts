import type { SearchPlan } from "./search-plan";

/**
 * The least number of cycles per time step that the bandwidths allow in any mapping: a level that exchanges words
 * with the compute units at every step can do so only as fast as its bandwidth.
 */
export function leastStretch(plan: SearchPlan): number {
  const { limitedLevels, space, tensors } = plan;
  let stretch = 1;
  for (const level of limitedLevels) {
    const { readBandwidth, writeBandwidth, sharedBandwidth } = space.hardware.levels[level];
    const { keep, passthrough, rmwOnFirstWriteback } = space.rules[level];
    let reads = 0;
    let writes = 0;
    tensors.forEach(({ tensor }, index) => {
      if (keep[index] !== "keep") return;
      const words = leastWordsPerStep(plan, level, index);
      if (!tensor.readWrite || passthrough[index] || rmwOnFirstWriteback[index]) reads += words;
      if (tensor.readWrite) writes += passthrough[index] ? 2 * words : words;
    });
    stretch = Math.max(
      stretch,
      readBandwidth === null ? 0 : reads / readBandwidth,
      writeBandwidth === null ? 0 : writes / writeBandwidth,
      sharedBandwidth === null ? 0 : (reads + writes) / sharedBandwidth,
    );
  }
  return stretch;
}

/** Words of a tensor that one instance of a level exchanges with its inside per time step, at least. */
function leastWordsPerStep({ space, tensors, forwards }: SearchPlan, level: number, index: number): number {
  const { tensor, shape } = tensors[index];
  let words = 1;
  for (let inner = 0; inner <= level; inner += 1) {
    const { keep, passthrough, noMulticastNoReduction } = space.rules[inner];
    // A level that keeps the words for itself may need them less than once per step.
    if (inner < level && keep[index] !== "bypass" && !passthrough[index]) return 0;
    const slot = space.slots.find((candidate) => candidate.level === inner && candidate.kind === "space");
    if (slot === undefined) continue;
    if (forwards[inner][index]) return 0;
    slot.factors.forEach((factor, dimension) => {
      const counts = noMulticastNoReduction[index] || (shape === "simple" && tensor.uses[dimension]);
      if (counts && factor > 1) words *= factor;
    });
  }
  return words;
}
