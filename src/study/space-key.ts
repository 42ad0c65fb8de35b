import type { Hardware, HardwareLevel } from "../mapping/hardware";
import { contentNumber } from "../memory";
import type { AccessCosts } from "../model/access-costs";
import type { Specification } from "../spec/specification";

/**
 * Everything about a specification that its map space and the counts of accesses depend on: workload, sizes and
 * fan-outs of the levels, constraints, objectives, which accesses have no price or cost nothing and which levels have a
 * bandwidth. Two specifications with equal keys have the same mappings with the same counts and validity, and the same
 * front; they may differ in what accesses cost and in how much the bandwidths are, so that the best mapping of the front
 * may be another one.
 */
export function spaceKey(
  { levels, workload, mapper }: Pick<Specification, "levels" | "workload" | "mapper">,
  hardware: Hardware,
  costs: AccessCosts,
): string {
  const { dimensions, bounds, dataSpaces } = workload;
  const { compute } = hardware;
  let key = JSON.stringify([dimensions, bounds, dataSpaces, compute, mapper.optimizationMetrics]);
  for (const level of hardware.levels) key += hardwareText(level);
  for (const { kind, constraints } of levels) if (kind === "storage") key += ` ${contentNumber(constraints)}`;
  for (const { readPj, fillPj, updatePj, leakPj } of costs.levels)
    key += ` ${[readPj, fillPj, updatePj, leakPj].map(kindOfPrice).join("")}`;
  return key;
}

/**
 * Everything that the outcome of a search depends on: the space, and what its mappings cost and how fast they are.
 * @param options What the search itself is told.
 */
export function searchKey(
  specification: Pick<Specification, "levels" | "workload" | "mapper">,
  hardware: Hardware,
  costs: AccessCosts,
  options: unknown,
): string {
  const bandwidths = hardware.levels.map(({ readBandwidth, writeBandwidth, sharedBandwidth }) => [
    readBandwidth,
    writeBandwidth,
    sharedBandwidth,
  ]);
  return JSON.stringify([options, bandwidths, costs, spaceKey(specification, hardware, costs)]);
}

/** All fields of a level; of a bandwidth only whether there is one. */
function hardwareText(level: HardwareLevel): string {
  let text = "";
  let field: keyof HardwareLevel;
  for (field in level) {
    const value = level[field];
    const isBandwidth =
      field === "readBandwidth" || field === "writeBandwidth" || field === "sharedBandwidth";
    text += `,${isBandwidth ? value !== null : typeof value === "string" ? JSON.stringify(value) : value}`;
  }
  return text;
}

/** Missing, free or a price. */
function kindOfPrice(price: number | undefined): number {
  if (price === undefined) return 0;
  return price === 0 ? 1 : 2;
}
