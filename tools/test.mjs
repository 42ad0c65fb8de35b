// Runs the whole test suite with coverage, after setting up what it needs (a Jupyter, a browser), and ends with
// one line of counts. Arguments are handed to mocha: files, else all of them, and options such as `--grep "map space"`.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const all = "test/**/*.test.ts";
const kernels = "test/notebook/{browser,execute,kernel}*.test.ts";
const perProcess = "test/{network,notebook,trust,study,cli,report,package,site}/**/*.test.ts";

/**
 * What runs in a process each, as many beside each other as there are processors; the longest first. Coverage would slow
 * the cells of notebooks several times over.
 */
const parts = [
  { files: ["test/trust/**/*.test.ts"], withCoverage: true },
  { files: ["test/notebook/**/*.test.ts", "--ignore", kernels], withCoverage: false },
  { files: ["test/network/**/*.test.ts"], withCoverage: true },
  { files: ["test/{cli,report}/**/*.test.ts"], withCoverage: true },
  { files: ["test/{package,site}/**/*.test.ts"], withCoverage: true },
  { files: [kernels], withCoverage: false },
  { files: ["test/study/**/*.test.ts"], withCoverage: true },
  { files: [all, "--ignore", perProcess], withCoverage: true },
];

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  return status ?? 1;
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

/** Runs all parts, and shows the output of each when it ends. */
async function runEverything() {
  const temporary = path.join(root, "coverage", "tmp");
  rmSync(temporary, { recursive: true, force: true });
  const waiting = [...parts];
  const runs = [];
  async function runWaiting() {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const environment = part.withCoverage ? { NODE_V8_COVERAGE: temporary } : {};
      const started = performance.now();
      const { output, ...counted } = await runMocha(part.files, environment, true);
      process.stdout.write(Buffer.concat(output));
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.log(`  ${part.files.join(" ")}: ended with ${counted.status} after ${seconds} s\n`);
      runs.push(counted);
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runWaiting));
  return [...runs, { status: run("node_modules/c8/bin/c8.js", "report") }];
}

const prepared = run("tools/prepare-test-environment.mjs");
if (prepared !== 0) process.exit(prepared);

const given = process.argv.slice(2);
const files = given.some((argument) => argument.endsWith(".ts")) ? [] : [all];
// A part of the suite says nothing about coverage.
const runs = given.length === 0 ? await runEverything() : [await runMocha([...files, ...given])];

const total = (count) => runs.reduce((sum, { [count]: value = 0 }) => sum + value, 0);
console.log(`${total("passes")} passed, ${total("failures")} failed, ${total("pending")} skipped`);
const failed = runs.some(({ status }) => status !== 0) || total("passes") === 0;
process.exit(failed ? 1 : 0);
