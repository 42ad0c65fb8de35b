// What each of RAELLA's ideas is worth for a whole network: a chart, and all figures for a spreadsheet.
//   node examples/ablation.mjs [NETWORK] [FOLDER]
import { loadComponentGroups, runAblation, writeCsv } from "raella";
import { ablationChart, saveChart } from "raella/charts";

const [network = "resnet18", folder = "."] = process.argv.slice(2);
const ablation = await runAblation(network);
await saveChart(ablationChart(ablation, { speed: "throughput" }), `${folder}/ablation.png`);
writeCsv(`${folder}/ablation.csv`, ablation, loadComponentGroups());
