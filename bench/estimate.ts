/** How long does it take to price an architecture: the tables of energy and area of one layer? */
import { estimate } from "../src/components/estimate";
import { explainEnergy } from "../src/components/explain";
import { getSpec } from "../src/spec/get-spec";
import type { Specification } from "../src/spec/specification";
import { listArchitectures, listLayers } from "../src/spec/workspace";

const settings = { dnn: "resnet50", nTiles: 16, batchSize: 32 };

function medianMicroseconds(runs: number, run: (index: number) => void): number {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    const start = performance.now();
    run(index);
    times.push(performance.now() - start);
  }
  return 1e3 * times.sort((first, second) => first - second)[runs >> 1];
}

/** The specification with averages of inputs and weights that no layer had before. */
function withFreshAverages(spec: Specification): Specification {
  const [input, weight] = [Math.random(), Math.random()];
  const levels = spec.levels.map((level) =>
    "average_input_value" in level.attributes
      ? {
          ...level,
          attributes: { ...level.attributes, average_input_value: input, average_cell_value: weight },
        }
      : level,
  );
  return { ...spec, levels };
}

const start = performance.now();
const first = getSpec({ architecture: "raella", layer: 10, ...settings });
const read = performance.now();
estimate(first);
console.log(
  `cold start: specification ${(read - start).toFixed(0)} ms, tables ${(performance.now() - read).toFixed(0)} ms`,
);

for (const { name: architecture } of listArchitectures()) {
  const specs = listLayers(settings.dnn).map((layer) => getSpec({ architecture, layer, ...settings }));
  for (let round = 0; round < 200; round++) for (const spec of specs) estimate(withFreshAverages(spec));
  const fresh = specs.flatMap((spec) => Array.from({ length: 40 }, () => withFreshAverages(spec)));
  const changed = medianMicroseconds(fresh.length, (index) => estimate(fresh[index]));
  const known = medianMicroseconds(20_000, (index) => estimate(specs[index % specs.length]));
  const explained = medianMicroseconds(500, () => explainEnergy(specs[0], "column_readout", "read"));
  console.log(
    `${architecture}: new averages ${changed.toFixed(1)} us, layer seen before ${known.toFixed(1)} us, ` +
      `an explanation ${explained.toFixed(1)} us`,
  );
}
