// How energy and area of a layer change with the number of rows of the crossbars.
//   node examples/crossbar-height.mjs
import { runLayer } from "raella";
import { showTable } from "raella/notebook";

const layer = { architecture: "raella", dnn: "resnet18", layer: 10 };
const rows = [128, 256, 512, 1024].map((height) => {
  const { energyPj, areaUm2, cycles } = runLayer({ ...layer, variables: { CIM_UNITS_PER_COLUMN: height } });
  return { "CiM units per column": height, energyPj: energyPj.total, areaUm2: areaUm2.total, cycles };
});
showTable(rows, { title: "Layer 10 of ResNet18 on RAELLA" });
