// Computes every layer of every DNN on every architecture and writes the figures to golden/pinned-results.csv.gz,
// after telling what has changed:
//   npx tsx test/trust/pin-results.ts
import { existsSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import {
  allRuns,
  describeDrifts,
  driftsOf,
  figuresOf,
  formatRun,
  keyOf,
  pinnedFile,
  readPinned,
} from "./pinned-results";

const started = Date.now();
const runs = allRuns();
const computed = runs.map((run) => ({ run, figures: figuresOf(run) }));
if (existsSync(pinnedFile)) {
  const pinned = readPinned();
  const drifts = computed.flatMap(({ run, figures }) =>
    driftsOf(keyOf(run), pinned.get(keyOf(run)) ?? new Map(), figures),
  );
  console.log(drifts.length === 0 ? "Nothing has changed." : describeDrifts(drifts));
}
const text = computed.map(({ run, figures }) => formatRun(run, figures)).join("\n");
writeFileSync(pinnedFile, gzipSync(`${text}\n`, { level: 9 }));
console.log(`${runs.length} runs in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
