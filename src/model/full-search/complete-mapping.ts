import { toMapping, type FactorTable } from "../../mapping/candidate-mapping";
import type { KeepTable } from "../../mapping/capacity";
import type { Mapping } from "../../mapping/mapping";
import type { PartialMapping } from "./partial-mapping";
import type { SearchPlan } from "./search-plan";

/** The mapping that a complete chain of decisions stands for. */
export function completeMapping({ space }: SearchPlan, partial: PartialMapping): Mapping {
  const factors = space.slots.map((slot) => slot.factors.map((factor) => Math.max(1, factor)));
  const orders: (readonly number[] | undefined)[] = space.slots.map(() => undefined);
  const keep = space.rules.map((rules) => rules.keep.map((decision) => decision === "keep"));
  for (let list = partial.decisions; list !== null; list = list.before) {
    const { decision } = list;
    if (decision.kind === "factors")
      for (const [dimension, factor] of decision.factors) factors[decision.slot][dimension] = factor;
    else if (decision.kind === "order") orders[decision.slot] = decision.order;
    else keep[decision.level][decision.tensor] = decision.isKept;
  }
  const table: FactorTable = factors;
  const kept: KeepTable = keep;
  return toMapping(
    space,
    table,
    orders.map((order, slot) => order && allDimensions(table[slot], order)),
    kept,
  );
}

/** An order of the loops above 1, with the dimensions of factor 1 innermost. */
function allDimensions(factors: readonly number[], order: readonly number[]): readonly number[] {
  if (order.length === factors.length) return order;
  return [...factors.flatMap((_, dimension) => (order.includes(dimension) ? [] : [dimension])), ...order];
}
