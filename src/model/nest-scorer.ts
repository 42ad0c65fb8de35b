import type { KeepTable } from "../mapping/capacity";
import type { MappingScorer } from "../mapping/scorer";
import { factorInSlot, type SearchLayout } from "../mapping/search-layout";
import { defaultOrder, type LoopOrders } from "../mapping/slot-orders";
import type { AccessCosts } from "./access-costs";
import { evaluateNest } from "./evaluate-nest";
import type { Nest } from "./nest";

/** A scorer for any map space: lays out the loop nest of every candidate and evaluates it as a whole. */
export function createNestScorer(layout: SearchLayout, keep: KeepTable, costs: AccessCosts): MappingScorer {
  const { problem, hardware, slots, rules } = layout.space;
  const orders = slots.map((slot) => defaultOrder(slot));
  const nest: Nest = rules.map((rule, level) => ({
    space: { dimensions: [], factors: [] },
    time: { dimensions: [], factors: [] },
    keep: keep[level],
    passthrough: rule.passthrough.map((flag, tensor) => flag && keep[level][tensor]),
    noTemporalReuse: rule.noTemporalReuse,
    rmwOnFirstWriteback: rule.rmwOnFirstWriteback,
    noMulticast: rule.noMulticastNoReduction,
    noLinkTransfer: rule.noLinkTransfer,
  }));
  const scorer = {
    energyPj: 0,
    cycles: 0,
    lastLevelAccesses: 0,
    score(choice: ArrayLike<number>, chosenOrders: LoopOrders | null): void {
      slots.forEach((slot, index) => {
        const block = nest[slot.level][slot.kind];
        block.dimensions.length = 0;
        block.factors.length = 0;
        for (const dimension of chosenOrders?.[index] ?? orders[index]) {
          const factor = factorInSlot(layout, index, dimension, choice);
          if (factor === 1) continue;
          block.dimensions.push(dimension);
          block.factors.push(factor);
        }
      });
      const { energyPj, cycles, lastLevelAccesses } = evaluateNest(problem, hardware, costs, nest);
      scorer.energyPj = energyPj;
      scorer.cycles = cycles;
      scorer.lastLevelAccesses = lastLevelAccesses;
    },
  };
  return scorer;
}
