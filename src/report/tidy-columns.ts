import { unparse } from "papaparse";
import * as v from "valibot";
import { isTableOf, requireArgument } from "../arguments";
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

/** What every row says of the layer that it belongs to. */
const layerColumns = {
  architecture: (layer: LayerResult) => layer.architecture,
  dnn: (layer: LayerResult) => layer.dnn,
  layer: (layer: LayerResult) => layer.layer,
  layerName: (layer: LayerResult) => layer.layerName,
  nTiles: (layer: LayerResult) => layer.nTiles,
  batchSize: (layer: LayerResult) => layer.batchSize,
} as const;

/** What a full search adds: the share that may be left to gain, and the best mapping of the greedy steps. */
const searchColumns = {
  gapToBound: ({ fullSearch }: LayerResult) => fullSearch?.certificate.gap ?? null,
  greedyEnergyPj: ({ fullSearch }: LayerResult) => fullSearch?.heuristic?.energyPj ?? null,
  greedyCycles: ({ fullSearch }: LayerResult) => fullSearch?.heuristic?.cycles ?? null,
} as const;

/**
 * Tidy columns: one row per architecture, DNN, layer and component (level). Columns: architecture, dnn, layer,
 * layerName, nTiles, batchSize, component, group, energyPj, areaUm2, areaEachUm2, instances, cycles (of the layer).
 */
export function componentColumns(results: TabularResult, groups: readonly ComponentGroup[]): Columns {
  requireResults(results, groups, "componentColumns");
  const columns = emptyColumns([
    ...Object.keys(layerColumns),
    "component",
    "group",
    "energyPj",
    "areaUm2",
    "areaEachUm2",
    "instances",
    "cycles",
  ]);
  const groupOf = memoize((level: string) => groupNamed(level, groups));
  for (const layer of layersOf(results)) {
    const head = Object.values(layerColumns).map((value): Cell => value(layer));
    for (const component of componentsOf(layer)) {
      const { each, count, total } = areaOfLevel(layer.areaUm2, component);
      const energy = energyOf(layer, component);
      pushRow(columns, [...head, component, groupOf(component), energy, total, each, count, layer.cycles]);
    }
  }
  return columns;
}

/**
 * One row per layer, its figures and, wide, the energy of every component group: `ADC (pJ)`, …. Columns: architecture,
 * dnn, layer, layerName, nTiles, batchSize, energyPj, areaUm2, cycles, computes, macs, energyPerMacPj,
 * topsPerWatt, conversions, conversionsPerMac, utilization, spatialUtilization, edpJouleCycles, mappings, validMappings, after full searches gapToBound, greedyEnergyPj, greedyCycles, then the groups.
 */
export function layerWideColumns(results: TabularResult, groups: readonly ComponentGroup[]): Columns {
  requireResults(results, groups, "layerWideColumns");
  const layers = layersOf(results);
  const groupOf = memoize((level: string) => groupNamed(level, groups));
  const known = groups.map(({ name }) => name);
  const present = new Set(layers.flatMap((layer) => componentsOf(layer).map(groupOf)));
  const names = [
    ...known.filter((name) => present.has(name)),
    ...[...present].filter((name) => !known.includes(name)),
  ];
  const searched: Readonly<Record<string, (layer: LayerResult) => Cell>> = layers.some(
    ({ fullSearch }) => fullSearch !== undefined,
  )
    ? searchColumns
    : {};
  const columns = emptyColumns([
    ...Object.keys(layerColumns),
    ...["energyPj", "areaUm2", "cycles", "computes", "macs"],
    ...["energyPerMacPj", "topsPerWatt", "conversions", "conversionsPerMac"],
    ...["utilization", "spatialUtilization", "edpJouleCycles"],
    ...["mappings", "validMappings", ...Object.keys(searched)],
    ...names.map((name) => `${name} (pJ)`),
  ]);
  for (const layer of layers) {
    const sums = new Map<string, number>(names.map((name) => [name, 0]));
    for (const component of componentsOf(layer)) {
      const group = groupOf(component);
      sums.set(group, (sums.get(group) as number) + energyOf(layer, component));
    }
    pushRow(columns, [
      ...Object.values(layerColumns).map((value): Cell => value(layer)),
      layer.energyPj[totalKey],
      layer.areaUm2.total,
      layer.cycles,
      layer.computes,
      layer.macs,
      layer.energyPerMacPj,
      layer.topsPerWatt,
      layer.conversions,
      layer.conversionsPerMac,
      layer.utilization,
      layer.spatialUtilization,
      layer.edp,
      layer.mapSpace.size,
      layer.mapSpace.valid,
      ...Object.values(searched).map((value) => value(layer)),
      ...sums.values(),
    ]);
  }
  return columns;
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
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
}

/** Networks have none. */
function energyOf({ energyPj }: LayerResult, component: string): number {
  return energyPj[component] ?? 0;
}

function emptyColumns(names: readonly string[]): Record<string, Cell[]> {
  return Object.fromEntries(names.map((name) => [name, []]));
}

function pushRow(columns: Record<string, Cell[]>, cells: readonly Cell[]): void {
  Object.values(columns).forEach((column, index) => column.push(cells[index]));
}

function memoize<Value>(compute: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = compute(key)));
    return value;
  };
}

/** The table as CSV text: full precision, texts quoted where needed, empty cells for null. */
export function formatCsv(columns: Columns): string {
  requireArgument(columnsSchema, columns, "the columns of formatCsv");
  const lists = Object.values(columns);
  const rows = Array.from({ length: lists[0]?.length ?? 0 }, (_, row) => lists.map((list) => list[row]));
  return csvLines([Object.keys(columns), ...rows]);
}
