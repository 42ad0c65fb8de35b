// Runs the benchmarks one after another: `npm run bench`, or `npm run bench -- map-space sweep` for some of them.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Shared by the benchmarks, or with a command of its own (`npm run bench:compare`). */
const helpers = ["statistics", "compare"];
const available = readdirSync(path.join(root, "bench"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.basename(file, ".ts"))
  .filter((name) => !helpers.includes(name));
const chosen = process.argv.length > 2 ? process.argv.slice(2) : available;

function run(...args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
}

const unknown = chosen.filter((name) => !available.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. Known: ${available.join(", ")}.`);
  process.exit(2);
}
let status = run("tools/build.mjs");
for (const name of status === 0 ? chosen : []) {
  console.log(`\n== ${name}`);
  status = run("--expose-gc", "--import=tsx", `bench/${name}.ts`) || status;
}
process.exit(status);
