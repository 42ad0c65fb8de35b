import { fillsOf, readsOf, updatesOf } from "../../model/access-counts";
import { consumptionScale, cyclesOfWords } from "../../model/bandwidth";
import { roundingShare } from "../ranking";
import { contentEnergyPj } from "./enter-level";
import type { Criteria } from "./objective";
import type { PartialMapping } from "./partial-mapping";
import type { Relaxation } from "./relaxation";
import { repetitionsOf } from "./repetitions";
import type { RepetitionRules } from "./repetitions";
import type { SearchPlan } from "./search-plan";

/**
 * The least number of cycles per time step that the bandwidths allow in any mapping: a level that exchanges words
 * with the compute units at every step can do so only as fast as its bandwidth.
 */
export function leastStretch(plan: SearchPlan): number {
  const { limitedLevels, space, tensors } = plan;
  let stretch = 1;
  for (const level of limitedLevels) {
    const { keep } = space.rules[level];
    let reads = 0;
    let writes = 0;
    tensors.forEach(({ tensor }, index) => {
      if (keep[index] !== "keep") return;
      const words = leastWordsPerStep(plan, level, index);
      const rule = plan.accessRules[level][index];
      const scale = consumptionScale(space.hardware.levels[level], tensor.name);
      // At worst everything is written for the first time, and nothing comes from outside.
      reads += readsOf(rule, words, 0, Infinity) * scale;
      writes += (fillsOf(rule, words, 0, 0, Infinity) + updatesOf(rule, words)) * scale;
    });
    stretch = Math.max(stretch, cyclesOfWords(space.hardware.levels[level], reads, writes));
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

/** Per level, and one more for none: what the levels inside it lose in a cycle at least, pJ: one instance each. */
export function leaksInside({ leaks, rowCosts }: SearchPlan): readonly number[] {
  const sums = [0];
  for (let level = 0; level < rowCosts.length; level += 1) sums.push(sums[level] + (leaks?.[level] ?? 0));
  return sums;
}

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
  const insideLeaks = leaksInside(plan);

  /** Cycles that the accesses counted so far take at least. */
  function limitedCycles({ accesses }: PartialMapping): number {
    let cycles = 0;
    limitedLevels.forEach((level, index) => {
      const hardwareLevel = space.hardware.levels[level];
      cycles = Math.max(cycles, cyclesOfWords(hardwareLevel, accesses[2 * index], accesses[2 * index + 1]));
    });
    return cycles;
  }

  function leastCycles(steps: number, limited: number): number {
    return Math.ceil(Math.max(steps * stretch, limited) * (1 - roundingShare));
  }

  function leakage({ leakPj, entered }: PartialMapping, cycles: number): number {
    return (leakPj + insideLeaks[entered]) * cycles;
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
      energyPj += contentEnergyPj(plan, pending, content);
    }
    const steps = partial.steps * stages[partial.stage].fixedTimeInside;
    const limited = limitedCycles(partial);
    for (let pair = relaxation.first(entry); pair < relaxation.end(entry); pair += 1) {
      const cycles = leastCycles(steps * relaxation.steps(pair), limited);
      const leakagePj = leakage(partial, cycles);
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
          const leakagePj = leakage(parent, cycles);
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
