import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { commandLineProcess } from "./command-line-process";
import { withoutCoverage } from "./without-coverage";

const sweepText = JSON.stringify({
  architectures: "raella",
  dnns: "resnet18",
  variables: { ADC_RESOLUTION: [5, 7], COLUMNS_PER_CROSSBAR: [128, 256, 512] },
  chunkSize: 1,
});

/** Commands that write into a folder, which holds `sweep.yaml` and the finished chunks of that sweep in `done`. */
const commands: Readonly<Record<string, readonly string[]>> = {
  sweep: ["sweep", "../sweep.yaml", "--out", "sweep", "--workers", "1", "--csv", "sweep.csv"],
  merge: ["sweep", "merge", "../done", "--out", "merged.parquet", "--csv", "merged.csv"],
  network: ["network", "-d", "resnet18", "-a", "raella", "--parquet", "network.parquet"],
  all: ["all", "-d", "resnet18", "shufflenet1_0", "-a", "isaac_like", "raella", "--csv", "all.csv"],
  layer: ["layer", "-a", "raella", "-d", "resnet18", "-l", "10", "--out", "layer"],
};

/** Contents of all files below a folder, by name. */
function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "base64")]));
}

/**
 * Kills commands at random moments, runs each again in the same folder, and compares all files with those of a run that
 * nothing has disturbed.
 * @param kills How often; the commands take turns.
 * @param random Numbers from 0 to 1.
 * @returns How many of the commands were killed before they had ended.
 */
export async function killCommands(
  kills: number,
  random: () => number,
  log: (line: string) => void = () => undefined,
): Promise<number> {
  const [program, ...words] = await commandLineProcess();
  const scratch = mkdtempSync(join(tmpdir(), "raella-kill-"));
  const run = async (command: readonly string[], cwd: string, killAfter?: number): Promise<boolean> => {
    const stdio = ["ignore", "ignore", "pipe"] as const;
    const child = spawn(program, [...words, ...command], { cwd, stdio: [...stdio], env: withoutCoverage() });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    if (killAfter !== undefined) await Promise.race([wait(killAfter), ended]);
    const isKilled = killAfter !== undefined && child.exitCode === null && child.kill("SIGKILL");
    const code = await ended;
    if (!isKilled) assert.equal(code, 0, `${command.join(" ")}: ${stderr}`);
    return isKilled;
  };
  let killed = 0;
  try {
    writeFileSync(join(scratch, "sweep.yaml"), sweepText);
    await run(["sweep", "sweep.yaml", "--out", "done", "--workers", "1"], scratch);
    const expected = new Map<string, { readonly files: object; readonly time: number }>();
    for (const [name, command] of Object.entries(commands).slice(0, kills)) {
      const folder = join(scratch, `expected-${name}`);
      mkdirSync(folder);
      const began = performance.now();
      await run(command, folder);
      expected.set(name, { files: contentsOf(folder), time: performance.now() - began });
    }
    const names = [...expected.keys()];
    for (let kill = 0; kill < kills; kill += 1) {
      const name = names[kill % names.length];
      const { files = {}, time = 0 } = expected.get(name) ?? {};
      const folder = join(scratch, `${kill}-${name}`);
      mkdirSync(folder);
      if (await run(commands[name], folder, random() * time)) killed += 1;
      const left = readdirSync(folder, { recursive: true, encoding: "utf8" });
      await run(commands[name], folder);
      assert.deepEqual(contentsOf(folder), files, `${name}, killed with ${left.join(", ")}`);
      const hidden = readdirSync(folder, { recursive: true, encoding: "utf8" });
      assert.deepEqual(
        hidden.filter((file) => basename(file).startsWith(".")),
        [],
      );
      log(
        `${kill + 1}: ${name}, left ${left.length} files${left.some((file) => basename(file).startsWith(".")) ? ", some half-written" : ""}`,
      );
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return killed;
}
