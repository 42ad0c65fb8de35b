// From how many layers on does a second thread pay? Times the same layers, from a fresh process each, with one and two
// threads. Needs a build (npm run build). Run: npx tsx bench/workers.ts [RUNS]
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { formatCount, formatFixed, formatTextTable } from "../src/report/text-table";
import { median } from "./statistics";

const cli = join(__dirname, "..", "dist", "cli.js");

/** Seconds from start to end of a run of all architectures on some layers. */
function seconds(command: readonly string[], workers: number): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [cli, ...command, "--workers", String(workers)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new Error(stderr.toString());
  return (performance.now() - startedAt) / 1e3;
}

const runs: readonly (readonly [number, readonly string[]])[] = [
  [84, ["network", "--dnn", "resnet18"]],
  [216, ["network", "--dnn", "resnet50"]],
  [288, ["network", "--dnn", "qdqbert"]],
  [380, ["network", "--dnn", "inceptionv3"]],
  [596, ["all", "--dnn", "resnet50,inceptionv3"]],
  [1640, ["all"]],
];

function main(): void {
  const repetitions = Number(process.argv[2] ?? 5);
  const rows = runs.map(([layers, command]) => {
    const [one, two] = [1, 2].map((workers) =>
      median(Array.from({ length: repetitions }, () => seconds(command, workers))),
    );
    return [formatCount(layers), formatFixed(one, 3), formatFixed(two, 3), `${formatFixed(one / two)}×`];
  });
  console.log(formatTextTable({ columns: ["layers", "1 thread, s", "2 threads, s", "gain"], rows }));
}

main();
