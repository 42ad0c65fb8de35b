import { flag, optional, optionsOf, requireArgument, requireOptions } from "../../arguments";
import { loadComponentGroups } from "../../spec/component-groups";
import { workspaceSchema } from "../../spec/workspace";
import { sumByGroup, totalKey } from "../../study/component-groups";
import { networkResultSchema } from "../../study/network-result";
import type { NetworkResult } from "../../study/network-result";
import { levelTitle } from "../theme/chart-style";
import { chooseUnit, formatNumber, formatShare } from "../theme/numbers";
import { groupColorEncoding, groupsOfBars } from "./bar-panel";
import { chart, headingEntries } from "./chart-specification";
import type { ChartSpecification } from "./chart-specification";
import type { StudyChartOptions } from "./study-charts";

/** What a {@link layerEnergiesChart} shows, and how. */
export interface LayerEnergiesChartOptions extends StudyChartOptions {
  /** Show the energy of one multiply-accumulate of each layer instead of that of the layer. */
  readonly perMac?: boolean;
}

const layerEnergiesSchema = optionsOf({
  ...headingEntries,
  workspace: optional(workspaceSchema),
  perMac: optional(flag),
});

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
        axis: { tickCount: 5, domain: false, ticks: false, ...levelTitle },
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
