import type { Convention, Fidelity } from "../../spec/specification";
import type { Estimator } from "../estimator";
import { circuitEstimator, circuitSource, circuitTechnology } from "./circuit-estimate";
import type { BlockFigures, CircuitAnswer } from "./circuit-estimate";
import {
  cellHeight,
  deviceNode,
  interpolateNodes,
  pico,
  roundTo7Digits,
  truncateToInt32,
} from "./device-node";
import type { DeviceNode } from "./device-node";
import {
  gateCapacitance,
  leakagePowerW,
  logicGate,
  minimumPair,
  widenedInverter,
  widenedNand,
  widenedStandaloneNor,
} from "./logic-gate";

/** Share of the capacitance that an addition switches on average. */
const adderActivity = 0.15;

/** Energy of one addition in a ripple-carry adder of NAND gates, J. */
function adderEnergyJ(node: DeviceNode, bits: number): number {
  const nand = widenedNand(node);
  const input = nand.inputCapacitance;
  const output = nand.outputCapacitance;
  const firstInputs = 6 * input + 2 * output;
  const furtherInputs = (bits - 1) * (7 * input + 3 * output);
  const firstStage = 2 * (output + input) + (output + 2 * input) + (output + 3 * input) + (output + input);
  const furtherStages = (bits - 1) * (output + 3 * input + (output + input) + 2 * (output + input));
  const capacitance = firstInputs + furtherInputs + firstStage + furtherStages;
  return capacitance * (node.supplyVoltageV * node.supplyVoltageV) * adderActivity;
}

/** Area of an adder, nine NAND gates per bit, m^2. */
function adderAreaM2(node: DeviceNode, bits: number): number {
  return cellHeight * node.featureSizeM * (widenedNand(node).widthM * 9 * bits);
}

/** Leakage power of an adder, W. */
function adderLeakageW(node: DeviceNode, bits: number): number {
  return leakagePowerW(node, widenedNand(node)) * 9 * bits;
}

/** Share of the clock edges at which a flip-flop of its own changes its state. */
const flipFlopActivity = 0.5;

/** Size of one flip-flop cell, m: twelve inverters side by side. */
export function flipFlopCell(node: DeviceNode): { widthM: number; heightM: number } {
  return {
    widthM: 12 * logicGate(node, "inverter", 1, minimumPair(node)).widthM,
    heightM: cellHeight * node.featureSizeM,
  };
}

/** Area of flip-flops in one row, m^2. */
function flipFlopRowAreaM2(node: DeviceNode, count: number): number {
  const cell = flipFlopCell(node);
  return cell.heightM * (cell.widthM * count);
}

/** Energy of clocking `count` flip-flops, `active` of which may change, J. */
export function flipFlopEnergyJ(
  node: DeviceNode,
  options: { count: number; active: number; clockings: number; activity: number },
): number {
  const { count, active, clockings, activity } = options;
  const inverter = widenedInverter(node);
  const input = inverter.inputCapacitance;
  const output = inverter.outputCapacitance;
  const gates = gateCapacitance(node, inverter.widths.n) + gateCapacitance(node, inverter.widths.p);
  const clocked = 4 * count * (input + output) + 2 * count * gates;
  const switched = 3 * output + input + (output + output) + (input + output);
  const capacitance = clocked + Math.min(active, count) * switched;
  return capacitance * (node.supplyVoltageV * node.supplyVoltageV) * clockings * activity;
}

/** Leakage power of `count` flip-flops, W. */
export function flipFlopLeakageW(node: DeviceNode, count: number): number {
  return leakagePowerW(node, widenedInverter(node)) * 8 * count;
}

/** Width of a block of flip-flops in columns of the given height, m. */
export function flipFlopColumnsWidthM(node: DeviceNode, count: number, heightM: number): number {
  const cell = flipFlopCell(node);
  const perColumn = Math.min(truncateToInt32(heightM / cell.heightM), count);
  return cell.widthM * truncateToInt32(Math.ceil(count / perColumn));
}

/**
 * Height of a block of flip-flops in rows of the given width, m. Where not one of them fits into the width the
 * original divides by zero, and the height becomes negative; `atLeastOne` puts one into each row instead.
 */
export function flipFlopRowsHeightM(
  node: DeviceNode,
  count: number,
  widthM: number,
  atLeastOne: boolean,
): number {
  const cell = flipFlopCell(node);
  const fitting = truncateToInt32(widthM / cell.widthM);
  const perRow = Math.min(atLeastOne ? Math.max(fitting, 1) : fitting, count);
  return cell.heightM * truncateToInt32(Math.ceil(count / perRow));
}

export type DigitalBlock =
  | { readonly kind: "intadder"; readonly bits: number }
  | { readonly kind: "low-power adder"; readonly bits: number }
  | { readonly kind: "shift_add"; readonly bits: number; readonly registerBits: number }
  | { readonly kind: "flip_flop"; readonly bits: number };

/**
 * Figures of a digital block at a node from 7 to 130 nm (integer).
 * An `intadder` of n bits is an n-bit adder and an (n+1)-bit one, the latter summed in single precision;
 * a low-power adder is the first of them only, with other devices;
 * a `shift_add` is an adder and a register of adder plus shift bits, all of it clocked.
 * @throws RaellaError for a node outside the range
 */
export function digitalBlock(block: DigitalBlock, nodeNm: number, fidelity: Fidelity): BlockFigures {
  return interpolateNodes(nodeNm, (tabulatedNm) => {
    const devices = block.kind === "low-power adder" ? "low-power" : fidelity;
    const node = deviceNode(tabulatedNm, devices) as DeviceNode;
    switch (block.kind) {
      case "intadder":
        return integerAdder(node, block.bits);
      case "low-power adder":
        return singleAdder(node, block.bits);
      case "shift_add":
        return shiftAdd(node, block.bits, block.registerBits);
      case "flip_flop":
        return flipFlop(node, block.bits);
    }
  });
}

export type StandaloneGate = "not_gate" | "nand_gate" | "nor_gate";

/** Node at which gates are evaluated whatever node is asked for (artifact fidelity), nm. */
const gateNodeNm = 32;

/** Area of a gate with two inputs (one for NOT). The energy is not modelled and zero. */
export function standaloneGate(gate: StandaloneGate, nodeNm: number, fidelity: Fidelity): BlockFigures {
  return interpolateNodes(fidelity === "artifact" ? gateNodeNm : nodeNm, (tabulatedNm) => {
    const node = deviceNode(tabulatedNm, fidelity) as DeviceNode;
    const drawn =
      gate === "not_gate"
        ? widenedInverter(node)
        : gate === "nand_gate"
          ? widenedNand(node)
          : widenedStandaloneNor(node);
    const leakageW = fidelity === "artifact" ? 0 : leakagePowerW(node, drawn);
    return rounded(0, cellHeight * node.featureSizeM * drawn.widthM, leakageW);
  });
}

function integerAdder(node: DeviceNode, bits: number): BlockFigures {
  const sum = (ofBits: (bits: number) => number): number =>
    roundTo7Digits(ofBits(bits) * pico) + roundTo7Digits(Math.fround(ofBits(bits + 1)) * pico);
  return {
    readEnergyPj: sum((n) => adderEnergyJ(node, n)),
    writeEnergyPj: 0,
    areaUm2: sum((n) => adderAreaM2(node, n)),
    leakagePw: sum((n) => adderLeakageW(node, n)),
  };
}

function singleAdder(node: DeviceNode, bits: number): BlockFigures {
  return rounded(adderEnergyJ(node, bits), adderAreaM2(node, bits), adderLeakageW(node, bits));
}

function shiftAdd(node: DeviceNode, bits: number, registerBits: number): BlockFigures {
  const count = bits + registerBits;
  const register = { count, active: count, clockings: 1, activity: flipFlopActivity };
  return rounded(
    adderEnergyJ(node, bits) + flipFlopEnergyJ(node, register),
    adderAreaM2(node, bits) + flipFlopRowAreaM2(node, count),
    adderLeakageW(node, bits) + flipFlopLeakageW(node, count),
  );
}

function flipFlop(node: DeviceNode, bits: number): BlockFigures {
  const register = { count: bits, active: bits, clockings: 1, activity: flipFlopActivity };
  return rounded(
    flipFlopEnergyJ(node, register),
    flipFlopRowAreaM2(node, bits),
    flipFlopLeakageW(node, bits),
  );
}

/** Figures as the circuit models print them. */
function rounded(energyJ: number, areaM2: number, leakageW: number): BlockFigures {
  return {
    readEnergyPj: roundTo7Digits(energyJ * pico),
    writeEnergyPj: 0,
    areaUm2: roundTo7Digits(areaM2 * pico),
    leakagePw: roundTo7Digits(leakageW * pico),
  };
}

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
  fidelity: Fidelity,
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
