import { contentEnergyPj } from "./enter-level";
import type { Criteria } from "./objective";
import type { PartialMapping } from "./partial-mapping";
import type { Relaxation } from "./relaxation";
import type { SearchPlan } from "./search-plan";
import { leastStretch } from "./least-stretch";

/** Rounding of a few dozen operations stays far below this share. */
const roundingShare = 1e-12;

/** Lower bounds of what a partial mapping can still become. */
export interface PartialBounds {
  /** Sets the bounds of a partial mapping; infinite where it cannot be completed. */
  bound(partial: PartialMapping): void;
  /** A quick bound from the parent's price, before a child is made: infinite where it cannot be completed. */
  quickBound(parent: PartialMapping, stage: number, point: number, steps: number): number;
  /** Cycles of a complete mapping. */
  cycles(partial: PartialMapping): number;
}

export function createPartialBounds(
  plan: SearchPlan,
  relaxation: Relaxation,
  criteria: Criteria,
): PartialBounds {
  const { stages, limitedLevels, space, computeEnergyPj } = plan;
  const stretch = leastStretch(plan);
  const factors = plan.tensors.map(() => 1);

  /** Cycles that the accesses counted so far take at least. */
  function limitedCycles({ accesses }: PartialMapping): number {
    let cycles = 0;
    limitedLevels.forEach((level, index) => {
      const { readBandwidth, writeBandwidth, sharedBandwidth } = space.hardware.levels[level];
      const reads = accesses[2 * index];
      const writes = accesses[2 * index + 1];
      cycles = Math.max(
        cycles,
        readBandwidth === null ? 0 : reads / readBandwidth,
        writeBandwidth === null ? 0 : writes / writeBandwidth,
        sharedBandwidth === null ? 0 : (reads + writes) / sharedBandwidth,
      );
    });
    return cycles;
  }

  function leastCycles(steps: number, limited: number): number {
    return Math.ceil(Math.max(steps * stretch, limited) * (1 - roundingShare));
  }

  return {
    bound(partial) {
      const entry = relaxation.find(partial.stage, partial.point);
      partial.bound = Infinity;
      partial.secondBound = Infinity;
      if (entry < 0) return;
      let energyPj = partial.energyPj + computeEnergyPj;
      for (let tensor = 0; tensor < factors.length; tensor += 1) {
        factors[tensor] = refetchFactor(plan, partial, tensor);
        if (factors[tensor] > 1)
          energyPj += (factors[tensor] - 1) * relaxation.repeatedEnergyPj(entry, tensor);
      }
      for (const pending of partial.pending) {
        const repeats = plan.contentRepeats[pending.level][pending.tensor] ? factors[pending.tensor] : 1;
        const inside = (relaxation.crossingWords(entry, pending.tensor) / partial.instances) * repeats;
        const content = pending.ratio * inside * (1 - roundingShare);
        energyPj += pending.instances * contentEnergyPj(plan, pending, content);
      }
      const steps = partial.steps * stages[partial.stage].fixedTimeInside;
      const limited = limitedCycles(partial);
      for (let pair = relaxation.first(entry); pair < relaxation.end(entry); pair += 1) {
        const energy = (energyPj + relaxation.innerEnergyPj(pair)) * (1 - roundingShare);
        const cycles = leastCycles(steps * relaxation.steps(pair), limited);
        partial.bound = Math.min(partial.bound, criteria.objective.value(energy, cycles));
        partial.secondBound = Math.min(partial.secondBound, energy * cycles);
      }
    },
    quickBound(parent, stage, point, steps) {
      const entry = relaxation.find(stage, point);
      if (entry < 0) return Infinity;
      const limited = limitedCycles(parent);
      const inside = steps * stages[stage].fixedTimeInside;
      let bound = Infinity;
      for (let pair = relaxation.first(entry); pair < relaxation.end(entry); pair += 1) {
        const energy =
          (parent.energyPj + computeEnergyPj + relaxation.wholeEnergyPj(pair)) * (1 - roundingShare);
        const cycles = leastCycles(inside * relaxation.steps(pair), limited);
        bound = Math.min(bound, criteria.objective.value(energy, cycles));
      }
      return bound;
    },
    cycles: (partial) => leastCycles(partial.steps, limitedCycles(partial)),
  };
}

/**
 * How often, because of loops already decided, everything inside is fetched again of a tensor, as far as the bounds of
 * {@link Relaxation} have not counted it: irrelevant time loops outside a loop that moves the tensor, and
 * irrelevant space loops of dimensions that the bounds take to lie in time.
 */
function refetchFactor(
  { stages, tensors, freeTimeOutside }: SearchPlan,
  partial: PartialMapping,
  index: number,
): number {
  const { tensor } = tensors[index];
  const { choice } = stages[partial.stage];
  let factor = partial.refetches[index] / partial.movingSteps[index];
  if (choice === undefined || choice.level === 0) return factor;
  const inTime = freeTimeOutside[choice.level - 1];
  partial.spread.forEach((spread, dimension) => {
    if (spread > 1 && !tensor.uses[dimension] && inTime[dimension]) factor *= spread;
  });
  return factor;
}
