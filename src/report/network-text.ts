import { flag, requireArgument } from "../arguments";
import { counted } from "../errors";
import type { PublishedFigure } from "../spec/published-figures";
import { totalKey } from "../study/component-groups";
import type { Gains } from "../study/gains";
import { ablationResultSchema, networkResultSchema } from "../study/network-result";
import type { AblationResult, NetworkResult } from "../study/network-result";
import type { NetworkProgramming } from "../study/programming";
import type { ReplicationScheme } from "../study/replication";
import { fullSearchTables } from "./full-search-text";
import {
  figureColumn,
  formatCount,
  formatFigure,
  formatFixed,
  formatItems,
  formatSideBySide,
  formatTextTable,
} from "./text-table";
import { formatNumber, formatShare } from "./theme/numbers";

/** A DNN on one architecture for a terminal: its layers, its components, its throughput. */
export function formatNetworkText(network: NetworkResult): string {
  requireArgument(networkResultSchema, network, "the result of formatNetworkText");
  return [
    `${network.architecture} · ${describeRun(network, network.layers.length)}`,
    "",
    layerTable(network),
    "",
    componentComparison([network]),
    "",
    efficiencyText([network]),
    "",
    ...fullSearchTables([network], true),
    throughputText([network]),
    "",
  ].join("\n");
}

/**
 * Architectures side by side for a terminal: energy and area of the components, throughput.
 * @param layerByLayer - whether to list what the greedy steps cost every layer, after a full search
 */
export function formatAblationText(ablation: AblationResult, layerByLayer = true): string {
  requireArgument(ablationResultSchema, ablation, "the result of formatAblationText");
  requireArgument(flag, layerByLayer, "whether formatAblationText goes layer by layer");
  const { networks } = ablation;
  return [
    describeRun(ablation, networks[0].layers.length),
    "",
    componentComparison(networks),
    "",
    efficiencyText(networks),
    "",
    ...fullSearchTables(networks, layerByLayer),
    throughputText(networks),
    "",
  ].join("\n");
}

function describeRun(
  { dnn, nTiles, batchSize }: Pick<NetworkResult, "dnn" | "nTiles" | "batchSize">,
  layers: number,
): string {
  const parts = [`${dnn}, ${counted(layers, "layer", formatCount)}`];
  if (nTiles !== null) parts.push(`${counted(nTiles, "tile", formatCount)} a layer`);
  if (batchSize !== null) parts.push(`batch ${formatCount(batchSize)}`);
  return parts.join(" · ");
}

function layerTable({ layers, totals }: NetworkResult): string {
  const energies = [...layers.map((layer) => layer.energyPj[totalKey]), totals.energyPj[totalKey]];
  const energy = figureColumn("energyPj", energies);
  const total = energies[layers.length];
  const share = (part: number): string => (total > 0 ? `${formatFixed((part / total) * 100, 1)} %` : "");
  const perMac = ({ energyPerMacPj }: { readonly energyPerMacPj: number }): string =>
    formatFixed(energyPerMacPj * 1e3, 1);
  return formatItems(
    layers,
    [
      ["layer", ({ layer }, index) => String(layer ?? index), "left"],
      ["name", ({ layerName }) => layerName ?? "", "left"],
      [`energy ${energy.unit.symbol}`, (_, index) => energy.cells[index]],
      ["share", (_, index) => share(energies[index])],
      ["cycles", ({ cycles }) => formatCount(cycles)],
      ["MACs", ({ macs }) => formatCount(macs)],
      ["fJ/MAC", perMac],
      ["TOPS/W", ({ topsPerWatt }) => formatFixed(topsPerWatt)],
      ["conversions/MAC", ({ conversionsPerMac }) => conversionsText(conversionsPerMac)],
      ["in use", ({ spatialUtilization }) => formatShare(spatialUtilization)],
      ["peak share", ({ utilization }) => formatShare(utilization)],
    ],
    [
      ...["total", "", energy.cells[layers.length], "", "", formatCount(totals.macs), perMac(totals)],
      ...[formatFixed(totals.topsPerWatt), conversionsText(totals.conversionsPerMac)],
      ...[formatShare(totals.spatialUtilization), ""],
    ],
  );
}

function conversionsText(perMac: number | null): string {
  return perMac === null ? "—" : formatFixed(perMac, 4);
}

/** What a network's energy comes to, for every architecture. */
function efficiencyText(networks: readonly NetworkResult[]): string {
  return formatSideBySide("efficiency", networks, {
    "fJ per multiply-accumulate": ({ totals }) => formatFixed(totals.energyPerMacPj * 1e3, 1),
    "TOPS/W": ({ totals }) => formatFixed(totals.topsPerWatt),
    "conversions per multiply-accumulate": ({ totals }) => conversionsText(totals.conversionsPerMac),
    "crossbar places in use": ({ totals }) => formatShare(totals.spatialUtilization),
  });
}

/** Rows: groups that cost something; columns: energy and area of every architecture, in common units. */
function componentComparison(networks: readonly NetworkResult[]): string {
  const parts = [
    { title: "energy", quantity: "energyPj", of: (network: NetworkResult) => network.totals.energyPjByGroup },
    {
      title: "area of a chip",
      quantity: "areaUm2",
      of: (network: NetworkResult) => network.totals.areaUm2ByGroup,
    },
  ] as const;
  return parts
    .map(({ title, quantity, of }) => {
      const tables = networks.map(of);
      const groups = [...new Set(tables.flatMap((table) => Object.keys(table)))].filter(
        (group) => group !== totalKey && tables.some((table) => (table[group] ?? 0) !== 0),
      );
      const rows = [...groups, totalKey];
      const all = figureColumn(
        quantity,
        rows.flatMap((group) => tables.map((table) => (group in table ? table[group] : null))),
      );
      const cells = rows.map((group, row) => [
        group,
        ...all.cells.slice(row * networks.length, (row + 1) * networks.length),
      ]);
      return formatTextTable({
        columns: [`${title}, ${all.unit.symbol}`, ...networks.map(({ architecture }) => architecture)],
        rows: cells.slice(0, -1),
        footer: cells[cells.length - 1],
      });
    })
    .join("\n\n");
}

/** What it takes to write the weights once: a table of its own, since it is no part of an inference. */
export function formatProgrammingText(programmings: readonly NetworkProgramming[]): string {
  const table = formatSideBySide("programming, not part of the above", programmings, {
    "places written": ({ writes }) => formatCount(writes),
    energy: ({ energyPj }) => formatFigure("energyPj", energyPj),
    "time, row after row": ({ timeS }) => (timeS === null ? "—" : formatFigure("seconds", timeS)),
    "tiles that hold the weights": ({ tilesNeeded }) => formatCount(tilesNeeded),
    "loads of the tiles": ({ loads }) => formatCount(loads),
  });
  return `${table}\n`;
}

function throughputText(networks: readonly NetworkResult[]): string {
  const base = networks[0].totals.throughputBatchesPerSecond;
  const scheme = networks[0].replication.scheme === "doubling" ? "doubled" : "added one by one";
  return formatSideBySide(`pipeline, replicas ${scheme}`, networks, {
    "batches per second": ({ totals }) => formatNumber(totals.throughputBatchesPerSecond),
    ...(networks.length > 1 && {
      relative: ({ totals }: NetworkResult) => `${formatFixed(totals.throughputBatchesPerSecond / base)}×`,
    }),
    "tiles used": ({ totals }) => formatCount(totals.tilesUsed),
    "tiles of equal area": ({ totals }) => formatCount(totals.tileBudget),
    area: ({ totals }) => formatFigure("areaUm2", totals.pipelineAreaUm2ByGroup[totalKey]),
  });
}

/** What the schemes of replication are called in tables. */
const schemeNames: Readonly<Record<ReplicationScheme, string>> = {
  doubling: "doubled",
  increment: "one by one",
};

/** For the end of a run of many DNNs: what every architecture gains over the first one, with the papers' figures. */
export function formatGainsText(gains: readonly Gains[]): string {
  return gains.map(gainsTable).join("\n\n");
}

function gainsTable({ architecture, base, dnns, energyEfficiency, throughput, published }: Gains): string {
  const schemes = Object.keys(throughput) as ReplicationScheme[];
  const times = (multiple: number | undefined): string =>
    multiple === undefined ? "" : `${formatFixed(multiple)}×`;
  const summary = (name: string, statistic: "geometricMean" | "maximum"): string[] => [
    name,
    times(energyEfficiency[statistic]),
    ...schemes.map((scheme) => times(throughput[scheme]?.[statistic])),
  ];
  const paper = (statistic: string): string[][] => {
    const figures = (["energyEfficiency", "throughput"] as const).map((name) =>
      published.find(({ figure, statistic: of }) => figure === name && of === statistic),
    );
    if (figures.every((figure) => figure === undefined)) return [];
    const [energy, speed] = figures.map(publishedText);
    return [[`paper, ${statistic}`, energy, ...schemes.map(() => speed)]];
  };
  const table = formatTextTable({
    columns: [
      `${architecture} over ${base}`,
      "energy efficiency",
      ...schemes.map((scheme) => `throughput, replicas ${schemeNames[scheme]}`),
    ],
    rows: [
      ...dnns.map(({ dnn, energyEfficiency: energy, throughput: speed }) => [
        dnn,
        times(energy),
        ...schemes.map((scheme) => times(speed[scheme])),
      ]),
      summary("geometric mean", "geometricMean"),
      ...paper("geometric mean"),
      summary("maximum", "maximum"),
      ...paper("maximum"),
    ],
  });
  const remembered = published.some(({ certainty }) => certainty === "remembered");
  return remembered ? `${table}\n* remembered from the paper's text, not looked up again` : table;
}

function publishedText(figure: PublishedFigure | undefined): string {
  return figure === undefined
    ? ""
    : `${figure.value.toFixed(1)}×${figure.certainty === "remembered" ? "*" : ""}`;
}
