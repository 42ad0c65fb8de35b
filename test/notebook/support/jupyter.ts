import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";

export const root = path.resolve(__dirname, "../../..");

interface PythonEnvironment {
  readonly environmentReady: () => boolean;
  readonly environmentProgram: (name: string) => string;
  readonly jupyterVariables: () => NodeJS.ProcessEnv;
}

/** The project's own Jupyter, or undefined if it is not set up. */
export async function findJupyter(): Promise<PythonEnvironment | undefined> {
  const file = path.join(root, "tools/python-environment.mjs");
  const environment = (await import(file)) as PythonEnvironment;
  return environment.environmentReady() ? environment : undefined;
}

/** A browser, or undefined. */
export async function findBrowser(): Promise<string | undefined> {
  const { findChromium } = (await import(path.join(root, "tools/find-chromium.mjs"))) as {
    findChromium: () => string | undefined;
  };
  return findChromium();
}

/**
 * A folder outside the project in which notebooks find everything as in `notebooks/`: so that executing them
 * changes no file of the project. Its path has a space.
 */
export class Scratch {
  readonly folder = mkdtempSync(path.join(tmpdir(), "raella notebooks "));
  readonly notebooks = path.join(this.folder, "notebooks");

  constructor() {
    mkdirSync(this.notebooks);
    for (const name of ["dist", "node_modules"])
      symlinkSync(path.join(root, name), path.join(this.folder, name));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a Jupyter program to its end; throws with what it printed if it fails. */
export function runJupyter(jupyter: PythonEnvironment, args: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(jupyter.environmentProgram("jupyter"), args, {
    cwd: folder,
    env: jupyter.jupyterVariables(),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`jupyter ${args.join(" ")}\n${stdout}\n${stderr}`);
  return stdout + stderr;
}

/** A running JupyterLab. */
export class JupyterLab {
  private constructor(
    private readonly server: ChildProcess,
    private readonly ended: Promise<void>,
    /** Where it answers, without a slash at the end. */
    readonly address: string,
    readonly token: string,
  ) {}

  /** Starts it in a folder, with settings of its own. */
  static async start(jupyter: PythonEnvironment, folder: string): Promise<JupyterLab> {
    const port = await freePort();
    const token = "a-token-for-the-test";
    const state = path.join(folder, ".state");
    // All cells stay in the page, also those outside of the window.
    writeSettings(state, "notebook-extension/tracker", { windowingMode: "none" });
    writeSettings(state, "apputils-extension/notification", { fetchNews: "false", checkForUpdates: false });
    const server = spawn(
      jupyter.environmentProgram("jupyter-lab"),
      [
        "--no-browser",
        "--allow-root",
        `--port=${port}`,
        "--ServerApp.port_retries=0",
        `--IdentityProvider.token=${token}`,
      ],
      {
        cwd: folder,
        env: { ...jupyter.jupyterVariables(), JUPYTER_CONFIG_DIR: state },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let log = "";
    server.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
    const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    const lab = new JupyterLab(server, ended, `http://127.0.0.1:${port}`, token);
    for (let tries = 0; tries < 300; tries++) {
      if (server.exitCode !== null) throw new Error(`JupyterLab ended:\n${log}`);
      const answer = await fetch(`${lab.address}/api/status?token=${token}`).catch(() => undefined);
      if (answer?.ok) return lab;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await lab.stop();
    throw new Error(`JupyterLab did not answer:\n${log}`);
  }

  async stop(): Promise<void> {
    this.server.kill("SIGTERM");
    const killer = setTimeout(() => this.server.kill("SIGKILL"), 5000);
    await this.ended;
    clearTimeout(killer);
  }
}

function writeSettings(state: string, plugin: string, settings: object): void {
  const file = path.join(state, "lab/user-settings/@jupyterlab", `${plugin}.jupyterlab-settings`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
}

/** Folder for screenshots; not part of the project. */
export function resultsFolder(): string {
  const folder = path.join(root, "test-results");
  if (!existsSync(folder)) mkdirSync(folder);
  return folder;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
