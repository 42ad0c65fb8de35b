import { RaellaError } from "../../errors";
import type { Estimate, EstimateStep, EstimationContext } from "../estimator";
import { interpolationErrorBar, neighbouringNodes } from "./device-node";
import type { BlockFigures } from "./digital-blocks";

/** Action names of the circuit primitives, by the energy they stand for. */
const actionsByEnergy = {
  read: [
    "read",
    "mac",
    "mac_random",
    "mac_reused",
    "fire",
    "drive",
    "run",
    "compute",
    "add",
    "shift_add",
    "max_pool",
    "activate",
  ],
  write: ["write", "set", "erase"],
  idle: ["idle", "gated_read", "gated_write", "skipped_read", "skipped_write"],
} as const;

type CircuitEnergy = keyof typeof actionsByEnergy;

export const circuitActions: readonly string[] = Object.values(actionsByEnergy).flat();

const energyOfAction: ReadonlyMap<string, CircuitEnergy> = new Map(
  Object.entries(actionsByEnergy).flatMap(([energy, actions]) =>
    actions.map((action) => [action, energy as CircuitEnergy] as const),
  ),
);

/** Which energy an action (one of {@link circuitActions}) stands for. */
export function circuitEnergy(action: string): CircuitEnergy {
  return energyOfAction.get(action) ?? "read";
}

/** What a circuit estimate says about itself. */
export interface CircuitDescription {
  readonly className: string;
  readonly source: string;
  readonly nodeNm: number;
  /** Sizes and figures that entered, in words. */
  readonly steps: () => readonly EstimateStep[];
}

/** Area of a circuit block. */
export function circuitArea(figures: BlockFigures, description: CircuitDescription): Estimate {
  return circuitEstimate("area", figures.areaUm2, description);
}

/**
 * Energy of an action of a circuit block. The original reports the leakage power in pW as the pJ of an idle
 * action; the corrected form is that power over one cycle of the model.
 */
export function circuitActionEnergy(
  figures: BlockFigures,
  action: string,
  { fidelity, cycleTimeS }: EstimationContext,
  description: CircuitDescription,
): Estimate {
  switch (circuitEnergy(action)) {
    case "read":
      return circuitEstimate("energy", figures.readEnergyPj, description);
    case "write":
      return circuitEstimate("energy", figures.writeEnergyPj, description);
    case "idle":
      return circuitEstimate(
        "energy",
        fidelity === "artifact" ? figures.leakagePw : figures.leakagePw * cycleTimeS,
        description,
      );
  }
}

function circuitEstimate(
  quantity: "energy" | "area",
  value: number,
  { className, source, nodeNm, steps }: CircuitDescription,
): Estimate {
  if (!(value >= 0 && Number.isFinite(value)))
    throw new RaellaError({
      code: "out-of-range",
      message: `The circuit models give no ${quantity} for ${className} of this size (${value}).`,
      value,
      expected: "a larger array",
    });
  const around = neighbouringNodes(nodeNm);
  if (around.length !== 2) return { value, source, steps };
  return {
    value,
    source,
    steps: () => [
      ...steps(),
      { description: `interpolated linearly in the node between ${around[0]} and ${around[1]} nm` },
    ],
    errorBar: value === 0 ? undefined : interpolationErrorBar(quantity, nodeNm),
  };
}
