// Sets up what some tests need besides Node: a JupyterLab in .venv, a real network, a Chromium and, for the thorough ones
// (`--thorough`), where it can run, Slurm. Does nothing when they are there. Without them those tests are skipped; with CI set
// that is an error.
import { spawnSync } from "node:child_process";

import { ensureClassifierModel } from "./classifier-model.mjs";
import { findChromium } from "./find-chromium.mjs";
import { ensureEnvironment, findProgram, root } from "./python-environment.mjs";

const isRoot = process.getuid?.() === 0;

function run(program, ...args) {
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env } };
  return spawnSync(program, args, options).status === 0;
}

/** Debian's packages, where they may be installed without asking. */
function installPackages(...packages) {
  if (!isRoot || findProgram("apt-get") === undefined) return false;
  console.error(`Installing ${packages.join(", ")} …`);
  process.env.DEBIAN_FRONTEND = "noninteractive";
  run("apt-get", "update", "-qq");
  return run("apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages);
}

function prepareJupyter() {
  try {
    ensureEnvironment();
  } catch (error) {
    if (!installPackages("python3-venv")) throw error;
    ensureEnvironment();
  }
}

function prepareBrowser() {
  if (findChromium() !== undefined) return;
  if (installPackages("chromium") && findChromium() !== undefined) return;
  run(process.execPath, "node_modules/playwright-core/cli.js", "install", "chromium");
  if (findChromium() === undefined) {
    throw new Error("No Chromium was found and none could be installed; set CHROMIUM_PATH to one.");
  }
}

/** Slurm's daemons run as root only, and are packages on Linux only. */
function prepareSlurm() {
  const isMissing = () => ["munged", "slurmctld", "slurmd", "sbatch"].some((name) => !findProgram(name));
  if (!isRoot || process.platform !== "linux" || !isMissing()) return;
  if (!installPackages("munge", "slurmctld", "slurmd", "slurm-client") || isMissing())
    throw new Error("Slurm is not installed (Debian: apt-get install slurm-wlm munge).");
}

const preparations = [prepareJupyter, ensureClassifierModel, prepareBrowser];
if (process.argv.includes("--thorough")) preparations.push(prepareSlurm);
let failed = false;
for (const prepare of preparations) {
  try {
    prepare();
  } catch (error) {
    failed = true;
    console.error(error.message);
  }
}
process.exit(failed && process.env.CI ? 1 : 0);
