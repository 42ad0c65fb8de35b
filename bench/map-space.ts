/**
 * How long does it take to search the map space of a layer exhaustively, from its specification to the best mapping?
 * All layers of all DNNs on two architectures, 16 tiles, batch 32, after warm-up, on one core.
 * Needs a build (npm run build): the compiled code is what is measured. Run: npx tsx bench/map-space.ts [ROUNDS]
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { estimate } from "../src/components/estimate";
import type * as Spaces from "../src/mapspace/map-space";
import type * as Costs from "../src/model/access-costs";
import type * as Evaluation from "../src/model/evaluate-mapping";
import { formatTextTable } from "../src/report/text-table";
import type * as Scorers from "../src/search/create-scorer";
import type * as Search from "../src/search/exhaustive/find-best-mapping";
import { getSpec } from "../src/spec/get-spec";
import type { Specification } from "../src/spec/specification";
import { listDnns, listLayers } from "../src/spec/workspace";
import { median, quantile } from "./statistics";

const load = createRequire(__filename);
const built = <T>(name: string): T => load(join(__dirname, "..", "dist", name)) as T;
const { findBestMapping } = built<typeof Search>("search/exhaustive/find-best-mapping");
const { buildMapSpace } = built<typeof Spaces>("mapspace/map-space");
const { describeCosts } = built<typeof Costs>("model/access-costs");
const { scorerFactory } = built<typeof Scorers>("search/create-scorer");
const { evaluateMapping } = built<typeof Evaluation>("model/evaluate-mapping");

const architectures = ["raella", "isaac_like"];
const targets = { median: 0.5, largest: 50 };

interface Job {
  readonly name: string;
  readonly architecture: string;
  readonly dnn: string;
  readonly specification: Specification;
  readonly tables: ReturnType<typeof estimate>;
}

interface Timing {
  readonly job: Job;
  readonly size: number;
  readonly valid: number;
  /** Milliseconds: the space built and searched, and the best mapping evaluated in full. */
  readonly search: number;
  readonly evaluate: number;
}

/** Copies, so that nothing is remembered from the round before. */
function fresh({ levels, workload, ...others }: Specification): Specification {
  return { ...others, levels: [...levels], workload: { ...workload } };
}

function timeOnce({ specification, tables }: Job): Omit<Timing, "job"> {
  const own = fresh(specification);
  const start = performance.now();
  const space = buildMapSpace(own);
  const scorer = scorerFactory(describeCosts(space.hardware, tables.energy));
  const { size, valid, best } = findBestMapping(space, scorer);
  const found = performance.now();
  if (best === null) throw new Error("no mapping");
  evaluateMapping(own, tables.energy, best.mapping);
  return { size, valid, search: found - start, evaluate: performance.now() - found };
}

function row(name: string, timing: Timing, target: number | undefined): string[] {
  const { size, valid, search, evaluate } = timing;
  return [
    name,
    String(size),
    String(valid),
    search.toFixed(3),
    evaluate.toFixed(3),
    target === undefined ? "" : search <= target ? `${target} ok` : `${target} MISSED`,
  ];
}

function main(): void {
  const rounds = Number(process.argv[2] ?? 7);
  const jobs = architectures.flatMap((architecture) =>
    listDnns().flatMap((dnn) =>
      listLayers(dnn).map((layer): Job => {
        const specification = getSpec({ architecture, dnn, layer, nTiles: 16, batchSize: 32 });
        const name = `${architecture} ${dnn} ${layer}`;
        return { name, architecture, dnn, specification, tables: estimate(specification) };
      }),
    ),
  );
  for (let round = 0; round < 2; round += 1) jobs.forEach(timeOnce);
  const timings = jobs.map((job): Timing => {
    const runs = Array.from({ length: rounds }, () => timeOnce(job));
    return {
      job,
      size: runs[0].size,
      valid: runs[0].valid,
      search: median(runs.map(({ search }) => search)),
      evaluate: median(runs.map(({ evaluate }) => evaluate)),
    };
  });
  const bySize = [...timings].sort((a, b) => a.size - b.size || a.valid - b.valid);
  const searches = timings.map(({ search }) => search);
  const typical = [...timings].sort((a, b) => a.search - b.search)[timings.length >> 1];
  const rows = [
    row("median of all layers", typical, targets.median),
    row(`median size: ${bySize[bySize.length >> 1].job.name}`, bySize[bySize.length >> 1], targets.median),
    ...bySize.slice(-3).map((timing) => row(`largest: ${timing.job.name}`, timing, targets.largest)),
  ];
  for (const architecture of architectures) {
    const network = timings.filter(({ job }) => job.architecture === architecture && job.dnn === "resnet18");
    const sum = network.reduce((total, { search, evaluate }) => total + search + evaluate, 0);
    rows.push([`all layers of ResNet18, ${architecture}`, "", "", sum.toFixed(3), "(included)", ""]);
  }
  console.log(
    formatTextTable({
      columns: ["space", "mappings", "valid", "search ms", "evaluation ms", "target ms"],
      rows,
    }),
  );
  console.log(
    `${timings.length} layers: 90 % under ${quantile(searches, 0.9).toFixed(2)} ms, 99 % under ${quantile(searches, 0.99).toFixed(2)} ms`,
  );
}

main();
