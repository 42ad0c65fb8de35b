import { requireArgument } from "../arguments";
import { freeze } from "../memory";
import { energyTableSchema, type EnergyReferenceTable } from "../estimation/reference-tables";
import { describeHardware } from "../mapping/hardware";
import { mappingSchema, type Mapping } from "../mapping/mapping";
import { describeProblem } from "../mapping/problem";
import { nestSchema, type Specification } from "../spec/specification";
import { describeCosts } from "./access-costs";
import { countAccesses } from "./count-accesses";
import type { Evaluation } from "./evaluation";
import { priceAccesses } from "./price-accesses";

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
