import type { KeepTable } from "../mapping/capacity";
import type { MappingScorer, ScorerFactory } from "../mapping/scorer";
import type { SearchLayout } from "../mapping/search-layout";
import type { AccessCosts } from "./access-costs";
import { activeSlots } from "./loop-potential";
import { createNestScorer } from "./nest-scorer";
import { planScorer } from "./scorer-plan";
import { isSeparable } from "./separable";
import { createTableScorer } from "./table-scorer";

/**
 * Prices the mappings of a space in a search's inner loop, with the same figures as the full evaluation bit for
 * bit: by tables of contributions per dimension where the space allows it, else mapping by mapping.
 */
export function createScorer(layout: SearchLayout, keep: KeepTable, costs: AccessCosts): MappingScorer {
  const active = activeSlots(layout.space);
  if (!isSeparable(layout, keep, costs, active)) return createNestScorer(layout, keep, costs);
  return createTableScorer(layout, planScorer(layout, keep, costs, active), active);
}

/** The scorer of a search over mappings with these costs. */
export function scorerFactory(costs: AccessCosts): ScorerFactory {
  return (layout, keep) => createScorer(layout, keep, costs);
}
