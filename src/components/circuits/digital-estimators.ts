import type { Convention } from "../../spec/specification";
import type { EstimationContext, Estimator } from "../estimator";
import { circuitEstimator, circuitSource, circuitTechnology } from "./circuit-estimate";
import type { CircuitAnswer } from "./circuit-estimate";
import { digitalBlock, gateNodeNm, standaloneGate } from "./digital-blocks";
import type { DigitalBlock, StandaloneGate } from "./digital-blocks";

const bits = {
  kind: "number",
  unit: "bit",
  description: "bits of the adder or register",
  minimum: 1,
  maximum: 65536,
} as const;

/** Adder, shift-add, flip-flops and the gates. */
export function digitalEstimators(convention: Convention): readonly Estimator[] {
  const technologyAndBits = { technology: circuitTechnology, n_bits: bits };
  return [
    convention === "2024"
      ? lowPowerAdder()
      : // Only the tables of 2023 list what nothing requires.
        listing(
          ["add", "idle"],
          circuitEstimator("intadder", technologyAndBits, ({ technology, n_bits }, { fidelity }) =>
            describeBlock({ kind: "intadder", bits: n_bits }, technology, fidelity, [
              `ripple-carry adders of ${n_bits} and ${n_bits + 1} bits, nine NAND gates per bit`,
            ]),
          ),
        ),
    circuitEstimator(
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
    circuitEstimator("flip_flop", technologyAndBits, ({ technology, n_bits }, { fidelity }) =>
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
  return circuitEstimator(
    "intadder",
    { technology: circuitTechnology, n_bits: bits },
    ({ technology, n_bits }, { fidelity }) =>
      describeBlock({ kind: "low-power adder", bits: n_bits }, technology, fidelity, [
        `ripple-carry adder of ${n_bits} bits, nine NAND gates of low-power devices per bit`,
      ]),
  );
}

function gateEstimator(gate: StandaloneGate): Estimator {
  return circuitEstimator(
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
): CircuitAnswer {
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
