import { circuitNodesNm } from "./device-node";

/**
 * Tabulated nodes around an integer node: one of them if it is tabulated itself; undefined outside the table.
 */
export function neighbouringNodes(nodeNm: number): readonly [number] | readonly [number, number] | undefined {
  if (circuitNodesNm.includes(nodeNm)) return [nodeNm];
  const below = circuitNodesNm.find((tabulated) => tabulated < nodeNm);
  const above = [...circuitNodesNm].reverse().find((tabulated) => tabulated > nodeNm);
  return below === undefined || above === undefined ? undefined : [below, above];
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
  if (!around) throw new RangeError(`no circuit devices at ${nodeNm} nm`);
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
