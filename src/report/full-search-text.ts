import { totalKey } from "../study/component-groups";
import { isBest } from "../study/layer-result";
import type { FullSearchSummary } from "../study/layer-result";
import type { NetworkResult } from "../study/network-result";
import type { TextColumn } from "./text-table";
import { formatCount, formatFigure, formatItems, formatSideBySide } from "./text-table";
import { formatNumber, formatShare } from "./theme/numbers";

const stops = {
  time: "stopped by the time limit",
  work: "stopped by the limit of work",
  request: "stopped on request",
} as const;

/** Rows [name, value, note] for a layer: what a full search has proven, and what the greedy steps would cost. */
export function fullSearchRows(
  { objective, certificate, heuristic }: FullSearchSummary,
  best: { readonly energyPj: number; readonly cycles: number },
): [string, string, string][] {
  const { isProven, isExactToTheBit, gap, stoppedBy, lowerBound, pruned, search, method } = certificate;
  const bound = formatObjective(objective, lowerBound);
  const proof: [string, string, string] = isProven
    ? ["Proof", "complete", `no mapping has less than ${bound}${isExactToTheBit ? "" : ", up to rounding"}`]
    : [
        "Proof",
        `${formatShare(gap)} open`,
        `${stoppedBy === null ? "a price is not the model's" : stops[stoppedBy]}; no mapping has less than ${bound}`,
      ];
  const cut =
    `partial mappings continued; ${formatCount(pruned.infeasible)} do not fit, ${formatCount(pruned.bound)} cut ` +
    `by bounds, ${formatCount(pruned.merged)} merged`;
  const effort: [string, string, string] = [
    "Search",
    formatCount(search.expanded),
    method === "visit" ? `${cut}; then every mapping visited` : cut,
  ];
  if (heuristic === null) return [proof, effort];
  const ratio = `${formatRatio(heuristic.energyPj, best.energyPj)} energy, ${formatRatio(heuristic.cycles, best.cycles)} cycles`;
  return [proof, effort, ["Greedy steps", `${formatRatio(heuristic.edpOverBest, 1)} EDP`, ratio]];
}

function formatObjective(objective: FullSearchSummary["objective"], value: number): string {
  if (objective === "edp") return `${formatNumber(value / 1e12)} J·cycles`;
  if (objective === "energy") return formatFigure("energyPj", value);
  return objective === "cycles" ? `${formatCount(value)} cycles` : formatNumber(value);
}

/** E.g. `1.186×`; exactly equal figures are `1×`. */
function formatRatio(value: number, base: number): string {
  return `${value === base ? "1" : (value / base).toFixed(3)}×`;
}

/**
 * What the greedy steps cost over all layers, and layer by layer, where the full map space has been searched; else
 * nothing.
 * @param layerByLayer - whether to list the layers
 */
export function fullSearchTables(networks: readonly NetworkResult[], layerByLayer: boolean): string[] {
  const totals = networks.flatMap(({ totals }) => totals.fullSearch ?? []);
  if (totals.length < networks.length) return [];
  const share = (count: number): string => `${formatCount(count)} of ${networks[0].layers.length}`;
  const ratio = (figure: "energyPj" | "cycles", { totals }: NetworkResult): string => {
    const { energyPj, cycles, fullSearch } = totals;
    const heuristic = fullSearch?.heuristic ?? null;
    const best = figure === "energyPj" ? energyPj[totalKey] : cycles.reduce((sum, own) => sum + own, 0);
    return heuristic === null ? "—" : formatRatio(heuristic[figure], best);
  };
  const summary = formatSideBySide("full map space", networks, {
    "layers proven": (_, index) => share(totals[index].proven),
    "greedy steps already best": (_, index) => share(totals[index].greedyIsBest),
    "energy with greedy steps": (network) => ratio("energyPj", network),
    "cycles with greedy steps": (network) => ratio("cycles", network),
  });
  return layerByLayer ? [summary, "", layersTable(networks), ""] : [summary, ""];
}

function layersTable(networks: readonly NetworkResult[]): string {
  const cell = ({ fullSearch, energyPj, cycles }: NetworkResult["layers"][number]): string => {
    const heuristic = fullSearch?.heuristic ?? null;
    if (heuristic === null) return "none fits";
    if (isBest(heuristic)) return "best";
    return `${formatRatio(heuristic.energyPj, energyPj[totalKey])} ${formatRatio(heuristic.cycles, cycles)}`;
  };
  return formatItems(networks[0].layers, [
    ["greedy steps: energy, cycles", ({ layer }, index) => String(layer ?? index), "left"],
    ["name", ({ layerName }) => layerName ?? "", "left"],
    ...networks.map(({ architecture, layers }): TextColumn<NetworkResult["layers"][number]> => [
      architecture,
      (_, index) => cell(layers[index]),
    ]),
  ]);
}
