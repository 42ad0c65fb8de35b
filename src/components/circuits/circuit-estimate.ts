import { RaellaError } from "../../errors";
import { defineEstimator } from "../estimator";
import type { Estimate, EstimateStep, EstimationContext, Estimator } from "../estimator";
import type { ParameterDescriptions, ParameterValues } from "../parameters";
import { circuitNodesNm, interpolationErrorBar, neighbouringNodes } from "./device-node";

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

/** Which energy an action stands for. */
const energyOfAction: ReadonlyMap<string, CircuitEnergy> = new Map(
  (Object.keys(actionsByEnergy) as CircuitEnergy[]).flatMap((energy) =>
    actionsByEnergy[energy].map((action) => [action, energy] as const),
  ),
);

/** What a circuit estimate says about itself. */
interface CircuitDescription {
  readonly className: string;
  readonly source: string;
  readonly nodeNm: number;
  /** Sizes and figures that entered, in words. */
  readonly steps: () => readonly EstimateStep[];
}

/** Technology of a circuit block, as its estimator is asked for it. */
export const circuitTechnology = {
  kind: "node",
  unit: "nm",
  description: "technology node; between tabulated nodes the figures are interpolated",
  minimum: Math.min(...circuitNodesNm),
  maximum: Math.max(...circuitNodesNm),
} as const;

/** Source of a circuit figure: the publication and the part of the model. */
export function circuitSource(part: string): string {
  return `NeuroSim circuit models (Chen, Peng, Yu, IEEE TCAD 37(12), 2018): ${part}`;
}

/** What a circuit block costs. Write energies are zero for all digital blocks. */
export interface BlockFigures {
  /** Energy of one operation, pJ. */
  readonly readEnergyPj: number;
  readonly writeEnergyPj: number;
  readonly areaUm2: number;
  /** pW. */
  readonly leakagePw: number;
}

/** What is asked of a circuit block: its area, an energy, or its leakage power. */
export type CircuitQuestion = "area" | CircuitEnergy | "leakage";

/** What a circuit block costs, and how that comes about. */
export interface CircuitAnswer {
  readonly figures: BlockFigures;
  readonly description: CircuitDescription;
}

/**
 * The estimator of a class of circuit blocks. The original reports the leakage power in pW as the pJ of an idle action;
 * the corrected form is that power over one cycle of the model.
 */
export function circuitEstimator<const Descriptions extends ParameterDescriptions>(
  className: string,
  parameters: Descriptions,
  answer: (
    values: ParameterValues<Descriptions>,
    context: EstimationContext,
    asked: CircuitQuestion,
  ) => CircuitAnswer,
): Estimator {
  return defineEstimator({
    name: "circuit models",
    classNames: [className],
    // What the circuit models claim.
    accuracyPercent: 70,
    parameters,
    actions: [...energyOfAction.keys()],
    areaUm2: (values, context) => {
      const { figures, description } = answer(values, context, "area");
      return circuitEstimate("area", figures.areaUm2, description);
    },
    energyPj: (action, values, context) => {
      const asked = energyOfAction.get(action) ?? "read";
      const { figures, description } = answer(values, context, asked);
      const { readEnergyPj, writeEnergyPj, leakagePw } = figures;
      const idleEnergyPj = context.fidelity === "artifact" ? leakagePw : leakagePw * context.cycleTimeS;
      const energies = { read: readEnergyPj, write: writeEnergyPj, idle: idleEnergyPj };
      return circuitEstimate("energy", energies[asked], description);
    },
    leakagePowerW: (values, context) => answer(values, context, "leakage").figures.leakagePw * 1e-12,
  });
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
