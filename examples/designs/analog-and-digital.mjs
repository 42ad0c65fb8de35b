// The same layer on crossbars and on digital units, in one chart.
//   node examples/designs/analog-and-digital.mjs
// RAELLA's model ends at its tiles; what the baseline spends off its chip is shown as a group of its own.
import { fileURLToPath } from "node:url";
import { getSpec, loadSpecification, runLayer } from "raella";
import { comparisonChart, saveChart } from "raella/charts";

const layer = { architecture: "raella", dnn: "resnet18", layer: 10, nTiles: 16, batchSize: 1 };
const analog = runLayer(layer);

const { bounds, coefficients } = getSpec(layer).workload;
const { C, M, R, S, N, P, Q } = bounds;
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const specification = loadSpecification({
  files: [file("digital-baseline.yaml"), file("convolution.yaml.jinja2")],
  defines: { C, M, R, S, N, P, Q, stride: coefficients.Wstride },
  variables: { TILES: layer.nTiles },
});
const digital = runLayer(specification);
if (digital.macs !== analog.macs)
  throw new Error(`${digital.macs} instead of ${analog.macs} multiply-accumulates`);

/** Energies of a result by level, without the total and what is nothing. */
function byLevel({ energyPj }) {
  return Object.fromEntries(
    Object.entries(energyPj).filter(([name, value]) => name !== "total" && value > 0),
  );
}

const chart = comparisonChart({
  energyPj: { raella: byLevel(analog), digital: byLevel(digital) },
  cycles: { raella: analog.cycles, digital: digital.cycles },
  names: { raella: "RAELLA", digital: "Digital units" },
  title: "Layer 10 of ResNet18 on crossbars and on digital units",
});
await saveChart(chart, process.argv[2] ?? "analog-and-digital.svg");
for (const [name, { energyPj, cycles, macs }] of Object.entries({ analog, digital }))
  console.log(
    `${name}: ${((1000 * energyPj.total) / macs).toFixed(0)} fJ per multiply-accumulate, ${cycles} cycles`,
  );
