// A JupyterLab for this project alone: the pinned packages in a virtual environment inside the project, and Jupyter's
// settings and state beside it, so that nothing outside is read or changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const environment = path.join(root, ".venv");
const state = path.join(root, ".jupyter-state");
const requirements = path.join(root, "tools", "requirements.txt");
const stamp = path.join(environment, "requirements.sha256");
const windows = process.platform === "win32";

/** Path of a program in the virtual environment, whether or not it is there. */
export function environmentProgram(name) {
  return path.join(environment, windows ? "Scripts" : "bin", windows ? `${name}.exe` : name);
}

/** The virtual environment is there and has the packages that are asked for now. */
export function environmentReady() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === requirementsHash();
}

/** Makes or renews the virtual environment if it is not ready. Throws an Error with a sentence for people. */
export function ensureEnvironment() {
  if (environmentReady()) return;
  const python = findPython();
  console.error("Setting up JupyterLab in .venv (once) …");
  rmSync(environment, { recursive: true, force: true });
  run(python, ["-m", "venv", environment], "On Debian and Ubuntu the package python3-venv is needed for it.");
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--requirement",
    requirements,
  ];
  run(environmentProgram("python"), pip, "It needs the Python package index.");
  writeFileSync(stamp, requirementsHash());
}

/**
 * Environment variables for every Jupyter program: our kernel is found, and settings and state are the project's.
 * The kernel is started as `node`, so this very Node comes first on the path.
 */
export function jupyterVariables() {
  const settings = path.join(state, "config", "lab", "user-settings", "@jupyterlab", "apputils-extension");
  const notifications = path.join(settings, "notification.jupyterlab-settings");
  if (!existsSync(notifications)) {
    mkdirSync(settings, { recursive: true });
    writeFileSync(notifications, '{ "fetchNews": "false", "checkForUpdates": false }\n');
  }
  const paths = [path.join(root, ".jupyter"), process.env.JUPYTER_PATH];
  return {
    ...process.env,
    PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
    JUPYTER_PATH: paths.filter((entry) => entry).join(path.delimiter),
    JUPYTER_CONFIG_DIR: path.join(state, "config"),
    JUPYTER_DATA_DIR: path.join(state, "data"),
    JUPYTER_RUNTIME_DIR: path.join(state, "runtime"),
    IPYTHONDIR: path.join(state, "ipython"),
    JUPYTER_PLATFORM_DIRS: "1",
  };
}

/** A program on the PATH, or undefined. */
export function findProgram(name) {
  const endings = windows ? [".exe", ".cmd"] : [""];
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return folders
    .flatMap((folder) => endings.map((ending) => path.join(folder, name + ending)))
    .find((file) => existsSync(file));
}

function findPython() {
  const asks = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];
  const found = ["python3", "python"].find((name) => spawnSync(name, asks).status === 0);
  if (found === undefined) {
    throw new Error(
      "JupyterLab needs Python 3.10 or newer, and there is none on the PATH. " +
        "`npm run notebook` executes the notebook without it.",
    );
  }
  return found;
}

function run(program, args, hint) {
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) {
    rmSync(environment, { recursive: true, force: true });
    throw new Error(`"${path.basename(program)} ${args.join(" ")}" failed. ${hint}`);
  }
}

function requirementsHash() {
  return createHash("sha256").update(readFileSync(requirements)).digest("hex");
}
