// How long does a command take from a cold start to its printed result, and how much memory does it need?
// Needs a build (npm run build). Run: npx tsx bench/cold-start.ts [RUNS]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { formatFixed, formatTextTable } from "../src/report/text-table";
import { median } from "./statistics";

const cli = join(__dirname, "..", "dist", "cli.js");
const probe = join(__dirname, "resources.cjs");

interface Target {
  readonly command: readonly string[];
  readonly seconds?: number;
  readonly megabytes?: number;
}

const oneLayer = ["layer", "--architecture", "raella", "--dnn", "resnet18", "--layer", "10"];

const targets: readonly Target[] = [
  { command: ["--version"] },
  { command: oneLayer, seconds: 0.5 },
  { command: [...oneLayer, "--json"], seconds: 0.5 },
  { command: ["network", "--dnn", "resnet18"], seconds: 0.6 },
  { command: ["network", "--dnn", "resnet18", "--json"], seconds: 0.6 },
  { command: ["ablation", "--dnn", "resnet18", "--layers", "0,10,20"] },
  { command: ["network", "--dnn", "resnet18", "--replication", "increment"] },
  { command: ["all", "--workers", "1"] },
  { command: ["all"], seconds: 1.5, megabytes: 400 },
  { command: ["all", "--json"], seconds: 1.5, megabytes: 400 },
];

/** Wall time in seconds and peak memory in megabytes of one run. */
function measure(command: readonly string[]): { readonly seconds: number; readonly megabytes: number } {
  const startedAt = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, ["--require", probe, cli, ...command], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - startedAt) / 1e3;
  if (status !== 0) throw new Error(`raella ${command.join(" ")} failed: ${stderr.toString()}`);
  const { megabytes } = JSON.parse(String(output[3])) as { readonly megabytes: number };
  return { seconds, megabytes };
}

function main(): void {
  if (!existsSync(cli)) throw new Error("There is no dist/cli.js: run `npm run build` first.");
  const runs = Number(process.argv[2] ?? 9);
  const rows = targets.map(({ command, seconds, megabytes }) => {
    measure(command);
    const results = Array.from({ length: runs }, () => measure(command));
    const time = median(results.map((result) => result.seconds));
    const memory = Math.max(...results.map((result) => result.megabytes));
    const missed = time > (seconds ?? Infinity) || memory > (megabytes ?? Infinity);
    return [
      `raella ${command.join(" ")}`,
      formatFixed(time, 3),
      seconds === undefined ? "" : formatFixed(seconds, 1),
      formatFixed(memory, 0),
      megabytes === undefined ? "" : formatFixed(megabytes, 0),
      missed ? "missed" : "",
    ];
  });
  console.log(
    formatTextTable({
      columns: ["cold start", `median of ${runs}, s`, "target", "peak, MB", "target", ""],
      rows,
      leftAligned: [5],
    }),
  );
}

main();
