import { requireArgument } from "../arguments";
import { freeze } from "../memory";
import { energyTableSchema } from "../spec/reference-tables";
import type { EnergyReferenceTable } from "../spec/reference-tables";
import { nestSchema } from "../spec/specification";
import type { Specification } from "../spec/specification";
import { costsOf, describeCosts, energyOfInstances, energyOfRows, leakageEnergy } from "./access-costs";
import type { AccessCosts } from "./access-costs";
import { countAccesses, countNestAccesses } from "./access-counts";
import type { LevelCounts, NestCounts } from "./access-counts";
import { levelTiming } from "./bandwidth";
import type { DataSpaceAccesses, Evaluation, LevelEvaluation } from "./evaluation";
import type { Hardware } from "./hardware";
import { describeHardware } from "./hardware";
import { mappingSchema } from "./mapping";
import type { Mapping } from "./mapping";
import type { Nest } from "./nest";
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

/**
 * Energy and cycles of counted accesses. Sums run in Timeloop's order (reads, fills, updates; data spaces as declared;
 * levels from the inside out), so that the doubles agree with it bit for bit.
 * @throws RaellaError `component` where the costs miss an action that the accesses need.
 */
export function priceAccesses(
  problem: Problem,
  hardware: Hardware,
  costs: AccessCosts,
  { steps, computeUnits, levels: counted }: NestCounts,
): Evaluation {
  const computes = computeUnits * steps;
  const computeEnergyPj = computes * costs.computePj;
  let cycles = steps;
  const levels: LevelEvaluation[] = [];
  for (let level = 0; level < counted.length; level += 1) {
    const evaluation = priceLevel(problem, hardware, costs, counted[level], steps, level);
    cycles = Math.max(cycles, evaluation.cycles);
    levels.push(evaluation);
  }
  let energyPj = computeEnergyPj;
  for (let level = 0; level < levels.length; level += 1) {
    const { leakPj } = costs.levels[level];
    if (leakPj !== undefined)
      levels[level] = withLeakage(levels[level], leakageEnergy(leakPj, cycles, counted[level].leaking));
    energyPj += levels[level].energyPj;
  }
  const lastLevelAccesses = allAccesses(counted[counted.length - 1]);
  levels.reverse();
  return {
    cycles,
    computeCycles: steps,
    computes,
    usedComputeUnits: computeUnits,
    utilization: computes / hardware.compute.instances / cycles,
    energyPj,
    computeEnergyPj,
    edpPjCycles: energyPj * cycles,
    lastLevelAccesses,
    levels,
  };
}

function withLeakage(evaluation: LevelEvaluation, leakagePj: number): LevelEvaluation {
  const { energyPj: accessesPj } = evaluation;
  return { ...evaluation, energyPj: accessesPj + leakagePj, parts: { accessesPj, leakagePj } };
}

function allAccesses({ tensors }: LevelCounts): number {
  let sum = 0;
  for (const counts of tensors)
    if (counts !== null) sum += (counts.reads + counts.fills + counts.updates) * counts.instances;
  return sum;
}

function priceLevel(
  problem: Problem,
  hardware: Hardware,
  costs: AccessCosts,
  { tensors, readsPerCycle, writesPerCycle }: LevelCounts,
  steps: number,
  level: number,
): LevelEvaluation {
  const accesses: Record<string, DataSpaceAccesses> = {};
  let energyPj = 0;
  for (let tensor = 0; tensor < tensors.length; tensor += 1) {
    const counts = tensors[tensor];
    if (counts === null) continue;
    const { rowReads, rowFills, rowUpdates } = counts;
    const { readPj, fillPj, updatePj } = costsOf(costs, hardware, problem, level, tensor, counts.fills > 0);
    const energyPerInstancePj = energyOfRows(rowReads, readPj, rowFills, fillPj, rowUpdates, updatePj);
    // Spread with another field behind it, the counts would take fifteen times as long to copy.
    accesses[problem.tensors[tensor].name] = {
      reads: counts.reads,
      fills: counts.fills,
      updates: counts.updates,
      temporalReductions: counts.temporalReductions,
      instances: counts.instances,
      clusters: counts.clusters,
      tileSize: counts.tileSize,
      partitionSize: counts.partitionSize,
      addressGenerations: counts.addressGenerations,
      rowReads,
      rowFills,
      rowUpdates,
      energyPerInstancePj,
    };
    energyPj += energyOfInstances(energyPerInstancePj, counts.instances, hardware.levels[level].clusters);
  }
  const { cycles, slowdown } = levelTiming(hardware.levels[level], steps, readsPerCycle, writesPerCycle);
  return { level: hardware.levels[level].name, energyPj, cycles, slowdown, accesses };
}
