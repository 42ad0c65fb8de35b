import type { NestLevel } from "./nest";
import type { TensorTraffic } from "./traffic";

/** Accesses of one level for one tensor, words per instance over the whole run. */
export interface AccessCounts {
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
): AccessCounts {
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
