// Maps layers in a process that is warm: the package's folder is the argument, `--require resources.cjs` the watch.
// Every layer is a problem of its own, as in a notebook where something is changed from cell to cell.
const path = require("node:path");
const { startHere } = require("./resources.cjs");

const { listArchitectures, listLayers, runLayer } = require(path.join(process.argv[2], "dist", "index.js"));
const rounds = { warmUp: 10, measured: 40 };
const architectures = listArchitectures().map(({ name }) => name);
const layers = listLayers("resnet18");
let energyPj = 0;

for (let round = 0; round < rounds.warmUp + rounds.measured; round += 1) {
  if (round === rounds.warmUp) startHere();
  const variables = { CROSSBAR_LATENCY_PRE_SPECULATION: 1e-7 * (1 + round / 1000) };
  for (const architecture of architectures)
    for (const layer of layers)
      energyPj += runLayer({ architecture, dnn: "resnet18", layer, variables }).energyPj.total;
}
console.log(energyPj);
