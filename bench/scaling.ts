// Does time grow linearly with the number of layers? Runs more and more layers in this process, without help of other
// threads, and fits a line. Run: npx tsx bench/scaling.ts
import { forgetEverything } from "../src/memory";
import { formatCount, formatFixed, formatTextTable } from "../src/report/text-table";
import { listArchitectures, listDnns, listLayers } from "../src/spec/workspace";
import { runLayer } from "../src/study/run-layer";
import { fitLine, median } from "./statistics";

/** Every layer of every DNN on every architecture, spread so that any beginning is a fair sample. */
function spreadLayers(): { readonly architecture: string; readonly dnn: string; readonly layer: number }[] {
  const all = listArchitectures().flatMap(({ name: architecture }) =>
    listDnns().flatMap((dnn) => listLayers(dnn).map((layer) => ({ architecture, dnn, layer }))),
  );
  // 983 has no factor in common with 1,640.
  return all.map((_, index) => all[(index * 983) % all.length]);
}

function main(): void {
  const layers = spreadLayers();
  for (const layer of layers) runLayer(layer);
  const counts = [100, 200, 400, 800, 1600];
  const points = counts.map((count): [number, number] => {
    const times = Array.from({ length: 3 }, () => {
      forgetEverything();
      const startedAt = performance.now();
      for (const layer of layers.slice(0, count)) runLayer(layer);
      return performance.now() - startedAt;
    });
    return [count, median(times)];
  });
  const { slope, intercept, rSquared } = fitLine(points);
  console.log(
    formatTextTable({
      columns: ["layers", "median of 3, ms", "ms a layer"],
      rows: points.map(([count, time]) => [
        formatCount(count),
        formatFixed(time, 1),
        formatFixed(time / count, 3),
      ]),
    }),
  );
  console.log(
    `\nSlope ${formatFixed(slope, 3)} ms a layer, intercept ${formatFixed(intercept, 1)} ms, R² ${formatFixed(rSquared, 4)}`,
  );
}

main();
