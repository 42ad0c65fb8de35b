// Shows that wrong code does not go unnoticed: makes one small mistake after the other in a copy of the sources and
// runs the tests of that part, which must fail. Lists the mistakes that survive. Not part of the suite:
//   npx tsx test/trust/mutations.ts [part of a name, or a group of tests]
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

import { mutations, testFiles, type Mutation } from "./mutants";

const root = join(__dirname, "..", "..");

function copyRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), "raella-mutations-"));
  for (const folder of ["src", "test"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  for (const name of readdirSync(root))
    if (!["src", "test", "dist", ".git"].includes(name) && !name.startsWith("dist"))
      symlinkSync(join(root, name), join(copy, name));
  return copy;
}

/** For tests that start processes: compiled without looking at types. */
function compile(copy: string): void {
  const files = readdirSync(join(copy, "src"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts")).map((file) => join(copy, "src", file));
  const options = { outdir: join(copy, "dist"), outbase: join(copy, "src"), format: "cjs" } as const;
  buildSync({ entryPoints: sources, ...options, platform: "node", logLevel: "error" });
}

type Outcome = "killed" | "SURVIVED" | "not applicable" | "killed (timeout)";

function runTests(copy: string, tests: readonly string[]): Outcome {
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  compile(copy);
  // One process: mocha starts another for Node's options, which a timeout would leave running.
  const { status, signal } = spawnSync(
    process.execPath,
    ["--import", "tsx", mocha, "--no-config", "--bail", "--timeout", "600000", ...tests],
    { cwd: copy, timeout: 600_000, killSignal: "SIGKILL", stdio: "ignore" },
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
  for (const mutation of mutations.filter(({ name, tests }) => name.includes(wanted) || tests === wanted)) {
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
