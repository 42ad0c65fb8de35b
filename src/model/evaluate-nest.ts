import { RaellaError } from "../errors";
import type { Hardware } from "../mapping/hardware";
import type { Problem } from "../mapping/problem";
import { costsOf, type AccessCosts } from "./access-costs";
import { accessCounts, type AccessCounts } from "./access-counts";
import { levelTiming } from "./bandwidth";
import type { DataSpaceAccesses, Evaluation, LevelEvaluation } from "./evaluation";
import type { Nest } from "./nest";
import { analyseTraffic, type Traffic } from "./traffic";

/**
 * Energy and cycles of a loop nest that fits the hardware. Sums run in Timeloop's order (reads, fills, updates;
 * data spaces as declared; levels from the inside out), so that the doubles agree with it bit for bit.
 */
export function evaluateNest(
  problem: Problem,
  hardware: Hardware,
  costs: AccessCosts,
  nest: Nest,
): Evaluation {
  const traffic = analyseTraffic(problem, hardware, nest);
  const { steps, computeUnits } = traffic.geometry;
  const computes = computeUnits * steps;
  const computeEnergyPj = computes * costs.computePj;
  let energyPj = computeEnergyPj;
  let cycles = steps;
  let lastLevelAccesses = 0;
  const levels: LevelEvaluation[] = [];
  for (let level = 0; level < nest.length; level += 1) {
    const evaluation = evaluateLevel(problem, hardware, costs, nest, traffic, level);
    energyPj += evaluation.energyPj;
    cycles = Math.max(cycles, evaluation.cycles);
    levels.push(evaluation);
    if (level === nest.length - 1) lastLevelAccesses = allAccesses(evaluation);
  }
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

function allAccesses({ accesses }: LevelEvaluation): number {
  return Object.values(accesses).reduce(
    (sum, { reads, fills, updates, instances }) => sum + (reads + fills + updates) * instances,
    0,
  );
}

function evaluateLevel(
  problem: Problem,
  hardware: Hardware,
  costs: AccessCosts,
  nest: Nest,
  traffic: Traffic,
  level: number,
): LevelEvaluation {
  const hardwareLevel = hardware.levels[level];
  const { steps } = traffic.geometry;
  const accesses: Record<string, DataSpaceAccesses> = {};
  let energyPj = 0;
  let readsPerCycle = 0;
  let writesPerCycle = 0;
  for (let tensor = 0; tensor < problem.tensors.length; tensor += 1) {
    if (!nest[level].keep[tensor]) continue;
    const { name, readWrite } = problem.tensors[tensor];
    const counts = accessCounts(traffic.tensors[tensor], nest[level], readWrite, tensor, level);
    checkExact(counts, hardwareLevel.name, name);
    const entry = priceAccesses(problem, hardware, costs, traffic, counts, level, tensor);
    accesses[name] = entry;
    energyPj += entry.energyPerInstancePj * entry.instances;
    readsPerCycle += counts.reads / steps;
    writesPerCycle += (counts.fills + counts.updates) / steps;
  }
  const timing = levelTiming(hardwareLevel, steps, readsPerCycle, writesPerCycle);
  const { cycles, slowdown } = timing;
  return { level: hardwareLevel.name, energyPj, cycles, slowdown, accesses };
}

function priceAccesses(
  problem: Problem,
  hardware: Hardware,
  costs: AccessCosts,
  traffic: Traffic,
  counts: AccessCounts,
  level: number,
  tensor: number,
): DataSpaceAccesses {
  const { blockWords } = hardware.levels[level];
  const { reads, fills, updates } = counts;
  const { readPj, fillPj, updatePj } = costsOf(costs, hardware, problem, level, tensor, fills > 0);
  const { tile, partition } = traffic.tensors[tensor];
  const rowReads = Math.ceil(reads / blockWords);
  const rowFills = Math.ceil(fills / blockWords);
  const rowUpdates = Math.ceil(updates / blockWords);
  return {
    reads,
    fills,
    updates,
    temporalReductions: counts.temporalReductions,
    instances: traffic.geometry.instances[level],
    tileSize: tile[level],
    partitionSize: partition[level],
    addressGenerations: fills + (problem.tensors[tensor].readWrite ? updates : reads),
    rowReads,
    rowFills,
    rowUpdates,
    energyPerInstancePj: rowReads * readPj + rowFills * fillPj + rowUpdates * updatePj,
  };
}

function checkExact({ reads, fills, updates }: AccessCounts, level: string, dataSpace: string): void {
  const largest = Math.max(reads, fills, updates);
  if (largest <= Number.MAX_SAFE_INTEGER) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `${level} would access ${largest.toExponential(3)} words of ${dataSpace}.`,
    value: largest,
    expected: "at most 2^53 accesses, so that counts are exact",
    remedy: "Split the layer, for instance into smaller batches.",
  });
}
