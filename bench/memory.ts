// Does memory stay flat? Evaluates 100,000 layers in one process, all different, and shows the heap as it goes.
// Run: node --expose-gc --import=tsx bench/memory.ts [EVALUATIONS]
import { formatCount, formatFixed, formatTextTable } from "../src/report/text-table";
import { listArchitectures, listLayers } from "../src/spec/workspace";
import { runLayer } from "../src/study/run-layer";
import { fitLine } from "./statistics";

function main(): void {
  const evaluations = Number(process.argv[2] ?? 100_000);
  const architectures = listArchitectures().map(({ name }) => name);
  const layers = listLayers("resnet18");
  const startedAt = performance.now();
  const rows: string[][] = [];
  const points: [number, number][] = [];
  for (let index = 0; index < evaluations; index += 1) {
    runLayer({
      architecture: architectures[index % architectures.length],
      dnn: "resnet18",
      layer: layers[Math.floor(index / architectures.length) % layers.length],
      // Never the same problem twice, nor the same map space, so that no cache helps.
      batchSize: 1 + Math.floor(index / (architectures.length * layers.length)),
      variables: { CROSSBAR_LATENCY_PRE_SPECULATION: 1e-7 * (1 + index / evaluations) },
    });
    if ((index + 1) % (evaluations / 10) !== 0) continue;
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    points.push([index + 1, heapUsed / 2 ** 20]);
    rows.push([
      formatCount(index + 1),
      formatFixed(heapUsed / 2 ** 20, 1),
      formatFixed(rss / 2 ** 20, 0),
      formatFixed((performance.now() - startedAt) / (index + 1), 3),
    ]);
  }
  console.log(formatTextTable({ columns: ["evaluations", "heap, MB", "resident, MB", "ms each"], rows }));
  const { slope } = fitLine(points.slice(2));
  console.log(`\nHeap grows by ${formatFixed(slope * 1e5, 2)} MB per 100,000 evaluations.`);
}

main();
