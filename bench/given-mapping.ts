// How long do the specification, the tables and a given mapping of a public design take, warm?
//
// Run:  npx tsx bench/given-mapping.ts [design] [rounds]
//
// A design of test/golden/designs (eyeriss_like by default) as YAML files, with memory, without (what files say is
// parsed already; models are compiled and components priced anew), and with every file read and parsed each time. The mapping is
// evaluated with tables of its own: "all" is the specification and that, as `raella model` does it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estimate } from "../src/components/estimate";
import type { Remembering } from "../src/memory";
import { setRemembering } from "../src/memory";
import { formatFixed, formatTextTable } from "../src/report/text-table";
import { loadSpecification } from "../src/spec/load-specification";
import { readMappingFile } from "../src/spec/read-mapping-file";
import { mappingFromEntries } from "../src/study/given-mapping";
import { evaluateGivenMapping } from "../src/study/run-layer";
import { designYaml, goldenDesign, mappingYaml } from "../test/support/designs";
import { median, quantile } from "./statistics";

const [id = "eyeriss_like", rounds = "300"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "raella-bench-"));
const [file, mappingFile] = [join(folder, "design.yaml"), join(folder, "mapping.yaml")];
const design = goldenDesign(id);
writeFileSync(file, designYaml(design));
writeFileSync(mappingFile, mappingYaml(design));

function measure(): readonly number[] {
  const start = performance.now();
  const specification = loadSpecification({ files: [file] });
  const loaded = performance.now();
  estimate(specification);
  const priced = performance.now();
  const { entries } = readMappingFile(mappingFile);
  evaluateGivenMapping(specification, mappingFromEntries(specification, entries));
  const mapped = performance.now();
  return [loaded - start, priced - loaded, mapped - priced, loaded - start + mapped - priced];
}

// Files that were written just now are read every time, since their times do not tell whether they have changed.
const settled = performance.now() + 3_000;
while (performance.now() < settled) measure();

const kinds: readonly (readonly [string, Remembering])[] = [
  ["on", true],
  ["off", false],
  ["off, files parsed each time", "nothing"],
];
const rows = kinds.map(([name, remembering]) => {
  setRemembering(remembering);
  for (let warm = 0; warm < 50; warm += 1) measure();
  const times = Array.from({ length: Number(rounds) }, measure);
  return [
    name,
    ...[0, 1, 2, 3].map((which) => {
      const ofOne = times.map((time) => time[which]);
      return `${formatFixed(quantile(ofOne, 0.1), 2)} / ${formatFixed(median(ofOne), 2)} ms`;
    }),
  ];
});
console.log(`${id}, tenth percentile and median of ${rounds} rounds:`);
console.log(
  formatTextTable({
    columns: ["memory", "specification", "tables", "mapping with tables", "all"],
    rows,
  }),
);
rmSync(folder, { recursive: true });
