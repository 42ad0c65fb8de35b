import { requireArgument } from "../../arguments";
import { describeCosts } from "../../model/access-costs";
import type { RowCosts } from "../../model/access-costs";
import { describeHardware } from "../../model/hardware";
import { groupsSchema, loadComponentGroups } from "../../spec/component-groups";
import { groupOfLevel, leakageGroup, leakageKey } from "../../study/component-groups";
import type { ComponentGroup } from "../../study/component-groups";
import { mappedLayerSchema } from "../../study/layer-result";
import type { MappedLayer } from "../../study/layer-result";

/** One reason why energy is spent: an action of a component, done so often, at such a price. */
export interface EnergyOrigin {
  /** Component group. */
  readonly component: string;
  readonly level: string;
  /** Data space that is moved, `operations` of the compute units, or `leakage`. */
  readonly data: string;
  readonly action: "read" | "fill" | "update" | "compute" | "leak";
  /** How often, in all instances together; one action moves a whole row, or lasts a cycle. */
  readonly times: number;
  readonly perActionPj: number;
  readonly energyPj: number;
  /** Of the layer's energy, 0 to 1. */
  readonly share: number;
}

/**
 * Where the energy of a layer comes from, the largest contribution first. The contributions add up to the energy of
 * the layer; those of nothing are left out.
 * @example
 * ```ts
 * const mapped = mapLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * console.log(energyOrigins(mapped)[0]);
 * ```
 */
export function energyOrigins(
  mapped: MappedLayer,
  groups?: readonly ComponentGroup[],
): readonly EnergyOrigin[] {
  requireArgument(mappedLayerSchema, mapped, "the layer of energyOrigins");
  const chosen = groups === undefined ? loadComponentGroups(mapped.specification.workspace) : groups;
  requireArgument(groupsSchema, chosen, "the groups of energyOrigins");
  const { specification, tables, evaluation } = mapped;
  const hardware = describeHardware(specification);
  const costs = describeCosts(hardware, tables.energy);
  const origins: Omit<EnergyOrigin, "share" | "component">[] = [];
  for (const { level, accesses, parts } of evaluation.levels) {
    const index = hardware.levels.findIndex(({ name }) => name === level);
    const prices = pricesOf(costs.levels[index]);
    for (const [data, counts] of Object.entries(accesses)) {
      const rows = { read: counts.rowReads, fill: counts.rowFills, update: counts.rowUpdates };
      for (const action of ["read", "fill", "update"] as const) {
        const times = rows[action] * counts.clusters;
        const perActionPj = prices[action];
        origins.push({ level, data, action, times, perActionPj, energyPj: times * perActionPj });
      }
    }
    const { leakPj } = costs.levels[index];
    if (parts !== undefined && leakPj !== undefined) {
      const { leakagePj: energyPj } = parts;
      const times = Math.round(energyPj / leakPj);
      origins.push({ level, data: leakageKey, action: "leak", times, perActionPj: leakPj, energyPj });
    }
  }
  const { name: level } = hardware.compute;
  const compute = { times: evaluation.computes, perActionPj: costs.computePj };
  origins.push({
    level,
    data: "operations",
    action: "compute",
    ...compute,
    energyPj: evaluation.computeEnergyPj,
  });
  return origins
    .filter(({ energyPj }) => energyPj > 0)
    .map((origin) => ({
      component: origin.action === "leak" ? leakageGroup : groupOfLevel(origin.level, chosen),
      ...origin,
      share: origin.energyPj / evaluation.energyPj,
    }))
    .sort((a, b) => b.energyPj - a.energyPj);
}

function pricesOf({
  readPj = 0,
  fillPj = 0,
  updatePj = 0,
}: RowCosts): Record<"read" | "fill" | "update", number> {
  return { read: readPj, fill: fillPj, update: updatePj };
}
