import { counted } from "../../errors";
import * as v from "valibot";
import { flag, listOf, oneOf, optional, optionsOf, requireArgument, requireOptions } from "../../arguments";
import { describeHardware } from "../../model/hardware";
import type { HardwareLevel } from "../../model/hardware";
import { loadComponentGroups, loadLevelNotes } from "../../spec/component-groups";
import { nodeOfPlaceholder } from "../../spec/convention";
import type { Warning } from "../../spec/specification";
import { listArchitectures, workspaceSchema } from "../../spec/workspace";
import type { Workspace } from "../../spec/workspace";
import { sumByGroup, totalKey } from "../../study/component-groups";
import type { LayerResult, MappedLayer } from "../../study/layer-result";
import { layerResultSchema, mappedLayerSchema, totalAreas } from "../../study/layer-result";
import { ablationResultSchema, networkResultSchema } from "../../study/network-result";
import type { AblationResult, NetworkResult } from "../../study/network-result";
import { levelTitle as titleAbove } from "../theme/chart-style";
import { chooseUnit, formatNumber, formatShare, formatWhole } from "../theme/numbers";
import type { GroupValues } from "./bar-panel";
import { groupColorEncoding, groupsOfBars } from "./bar-panel";
import { chart, headingEntries } from "./chart-specification";
import type { ChartRowOptions, ChartSpecification } from "./chart-specification";
import { comparisonChart } from "./comparison-chart";
import type { MappingChartLevel, MappingChartOptions, Occupancy } from "./mapping-chart";
import { mappingChart, mappingChartEntries } from "./mapping-chart";

/** A size that no real memory reaches: the model says "does not matter". */
const unlimitedWords = 2 ** 31 - 1;

/** The levels of a mapped layer as its picture needs them, outermost first. */
export function mappedLayerLevels(mapped: MappedLayer): readonly MappingChartLevel[] {
  const { specification, mapping, evaluation } = mapped;
  const hardware = describeHardware(specification);
  const hardwareOf = (name: string): HardwareLevel | undefined =>
    hardware.levels.find((level) => level.name === name);
  let inUse = 1;
  return mapping.levels.map(({ level, keep, passthrough, temporal, spatial }) => {
    const built = hardwareOf(level);
    const outside = inUse;
    inUse *= spatial.reduce((product, { factor }) => product * factor, 1);
    // The row of a container stands for its own instances, of which its loops in space use some.
    const instances: Occupancy | undefined =
      built &&
      (fanOutName.test(level)
        ? { used: inUse, available: built.instances * built.fanX * built.fanY }
        : { used: outside, available: built.instances });
    const tiles = evaluation.levels.find((evaluated) => evaluated.level === level)?.accesses ?? {};
    const stored = keep.filter((dataSpace) => !passthrough.includes(dataSpace));
    const words = stored.reduce((sum, dataSpace) => sum + (tiles[dataSpace]?.tileSize ?? 0), 0);
    const capacity = built?.capacityWords ?? Infinity;
    return {
      level: levelTitle(level, built),
      holds: keep,
      temporal,
      spatial,
      ...(instances && { instances }),
      ...(words > 0 && capacity < unlimitedWords && { storage: { used: words, available: capacity } }),
    };
  });
}

/** Fan-outs of containers appear in a flat architecture as levels of their own with this name. */
const fanOutName = /^inter_(.+)_spatial(?:_dummy)?$/;

function levelTitle(level: string, built: HardwareLevel | undefined): string {
  const container = fanOutName.exec(level)?.[1];
  if (container === undefined || built === undefined) return level.replaceAll("_", " ");
  return `${container.replaceAll("_", " ")} ×${built.fanX * built.fanY}`;
}

/** What stands above a chart of results, and where its names are from. */
export interface StudyChartOptions extends ChartRowOptions {
  /** Where architectures and component groups are described (default: the package's own). */
  readonly workspace?: Workspace;
}

/** What an {@link ablationChart} shows of speed, besides energy and area. */
export interface AblationChartOptions extends StudyChartOptions {
  /**
   * `cycles`: cycles of all layers, one after another, and the area of one chip. `throughput`: batches per second of
   * the pipeline of replicated layers, and the area of all its tiles.
   */
  readonly speed?: "cycles" | "throughput";
}

const studyChartEntries = {
  ...headingEntries,
  workspace: optional(workspaceSchema),
};
const studyChartSchema = optionsOf(studyChartEntries);
const ablationChartSchema = optionsOf({
  ...studyChartEntries,
  speed: optional(oneOf(["cycles", "throughput"])),
});
const layerMappingChartSchema = optionsOf({ ...studyChartEntries, ...mappingChartEntries });
const layersSchema = v.pipe(
  listOf(layerResultSchema, "a result of runLayer, or a list of them"),
  v.minLength(1, "at least one result"),
);

/**
 * Energy, area and cycles of one layer, on one architecture or side by side on several.
 * @example
 * ```ts
 * const choice = { dnn: "resnet18", layer: 10 };
 * const results = ["isaac_like", "raella"].map((architecture) => runLayer({ ...choice, architecture }));
 * await saveChart(layerChart(results), "layer.svg");
 * ```
 */
export function layerChart(
  results: LayerResult | readonly LayerResult[],
  options: StudyChartOptions = {},
): ChartSpecification {
  const layers: readonly LayerResult[] = isList(results) ? results : [results];
  requireArgument(layersSchema, layers, "the results of layerChart");
  requireOptions(studyChartSchema, options, "layerChart");
  const groups = loadComponentGroups(options.workspace);
  const by = <T>(pick: (layer: LayerResult) => T): Record<string, T> =>
    Object.fromEntries(layers.map((layer) => [layer.architecture, pick(layer)]));
  return comparisonChart({
    title: options.title ?? titleOfLayer(layers[0]),
    subtitle: withWarnings(
      options.subtitle ?? sizes(layers[0]),
      layers.flatMap(({ warnings }) => warnings),
    ),
    names: architectureTitles(options.workspace),
    energyPj: by(({ energyPj }) => withoutTotal(sumByGroup(energyPj, groups))),
    areaUm2: by(({ areaUm2 }) => withoutTotal(sumByGroup(totalAreas(areaUm2), groups))),
    cycles: by(({ cycles }) => cycles),
  });
}

/**
 * Energy, area and speed of a DNN, or some of its layers, on several architectures.
 * @example
 * ```ts
 * const chart = ablationChart(await runAblation("resnet18"), { speed: "throughput" });
 * await saveChart(chart, "ablation.svg");
 * ```
 */
export function ablationChart(
  ablation: AblationResult,
  options: AblationChartOptions = {},
): ChartSpecification {
  requireArgument(ablationResultSchema, ablation, "the result of ablationChart");
  requireOptions(ablationChartSchema, options, "ablationChart");
  const { networks, dnn } = ablation;
  const throughput = options.speed === "throughput";
  const by = <T>(pick: (network: NetworkResult) => T): Record<string, T> =>
    Object.fromEntries(networks.map((network) => [network.architecture, pick(network)]));
  const { layers } = networks[0];
  return comparisonChart({
    title:
      options.title ??
      (layers.length === 1 ? titleOfLayer({ ...layers[0], dnn }) : `${dnn}, ${layers.length} layers`),
    subtitle: withWarnings(
      options.subtitle ?? (throughput ? pipelineSizes(ablation) : sizes(ablation)),
      networks.flatMap(({ warnings = [] }) => warnings),
    ),
    names: architectureTitles(options.workspace),
    energyPj: by(({ totals }) => withoutTotal(totals.energyPjByGroup)),
    areaUm2: by(({ totals }) =>
      withoutTotal(throughput ? totals.pipelineAreaUm2ByGroup : totals.areaUm2ByGroup),
    ),
    ...(throughput
      ? { throughputPerSecond: by(({ totals }) => totals.throughputBatchesPerSecond) }
      : { cycles: by(({ totals }) => totals.cycles.reduce((sum, cycles) => sum + cycles, 0)) }),
  });
}

/**
 * The mapping of a layer as a picture: loops against the memory hierarchy, and how well each level is used.
 * @example
 * ```ts
 * const mapped = mapLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * await saveChart(layerMappingChart(mapped), "mapping.svg");
 * ```
 */
export function layerMappingChart(
  mapped: MappedLayer,
  options: MappingChartOptions & StudyChartOptions = {},
): ChartSpecification {
  requireArgument(mappedLayerSchema, mapped, "the layer of layerMappingChart");
  requireOptions(layerMappingChartSchema, options, "layerMappingChart");
  const { workspace, ...chartOptions } = options;
  const { identity } = mapped.specification;
  const { architecture } = identity;
  const name = architectureTitles(workspace)[architecture] ?? architecture;
  return mappingChart(mappedLayerLevels(mapped), {
    title: `Mapping of ${titleOfLayer(identity)} on ${name}`,
    ...chartOptions,
    subtitle: withWarnings(
      options.subtitle ?? [sizes(identity), ...notesOf(mapped, workspace)],
      mapped.specification.warnings,
    ),
  });
}

/** What the levels are whose names do not say it. */
function notesOf({ specification }: MappedLayer, workspace: Workspace | undefined): readonly string[] {
  const notes = loadLevelNotes(workspace);
  const nodes = specification.levels.map(({ name }) => nodeOfPlaceholder(name) ?? name);
  return Object.entries(notes).flatMap(([level, note]) =>
    nodes.includes(level) ? wrapped(`${level.replaceAll("_", " ")}: ${note}`) : [],
  );
}

/** Warnings that a picture has room for. */
const shownWarnings = 3;

/** A picture travels without its run's messages: what they warn of stands under its title, each once. */
function withWarnings(
  subtitle: string | readonly string[],
  warnings: readonly Warning[],
): string | readonly string[] {
  const messages = [...new Set(warnings.map(({ message }) => message))];
  if (messages.length === 0) return subtitle;
  const rest = messages.length - shownWarnings;
  return [
    ...(typeof subtitle === "string" ? [subtitle] : subtitle),
    ...messages.slice(0, shownWarnings).flatMap((message) => wrapped(`Warning: ${message}`)),
    ...(rest > 0 ? [`… and ${rest} more`] : []),
  ];
}

/** Lines of up to about a hundred letters. */
function wrapped(text: string): string[] {
  return text.match(/.{1,100}(?:\s|$)/g)?.map((line) => line.trimEnd()) ?? [text];
}

/** Names of the architectures for people. */
function architectureTitles(workspace: Workspace | undefined): Record<string, string> {
  return Object.fromEntries(listArchitectures(workspace).map(({ name, title }) => [name, title]));
}

function titleOfLayer({ dnn, layer, layerName }: Pick<LayerResult, "dnn" | "layer" | "layerName">): string {
  const place = [dnn, layer === null ? null : `layer ${layer}`].filter((part) => part !== null).join(", ");
  return [place, layerName].filter((part) => part !== null && part !== "").join(": ");
}

function sizes({ nTiles, batchSize }: Pick<LayerResult, "nTiles" | "batchSize">): string {
  return [
    nTiles === null ? null : counted(nTiles, "tile"),
    batchSize === null ? null : `batch of ${batchSize}`,
  ]
    .filter((part) => part !== null)
    .join(", ");
}

function pipelineSizes({ networks, batchSize }: AblationResult): string {
  const { tileBudget } = networks[0].totals;
  const area = `the area of ${counted(tileBudget, "tile", formatWhole)} of the first architecture for each`;
  return batchSize === null ? area : `${area}, batch of ${batchSize}`;
}

/** Bars are stacked from groups; the total stands above them. */
function withoutTotal(groups: GroupValues): GroupValues {
  return Object.fromEntries(Object.entries(groups).filter(([group]) => group !== totalKey));
}

function isList(results: LayerResult | readonly LayerResult[]): results is readonly LayerResult[] {
  return Array.isArray(results);
}

/** What a {@link layerEnergiesChart} shows, and how. */
export interface LayerEnergiesChartOptions extends StudyChartOptions {
  /** Show the energy of one multiply-accumulate of each layer instead of that of the layer. */
  readonly perMac?: boolean;
}

const layerEnergiesSchema = optionsOf({ ...studyChartEntries, perMac: optional(flag) });

const panelWidth = 680;
const panelHeight = 240;
/** A label for every layer has room below as many bars. */
const mostLabels = 32;

/**
 * Where a DNN spends its energy: a bar for every layer, stacked by component group, in the colours of all charts. A click
 * on an entry of the legend brings out that component.
 * @example
 * ```ts
 * const network = await runNetwork({ architecture: "raella", dnn: "resnet18" });
 * await saveChart(layerEnergiesChart(network), "layers.svg");
 * ```
 */
export function layerEnergiesChart(
  network: NetworkResult,
  options: LayerEnergiesChartOptions = {},
): ChartSpecification {
  requireArgument(networkResultSchema, network, "the result of layerEnergiesChart");
  requireOptions(layerEnergiesSchema, options, "layerEnergiesChart");
  const { perMac = false, workspace, subtitle = "" } = options;
  const { architecture, dnn, layers } = network;
  const groups = loadComponentGroups(workspace);
  const bars = layers.map(({ energyPj, macs }) => {
    const sums = sumByGroup(energyPj, groups);
    const each = perMac ? macs : 1;
    return Object.fromEntries(Object.entries(sums).map(([group, energy]) => [group, energy / each]));
  });
  const unit = chooseUnit("energyPj", Math.max(...bars.map((bar) => bar[totalKey])));
  const order = groupsOfBars(bars).filter((name) => name !== totalKey);
  const values = bars.flatMap((bar, index) =>
    order.flatMap((group, place) => {
      const energy = bar[group] ?? 0;
      if (energy === 0) return [];
      const { layer, layerName } = layers[index];
      return [
        {
          ...{ layer: layer ?? index, group, order: place, name: layerName ?? "" },
          value: energy / unit.divisor,
          amount: `${formatNumber(energy / unit.divisor, 3)} ${unit.symbol}`,
          share: formatShare(energy / bar[totalKey]),
        },
      ];
    }),
  );
  const every = Math.ceil(layers.length / mostLabels);
  return chart({
    title: { text: options.title ?? `${dnn} on ${architecture}: energy of every layer`, subtitle },
    width: panelWidth,
    height: panelHeight,
    params: [{ name: "component", select: { type: "point", fields: ["group"] }, bind: "legend" }],
    data: { values },
    mark: { type: "bar", stroke: "white", strokeWidth: layers.length > mostLabels ? 0.2 : 0.75 },
    encoding: {
      x: {
        field: "layer",
        type: "ordinal",
        title: "layer",
        axis: {
          labelAngle: 0,
          ticks: false,
          ...(every > 1
            ? { values: layers.flatMap(({ layer }, index) => (index % every ? [] : [layer ?? index])) }
            : {}),
        },
        scale: { paddingInner: 0.15, paddingOuter: 0.1 },
      },
      y: {
        field: "value",
        type: "quantitative",
        stack: "zero",
        title: `${perMac ? "Energy of a multiply-accumulate" : "Energy"} (${unit.symbol})`,
        axis: { tickCount: 5, domain: false, ticks: false, ...titleAbove },
      },
      order: { field: "order", type: "quantitative" },
      color: groupColorEncoding(order, "right"),
      opacity: { condition: { param: "component", value: 1 }, value: 0.15 },
      tooltip: [
        { field: "layer", type: "ordinal" },
        { field: "name" },
        { field: "group", title: "component" },
        { field: "amount", title: "energy" },
        { field: "share", title: "share of the layer" },
      ],
    },
  });
}
