// Shows that wrong code does not go unnoticed: makes one small mistake after the other in a copy of the sources and
// runs the tests of that part, which must fail. Lists the mistakes that survive. Not part of the suite:
//   npx tsx test/trust/mutations.ts [part of a name]
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: keyof typeof testFiles;
}

const testFiles = {
  model: [
    "test/model/golden-evaluations.test.ts",
    "test/model/loop-walker.test.ts",
    "test/model/forwarding.test.ts",
    "test/model/bandwidth.test.ts",
    "test/model/access-counts.test.ts",
  ],
  search: [
    "test/mapping/hardware.test.ts",
    "test/mapping/golden-search.test.ts",
    "test/trust/pinned-results.test.ts",
  ],
  spec: ["test/spec/flat-levels.test.ts", "test/spec/greedy.test.ts", "test/spec/constraint-sets.test.ts"],
  statistics: ["test/spec/flat-levels.test.ts", "test/data/statistics.test.ts"],
  estimation: [
    "test/estimation/reference-tables.test.ts",
    "test/estimation/component-library.test.ts",
    "test/estimation/sram.test.ts",
  ],
} as const;

const mutations: readonly Mutation[] = [
  {
    name: "multicast to children that do not move",
    file: "model/multicast.ts",
    from: "members *= step.factor;",
    to: "groups *= step.factor;",
    tests: "model",
  },
  {
    name: "multicast to children that move",
    file: "model/multicast.ts",
    from: "else groups *= step.factor;",
    to: "else members *= step.factor;",
    tests: "model",
  },
  {
    name: "coupled loops taken as independent",
    file: "model/multicast.ts",
    from: "if (left[axis] !== 0 && right[axis] !== 0) return true;",
    to: "",
    tests: "model",
  },
  {
    name: "a missed halo",
    file: "model/received-words.ts",
    from: "common *= Math.max(0, rankExtent(tensor.ranks[axis], geometry.spans, from) - delta[axis]);",
    to: "if (delta[axis] !== 0) common = 0;",
    tests: "model",
  },
  {
    name: "one iteration too many",
    file: "model/received-words.ts",
    from: "(timeFactors[loop] - 1) * (received",
    to: "timeFactors[loop] * (received",
    tests: "model",
  },
  {
    name: "reuse where it is forbidden",
    file: "model/received-words.ts",
    from: "if (nest[level].noTemporalReuse[index]) {",
    to: "if (nest.length < 0) {",
    tests: "model",
  },
  {
    name: "off by one in a partition",
    file: "model/traffic.ts",
    from: "if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c);",
    to: "if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c) + 1;",
    tests: "model",
  },
  {
    name: "partition rounded up",
    file: "model/traffic.ts",
    from: "return Math.floor(product / c);",
    to: "return Math.ceil(product / c);",
    tests: "model",
  },
  {
    name: "a pass-through that filters",
    file: "model/traffic.ts",
    from: "(isKeptInside && !nest[level - 1].passthrough[index])",
    to: "isKeptInside",
    tests: "model",
  },
  {
    name: "no_multicast ignored",
    file: "model/fan-out-traffic.ts",
    from: "noMulticast[index] ? [{ members: 1, groups: fan }] : groupChildren(steps)",
    to: "groupChildren(steps)",
    tests: "model",
  },
  {
    name: "no_link_transfer ignored",
    file: "model/fan-out-traffic.ts",
    from: "if (!noLinkTransfer[index] && mayForward",
    to: "if (mayForward",
    tests: "model",
  },
  {
    name: "first write read back",
    file: "model/access-counts.ts",
    from: "reads: round(content + peer - partition),",
    to: "reads: round(content + peer),",
    tests: "model",
  },
  {
    name: "fills rounded up",
    file: "model/access-counts.ts",
    from: "fills: Math.trunc(share + peer),",
    to: "fills: Math.ceil(share + peer),",
    tests: "model",
  },
  {
    name: "rmw_on_first_writeback ignored",
    file: "model/access-counts.ts",
    from: "if (nestLevel.rmwOnFirstWriteback[tensor])",
    to: "if (tensor < 0)",
    tests: "model",
  },
  {
    name: "cycles rounded down",
    file: "model/bandwidth.ts",
    from: "Math.ceil(steps / slowdown)",
    to: "Math.floor(steps / slowdown)",
    tests: "model",
  },
  {
    name: "shared bandwidth of reads only",
    file: "model/bandwidth.ts",
    from: "const both = readsPerCycle + writesPerCycle;",
    to: "const both = readsPerCycle;",
    tests: "model",
  },
  {
    name: "a full buffer counts as too small",
    file: "mapping/capacity.ts",
    from: "words > check.capacityWords",
    to: "words >= check.capacityWords",
    tests: "search",
  },
  {
    name: "a full fan-out counts as too small",
    file: "mapping/enumerate.ts",
    from: "if (load > fans[slot])",
    to: "if (load >= fans[slot])",
    tests: "search",
  },
  {
    name: "the wrong rule for ties",
    file: "mapping/find-best-mapping.ts",
    from: "return this.numberOf(choice) < best.number;",
    to: "return this.numberOf(choice) > best.number;",
    tests: "search",
  },
  {
    name: "double buffering forgotten",
    file: "mapping/hardware.ts",
    from: 'Math.floor(words / positive(level, "multiple_buffering", 1))',
    to: "Math.floor(words)",
    tests: "search",
  },
  {
    name: "greedy steps give to the last dimension first",
    file: "spec/processing/allocate-factors.ts",
    from: "rest.findIndex(",
    to: "rest.findLastIndex(",
    tests: "spec",
  },
  {
    name: "greedy steps take the smallest divisor",
    file: "spec/processing/allocate-factors.ts",
    from: "next <= capacity",
    to: "next < capacity",
    tests: "spec",
  },
  {
    name: "half-full fan-outs are closed",
    file: "spec/processing/apply-greedy-step.ts",
    from: "> leaf.fanout / 2",
    to: ">= leaf.fanout / 2",
    tests: "spec",
  },
  {
    name: "outer fan-outs first",
    file: "spec/processing/apply-greedy-step.ts",
    from: "leaves.filter((leaf) => leaf.fanout > 1).reverse()",
    to: "leaves.filter((leaf) => leaf.fanout > 1)",
    tests: "spec",
  },
  {
    name: "states of a cell off by one",
    file: "spec/processing/apply-statistics.ts",
    from: "2 ** bits - 1",
    to: "2 ** bits",
    tests: "statistics",
  },
  {
    name: "densities weighted alike",
    file: "spec/processing/apply-statistics.ts",
    from: "(index % 2 === 0 ? 2 : 1)",
    to: "(index >= 0 ? 1.5 : 1)",
    tests: "statistics",
  },
  {
    name: "energy in proportion to depth",
    file: "estimation/library/attribute-scaling.ts",
    from: "(to / from) ** depthEnergyExponent",
    to: "to / from",
    tests: "estimation",
  },
  {
    name: "SRAM interpolated by its neighbour",
    file: "estimation/sram/interpolate-sram.ts",
    from: "(log(0, 1) - log(0, 0)) * row.share",
    to: "(log(0, 1) - log(0, 0)) * column.share",
    tests: "estimation",
  },
  {
    name: "leakage scaled like the rest",
    file: "estimation/sram/interpolate-sram.ts",
    from: 'if (quantity === "leakageW") {',
    to: "if (share < -1) {",
    tests: "estimation",
  },
];

const root = join(__dirname, "..", "..");

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "raella-mutations-"));
  for (const folder of ["src", "test"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  for (const name of readdirSync(root))
    if (!["src", "test", "dist", ".git"].includes(name) && !name.startsWith("dist"))
      symlinkSync(join(root, name), join(copy, name));
  return copy;
}

type Outcome = "killed" | "SURVIVED" | "not applicable" | "killed (timeout)";

function runTests(copy: string, tests: readonly string[]): Outcome {
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const { status, signal } = spawnSync(
    process.execPath,
    [mocha, "--no-config", "--node-option", "import=tsx", "--bail", "--timeout", "120000", ...tests],
    { cwd: copy, timeout: 300_000, stdio: "ignore" },
  );
  if (signal !== null) return "killed (timeout)";
  return status === 0 ? "SURVIVED" : "killed";
}

function tryMutation(copy: string, { file, from, to, tests }: Mutation): Outcome {
  const path = join(copy, "src", file);
  const original = readFileSync(path, "utf8");
  if (!original.includes(from)) return "not applicable";
  writeFileSync(
    path,
    original.replace(from, () => to),
  );
  try {
    return runTests(copy, testFiles[tests]);
  } finally {
    writeFileSync(path, original);
  }
}

const copy = copyRepository();
const wanted = process.argv[2] ?? "";
const outcomes = new Map<string, Outcome>();
try {
  const sound = new Map<string, boolean>();
  for (const mutation of mutations.filter(({ name }) => name.includes(wanted))) {
    const { tests } = mutation;
    if (!sound.has(tests)) sound.set(tests, runTests(copy, testFiles[tests]) === "SURVIVED");
    const outcome = sound.get(tests) ? tryMutation(copy, mutation) : "not applicable";
    outcomes.set(mutation.name, outcome);
    console.log(`${outcome.padEnd(16)} ${mutation.name} (${mutation.file})`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
const survivors = [...outcomes].filter(([, outcome]) => !outcome.startsWith("killed"));
console.log(`${outcomes.size - survivors.length} of ${outcomes.size} mistakes are noticed.`);
process.exitCode = survivors.length === 0 ? 0 : 1;
