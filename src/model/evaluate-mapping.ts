import { requireArgument } from "../arguments";
import { freeze } from "../memory";
import { energyTableSchema } from "../spec/reference-tables";
import type { EnergyReferenceTable } from "../spec/reference-tables";
import { nestSchema } from "../spec/specification";
import type { Specification } from "../spec/specification";
import type { AccessCosts } from "./access-costs";
import { describeCosts } from "./access-costs";
import { countAccesses, countNestAccesses } from "./access-counts";
import type { Evaluation } from "./evaluation";
import type { Hardware } from "./hardware";
import { describeHardware } from "./hardware";
import { mappingSchema } from "./mapping";
import type { Mapping } from "./mapping";
import type { Nest } from "./nest";
import { priceAccesses } from "./price-accesses";
import type { Problem } from "./problem";
import { describeProblem } from "./problem";

/** Energy and cycles of a loop nest that fits the hardware. */
export function evaluateNest(
  problem: Problem,
  hardware: Hardware,
  costs: AccessCosts,
  nest: Nest,
): Evaluation {
  return priceAccesses(problem, hardware, costs, countNestAccesses(problem, hardware, nest));
}

/**
 * Everything the analytical model says of one mapping (Timeloop's model in closed form: no loop is walked).
 * The mapping may lie outside the constraints of the specification.
 * @throws RaellaError `invalid-mapping` with the numbers where the mapping does not fit the hardware, `component`
 *   where the energy table misses an action, `out-of-range` beyond exact arithmetic.
 */
export function evaluateMapping(
  specification: Pick<Specification, "levels" | "workload" | "sparse" | "placeholders">,
  energyTable: EnergyReferenceTable,
  mapping: Mapping,
): Evaluation {
  requireArgument(nestSchema, specification, "the specification of evaluateMapping");
  requireArgument(energyTableSchema, energyTable, "the energy table of evaluateMapping");
  requireArgument(mappingSchema, mapping, "the mapping of evaluateMapping");
  const problem = describeProblem(specification.workload);
  const hardware = describeHardware(specification);
  const counts = countAccesses(problem, hardware, mapping);
  return freeze(priceAccesses(problem, hardware, describeCosts(hardware, energyTable), counts));
}
