// How long does it take to prove the best mapping of the full map space, and what do the greedy steps cost?
//
// Run:  npx tsx bench/full-search.ts [DNN,DNN,…|all] [edp|energy|cycles|energy^2*cycles|…]
//
// Every layer of the DNNs (ResNet18 by default) on every architecture, 16 tiles, batch 32. "greedy costs" compares
// sums over the layers with and without greedy steps, each with its own best mapping.
import { parseObjective } from "../src/cli/parse-options";
import { estimate } from "../src/components/estimate";
import { buildMapSpace } from "../src/mapspace/map-space";
import { describeCosts } from "../src/model/access-costs";
import { formatFixed, formatTextTable } from "../src/report/text-table";
import { scorerFactory } from "../src/search/create-scorer";
import { findBestMapping } from "../src/search/exhaustive/find-best-mapping";
import type { FullSearchObjective } from "../src/search/full/objective";
import { searchFullMapSpace } from "../src/search/full/search-full-map-space";
import type { FullSearchResult } from "../src/search/full/search-full-map-space";
import { parseMetrics } from "../src/search/ranking";
import { getSpec } from "../src/spec/get-spec";
import { listArchitectures, listDnns, listLayers } from "../src/spec/workspace";
import { median, quantile } from "./statistics";

interface LayerRun {
  readonly milliseconds: number;
  readonly full: FullSearchResult;
  readonly greedy: { readonly energyPj: number; readonly cycles: number };
}

function runLayer(
  architecture: string,
  dnn: string,
  layer: number,
  objective: FullSearchObjective,
): LayerRun {
  const options = { architecture, dnn, layer, nTiles: 16, batchSize: 32 };
  const specification = getSpec({ ...options, greedySteps: [] });
  const { energy } = estimate(specification);
  const began = performance.now();
  const full = searchFullMapSpace(specification, energy, { objective });
  const milliseconds = performance.now() - began;
  const space = buildMapSpace(getSpec(options));
  const metrics = parseMetrics([typeof objective === "string" ? objective : "edp"]);
  const { best } = findBestMapping(space, scorerFactory(describeCosts(space.hardware, energy)), { metrics });
  if (best === null) throw new Error(`No greedy mapping for ${architecture} ${dnn} ${layer}.`);
  return { milliseconds, full, greedy: best };
}

function summarize(architecture: string, dnn: string, runs: readonly LayerRun[]): string[] {
  const times = runs.map(({ milliseconds }) => milliseconds);
  const proven = runs.filter(({ full }) => full.certificate.isProven).length;
  const gap = Math.max(...runs.map(({ full }) => full.certificate.gap));
  const sum = (figure: (run: LayerRun) => number): number =>
    runs.reduce((total, run) => total + figure(run), 0);
  const optimal = runs.filter(
    ({ full, greedy }) => greedy.energyPj * greedy.cycles <= full.evaluation.edpPjCycles * (1 + 1e-12),
  ).length;
  return [
    architecture,
    dnn,
    `${proven} of ${runs.length}`,
    formatFixed(100 * gap, 2),
    formatFixed(median(times), 0),
    formatFixed(quantile(times, 0.9), 0),
    formatFixed(Math.max(...times), 0),
    formatFixed(sum(({ greedy }) => greedy.energyPj) / sum(({ full }) => full.evaluation.energyPj), 3),
    formatFixed(sum(({ greedy }) => greedy.cycles) / sum(({ full }) => full.evaluation.cycles), 3),
    String(optimal),
  ];
}

function main(): void {
  const [wanted = "resnet18", objective = "edp"] = process.argv.slice(2);
  const known = parseObjective(objective);
  const dnns = wanted === "all" ? listDnns() : wanted.split(",");
  const rows = dnns.flatMap((dnn) =>
    listArchitectures().map(({ name }) => {
      const runs = listLayers(dnn).map((layer) => runLayer(name, dnn, layer, known));
      return summarize(name, dnn, runs);
    }),
  );
  console.log(
    formatTextTable({
      columns: [
        "architecture",
        "DNN",
        "proven",
        "worst gap, %",
        "median, ms",
        "90 %, ms",
        "longest, ms",
        "greedy energy, x",
        "greedy cycles, x",
        "greedy optimal",
      ],
      rows,
      leftAligned: [1],
    }),
  );
}

main();
