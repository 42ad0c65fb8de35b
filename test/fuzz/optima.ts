// Compares the searches of map spaces with a visit to every mapping, on many random specifications: as many of each third and
// of each size, from one mapping to a million.
//   node --import=tsx test/fuzz/optima.ts --cases 10000 --first 0 --largest 1000000
import { caseOf, checkOptimum, thirds } from "../search/full/optimum";
import type { Checked } from "../search/full/optimum";

function option(name: string, absent: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? absent : Number(process.argv[at + 1]);
}

const cases = option("cases", 1_000);
const largest = option("largest", 1_000_000);
const decades = Math.ceil(Math.log10(largest));
const share = Math.ceil(cases / (decades * thirds.length));

/** By size and third. */
const counts = Array.from({ length: decades }, () => thirds.map(() => 0));
const found: Record<Checked, number> = { "too large": 0, "nothing fits": 0, "same optimum": 0 };
const failures: string[] = [];

function report(next: number): void {
  const bySize = Object.fromEntries(counts.map((ofThirds, decade) => [`from 1e${decade}`, ofThirds]));
  console.log(JSON.stringify({ next, checked: checked(), ...found, bySize, failures: failures.length }));
}

function checked(): number {
  return counts.flat().reduce((sum, count) => sum + count, 0);
}

let seed = option("first", 0);
for (; checked() < cases && failures.length <= 20; seed += 1) {
  const { space } = caseOf(seed);
  if (space === undefined || space.size > largest) continue;
  const decade = Math.min(Math.floor(Math.log10(space.size)), decades - 1);
  const third = seed % thirds.length;
  if (counts[decade][third] >= share) continue;
  try {
    found[checkOptimum(seed, largest)] += 1;
  } catch (error) {
    failures.push(`${seed}: ${error instanceof Error ? error.message : String(error)}`);
    console.error(failures[failures.length - 1]);
  }
  counts[decade][third] += 1;
  if (checked() % 500 === 0) report(seed + 1);
}
report(seed);
if (failures.length > 0) process.exitCode = 1;
