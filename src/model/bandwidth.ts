import type { HardwareLevel } from "./hardware";

/** How far a level's bandwidths slow the run down, and the cycles it then needs. */
interface LevelTiming {
  /** Fraction of the demanded bandwidth that is there; 1 without a limit. */
  readonly slowdown: number;
  readonly cycles: number;
}

/** Whether any bandwidth of a level is limited. */
export function hasBandwidth({ readBandwidth, writeBandwidth, sharedBandwidth }: HardwareLevel): boolean {
  return readBandwidth !== null || writeBandwidth !== null || sharedBandwidth !== null;
}

/** What a word of a data space uses of a level's bandwidths, in words. */
export function consumptionScale({ consumptionScales }: HardwareLevel, dataSpace: string): number {
  return consumptionScales?.[dataSpace] ?? 1;
}

/**
 * Cycles in which a level's bandwidths move so many words: those of {@link levelTiming} before it rounds them up,
 * for words of the whole run.
 */
export function cyclesOfWords(
  { readBandwidth, writeBandwidth, sharedBandwidth }: HardwareLevel,
  reads: number,
  writes: number,
): number {
  return Math.max(
    readBandwidth === null ? 0 : reads / readBandwidth,
    writeBandwidth === null ? 0 : writes / writeBandwidth,
    sharedBandwidth === null ? 0 : (reads + writes) / sharedBandwidth,
  );
}

/**
 * Timing of one level. Evaluated exactly in this order: the ceiling makes the last bit of the quotient visible.
 *
 * @param steps - cycles that the loops alone take
 * @param readsPerCycle - words read per cycle and instance, summed over data spaces (each by its {@link consumptionScale}), without any limit
 * @param writesPerCycle - words filled and updated per cycle and instance
 */
export function levelTiming(
  { readBandwidth, writeBandwidth, sharedBandwidth }: HardwareLevel,
  steps: number,
  readsPerCycle: number,
  writesPerCycle: number,
): LevelTiming {
  let slowdown = 1;
  if (readBandwidth !== null && readBandwidth < readsPerCycle)
    slowdown = Math.min(slowdown, readBandwidth / readsPerCycle);
  if (writeBandwidth !== null && writeBandwidth < writesPerCycle)
    slowdown = Math.min(slowdown, writeBandwidth / writesPerCycle);
  const both = readsPerCycle + writesPerCycle;
  if (sharedBandwidth !== null && sharedBandwidth < both)
    slowdown = Math.min(slowdown, sharedBandwidth / both);
  return { slowdown, cycles: Math.ceil(steps / slowdown) };
}
