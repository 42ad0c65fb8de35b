import type { KeepTable } from "../mapping/capacity";
import type { MappingScorer, ScorerFactory } from "../mapping/scorer";
import type { SearchLayout } from "../mapping/search-layout";
import type { AccessCosts } from "./access-costs";
import { activeSlots } from "./loop-potential";
import { createNestScorer } from "./nest-scorer";
import { canUseTables } from "./scorer-guards";
import { planScorer } from "./scorer-plan";
import { createTableScorer } from "./table-scorer";

/**
 * Prices the mappings of a space in a search's inner loop, with the same figures as the full evaluation bit for
 * bit: by tables of contributions per dimension where the space allows it, else mapping by mapping.
 */
export function createScorer(layout: SearchLayout, keep: KeepTable, costs: AccessCosts): MappingScorer {
  if (!canUseTables(layout)) return createNestScorer(layout, keep, costs);
  const active = activeSlots(layout.space);
  const plan = planScorer(layout, keep, costs, active);
  return createTableScorer(layout, plan, active, () => createNestScorer(layout, keep, costs));
}

/** The scorer of a search over mappings with these costs. */
export function scorerFactory(costs: AccessCosts): ScorerFactory {
  return (layout, keep) => createScorer(layout, keep, costs);
}
