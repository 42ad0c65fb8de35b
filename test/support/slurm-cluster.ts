import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, hostname, totalmem } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A Slurm cluster of one node, this machine, with everything it writes in one folder. */
export interface SlurmCluster {
  /** Variables for `sbatch` and its relatives. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs one of Slurm's commands and returns what it prints. */
  readonly run: (command: string, ...given: readonly string[]) => string;
  readonly stop: () => Promise<void>;
}

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel"];

/** Why there can be no cluster here; undefined if there can. */
export function reasonAgainstSlurm(): string | undefined {
  const missing = programs.filter((program) => spawnSync("which", [program]).status !== 0);
  if (missing.length > 0)
    return `not installed: ${missing.join(", ")} (Debian: apt-get install slurm-wlm munge)`;
  return process.getuid?.() === 0 ? undefined : "slurmd starts jobs for others and must run as root";
}

/** Starts munged, slurmctld and slurmd in `directory` and waits until the node takes jobs. */
export async function startSlurmCluster(directory: string): Promise<SlurmCluster> {
  const place = (name: string): string => path.join(directory, name);
  for (const name of ["state", "spool", "munge"]) mkdirSync(place(name), { recursive: true });
  chmodSync(place("munge"), 0o700);
  writeFileSync(place("munge/key"), randomBytes(1024), { mode: 0o400 });
  const host = hostname().split(".")[0];
  const ports = [await freePort(), await freePort()];
  const configuration = {
    ClusterName: "raella",
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmctldPort: ports[0],
    SlurmdPort: ports[1],
    AuthType: "auth/munge",
    AuthInfo: `socket=${place("munge/socket")}`,
    CredType: "cred/munge",
    SlurmUser: "root",
    SlurmdUser: "root",
    StateSaveLocation: place("state"),
    SlurmdSpoolDir: place("spool"),
    SlurmctldPidFile: place("slurmctld.pid"),
    SlurmdPidFile: place("slurmd.pid"),
    SlurmctldLogFile: place("slurmctld.log"),
    SlurmdLogFile: place("slurmd.log"),
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    JobAcctGatherType: "jobacct_gather/none",
    AccountingStorageType: "accounting_storage/none",
    MpiDefault: "none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_Core",
    ReturnToService: 2,
    // A node of one processor takes the array's tasks of two as well.
    SlurmdParameters: "config_overrides",
    SchedulerParameters: "sched_interval=1",
    NodeName: `${host} NodeAddr=127.0.0.1 CPUs=${Math.max(2, cpus().length)} RealMemory=${Math.floor(totalmem() / 2 ** 21)}`,
    PartitionName: `all Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
  };
  writeFileSync(
    place("slurm.conf"),
    Object.entries(configuration)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(""),
  );
  const environment = { ...process.env, SLURM_CONF: place("slurm.conf") };
  const run = (command: string, ...given: readonly string[]): string =>
    execFileSync(command, given, { env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const started: string[] = [];
  const cluster: SlurmCluster = {
    environment,
    run,
    stop: async () => {
      for (const file of started.reverse()) await stopProcess(place(file));
      rmSync(place("munge/socket"), { force: true });
    },
  };
  try {
    started.push("munge/munged.pid");
    run(
      "munged",
      "--force",
      `--key-file=${place("munge/key")}`,
      `--socket=${place("munge/socket")}`,
      `--pid-file=${place("munge/munged.pid")}`,
      `--log-file=${place("munge/munged.log")}`,
      `--seed-file=${place("munge/seed")}`,
    );
    started.push("slurmctld.pid");
    run("slurmctld", "-c", "-f", place("slurm.conf"));
    started.push("slurmd.pid");
    run("slurmd", "-f", place("slurm.conf"), "-N", host);
    await until(() => /\bidle\b/.test(run("sinfo", "-h", "-o", "%T")), "the node to be idle");
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Waits until `condition` holds; conditions that throw do not hold yet. */
export async function until(condition: () => boolean, what: string, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      if (condition()) return;
    } catch {
      // The daemons may not answer yet.
    }
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await sleep(200);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function stopProcess(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8"));
  if (!Number.isInteger(pid) || pid <= 1) return;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(pid, signal);
      for (let wait = 0; wait < 50; wait += 1) {
        process.kill(pid, 0);
        await sleep(100);
      }
    } catch {
      return;
    }
  }
}
