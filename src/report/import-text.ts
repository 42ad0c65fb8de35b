import { counted } from "../errors";
import type { ImportedLayer, ImportedNetwork, UnmappedReport } from "../network/imported-network";
import type { ListedLayer } from "../network/layer-list";
import type { ImportSummary, ListedNetwork } from "./import-network";
import type { TextColumn } from "./text-table";
import { formatItems } from "./text-table";

/** What an import came to: the layers with their statistics, what was left out, where it was written. */
export function formatImportText({ name, workspace, files, network }: ImportSummary): string {
  const { layers, samples, scheme, signedInputs, inputSamples } = network;
  const hasStatistics = layers.some(({ statistics }) => statistics !== undefined);
  const inputs = network.madeUpInputs ? "made-up noise" : "given inputs";
  return [
    `${name}: ${count(layers.length)} of ${network.file}, scheme ${scheme}, signed inputs ${signedInputs}.`,
    // Where only the shapes were asked for, nothing was run.
    hasStatistics
      ? `${inputSamples} ${inputSamples === 1 ? "sample" : "samples"} of ${inputs}, ${samples === "all" ? "all" : `at most ${samples}`} positions a layer, seed ${network.seed}${network.engine ? `; run by ${network.engine.name} ${network.engine.version}` : ""}.`
      : "Only the shapes, without statistics (use --typical).",
    "",
    layerTable(layers),
    ...unmappedLines(network),
    `Mapped: ${share(network.mappedMacs, network.totalMacs)} of the multiply-accumulates${network.unmapped.some(({ macs }) => macs === null) ? " that are known" : ""}.`,
    "",
    `Wrote ${counted(files.length, "file")} to ${workspace}.`,
    "",
  ].join("\n");
}

/** The same of a list of layers. */
export function formatLayerListText(summary: ImportSummary<ListedNetwork>): string {
  const { name, workspace, files, network } = summary;
  return [
    `${name}: ${count(network.layers.length)} of ${network.file}, without statistics (use --typical).`,
    "",
    layerTable(network.layers),
    "",
    `Wrote ${counted(files.length, "file")} to ${workspace}.`,
    "",
  ].join("\n");
}

const figure = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(3));

type ShownLayer = ListedLayer & Pick<ImportedLayer, "statistics">;

function layerTable(layers: readonly ShownLayer[]): string {
  const hasStatistics = layers.some(({ statistics }) => statistics !== undefined);
  const slices: TextColumn<ShownLayer> = ["slices", ({ statistics }) => statistics?.slicing ?? ""];
  const figures: readonly TextColumn<ShownLayer>[] = [
    ["ADC share", ({ statistics }) => figure(statistics?.adcShare)],
    ["weight", ({ statistics }) => figure(statistics?.averageWeight)],
    ["input", ({ statistics }) => figure(statistics?.averageInputSpeculation)],
  ];
  return formatItems(layers, [
    ["layer", ({ index }) => String(index), "left"],
    ["name", ({ name }) => name, "left"],
    ["groups", ({ shape }) => String(shape.G)],
    ["rows", ({ shape }) => String(shape.C * shape.R * shape.S)],
    ["filters", ({ shape }) => String(shape.M)],
    ["positions", ({ shape }) => String(shape.P * shape.Q)],
    ...(hasStatistics ? [slices] : []),
    ["passes", ({ passes }) => String(passes)],
    ...(hasStatistics ? figures : []),
  ]);
}

function unmappedLines({ unmapped, totalMacs }: ImportedNetwork): readonly string[] {
  if (unmapped.length === 0) return [];
  const kinds = new Map<string, UnmappedReport[]>();
  for (const node of unmapped) {
    const key = `${node.operator}: ${node.reason}`;
    kinds.set(key, [...(kinds.get(key) ?? []), node]);
  }
  return [
    "Not mapped:",
    ...[...kinds].map(([kind, nodes]) => {
      const isKnown = nodes.every(({ macs }) => macs !== null);
      const macs = nodes.reduce((sum, node) => sum + (node.macs ?? 0), 0);
      return `  ${nodes.length} ${kind}; ${isKnown ? share(macs, totalMacs) : "unknown share"} of the multiply-accumulates`;
    }),
  ];
}

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

const count = (layers: number): string => counted(layers, "layer");
