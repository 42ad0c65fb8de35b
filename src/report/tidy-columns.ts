import { unparse } from "papaparse";
import * as v from "valibot";
import {
  dataWith,
  hasParts,
  isListOf,
  isObject,
  isTableOf,
  isText,
  oneOf,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../arguments";
import type { DesignAccuracy } from "../network/analyze-accuracy";
import type { NetworkAccuracy } from "../network/network-accuracy";
import { groupsSchema } from "../spec/component-groups";
import { groupNamed, totalKey } from "../study/component-groups";
import type { ComponentGroup } from "../study/component-groups";
import type { Gains } from "../study/gains";
import { isLayerResult } from "../study/layer-result";
import type { LayerResult } from "../study/layer-result";
import type { Manifest } from "../study/manifest";
import { areaOfLevel, componentsOf, isAblationResult, isNetworkResult } from "../study/network-result";
import type { AblationResult, NetworkResult } from "../study/network-result";
import type { Cell } from "../study/sweep/sweep-row";
import { mapValues } from "./flat-form";

/**
 * Rows as CSV text (RFC 4180, but every line ends in a line feed); null is an empty cell. Texts that a spreadsheet would
 * take for a formula begin with an apostrophe, by which it knows that they are texts.
 */
export function csvLines(rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "string" ? plainText(cell) : cell)));
  return `${unparse(cells, { newline: "\n" })}\n`;
}

function plainText(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** Results of which tables can be made: layers, DNNs, ablations, or lists of them. */
export type TabularResult =
  LayerResult | NetworkResult | AblationResult | readonly (LayerResult | NetworkResult | AblationResult)[];

/** A table by columns, in order; all columns are equally long. Units stand in the names. */
export type Columns = Readonly<Record<string, readonly Cell[]>>;

const isResult = (value: unknown): boolean =>
  isLayerResult(value) || isNetworkResult(value) || isAblationResult(value);

const resultsSchema = v.custom(
  (value) => (Array.isArray(value) ? value.every(isResult) : isResult(value)),
  "results of runLayer, runNetwork or runAblation, or a list of them",
);
const columnsSchema = v.custom(isTableOf(Array.isArray), "columns {name: cells}");

export function requireResults(results: unknown, groups: unknown, functionName: string): void {
  requireArgument(resultsSchema, results, `the results of ${functionName}`);
  requireArgument(groupsSchema, groups, `the groups of ${functionName}`);
}

/** All layers of results, in order. */
export function layersOf(results: TabularResult): readonly LayerResult[] {
  if (isList(results)) return results.flatMap(layersOf);
  if ("networks" in results) return results.networks.flatMap(({ layers }) => layers);
  return "layers" in results ? results.layers : [results];
}

/** The manifest of the first of the results that has one. */
export function manifestOf(results: TabularResult): Manifest | undefined {
  if (isList(results)) return results.map(manifestOf).find((manifest) => manifest !== undefined);
  return "networks" in results ? manifestOf(results.networks) : results.manifest;
}

function isList(
  results: TabularResult,
): results is readonly (LayerResult | NetworkResult | AblationResult)[] {
  return Array.isArray(results);
}

/** Columns of a table, each as what its cells say of an item. */
type CellsOf<Item> = Readonly<Record<string, (item: Item) => Cell>>;

/** A table of items, one in each row. */
function tableOfItems<Item>(items: readonly Item[], columns: CellsOf<Item>): Columns {
  return mapValues(columns, (cellOf) => items.map((item) => cellOf(item)));
}

/** What every row says of the layer that it belongs to. */
const layerColumns: CellsOf<LayerResult> = {
  architecture: ({ architecture }) => architecture,
  dnn: ({ dnn }) => dnn,
  layer: ({ layer }) => layer,
  layerName: ({ layerName }) => layerName,
  nTiles: ({ nTiles }) => nTiles,
  batchSize: ({ batchSize }) => batchSize,
};

/**
 * Tidy columns: one row per architecture, DNN, layer and component (level). Columns: architecture, dnn, layer,
 * layerName, nTiles, batchSize, component, group, energyPj, areaUm2, areaEachUm2, instances, cycles (of the layer).
 */
export function componentColumns(results: TabularResult, groups: readonly ComponentGroup[]): Columns {
  requireResults(results, groups, "componentColumns");
  const layers = layersOf(results);
  const groupOf = groupsOfComponents(layers, groups);
  const rows = layers.flatMap((layer) =>
    componentsOf(layer).map((component) => ({
      ...{ layer, component, energy: energyOf(layer, component) },
      area: areaOfLevel(layer.areaUm2, component),
    })),
  );
  return tableOfItems(rows, {
    ...mapValues(
      layerColumns,
      (cellOf) =>
        ({ layer }: { readonly layer: LayerResult }) =>
          cellOf(layer),
    ),
    component: ({ component }) => component,
    group: ({ component }) => groupOf.get(component) ?? component,
    energyPj: ({ energy }) => energy,
    areaUm2: ({ area }) => area.total,
    areaEachUm2: ({ area }) => area.each,
    instances: ({ area }) => area.count,
    cycles: ({ layer }) => layer.cycles,
  });
}

/** The group of each component, which is looked for once: layers have the same components. */
function groupsOfComponents(
  layers: readonly LayerResult[],
  groups: readonly ComponentGroup[],
): ReadonlyMap<string, string> {
  const components = new Set(layers.flatMap(componentsOf));
  return new Map([...components].map((component) => [component, groupNamed(component, groups)]));
}

/** The figures of a layer. */
const figureColumns: CellsOf<LayerResult> = {
  energyPj: ({ energyPj }) => energyPj[totalKey],
  areaUm2: ({ areaUm2 }) => areaUm2.total,
  cycles: ({ cycles }) => cycles,
  computes: ({ computes }) => computes,
  macs: ({ macs }) => macs,
  energyPerMacPj: ({ energyPerMacPj }) => energyPerMacPj,
  topsPerWatt: ({ topsPerWatt }) => topsPerWatt,
  conversions: ({ conversions }) => conversions,
  conversionsPerMac: ({ conversionsPerMac }) => conversionsPerMac,
  utilization: ({ utilization }) => utilization,
  spatialUtilization: ({ spatialUtilization }) => spatialUtilization,
  edpJouleCycles: ({ edp }) => edp,
  mappings: ({ mapSpace }) => mapSpace.size,
  validMappings: ({ mapSpace }) => mapSpace.valid,
};

/** What a full search adds: the share that may be left to gain, and the best mapping of the greedy steps. */
const searchColumns: CellsOf<LayerResult> = {
  gapToBound: ({ fullSearch }) => fullSearch?.certificate.gap ?? null,
  greedyEnergyPj: ({ fullSearch }) => fullSearch?.heuristic?.energyPj ?? null,
  greedyCycles: ({ fullSearch }) => fullSearch?.heuristic?.cycles ?? null,
};

/**
 * One row per layer, its figures and, wide, the energy of every component group: `ADC (pJ)`, …. Columns: architecture,
 * dnn, layer, layerName, nTiles, batchSize, energyPj, areaUm2, cycles, computes, macs, energyPerMacPj,
 * topsPerWatt, conversions, conversionsPerMac, utilization, spatialUtilization, edpJouleCycles, mappings, validMappings, after full searches gapToBound, greedyEnergyPj, greedyCycles, then the groups.
 */
export function layerWideColumns(results: TabularResult, groups: readonly ComponentGroup[]): Columns {
  requireResults(results, groups, "layerWideColumns");
  const layers = layersOf(results);
  const known = groups.map(({ name }) => name);
  const groupOf = groupsOfComponents(layers, groups);
  const present = new Set(groupOf.values());
  const names = [
    ...known.filter((name) => present.has(name)),
    ...[...present].filter((name) => !known.includes(name)),
  ];
  const energyOfGroup = (layer: LayerResult, group: string): number =>
    componentsOf(layer)
      .filter((component) => groupOf.get(component) === group)
      .reduce((sum, component) => sum + energyOf(layer, component), 0);
  return tableOfItems(layers, {
    ...layerColumns,
    ...figureColumns,
    ...(layers.some(({ fullSearch }) => fullSearch !== undefined) && searchColumns),
    ...Object.fromEntries(
      names.map((name) => [`${name} (pJ)`, (layer: LayerResult) => energyOfGroup(layer, name)]),
    ),
  });
}

/**
 * Gains as columns: architecture, base, dnn, figure (energyEfficiency, throughput), replication (of throughput), factor;
 * `wide` has one row per architecture and DNN, with a column for each figure.
 */
export function gainColumns(gains: readonly Gains[], shape: "tidy" | "wide"): Columns {
  const rows = gains.flatMap(({ architecture, base, dnns }) =>
    dnns.flatMap(({ dnn, energyEfficiency, throughput }): Readonly<Record<string, Cell>>[] => {
      const head = { architecture, base, dnn };
      const schemes = Object.entries(throughput);
      if (shape === "wide")
        return [
          {
            ...{ ...head, energyEfficiency },
            ...Object.fromEntries(schemes.map(([scheme, factor]) => [`throughput (${scheme})`, factor])),
          },
        ];
      return [
        { ...head, figure: "energyEfficiency", replication: null, factor: energyEfficiency },
        ...schemes.map(([replication, factor]) => ({ ...head, figure: "throughput", replication, factor })),
      ];
    }),
  );
  return columnsOfRows(rows);
}

const accuracyParts = {
  dnn: isText,
  designs: isListOf((design) => isObject(design) && hasParts(design, { layers: isListOf(isObject) })),
};

/** What is looked at of the accuracy of a network. */
export const accuracySchema = dataWith("an accuracy, as networkAccuracy returns it", accuracyParts);

export const isAccuracy = (value: unknown): value is NetworkAccuracy => hasParts(value, accuracyParts);

/** The shape of a data frame of accuracies. */
export interface AccuracyFrameOptions {
  /** `layers` (default): one row for each design and layer. `designs`: one row for each design. */
  readonly shape?: "layers" | "designs";
}

const accuracyFrameSchema = optionsOf({ shape: optional(oneOf(["layers", "designs"])) });

/** What every row says of its design. */
function designCells(
  { dnn, noiseSeed }: NetworkAccuracy,
  design: DesignAccuracy,
): Readonly<Record<string, Cell>> {
  const { endToEnd } = design;
  return {
    architecture: design.architecture,
    dnn,
    adcBits: design.adcBits,
    rows: design.rows,
    slicingChoice: design.slicing,
    ...(noiseSeed !== undefined && { noise: design.noise ?? 0, noiseSeed }),
    meanSlices: design.meanSlices,
    meanError: design.meanError,
    lossDb: endToEnd?.loss ?? null,
    sqnrToIdealDb: endToEnd?.sqnrToIdeal ?? null,
    sqnrToFloatDb: endToEnd?.sqnrToFloat ?? null,
    top1Agreement: endToEnd?.top1Agreement?.share ?? null,
    top1Accuracy: endToEnd?.accuracy?.share ?? null,
    saturatedShareEndToEnd: endToEnd?.saturatedShare ?? null,
  };
}

/**
 * The accuracy of a network as a table. Columns of a design: architecture, dnn, adcBits, rows, slicingChoice, meanSlices,
 * meanError (output steps), lossDb, sqnrToIdealDb, sqnrToFloatDb, top1Agreement, top1Accuracy, saturatedShareEndToEnd; of its
 * layers: layer, layerName, slicing, slices, saturatedShare, changed, meanAbs, error (output steps), sqnrDb. Where a design has
 * noise also noise (steps of the converter) and noiseSeed.
 */
export function accuracyColumns(accuracy: NetworkAccuracy, options: AccuracyFrameOptions = {}): Columns {
  requireArgument(accuracySchema, accuracy, "the accuracy of accuracyColumns");
  requireOptions(accuracyFrameSchema, options, "accuracyColumns");
  const rows = accuracy.designs.flatMap((design): readonly Readonly<Record<string, Cell>>[] => {
    const cells = designCells(accuracy, design);
    if (options.shape === "designs") return [cells];
    return design.layers.map((layer) => ({
      ...cells,
      layer: layer.layer,
      layerName: layer.layerName,
      slicing: layer.slicing,
      slices: layer.slices,
      saturatedShare: layer.saturatedShare,
      changed: layer.changed,
      meanAbs: layer.meanAbs,
      error: layer.error,
      sqnrDb: layer.sqnr,
    }));
  });
  return columnsOfRows(rows);
}

/** Rows as columns; what a row lacks is null. */
function columnsOfRows(rows: readonly Readonly<Record<string, Cell>>[]): Columns {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
}

/** Networks have none. */
function energyOf({ energyPj }: LayerResult, component: string): number {
  return energyPj[component] ?? 0;
}

/** The table as CSV text: full precision, texts quoted where needed, empty cells for null. */
export function formatCsv(columns: Columns): string {
  requireArgument(columnsSchema, columns, "the columns of formatCsv");
  const lists = Object.values(columns);
  const rows = Array.from({ length: lists[0]?.length ?? 0 }, (_, row) => lists.map((list) => list[row]));
  return csvLines([Object.keys(columns), ...rows]);
}
