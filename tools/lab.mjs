// Starts JupyterLab with the kernel ready: the user's if there is one on the PATH, else one in a virtual environment
// inside the project. Arguments are handed on, e.g. `npm run lab -- --no-browser --port 9999`.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";

import { ensureBuilt } from "./ensure-built.mjs";
import {
  ensureEnvironment,
  environmentProgram,
  findProgram,
  jupyterVariables,
  root,
} from "./python-environment.mjs";

/** What is shown first; all folders of the project can be reached from there. */
const place = [`--ServerApp.root_dir=${root}`, "--LabApp.default_url=/lab/tree/notebooks/RAELLA.ipynb"];

/** JupyterLab refuses to run for the administrator, who is the only user in many containers. It listens to this machine only. */
const permission = process.getuid?.() === 0 ? ["--allow-root"] : [];

/** The user's JupyterLab keeps its other kernels; in the project's own, Python would only be a wrong choice. */
function jupyterLab() {
  const found = findProgram("jupyter-lab");
  if (found !== undefined) return { program: found, settings: [] };
  ensureEnvironment();
  const settings = ["KernelSpecManager.allowed_kernelspecs", "MultiKernelManager.default_kernel_name"];
  return {
    program: environmentProgram("jupyter-lab"),
    settings: [
      ...settings.map((setting) => `--${setting}=tslab`),
      "--KernelSpecManager.ensure_native_kernel=False",
    ],
  };
}

try {
  const { requireFromTslab } = createRequire(import.meta.url)("./kernel/tslab-modules-path.cjs");
  requireFromTslab("./package.json");
  ensureBuilt();
  const passedOn = process.argv.slice(2);
  const opensFile = passedOn.some((argument) => argument.endsWith(".ipynb"));
  const { program, settings } = jupyterLab();
  const lab = spawn(program, [...(opensFile ? [] : place), ...permission, ...settings, ...passedOn], {
    cwd: root,
    env: jupyterVariables(),
    stdio: "inherit",
  });
  // Ctrl-C reaches JupyterLab too, which asks what to do; this process waits for the answer.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => lab.kill("SIGTERM"));
  // As a shell tells that a signal has ended a program.
  lab.on("exit", (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
  lab.on("error", (error) => {
    console.error(`JupyterLab could not be started: ${error.message}`);
    process.exit(1);
  });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
