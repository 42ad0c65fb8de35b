import type { ImageOptions } from "../network/images";
import { arithmeticArchitectures } from "../network/arithmetic-design";
import { networkAccuracy } from "../network/network-accuracy";
import { formatAccuracyText } from "../report/accuracy-text";
import { writeFileAtomically } from "../report/write-atomically";
import { imageOptions, parseNumbers } from "./import-command";
import type { GivenImageOptions } from "./import-command";
import {
  checkChartName,
  checkOutputs,
  interruptSignal,
  print,
  printJson,
  progressOnTerminal,
  remark,
} from "./output";
import { chosenWorkspace } from "./choose-specification";
import { parseCount, parseSamples, parseNames, parseWorkers } from "./parse-options";

interface GivenAccuracyOptions extends GivenImageOptions {
  readonly dnn: string;
  readonly architecture: readonly string[];
  readonly adcBits?: string;
  readonly rows?: string;
  readonly chooseSlicing?: boolean;
  readonly noise?: string;
  readonly seed?: string;
  readonly endToEnd?: boolean;
  readonly model?: string;
  readonly inputs?: string;
  readonly labels?: string;
  readonly samples?: string;
  readonly workspace?: string;
  readonly workers: string;
  readonly json?: boolean;
  readonly csv?: string;
  readonly parquet?: string;
  readonly chart?: string;
}

/** `raella accuracy` */
export async function accuracyCommand(given: GivenAccuracyOptions): Promise<void> {
  const { csv, parquet, chart, json } = given;
  const inputs = [given.model, given.inputs, given.labels].filter((path) => path !== undefined);
  const isPrinted = checkOutputs([csv, parquet, chart], { json, inputs });
  checkChartName(chart);
  const images: ImageOptions = imageOptions(given);
  const workspace = chosenWorkspace(given);
  const accuracy = await networkAccuracy({
    dnn: given.dnn,
    workspace,
    model: given.model,
    inputs: given.inputs,
    images: Object.values(images).some((value) => value !== undefined) ? images : undefined,
    labels: given.labels,
    architectures: parseNames(given.architecture, arithmeticArchitectures(workspace)),
    adcBits: given.adcBits === undefined ? undefined : parseCounts(given.adcBits, "--adc-bits"),
    rows: given.rows === undefined ? undefined : parseCounts(given.rows, "--rows"),
    slicing: given.chooseSlicing ? "anew" : "kept",
    noise: given.noise === undefined ? undefined : parseNumbers(given.noise, "--noise", "0,0.5,1"),
    seed: given.seed === undefined ? undefined : parseCount(given.seed, "--seed", 0),
    endToEnd: given.endToEnd,
    samples: parseSamples(given.samples),
    workers: parseWorkers(given.workers),
    signal: interruptSignal(),
    onProgress: await progressOnTerminal(given.dnn, "steps"),
  });
  for (const warning of accuracy.warnings) remark(`warning: ${warning}`);
  if (csv !== undefined || parquet !== undefined) {
    const { accuracyColumns, formatCsv } = await import("../report/tidy-columns.js");
    const { accuracyFrame } = await import("../report/data-frame.js");
    if (csv !== undefined) writeFileAtomically(csv, formatCsv(accuracyColumns(accuracy)));
    if (parquet !== undefined) writeFileAtomically(parquet, accuracyFrame(accuracy).writeParquet());
  }
  if (chart !== undefined) {
    const { saveChart } = await import("../report/charts/render-chart.js");
    const { accuracyByLayerChart, accuracyChart } = await import("../report/charts/accuracy-chart.js");
    // Architectures have converters of their own; a curve needs several of one, or several deviations of noise.
    const converters = new Set(
      accuracy.designs.map(({ architecture, adcBits, noise = 0 }) => `${architecture} ${adcBits} ${noise}`),
    );
    const architectures = new Set(accuracy.designs.map(({ architecture }) => architecture));
    const draw = converters.size > architectures.size ? accuracyChart : accuracyByLayerChart;
    await saveChart(draw(accuracy, { title: `${given.dnn}: what the crossbars' arithmetic changes` }), chart);
  }
  if (!json) for (const file of [csv, parquet, chart]) if (file !== undefined) remark(`Wrote ${file}.`);
  if (isPrinted) return;
  await (json ? printJson(accuracy) : print(formatAccuracyText(accuracy)));
}

function parseCounts(text: string, option: string): readonly number[] {
  return text.split(",").map((part) => parseCount(part, option, 1));
}
