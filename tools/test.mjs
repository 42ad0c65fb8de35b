// Runs the whole test suite with coverage, after setting up what it needs (a Jupyter, a browser), and ends with
// one line of counts. Arguments are handed to mocha: files, else all of them, and options such as `--grep "map space"`.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const mochaArguments = process.argv.slice(2);
const namesFiles = mochaArguments.some((argument) => argument.endsWith(".ts"));
const files = namesFiles ? [] : ["test/**/*.test.ts"];

function run(script, args, environment = {}) {
  const { status } = spawnSync(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  return status ?? 1;
}

const prepared = run("tools/prepare-test-environment.mjs", []);
if (prepared !== 0) process.exit(prepared);

const scratch = mkdtempSync(path.join(tmpdir(), "raella-test-"));
const countsFile = path.join(scratch, "counts.json");
let status;
try {
  // A part of the suite says nothing about coverage.
  const coverage = mochaArguments.length === 0 ? [] : ["--reporter=none"];
  status = run(
    "node_modules/c8/bin/c8.js",
    [...coverage, "node_modules/mocha/bin/mocha.js", ...files, ...mochaArguments],
    {
      TEST_COUNTS_FILE: countsFile,
    },
  );
  const { passes, failures, pending } = JSON.parse(readFileSync(countsFile, "utf8"));
  console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
  if (passes === 0) status = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(status);
