import { setFlagsFromString } from "node:v8";

/** Commands that compute for about a second: long enough for V8 to optimise, too short for that to pay. */
const shortRuns: readonly string[] = ["network", "ablation", "all"];

/** Inlining less (920 bytes of bytecode by default) makes optimising cheap. Any value from 50 to 300 does. */
const inlineLess = "--max-inlined-bytecode-size-cumulative=100";
/** Functions run longer before they are optimised (135168 by default). Any value from 150000 to 400000 does. */
const optimiseLater = "--interrupt-budget=200000";

/** What survives is not worth finding out in so short a time. */
const placeAllAlike = "--no-allocation-site-pretenuring";

/** The flags that V8 knows, by the version of Node.js: it complains about others on standard error. */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  20: [inlineLess, optimiseLater, placeAllAlike],
  22: [inlineLess],
  24: [inlineLess],
};

/**
 * Spares a short run optimised code that it hardly uses: a quarter of its processor time or more. Long runs earn it back
 * and are left alone: full searches, and threads, which share the flags. To be called when the bundle is loaded: flags
 * set earlier make V8 reject its code cache.
 */
export function hastenShortRun(
  command: string,
  { search, workers }: { readonly search?: unknown; readonly workers?: unknown },
): void {
  if (!shortRuns.includes(command) || search === "full" || Number(workers) > 1) return;
  const [version] = process.versions.node.split(".");
  for (const flag of flagsOf[version] ?? []) setFlagsFromString(flag);
}
