// Is this working tree slower, or does it need more memory, than another commit? Builds the other one beside it, runs
// both in turn, and prints ratios. Ends with 1 where a budget is exceeded.
//
// Run:  npm run bench:compare -- COMMIT [--rounds 5] [--only sweep] [--only "warm layer"]
//
// A round is A B B A, so that a machine that becomes slower meanwhile harms both alike; a ratio is that of a pair of
// neighbours, and the table has the median of the pairs. Only the command line and the public API are used, with what
// they have had from the start, so that the commits may differ in everything else.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { formatFixed, formatTextTable } from "../src/report/text-table";
import { median } from "./statistics";

const root = path.join(__dirname, "..");

interface Benchmark {
  readonly name: string;
  /** Words for Node.js; `home` is the folder of the built package. */
  readonly words: (home: string) => readonly string[];
  /** The largest ratio of processor time that is allowed. */
  readonly largestRatio?: number;
  /** The most processor time that is allowed, in seconds. */
  readonly mostSeconds?: number;
}

/** Peaks of the same program differ by a few percent from run to run. */
const largestMemoryRatio = 1.1;

/** 480 designs, which differ in prices and in what mappings depend on. */
const sweep = {
  name: "bench",
  architectures: "raella",
  dnns: "resnet18",
  variables: {
    CIM_UNITS_PER_COLUMN: [128, 256, 512, 1024],
    COLUMNS_PER_CROSSBAR: [256, 512, 1024],
    N_ADC_PER_BANK: [2, 4, 8, 16],
    ADC_RESOLUTION: [4, 5, 6, 7, 8],
    CROSSBAR_LATENCY_PRE_SPECULATION: [50e-9, 100e-9],
  },
};

const command =
  (...words: readonly string[]) =>
  (home: string): readonly string[] => [path.join(home, "dist", "cli.js"), ...words];

const benchmarks: readonly Benchmark[] = [
  {
    name: "layer, cold",
    words: command("layer", "-a", "raella", "-d", "resnet18", "-l", "10"),
    mostSeconds: 0.35,
  },
  { name: "network, cold", words: command("network", "-d", "resnet18") },
  { name: "all, cold", words: command("all"), largestRatio: 2 },
  {
    name: "warm layer",
    words: (home) => [path.join(__dirname, "warm-layer.cjs"), home],
    largestRatio: 1.15,
  },
  {
    name: "sweep of 480 designs",
    words: command("sweep", "sweep.yaml", "--out", "out", "--workers", "1", "--json"),
    largestRatio: 1.15,
  },
  {
    name: "full search of ResNet18",
    words: command("network", "-d", "resnet18", "--search", "full", "--workers", "1"),
    largestRatio: 1.15,
  },
];

interface Run {
  readonly cpuSeconds: number;
  readonly megabytes: number;
  /** Digest of what it printed. */
  readonly printed: string;
}

/** Runs a benchmark with the package in `home`, in a folder of its own. */
function run({ name, words }: Benchmark, home: string): Run {
  const folder = mkdtempSync(path.join(tmpdir(), "raella-bench-"));
  try {
    writeFileSync(path.join(folder, "sweep.yaml"), JSON.stringify(sweep));
    const { status, stdout, stderr, output } = spawnSync(
      process.execPath,
      ["--require", path.join(__dirname, "resources.cjs"), ...words(home)],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe", "pipe"], maxBuffer: 2 ** 30 },
    );
    if (status !== 0) throw new Error(`"${name}" failed in ${home}: ${stderr.toString()}`);
    const figures = JSON.parse(String(output[3])) as Omit<Run, "printed">;
    return { ...figures, printed: createHash("sha256").update(stdout).digest("hex") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One line of the table: this tree against the other one. */
function compare(benchmark: Benchmark, other: string, rounds: number): readonly string[] {
  for (const home of [root, other]) run(benchmark, home);
  const pairs = Array.from({ length: rounds }, () => {
    const [a, b, c, d] = [root, other, other, root].map((home) => run(benchmark, home));
    return [
      { here: a, there: b },
      { here: d, there: c },
    ];
  }).flat();
  const ratios = pairs.map(({ here, there }) => here.cpuSeconds / there.cpuSeconds);
  const memory = median(pairs.map(({ here, there }) => here.megabytes / there.megabytes));
  const seconds = median(pairs.map(({ here }) => here.cpuSeconds));
  const { name, largestRatio = Infinity, mostSeconds = Infinity } = benchmark;
  const isSlow = median(ratios) > largestRatio || seconds > mostSeconds;
  const isSame = pairs.every(({ here, there }) => here.printed === there.printed);
  const verdicts = [
    ...(isSlow ? ["too slow"] : []),
    ...(memory > largestMemoryRatio ? ["too much memory"] : []),
  ];
  return [
    name,
    formatFixed(seconds, 3),
    formatFixed(median(pairs.map(({ there }) => there.cpuSeconds)), 3),
    formatFixed(median(ratios), 2),
    `${formatFixed(Math.min(...ratios), 2)}–${formatFixed(Math.max(...ratios), 2)}`,
    formatFixed(median(pairs.map(({ here }) => here.megabytes)), 0),
    formatFixed(memory, 2),
    largestRatio < Infinity ? `× ${largestRatio}` : mostSeconds < Infinity ? `${mostSeconds} s` : "",
    isSame ? "same" : "differs",
    verdicts.join(", "),
  ];
}

function succeed(program: string, words: readonly string[], cwd: string): void {
  const { status } = spawnSync(program, words, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`"${program} ${words.join(" ")}" failed in ${cwd}.`);
}

/** Checks the commit out into `folder` and builds it, with this tree's packages if it wants the same ones. */
function buildCommit(commit: string, folder: string): void {
  succeed("git", ["worktree", "add", "--quiet", "--detach", folder, commit], root);
  const [here, there] = [root, folder].map((home) =>
    readFileSync(path.join(home, "package-lock.json"), "utf8"),
  );
  if (here === there) symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"), "dir");
  else succeed("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  succeed(process.execPath, ["tools/build.mjs"], folder);
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "5" }, only: { type: "string", multiple: true } },
  });
  const [commit = ""] = positionals;
  const rounds = Number(values.rounds);
  const chosen = benchmarks.filter(({ name }) => values.only?.some((word) => name.includes(word)) ?? true);
  const isCommit = spawnSync("git", ["rev-parse", "--verify", "--quiet", `${commit}^{commit}`], {
    cwd: root,
  });
  if (positionals.length !== 1 || isCommit.status !== 0 || !(rounds >= 1) || chosen.length === 0) {
    console.error(
      `Usage: npm run bench:compare -- COMMIT [--rounds 5] [--only NAME]\nCOMMIT is one that git knows, ` +
        `NAME part of one of: ${benchmarks.map(({ name }) => name).join("; ")}.`,
    );
    return 2;
  }
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "raella-compare-")), "package");
  try {
    console.error(`Building this tree and ${commit} …`);
    succeed(process.execPath, ["tools/build.mjs"], root);
    buildCommit(commit, folder);
    const rows = chosen.map((benchmark) => {
      console.error(`${benchmark.name} …`);
      return compare(benchmark, folder, rounds);
    });
    const columns = [
      "",
      "cpu here, s",
      `${commit.slice(0, 12)}, s`,
      "ratio",
      "from – to",
      "peak, MB",
      "ratio",
    ];
    console.log(
      formatTextTable({ columns: [...columns, "budget", "output", ""], rows, leftAligned: [7, 8, 9] }),
    );
    return rows.some((row) => row.at(-1) !== "") ? 1 : 0;
  } finally {
    if (existsSync(folder)) succeed("git", ["worktree", "remove", "--force", folder], root);
    rmSync(path.dirname(folder), { recursive: true, force: true });
  }
}

process.exitCode = main();
