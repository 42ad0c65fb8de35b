import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { commandLineProcess } from "../support/command-line-process";

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Runs the command line as a process of its own; `meddle` gets hold of it. */
async function run(
  command: readonly string[],
  meddle: (child: ReturnType<typeof spawn>) => Promise<void> | void,
  flags: readonly string[] = [],
): Promise<Ending> {
  const [program, ...words] = await commandLineProcess();
  const child = spawn(program, [...flags, ...words, ...command], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ending>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stderr }));
  });
  await meddle(child);
  return ended;
}

const readAll = (child: ReturnType<typeof spawn>): void => void child.stdout?.resume();

describe("the process", () => {
  it("ends quietly when the reader of its output goes away", async function () {
    this.timeout(60_000);
    const { code, stderr } = await run(["architectures"], (child) => {
      child.stdout?.destroy();
    });
    assert.equal(stderr, "");
    assert.equal(code, 0);
  });

  it("stops at Ctrl-C and leaves nothing half-written", async function () {
    this.timeout(60_000);
    const directory = mkdtempSync(join(tmpdir(), "raella-stop-"));
    try {
      const { code, signal, stderr } = await run(
        ["all", "--search", "full", "--workers", "1", "--csv", join(directory, "all.csv")],
        async (child) => {
          child.stdout?.resume();
          await wait(1500);
          child.kill("SIGINT");
        },
      );
      // Before the handler is in place the signal itself ends the process.
      if (signal === null) {
        assert.equal(code, 130, stderr);
        assert.match(stderr, /stopped before it was finished/);
      }
      assert.deepEqual(readdirSync(directory), []);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("stops at Ctrl-C soon, while it computes a network end to end @thorough", async function () {
    this.timeout(120_000);
    const directory = mkdtempSync(join(tmpdir(), "raella-stop-"));
    try {
      const network = (name: string): string => join(__dirname, "..", "..", "examples", "networks", name);
      const common = ["--workspace", join(directory, "workspace")];
      const model = [network("digits.onnx"), "--inputs", network("digits-images.npy"), "--samples", "8"];
      assert.equal((await run(["import", ...model, ...common], readAll)).code, 0);
      // Noise enters every conversion: this takes minutes.
      const command = ["accuracy", "-d", "digits", "--end-to-end", "--noise", "1,2,3,4,5"];
      let sent = 0;
      const { code, signal, stderr } = await run(
        [...command, "--workers", "1", "--csv", join(directory, "accuracy.csv"), ...common],
        async (child) => {
          child.stdout?.resume();
          await wait(6000);
          child.kill("SIGINT");
          sent = performance.now();
        },
      );
      assert.equal(signal, null);
      assert.equal(code, 130, stderr);
      assert.match(stderr, /stopped before it was finished/);
      assert.ok(performance.now() - sent < 10_000);
      assert.deepEqual(readdirSync(directory), ["workspace"]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("tells a fault of the program, and where it happened, from a mistake of the user", async () => {
    const folder = mkdtempSync(join(tmpdir(), "raella-fault-"));
    try {
      const fault = join(folder, "fault.cjs");
      writeFileSync(fault, `require("fs").readdirSync = () => { throw new TypeError("no such thing"); };`);
      const { code, stderr } = await run(["dnns"], readAll, ["--require", fault]);
      assert.equal(code, 1);
      assert.match(stderr, /internal error: TypeError: no such thing[^]*at (Object\.)?listFolder /);
      assert.equal((await run(["dnns", "-d", "resnet19"], readAll)).code, 2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
