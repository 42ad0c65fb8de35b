import type { ErrorBar } from "../estimator";
import { circuitNodesNm } from "./device-node";

/**
 * Tabulated nodes around an integer node: one of them if it is tabulated itself.
 * @throws RangeError outside the tabulated range; callers check the range first
 */
export function neighbouringNodes(nodeNm: number): readonly [number] | readonly [low: number, high: number] {
  if (circuitNodesNm.includes(nodeNm)) return [nodeNm];
  const below = circuitNodesNm.find((tabulated) => tabulated < nodeNm);
  const above = [...circuitNodesNm].reverse().find((tabulated) => tabulated > nodeNm);
  if (below === undefined || above === undefined) throw new RangeError(`no circuit devices at ${nodeNm} nm`);
  return [below, above];
}

/**
 * Finished figures at any node of the range: those of a tabulated node, or each figure interpolated linearly in
 * the node between its two tabulated neighbours.
 * @throws RangeError outside the tabulated range; callers check the range first
 */
export function interpolateNodes<Figures extends { readonly [name in keyof Figures]: number }>(
  nodeNm: number,
  atTabulatedNode: (nodeNm: number) => Figures,
): Figures {
  const around = neighbouringNodes(nodeNm);
  if (around.length === 1) return atTabulatedNode(around[0]);
  const [low, high] = around;
  const position = (nodeNm - low) / (high - low);
  const atLow = atTabulatedNode(low);
  const atHigh = atTabulatedNode(high);
  const names = Object.keys(atLow) as (keyof Figures)[];
  return Object.fromEntries(
    names.map((name) => [name, atLow[name] + (atHigh[name] - atLow[name]) * position]),
  ) as unknown as Figures;
}

type Percentages = readonly [median: number, ninetiethPercentile: number, largest: number];

/** Errors of predicting a tabulated node from its neighbours, percent; from 22 nm down to FinFETs they are larger. */
const interpolationErrors: Readonly<Record<"bulk" | "fin", Record<"energy" | "area", Percentages>>> = {
  bulk: { energy: [3.6, 12, 39], area: [12, 13, 95] },
  fin: { energy: [7.9, 47, 123], area: [12, 25, 71] },
};

/** Error bar of a figure between tabulated nodes. Its interval is half as long as those it was found on. */
export function interpolationErrorBar(quantity: "energy" | "area", nodeNm: number): ErrorBar {
  const kind = nodeNm > 22 ? "bulk" : "fin";
  const [medianPercent, ninetiethPercentilePercent, largestPercent] = interpolationErrors[kind][quantity];
  return {
    medianPercent,
    ninetiethPercentilePercent,
    largestPercent,
    basis: "tabulated nodes predicted from their neighbours, intervals twice as long",
  };
}
