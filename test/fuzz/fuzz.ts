// Feeds mutated inputs to everything that reads some, for a bounded time. A result or a RaellaError is right;
// any other error, a figure that is no number, or more than a few seconds for one input is a finding.
//   npm run fuzz -- --seconds 60 --seed 1 --only expressions,models
//   npm run fuzz -- --only sequences --executions 1000
// Whatever starts processes of its own runs what has been built: npm run build.
import { writeFileSync } from "node:fs";
import { RaellaError } from "../../src/errors";
import { Random } from "./random";
import type { Target } from "./targets";
import { targets } from "./targets";

/** Processor time that one input may take. */
const maximumSeconds = 4;

/** Where the input at hand is written before it is run, to be read if the process hangs or dies. */
const journal = option("journal");

interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly input: string;
  readonly what: string;
}

interface Tally {
  executions: number;
  refused: number;
  seconds: number;
  readonly findings: Map<string, Finding & { count: number }>;
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

async function runOne(target: Target, seed: number, tally: Tally): Promise<void> {
  const input = target.create(new Random(seed));
  if (journal !== undefined) writeFileSync(journal, `${target.name} ${seed}\n${input}`);
  const started = process.cpuUsage();
  let what: string | undefined;
  try {
    await target.run(input);
  } catch (error) {
    if (error instanceof RaellaError) tally.refused += 1;
    else what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  tally.executions += 1;
  tally.seconds += seconds;
  if (seconds > maximumSeconds) what ??= `It took ${seconds.toFixed(1)} s.`;
  if (what !== undefined) record({ target: target.name, seed, input, what }, tally);
}

/** Findings count as the same if they come from the same place. */
function record(finding: Finding, { findings }: Tally): void {
  const place =
    /at [^\n]*src\/[^\n]*/.exec(finding.what)?.[0] ?? finding.what.replace(/[\d.]+/g, "#").slice(0, 80);
  const key = `${finding.target} ${place}`;
  const known = findings.get(key);
  if (known !== undefined) known.count += 1;
  else {
    findings.set(key, { ...finding, count: 1 });
    console.log(
      `\nFINDING in ${finding.target}, seed ${finding.seed}:\n${finding.what.slice(0, 1500)}\n--- input:\n${finding.input.slice(0, 3000)}\n`,
    );
  }
}

async function fuzz(): Promise<void> {
  const seconds = Number(option("seconds") ?? (option("executions") ? Infinity : 60));
  const executions = Number(option("executions") ?? Infinity);
  const only = option("only")?.split(",");
  const single = option("input-seed");
  const chosen = targets.filter(({ name }) => only === undefined || only.includes(name));
  const tallies = new Map(
    chosen.map(({ name }): [string, Tally] => [
      name,
      { executions: 0, refused: 0, seconds: 0, findings: new Map() },
    ]),
  );
  let seed = Number(single ?? option("seed") ?? 1);
  const end = Date.now() + seconds * 1000;
  const executed = (): number => [...tallies.values()].reduce((sum, tally) => sum + tally.executions, 0);
  do {
    for (const target of chosen) {
      const batchEnd = Date.now() + 6_000;
      for (let index = 0; index < (single ? 1 : target.batch) && Date.now() < batchEnd; index++)
        await runOne(target, seed++, tallies.get(target.name) as Tally);
    }
  } while (Date.now() < end && executed() < executions && single === undefined);
  let [total, found] = [0, 0];
  for (const [name, { executions, refused, seconds: used, findings }] of tallies) {
    total += executions;
    found += findings.size;
    console.log(
      `${name.padEnd(15)} ${String(executions).padStart(8)} executions, ${refused} refused, ${findings.size} findings, ${used.toFixed(1)} s`,
    );
  }
  console.log(
    `${"total".padEnd(15)} ${String(total).padStart(8)} executions, ${found} findings; next seed ${seed}`,
  );
  process.exitCode = found === 0 ? 0 : 1;
}

void fuzz();
