import type { Convention } from "../../spec/specification";
import { defineEstimator } from "../estimator";
import type { EstimationContext, Estimator } from "../estimator";
import type { ParameterDescriptions } from "../parameters";
import { circuitActionEnergy, circuitActions, circuitArea } from "./circuit-estimate";
import type { CircuitDescription } from "./circuit-estimate";
import { circuitNodesNm } from "./device-node";
import { digitalBlock, gateNodeNm, standaloneGate } from "./digital-blocks";
import type { BlockFigures, DigitalBlock, StandaloneGate } from "./digital-blocks";

/** Accuracy that the circuit models claim. */
export const circuitAccuracyPercent = 70;

export const circuitTechnology = {
  kind: "node",
  unit: "nm",
  description: "technology node; between tabulated nodes the figures are interpolated",
  minimum: Math.min(...circuitNodesNm),
  maximum: Math.max(...circuitNodesNm),
} as const;

const bits = {
  kind: "number",
  unit: "bit",
  description: "bits of the adder or register",
  minimum: 1,
  maximum: 65536,
} as const;

interface Described {
  readonly figures: BlockFigures;
  readonly description: CircuitDescription;
}

/** Adder, shift-add, flip-flops and the gates. */
export function digitalEstimators(convention: Convention): readonly Estimator[] {
  const technologyAndBits = { technology: circuitTechnology, n_bits: bits };
  return [
    convention === "2024"
      ? lowPowerAdder()
      : // Only the tables of 2023 list what nothing requires.
        listing(
          ["add", "idle"],
          digitalEstimator("intadder", technologyAndBits, ({ technology, n_bits }, { fidelity }) =>
            describeBlock({ kind: "intadder", bits: n_bits }, technology, fidelity, [
              `ripple-carry adders of ${n_bits} and ${n_bits + 1} bits, nine NAND gates per bit`,
            ]),
          ),
        ),
    digitalEstimator(
      "shift_add",
      {
        ...technologyAndBits,
        shift_register_n_bits: { ...bits, description: "bits of the shift register" },
      },
      ({ technology, n_bits, shift_register_n_bits }, { fidelity }) =>
        describeBlock(
          { kind: "shift_add", bits: n_bits, registerBits: shift_register_n_bits },
          technology,
          fidelity,
          [`${n_bits}-bit adder and ${n_bits + shift_register_n_bits} flip-flops, all clocked`],
        ),
    ),
    digitalEstimator("flip_flop", technologyAndBits, ({ technology, n_bits }, { fidelity }) =>
      describeBlock({ kind: "flip_flop", bits: n_bits }, technology, fidelity, [`${n_bits} flip-flops`]),
    ),
    ...(["not_gate", "nand_gate", "nor_gate"] as const).map(gateEstimator),
  ];
}

function listing(listedActions: readonly string[], estimator: Estimator): Estimator {
  return { ...estimator, listedActions };
}

/** The adder alone, of low-power devices. */
function lowPowerAdder(): Estimator {
  return digitalEstimator(
    "intadder",
    { technology: circuitTechnology, n_bits: bits },
    ({ technology, n_bits }, { fidelity }) =>
      describeBlock({ kind: "low-power adder", bits: n_bits }, technology, fidelity, [
        `ripple-carry adder of ${n_bits} bits, nine NAND gates of low-power devices per bit`,
      ]),
  );
}

function digitalEstimator<const Descriptions extends ParameterDescriptions>(
  className: string,
  parameters: Descriptions,
  describe: (
    values: Parameters<Parameters<typeof defineEstimator<Descriptions>>[0]["areaUm2"]>[0],
    context: EstimationContext,
  ) => Described,
): Estimator {
  return defineEstimator({
    name: "circuit models",
    classNames: [className],
    accuracyPercent: circuitAccuracyPercent,
    parameters,
    actions: circuitActions,
    areaUm2: (values, context) => {
      const { figures, description } = describe(values, context);
      return circuitArea(figures, description);
    },
    energyPj: (action, values, context) => {
      const { figures, description } = describe(values, context);
      return circuitActionEnergy(figures, action, context, description);
    },
    leakagePowerW: (values, context) => describe(values, context).figures.leakagePw * 1e-12,
  });
}

function gateEstimator(gate: StandaloneGate): Estimator {
  return digitalEstimator(
    gate,
    { technology: { ...circuitTechnology, default: gateNodeNm } },
    ({ technology }, { fidelity }) => ({
      figures: standaloneGate(gate, technology, fidelity),
      description: {
        className: gate,
        source: circuitSource("standard gate: layout"),
        nodeNm: fidelity === "artifact" ? gateNodeNm : technology,
        steps: () => [
          {
            description:
              fidelity === "artifact"
                ? `at ${gateNodeNm} nm, whatever node is asked for; its switching energy is not modelled`
                : `at ${technology} nm; its switching energy is not modelled`,
          },
        ],
      },
    }),
  );
}

function describeBlock(
  block: DigitalBlock,
  nodeNm: number,
  fidelity: EstimationContext["fidelity"],
  lines: readonly string[],
): Described {
  return {
    figures: digitalBlock(block, nodeNm, fidelity),
    description: {
      className: block.kind === "low-power adder" ? "intadder" : block.kind,
      source: circuitSource(block.kind),
      nodeNm,
      steps: () => lines.map((line) => ({ description: `${line}, ${nodeNm} nm` })),
    },
  };
}

/** Source of a circuit figure: the publication and the part of the model. */
export function circuitSource(part: string): string {
  return `NeuroSim circuit models (Chen, Peng, Yu, IEEE TCAD 37(12), 2018): ${part}`;
}
