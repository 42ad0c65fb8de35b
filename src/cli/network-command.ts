import { RaellaError } from "../errors";
import type { ChartSpecification } from "../report/charts/chart-specification";
import {
  formatAblationText,
  formatGainsText,
  formatNetworkText,
  formatProgrammingText,
} from "../report/network-text";
import { loadComponentGroups } from "../spec/component-groups";
import { listArchitectures, listDnns } from "../spec/workspace";
import type { Workspace } from "../spec/workspace";
import type { AblationResult } from "../study/network-result";
import type { ReplicationScheme, TileAreas } from "../study/replication";
import { runGains } from "../study/gains";
import { programNetwork } from "../study/programming";
import { runAblation, runAll } from "../study/run-network";
import type { AblationOptions } from "../study/run-network";
import { chosenWorkspace, studyOptions } from "./choose-specification";
import type { GivenModelOptions } from "./choose-specification";
import {
  checkChartName,
  checkOutputs,
  interruptSignal,
  print,
  printJson,
  progressOnTerminal,
  remark,
  remarkWarnings,
} from "./output";
import { parseCount, parseLayers, parseNames, parsePositive, parseWorkers } from "./parse-options";

interface GivenRunOptions extends GivenModelOptions {
  readonly architecture: readonly string[];
  readonly layers?: string;
  readonly aggregateTiles?: string;
  readonly areaBudget?: string;
  readonly tileAreas: TileAreas;
  readonly replication: ReplicationScheme;
  readonly workers: string;
  readonly json?: boolean;
  readonly csv?: string;
  readonly parquet?: string;
  readonly chart?: string;
}

/** `raella network` */
export async function networkCommand(given: GivenRunOptions & { readonly dnn: string }): Promise<void> {
  checkTables(given);
  const ablation = await runAblation(given.dnn, await runOptions(given, given.dnn));
  const [first, ...others] = ablation.networks;
  await present([ablation], given, others.length === 0 ? first : ablation, () => {
    const programmings = ablation.networks.flatMap(
      (network) => programNetwork(network, studyOptions(given)) ?? [],
    );
    return [
      others.length === 0 ? formatNetworkText(first) : formatAblationText(ablation),
      ...(programmings.length > 0 ? [formatProgrammingText(programmings)] : []),
    ].join("\n");
  });
}

/** `raella ablation` */
export async function ablationCommand(given: GivenRunOptions & { readonly dnn: string }): Promise<void> {
  checkTables(given);
  const ablation = await runAblation(given.dnn, await runOptions(given, given.dnn));
  await present([ablation], given, ablation, () => formatAblationText(ablation));
}

/** `raella all` */
export async function allCommand(
  given: GivenRunOptions & { readonly dnn: readonly string[] },
): Promise<void> {
  checkTables(given);
  const dnns = parseNames(given.dnn, listDnns(chosenWorkspace(given)));
  const options = { ...(await runOptions(given, "all DNNs")), dnns };
  const ablations = await runAll(options);
  const gains = await runGains(ablations, options);
  await present(ablations, given, { ablations, gains }, () =>
    [...ablations.map((ablation) => formatAblationText(ablation, false)), formatGainsText(gains)].join("\n"),
  );
}

async function runOptions(given: GivenRunOptions, label: string): Promise<AblationOptions> {
  return {
    ...studyOptions(given),
    architectures: parseNames(
      given.architecture,
      listArchitectures(chosenWorkspace(given)).map(({ name }) => name),
    ),
    ...(given.layers !== undefined && { layers: parseLayers(given.layers) }),
    ...givenSilicon(given),
    tileAreas: given.tileAreas,
    replication: given.replication,
    workers: parseWorkers(given.workers),
    signal: interruptSignal(),
    onProgress: await progressOnTerminal(label, "layers"),
  };
}

/** How much silicon there is for a pipeline; nothing where the default is meant. */
function givenSilicon({
  aggregateTiles,
  areaBudget,
}: GivenRunOptions): Pick<AblationOptions, "aggregateTiles" | "areaBudgetMm2"> {
  if (aggregateTiles !== undefined && areaBudget !== undefined)
    throw new RaellaError({
      code: "usage",
      message: "Both --aggregate-tiles and --area-budget say how much silicon there is.",
      expected: "one of them",
    });
  return {
    ...(aggregateTiles === undefined
      ? {}
      : { aggregateTiles: parseCount(aggregateTiles, "--aggregate-tiles", 1) }),
    ...(areaBudget === undefined ? {} : { areaBudgetMm2: parsePositive(areaBudget, "--area-budget") }),
  };
}

function checkTables({ csv, parquet, chart, json }: GivenRunOptions): boolean {
  checkChartName(chart);
  return checkOutputs([csv, parquet, chart], { json });
}

/** A bar for every layer of one architecture, or several architectures side by side. */
async function chartOf(
  ablation: AblationResult,
  workspace: Workspace | undefined,
): Promise<ChartSpecification> {
  const [network, ...others] = ablation.networks;
  const { ablationChart, layerEnergiesChart } = await import("../report/charts/study-charts.js");
  return others.length > 0
    ? ablationChart(ablation, { workspace })
    : layerEnergiesChart(network, { workspace });
}

/** Writes the tables asked for, then prints JSON or text. */
async function present(
  ablations: readonly AblationResult[],
  given: GivenRunOptions,
  value: unknown,
  text: () => string,
): Promise<void> {
  const { json, csv, parquet, chart } = given;
  const networks = ablations.flatMap((ablation) => ablation.networks);
  remarkWarnings(
    networks.flatMap(({ architecture, dnn, warnings = [] }) =>
      warnings.map((warning) => ({
        ...warning,
        of: networks.length > 1 ? `${dnn} on ${architecture}` : undefined,
      })),
    ),
  );
  if (csv !== undefined || parquet !== undefined) {
    const { writeCsv, writeParquet } = await import("../report/data-frame.js");
    const groups = loadComponentGroups(chosenWorkspace(given));
    if (csv !== undefined) writeCsv(csv, networks, groups);
    if (parquet !== undefined) writeParquet(parquet, networks, groups);
  }
  if (chart !== undefined) {
    const { saveChart } = await import("../report/charts/render-chart.js");
    await saveChart(await chartOf(ablations[0], chosenWorkspace(given)), chart);
  }
  if (!json) for (const file of [csv, parquet, chart]) if (file !== undefined) remark(`Wrote ${file}.`);
  if (checkTables(given)) return;
  await (json ? printJson(value, 0) : print(text()));
}
