import { chargedInstances, contentEnergyPj } from "./enter-level";
import type { Criteria } from "./objective";
import type { PartialMapping } from "./partial-mapping";
import { repetitionsOf } from "./partial-repetitions";
import type { Relaxation } from "./relaxation";
import type { RepetitionRules } from "./repetition-rules";
import type { SearchPlan } from "./search-plan";
import { createLeakBounds } from "./leak-bounds";
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
  repetitions: readonly RepetitionRules[],
  criteria: Criteria,
): PartialBounds {
  const { stages, limitedLevels, space, computeEnergyPj } = plan;
  const stretch = leastStretch(plan);
  const leaks = createLeakBounds(plan);

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

  /** Lowers the bounds of a partial mapping to what an entry of the relaxation leaves possible. */
  function lowerTo(partial: PartialMapping, entry: number, factors: readonly number[]): void {
    let energyPj = partial.energyPj + computeEnergyPj;
    for (let tensor = 0; tensor < factors.length; tensor += 1)
      if (factors[tensor] > 1) energyPj += (factors[tensor] - 1) * relaxation.repeatedEnergyPj(entry, tensor);
    for (const pending of partial.pending) {
      const repeats = plan.contentRepeats[pending.level][pending.tensor] ? factors[pending.tensor] : 1;
      const inside = (relaxation.crossingWords(entry, pending.tensor) / partial.instances) * repeats;
      const content = pending.ratio * inside * (1 - roundingShare);
      energyPj += chargedInstances(plan, pending) * contentEnergyPj(plan, pending, content);
    }
    const steps = partial.steps * stages[partial.stage].fixedTimeInside;
    const limited = limitedCycles(partial);
    for (let pair = relaxation.first(entry); pair < relaxation.end(entry); pair += 1) {
      const cycles = leastCycles(steps * relaxation.steps(pair), limited);
      const leakagePj = leaks.ofPartial(partial, cycles);
      const energy = (energyPj + relaxation.innerEnergyPj(pair) + leakagePj) * (1 - roundingShare);
      partial.bound = Math.min(partial.bound, criteria.objective.value(energy, cycles));
      partial.secondBound = Math.min(partial.secondBound, energy * cycles);
      partial.cyclesBound = Math.min(partial.cyclesBound, cycles);
    }
  }

  return {
    bound(partial) {
      partial.bound = Infinity;
      partial.secondBound = Infinity;
      partial.cyclesBound = Infinity;
      for (const { mask, factors } of repetitionsOf(plan, repetitions[partial.stage], partial)) {
        const entry = relaxation.find(partial.stage, partial.point, mask);
        if (entry >= 0) lowerTo(partial, entry, factors);
      }
    },
    quickBound(parent, stage, point, steps) {
      const inside = steps * stages[stage].fixedTimeInside;
      const limited = limitedCycles(parent);
      let bound = Infinity;
      for (const mask of repetitions[stage].masks) {
        const entry = relaxation.find(stage, point, mask);
        if (entry < 0) continue;
        for (let pair = relaxation.first(entry); pair < relaxation.end(entry); pair += 1) {
          const cycles = leastCycles(inside * relaxation.steps(pair), limited);
          const leakagePj = leaks.ofPartial(parent, cycles);
          const energy =
            (parent.energyPj + computeEnergyPj + relaxation.wholeEnergyPj(pair) + leakagePj) *
            (1 - roundingShare);
          bound = Math.min(bound, criteria.objective.value(energy, cycles));
        }
      }
      return bound;
    },
    cycles: (partial) => leastCycles(partial.steps, limitedCycles(partial)),
  };
}
