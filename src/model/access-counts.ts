import { RaellaError } from "../errors";
import { leakingInstances, rowAccesses, usedClusters } from "./access-costs";
import { consumptionScale } from "./bandwidth";
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
 * Which accesses a level has for a tensor that it holds. In numbers, because inner loops ask.
 *
 * Read-only tensors are filled from outside and read from inside (`readOnly`). For partial sums an update is one
 * arriving from inside, a read fetches the old one it is added to, a fill an old one that comes back from outside;
 * the first write of every word needs neither (`elided`), unless the level is told to read before every write-back
 * (`readFirst`). Levels that pass words on read and fill what crosses them (`passthrough`).
 */
export const accessRules = { readOnly: 0, passthrough: 1, readFirst: 2, elided: 3 } as const;
export type AccessRule = (typeof accessRules)[keyof typeof accessRules];

export function accessRule(
  readWrite: boolean,
  passthrough: boolean,
  rmwOnFirstWriteback: boolean,
): AccessRule {
  if (!readWrite) return accessRules.readOnly;
  if (passthrough) return accessRules.passthrough;
  return rmwOnFirstWriteback ? accessRules.readFirst : accessRules.elided;
}

/**
 * Words read. Words that neighbours pass on are read as well.
 * @param content - words exchanged with everything inside
 * @param peer - words that neighbours pass on
 * @param partition - words that the instance is responsible for, each written for the first time once
 */
export function readsOf(rule: AccessRule, content: number, peer: number, partition: number): number {
  return wholeWords(rule === accessRules.elided ? content + peer - partition : content + peer);
}

/**
 * Words filled; nothing comes back to the outermost holder, whose `share` is 0.
 * @param share - words drawn from the level outside
 */
export function fillsOf(
  rule: AccessRule,
  content: number,
  share: number,
  peer: number,
  partition: number,
): number {
  if (rule === accessRules.readOnly) return Math.trunc(share + peer);
  if (rule === accessRules.passthrough) return wholeWords(content + peer);
  return wholeWords(rule === accessRules.elided ? share + peer - partition : share + peer);
}

/** Words updated. */
export function updatesOf(rule: AccessRule, content: number): number {
  return rule === accessRules.readOnly ? 0 : wholeWords(content);
}

/** To the nearest whole number; accesses are never negative. */
function wholeWords(words: number): number {
  return words > 0 ? Math.round(words) : 0;
}

/** Accesses of a level that holds a tensor. */
export function accessCounts(
  { content, share, peer, partition }: TensorTraffic,
  nestLevel: NestLevel,
  readWrite: boolean,
  tensor: number,
  level: number,
): TensorAccesses {
  const rule = accessRule(readWrite, nestLevel.passthrough[tensor], nestLevel.rmwOnFirstWriteback[tensor]);
  const reads = readsOf(rule, content[level], peer[level], partition[level]);
  const updates = updatesOf(rule, content[level]);
  return {
    reads,
    fills: fillsOf(rule, content[level], share[level], peer[level], partition[level]),
    updates,
    // A partial sum that is read is added to: all that are updated, but for the first of every word.
    temporalReductions: rule === accessRules.elided ? wholeWords(content[level] - partition[level]) : updates,
  };
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
      const scale = consumptionScale(hardware.levels[level], name);
      readsPerCycle += (reads / steps) * scale;
      writesPerCycle += ((fills + updates) / steps) * scale;
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
        rowReads: rowAccesses(reads, blockWords),
        rowFills: rowAccesses(fills, blockWords),
        rowUpdates: rowAccesses(updates, blockWords),
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
