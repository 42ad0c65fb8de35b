// Runs the whole test suite with coverage, after setting up what it needs (a Jupyter, a browser), and ends with
// one line of counts. Arguments are handed to mocha: files, else all of them, and options such as `--grep "map space"`.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const all = "test/**/*.test.ts";
const waiting = "test/{cli,package,report,site}/**/*.test.ts";
const notebooks = "test/notebook/**/*.test.ts";
const kernels = "test/notebook/{browser,execute,kernel}*.test.ts";

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
  try {
    return { status, output, ...JSON.parse(readFileSync(countsFile, "utf8")) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What waits for other processes and threads runs beside the rest, in parts of about the same length. */
async function runEverything() {
  const temporary = path.join(root, "coverage", "tmp");
  rmSync(temporary, { recursive: true, force: true });
  const environment = { NODE_V8_COVERAGE: temporary };
  const beside = [
    runMocha([waiting], environment, true),
    // Without coverage: it would slow the cells several times over.
    runMocha([kernels], {}, true),
    runMocha([notebooks, "--ignore", kernels], {}, true),
  ];
  const runs = [await runMocha([all, "--ignore", waiting, "--ignore", notebooks], environment)];
  for (const { output, ...counted } of await Promise.all(beside)) {
    process.stdout.write(Buffer.concat(output));
    runs.push(counted);
  }
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
