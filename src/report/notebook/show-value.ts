import { inspect } from "node:util";

import { hasParts, isListOf, isObject, isText } from "../../arguments";
import { counted, countedAre, placedMessage } from "../../errors";
import { loadComponentGroups } from "../../spec/component-groups";
import type { Specification, Warning } from "../../spec/specification";
import { sumByGroup, totalKey } from "../../study/component-groups";
import { isLayerResult } from "../../study/layer-result";
import type { LayerResult, MappedLayer } from "../../study/layer-result";
import { isAblationResult, isNetworkResult } from "../../study/network-result";
import type { AblationResult, NetworkResult } from "../../study/network-result";
import type { SweepResult } from "../../study/sweep/sweep";
import type { ChartSpecification } from "../charts/chart-specification";
import { formatLayerTitle } from "../layer-text";
import { formatCount, formatFigure, formatFixed } from "../text-table";
import { formatShare } from "../theme/numbers";
import { showChart } from "./show-chart";
import { isFrame, showTable } from "./show-table";

/** Lines of a value that nothing here knows; more would hide the notebook. */
const maximumLines = 24;

const isChart = (value: unknown): value is ChartSpecification =>
  hasParts(value, { $schema: (schema) => typeof schema === "string" && schema.includes("/vega-lite/") });

const isSweep = (value: unknown): boolean =>
  hasParts(value, { plan: isObject, columns: isListOf(isObject), rows: isListOf(isObject) });

const isSpecification = (value: unknown): boolean =>
  hasParts(value, { identity: isObject, levels: isListOf(isObject), workload: isObject });

const isMappedLayer = (value: unknown): boolean =>
  hasParts(value, { specification: isSpecification, mapping: isObject, evaluation: isObject });

/**
 * Shows what a cell ends with: charts as charts, data frames as tables, results in a few lines, anything else cut off
 * where it becomes long.
 */
export async function showValue(value: unknown): Promise<void> {
  if (isChart(value)) await showChart(value);
  else if (isFrame(value)) showTable(value);
  else console.log(valueText(value));
}

/** A value in a few lines. */
export function valueText(value: unknown): string {
  const lines = resultLines(value);
  if (lines === undefined) return generalText(value);
  return [...lines, ...fieldLines(value)].join("\n");
}

function resultLines(value: unknown): readonly string[] | undefined {
  if (isLayerResult(value)) return layerLines(value as LayerResult);
  if (isMappedLayer(value)) return mappedLines(value as MappedLayer);
  if (isNetworkResult(value)) return networkLines(value as NetworkResult);
  if (isAblationResult(value)) {
    const { dnn, networks } = value as AblationResult;
    return [`${dnn} on ${countOf(networks.length, "architecture")}:`, ...networks.map(networkLine)];
  }
  if (isSweep(value)) {
    const { rows, columns } = value as SweepResult;
    return [
      `A sweep of ${countOf(rows.length, "point")} with ${countOf(columns.length, "column")}; the rows are in "rows".`,
    ];
  }
  if (isSpecification(value)) return specificationLines(value as Specification);
  if (Array.isArray(value) && value.length > 0) return listLines(value);
  return undefined;
}

function listLines(values: readonly unknown[]): readonly string[] | undefined {
  const first = values.slice(0, maximumLines).map((value) => resultLines(value));
  if (first.some((lines) => lines === undefined)) return undefined;
  const rest = values.length - first.length;
  return [
    `A list of ${values.length}:`,
    ...first.map((lines) => lines?.join("\n") ?? ""),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
  ];
}

function layerLines(result: LayerResult): readonly string[] {
  const { cycles, areaUm2, topsPerWatt, mapSpace, energyPj } = result;
  const tried = mapSpace.valid === null ? "" : `, ${formatCount(mapSpace.valid)} of them fit`;
  return [
    formatLayerTitle(result),
    `${energyText(energyPj)}, ${formatFixed(topsPerWatt)} TOPS/W`,
    `${countOf(cycles, "cycle")} on ${formatFigure("areaUm2", areaUm2.total)}; ${countedAre(mapSpace.size, "mapping", (size) => size.toLocaleString("en-US"))} allowed${tried}`,
  ];
}

function mappedLines({ specification, evaluation }: MappedLayer): readonly string[] {
  const { energyPj, cycles } = evaluation;
  return [
    `${formatLayerTitle(specification.identity)}, with its best mapping`,
    `${formatFigure("energyPj", energyPj)}, ${countOf(cycles, "cycle")}`,
  ];
}

function networkLines(network: NetworkResult): readonly string[] {
  const { dnn, layers, totals } = network;
  return [
    `${dnn}, ${countOf(layers.length, "layer")}:`,
    networkLine(network),
    `of the energy: ${sharesText(totals.energyPj)}`,
  ];
}

function networkLine({ architecture, totals }: NetworkResult): string {
  const { energyPj, topsPerWatt, areaUm2, throughputBatchesPerSecond } = totals;
  return (
    `${architecture}: ${formatFigure("energyPj", energyPj[totalKey])}, ${formatFixed(topsPerWatt)} TOPS/W, ` +
    `${formatFigure("areaUm2", areaUm2.total)}, ${batchesText(throughputBatchesPerSecond)}`
  );
}

function batchesText(perSecond: number): string {
  return formatFigure("perSecond", perSecond).replace("per second", "batches per second");
}

function specificationLines({ identity, levels, workload, variables }: Specification): readonly string[] {
  const bounds = Object.entries(workload.bounds).map(([dimension, bound]) => `${dimension} ${bound}`);
  return [
    `${formatLayerTitle(identity)}: ${countOf(levels.length, "level")}, ${countOf(Object.keys(variables).length, "variable")}`,
    `bounds: ${bounds.join(", ")}`,
  ];
}

function energyText(energyPj: Readonly<Record<string, number>>): string {
  return `${formatFigure("energyPj", energyPj[totalKey])} (${sharesText(energyPj)})`;
}

/** The largest shares, by component group. */
function sharesText(energyPj: Readonly<Record<string, number>>): string {
  const { [totalKey]: total, ...byGroup } = sumByGroup(energyPj, loadComponentGroups());
  return Object.entries(byGroup)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([group, energy]) => `${group} ${formatShare(energy / total, 2)}`)
    .join(", ");
}

function fieldLines(value: unknown): readonly string[] {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return [];
  return [`fields: ${Object.keys(value).join(", ")}`];
}

function countOf(count: number, noun: string): string {
  return counted(count, noun, formatCount);
}

/** As Node prints it, with less depth where that would be long. */
function generalText(value: unknown): string {
  if (typeof value === "string") return value;
  let lines: readonly string[] = [];
  for (const depth of [2, 1, 0]) {
    lines = inspect(value, { depth, maxArrayLength: 20, maxStringLength: 2000 }).split("\n");
    if (lines.length <= maximumLines) return lines.join("\n");
  }
  return [...lines.slice(0, maximumLines - 1), `… and ${lines.length - maximumLines + 1} more lines`].join(
    "\n",
  );
}

/** What the results in a value warn of, each once, in lines for people. */
export function warningLines(value: unknown): readonly string[] {
  const lines = warningsIn(value).map((warning) =>
    typeof warning === "string" ? warning : placedMessage(warning),
  );
  return [...new Set(lines)];
}

/** Where results keep warnings: in themselves, in their layers, networks or specification. */
function warningsIn(value: unknown): readonly (Warning | string)[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => warningsIn(one));
  const { warnings, networks, layers, specification, network } = value as Readonly<Record<string, unknown>>;
  const own = isListOf((one) => isText(one) || hasParts(one, { message: isText }))(warnings) ? warnings : [];
  return [
    ...(own as readonly (Warning | string)[]),
    ...[networks, layers, specification, network].flatMap(warningsIn),
  ];
}
