import type { KeepTable } from "../mapspace/capacity";
import { defaultOrder } from "../mapspace/loop-orders";
import type { LoopOrders } from "../mapspace/loop-orders";
import { factorInSlot } from "../mapspace/search-layout";
import type { SearchLayout } from "../mapspace/search-layout";
import type { AccessCosts } from "../model/access-costs";
import { evaluateNest } from "../model/evaluate-mapping";
import type { Nest } from "../model/nest";
import type { MappingScorer, ScorerFactory } from "./scorer";
import { canUseTables, planScorer } from "./tables/scorer-plan";
import { TableScorer } from "./tables/table-scorer";
import { activeSlots } from "./tables/time-loops";

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

/**
 * Prices the mappings of a space in a search's inner loop, with the same figures as the full evaluation bit for
 * bit: by tables of contributions per dimension where the space allows it, else mapping by mapping.
 */
export function createScorer(layout: SearchLayout, keep: KeepTable, costs: AccessCosts): MappingScorer {
  if (!canUseTables(layout)) return createNestScorer(layout, keep, costs);
  const active = activeSlots(layout.space);
  const plan = planScorer(layout, keep, costs, active);
  return new TableScorer(layout, plan, active, () => createNestScorer(layout, keep, costs));
}

/** The scorer of a search over mappings with these costs. */
export function scorerFactory(costs: AccessCosts): ScorerFactory {
  return (layout, keep) => createScorer(layout, keep, costs);
}
