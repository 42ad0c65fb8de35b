// Runs the test suite after setting up what it needs (a Jupyter, a browser), and ends with one line of counts. Tests whose
// titles hold @thorough take long for what they add: `--thorough` runs them, and them alone. `--coverage` measures what both
// cover, the thorough ones last. Other arguments are handed to mocha instead: files, else all of them, and options such as
// `--grep "map space"`.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { ensureBuilt } from "./ensure-built.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const temporary = path.join(root, "coverage", "tmp");
const all = "test/**/*.test.ts";
const wholeSpace = "test/trust/documents-full-space.test.ts";
const notebooks = "test/notebook/**/*.test.ts";
const perProcess = "test/{network,notebook,trust,study,cli,report,package,site}/**/*.test.ts";

/**
 * What runs in a process each; the longest first. One more than there are processors run beside each other, since tests of
 * kernels, commands and threads mostly wait. Coverage would slow the cells of notebooks, and proofs in whole map spaces,
 * several times over. What needs other programs, or a model from elsewhere, waits until they are set up.
 */
const parts = [
  { files: [notebooks], withCoverage: false, needsOthers: true },
  { files: [all, "--ignore", perProcess], withCoverage: true },
  { files: ["test/{cli,report}/**/*.test.ts"], withCoverage: true },
  { files: ["test/trust/**/*.test.ts", "--ignore", wholeSpace], withCoverage: true },
  { files: ["test/study/**/*.test.ts"], withCoverage: true },
  { files: ["test/network/**/*.test.ts"], withCoverage: true, needsOthers: true },
  { files: ["test/{package,site}/**/*.test.ts"], withCoverage: true, needsOthers: true },
];
const thoroughParts = [{ files: [wholeSpace], withCoverage: false }, ...parts];

const given = process.argv.slice(2);
const isThorough = given.includes("--thorough");
const isMeasuring = given.includes("--coverage");
const handedOn = given.filter((argument) => argument !== "--thorough" && argument !== "--coverage");

/** Runs a script of the tools to its end, and gives its exit code. */
async function run(script, ...args) {
  const child = spawn(process.execPath, [path.join(root, script), ...args], { cwd: root, stdio: "inherit" });
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

/** Runs mocha, and gives its exit code and counts. With `isQuiet`, its output is kept instead of shown. */
async function runMocha(args, environment = {}, isQuiet = false) {
  const scratch = mkdtempSync(path.join(tmpdir(), "raella-test-"));
  const countsFile = path.join(scratch, "counts.json");
  const mocha = spawn(process.execPath, [path.join(root, "node_modules/mocha/bin/mocha.js"), ...args], {
    cwd: root,
    stdio: isQuiet ? ["ignore", "pipe", "pipe"] : "inherit",
    env: { ...process.env, ...environment, TEST_COUNTS_FILE: countsFile },
  });
  const output = [];
  for (const stream of [mocha.stdout, mocha.stderr]) stream?.on("data", (chunk) => output.push(chunk));
  const status = await new Promise((resolve) => mocha.once("close", (code) => resolve(code ?? 1)));
  const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, "utf8")) : undefined;
  rmSync(scratch, { recursive: true });
  // A process that ends before its tests, or badly after them, is a failure of its own.
  const failures = counts?.failures || (status === 0 && counts !== undefined ? 0 : 1);
  return { status, output, ...counts, failures };
}

/** Runs all parts, and shows the output of each when it ends. Those that others have to be set up for wait for that. */
async function runEverything(prepared) {
  if (isMeasuring && !isThorough) rmSync(temporary, { recursive: true, force: true });
  const chosen = isThorough ? ["--grep", "@thorough"] : ["--grep", "@thorough", "--invert"];
  const waiting = isThorough ? [...thoroughParts] : [...parts];
  const runs = [];
  async function runWaiting() {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const coverage = isMeasuring && part.withCoverage ? { NODE_V8_COVERAGE: temporary } : {};
      if (part.needsOthers) await prepared;
      const started = performance.now();
      const words = [...part.files, ...chosen];
      const { output, ...counted } = await runMocha(words, { TEST_COMPILED: "1", ...coverage }, true);
      process.stdout.write(Buffer.concat(output));
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.log(`  ${part.files.join(" ")}: ended with ${counted.status} after ${seconds} s\n`);
      runs.push(counted);
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, runWaiting));
  if (isMeasuring && isThorough) runs.push({ status: await run("node_modules/c8/bin/c8.js", "report") });
  return runs;
}

const line = ({ passes, failures, pending }) => `${passes} passed, ${failures} failed, ${pending} skipped`;
const added = (first, second) => ({
  passes: first.passes + second.passes,
  failures: first.failures + second.failures,
  pending: first.pending + second.pending,
});
const nothing = { passes: 0, failures: 0, pending: 0 };

// Several runs that belong together add up in this file. Until a run has ended, it counts as a failure.
const totals = process.env.TEST_TOTALS;
const before = totals && existsSync(totals) ? JSON.parse(readFileSync(totals, "utf8")) : nothing;
const keep = (counts) => totals && writeFileSync(totals, JSON.stringify(added(before, counts)));
keep({ ...nothing, failures: 1 });

ensureBuilt();
const isQuick = handedOn.length === 0 && !isThorough;
const prepared = run("tools/prepare-test-environment.mjs", ...(isQuick ? [] : ["--thorough"]));
if (!isQuick && (await prepared) !== 0) process.exit(1);

const files = handedOn.some((argument) => argument.endsWith(".ts")) ? [] : [all];
const runs =
  handedOn.length === 0 ? await runEverything(prepared) : [await runMocha([...files, ...handedOn])];

runs.push({ status: await prepared });
const counts = runs.reduce((sum, one) => added(sum, { ...nothing, ...one }), nothing);
const failed = runs.some(({ status }) => status !== 0) || counts.passes === 0;
if (failed) counts.failures ||= 1;
keep(counts);
if (!totals) console.log(line(counts));
else if (!isThorough) console.log(`npm test: ${line(counts)}`);
else console.log(line(added(before, counts)));
process.exit(failed || before.failures > 0 ? 1 : 0);
