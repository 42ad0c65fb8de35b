// Compares the searches of map spaces with a visit to every mapping, on many random specifications.
//   node --import=tsx test/fuzz/optima.ts --cases 10000 --first 0 --largest 1000000
import { checkOptimum } from "../search/full/optimum";
import type { Checked } from "../search/full/optimum";

function option(name: string, absent: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? absent : Number(process.argv[at + 1]);
}

const cases = option("cases", 1_000);
const largest = option("largest", 20_000);
const found: Record<Checked, number> = { "too large": 0, "nothing fits": 0, "same optimum": 0 };
const failures: string[] = [];
let seed = option("first", 0);
for (; found["same optimum"] + found["nothing fits"] < cases; seed += 1) {
  try {
    found[checkOptimum(seed, largest)] += 1;
  } catch (error) {
    failures.push(`${seed}: ${error instanceof Error ? error.message : String(error)}`);
    console.error(failures[failures.length - 1]);
    if (failures.length > 20) break;
  }
  if (seed % 1_000 === 0) console.log(seed, JSON.stringify(found), failures.length);
}
console.log(JSON.stringify({ next: seed, ...found, failures: failures.length }));
