import { RaellaError } from "../errors";
import { leakingInstances, usedClusters } from "./access-costs";
import type { DataSpaceCounts } from "./evaluation";
import { requireValidMapping } from "./fit";
import type { Hardware } from "./hardware";
import type { Mapping } from "./mapping";
import type { Nest, NestLevel } from "./nest";
import { nestOfMapping } from "./nest";
import type { Problem } from "./problem";
import type { TensorTraffic } from "./traffic";
import { analyseTraffic } from "./traffic";

/** Accesses of one level for one tensor, words per instance over the whole run. */
interface TensorAccesses {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  readonly temporalReductions: number;
}

/**
 * Accesses of a level that holds a tensor.
 *
 * Read-only tensors are filled from outside and read from inside. For partial sums an update is one arriving from
 * inside, a read fetches the old one it is added to, a fill an old one that comes back from outside; the first
 * write of every word needs neither, unless the level is told to read before every write-back. Words passed on by
 * neighbours count as reads and fills.
 */
export function accessCounts(
  traffic: TensorTraffic,
  nestLevel: NestLevel,
  readWrite: boolean,
  tensor: number,
  level: number,
): TensorAccesses {
  const content = traffic.content[level];
  const share = traffic.share[level];
  const peer = traffic.peer[level];
  if (!readWrite)
    return {
      reads: round(content + peer),
      fills: Math.trunc(share + peer),
      updates: 0,
      temporalReductions: 0,
    };
  const updates = round(content);
  if (nestLevel.passthrough[tensor]) {
    const through = round(content + peer);
    return { reads: through, fills: through, updates, temporalReductions: updates };
  }
  if (nestLevel.rmwOnFirstWriteback[tensor])
    return { reads: round(content + peer), fills: round(share + peer), updates, temporalReductions: updates };
  const partition = traffic.partition[level];
  return {
    reads: round(content + peer - partition),
    // Nothing comes back to the outermost holder.
    fills: level === traffic.outermost ? round(peer) : round(share + peer - partition),
    updates,
    temporalReductions: round(content - partition),
  };
}

/** To the nearest whole number; accesses are never negative. */
function round(words: number): number {
  return words > 0 ? Math.round(words) : 0;
}

/** Accesses of one level, whatever they cost. */
export interface LevelCounts {
  /** Per tensor; null where the level does not hold it. */
  readonly tensors: readonly (DataSpaceCounts | null)[];
  /** Words per cycle and instance, all data spaces, without any limit. */
  readonly readsPerCycle: number;
  readonly writesPerCycle: number;
  /** Instances that leak. */
  readonly leaking: number;
}

/** Everything about a loop nest on its hardware that does not depend on energies and bandwidths. */
export interface NestCounts {
  /** Product of all time factors. */
  readonly steps: number;
  readonly computeUnits: number;
  /** Innermost first. */
  readonly levels: readonly LevelCounts[];
}

/**
 * Counts the accesses of a mapping.
 * @throws RaellaError `invalid-mapping` with the numbers where the mapping does not fit the hardware, `out-of-range`
 *   beyond exact arithmetic.
 */
export function countAccesses(problem: Problem, hardware: Hardware, mapping: Mapping): NestCounts {
  requireValidMapping(problem, hardware, mapping);
  return countNestAccesses(problem, hardware, nestOfMapping(problem, hardware, mapping));
}

/** Counts the accesses of a loop nest that fits the hardware. */
export function countNestAccesses(problem: Problem, hardware: Hardware, nest: Nest): NestCounts {
  const { geometry, tensors: traffic } = analyseTraffic(problem, hardware, nest);
  const { steps, computeUnits, instances } = geometry;
  /** The outermost level that holds anything. */
  let outermost = nest.length - 1;
  while (outermost > 0 && !nest[outermost].keep.includes(true)) outermost -= 1;
  const levels = nest.map((nestLevel, level): LevelCounts => {
    const { name: levelName, blockWords, clusters } = hardware.levels[level];
    let readsPerCycle = 0;
    let writesPerCycle = 0;
    const tensors = problem.tensors.map(({ name, readWrite }, tensor): DataSpaceCounts | null => {
      if (!nestLevel.keep[tensor]) return null;
      const counts = accessCounts(traffic[tensor], nestLevel, readWrite, tensor, level);
      checkExact(counts, levelName, name);
      const { reads, fills, updates, temporalReductions } = counts;
      readsPerCycle += reads / steps;
      writesPerCycle += (fills + updates) / steps;
      return {
        reads,
        fills,
        updates,
        temporalReductions,
        instances: instances[level],
        clusters: usedClusters(instances[level], clusters),
        tileSize: traffic[tensor].tile[level],
        partitionSize: traffic[tensor].partition[level],
        addressGenerations: fills + (readWrite ? updates : reads),
        rowReads: Math.ceil(reads / blockWords),
        rowFills: Math.ceil(fills / blockWords),
        rowUpdates: Math.ceil(updates / blockWords),
      };
    });
    const leaking = leakingInstances(instances[level], level <= outermost);
    return { tensors, readsPerCycle, writesPerCycle, leaking };
  });
  return { steps, computeUnits, levels };
}

function checkExact({ reads, fills, updates }: TensorAccesses, level: string, dataSpace: string): void {
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
