// How long do 10,000 designs of ResNet18 take (210,000 layers), and does memory stay flat?
//
// Run:  npm run build && node --import tsx bench/sweep.ts [grid|random] [designs] [workers]
//
// The grid varies prices (converter resolution, latency) and what the mapping depends on (rows, columns, crossbars,
// converters); the random designs draw all of that independently, so that hardly two share a map space. The command
// line is run as a user would, from the built package if there is one.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { formatCount, formatFixed, formatTextTable } from "../src/report/text-table";
import type { SweepDescription } from "../src/study/sweep/sweep-description";

const grid: SweepDescription = {
  name: "bench grid",
  architectures: "raella",
  dnns: "resnet18",
  variables: {
    CIM_UNITS_PER_COLUMN: { from: 128, to: 1024, factor: 2 },
    COLUMNS_PER_CROSSBAR: [256, 512, 1024],
    CROSSBARS_PER_MACRO: [4, 8],
    N_ADC_PER_BANK: [2, 4, 8, 16],
    ADC_RESOLUTION: { from: 4, to: 10, step: 1 },
    CROSSBAR_LATENCY_PRE_SPECULATION: { from: 50e-9, to: 190e-9, step: 10e-9 },
  },
};

/** Rows and columns of any size, not only powers of two. */
function randomDesigns(count: number): SweepDescription {
  return {
    ...grid,
    name: "bench random",
    random: { count, seed: 1 },
    variables: {
      ...grid.variables,
      CIM_UNITS_PER_COLUMN: { from: 128, to: 1024, step: 32 },
      COLUMNS_PER_CROSSBAR: { from: 256, to: 1024, step: 32 },
      CROSSBAR_LATENCY_PRE_SPECULATION: { from: 50e-9, to: 200e-9 },
    },
  };
}

interface Sample {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Memory of a process, all threads together, in megabytes (Linux). */
function residentMegabytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return (pages * 4096) / 1e6;
}

async function run(description: SweepDescription, workers: string): Promise<void> {
  const scratch = mkdtempSync(path.join(tmpdir(), "raella-bench-"));
  try {
    const file = path.join(scratch, "sweep.yaml");
    writeFileSync(file, JSON.stringify(description));
    const built = path.join(__dirname, "..", "dist", "cli.js");
    const program = existsSync(built)
      ? [built]
      : ["--import=tsx", path.join(__dirname, "..", "src", "cli.ts")];
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      [...program, "sweep", file, "--out", path.join(scratch, "out"), "--workers", workers, "--json"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const samples: Sample[] = [];
    const sampling = setInterval(() => {
      try {
        samples.push({
          seconds: (performance.now() - startedAt) / 1000,
          megabytes: residentMegabytes(child.pid ?? 0),
        });
      } catch {
        // The process has just ended.
      }
    }, 250);
    let printed = "";
    child.stdout.on("data", (text: Buffer) => (printed += text.toString("utf8")));
    const exitCode = await new Promise((resolve) => child.once("close", resolve));
    clearInterval(sampling);
    if (exitCode !== 0) throw new Error(`raella sweep ended with ${String(exitCode)}.`);
    const { points, ok, infeasible } = JSON.parse(printed) as {
      points: number;
      ok: number;
      infeasible: number;
    };
    report(points, ok, infeasible, (performance.now() - startedAt) / 1000, samples);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function report(
  points: number,
  ok: number,
  infeasible: number,
  seconds: number,
  samples: readonly Sample[],
): void {
  const layers = points * 21;
  console.log(
    `${formatCount(points)} designs (${formatCount(ok)} ok, ${formatCount(infeasible)} infeasible), ${formatCount(layers)} layers: ` +
      `${formatFixed(seconds, 1)} s, ${formatCount(Math.round(layers / seconds))} layers a second`,
  );
  const quarters = [0.25, 0.5, 0.75, 1].map((share) => {
    const part = samples.filter(
      (sample) => sample.seconds <= share * seconds && sample.seconds > (share - 0.25) * seconds,
    );
    return [`${share * 100} %`, formatFixed(Math.max(...part.map(({ megabytes }) => megabytes)), 0)];
  });
  console.log(formatTextTable({ columns: ["up to", "most memory, MB"], rows: quarters }));
}

const [kind = "grid", designs = "10080", workers = "auto"] = process.argv.slice(2);
void run(kind === "random" ? randomDesigns(Number(designs)) : grid, workers);
