import type { Hardware } from "../mapping/hardware";
import type { Problem } from "../mapping/problem";
import type { AccessCosts } from "./access-costs";
import { countNestAccesses } from "./count-accesses";
import type { Evaluation } from "./evaluation";
import type { Nest } from "./nest";
import { priceAccesses } from "./price-accesses";

/** Energy and cycles of a loop nest that fits the hardware. */
export function evaluateNest(
  problem: Problem,
  hardware: Hardware,
  costs: AccessCosts,
  nest: Nest,
): Evaluation {
  return priceAccesses(problem, hardware, costs, countNestAccesses(problem, hardware, nest));
}
