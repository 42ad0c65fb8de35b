import { cellHeight, type DeviceNode } from "./device-node";
import { leakagePowerW } from "./logic-gate";
import { widenedNand } from "./standard-gates";

/** Share of the capacitance that an addition switches on average. */
const adderActivity = 0.15;

/** Energy of one addition in a ripple-carry adder of NAND gates, J. */
export function adderEnergyJ(node: DeviceNode, bits: number): number {
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
export function adderAreaM2(node: DeviceNode, bits: number): number {
  return cellHeight * node.featureSizeM * (widenedNand(node).widthM * 9 * bits);
}

/** Leakage power of an adder, W. */
export function adderLeakageW(node: DeviceNode, bits: number): number {
  return leakagePowerW(node, widenedNand(node)) * 9 * bits;
}
