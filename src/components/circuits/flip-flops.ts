import { truncateToInt32 } from "./block-energy";
import { cellHeight } from "./device-node";
import type { DeviceNode } from "./device-node";
import { leakagePowerW, logicGate, minimumPair, widenedInverter } from "./logic-gate";
import { gateCapacitance } from "./transistor-layout";

/** Share of the clock edges at which a flip-flop of its own changes its state. */
export const flipFlopActivity = 0.5;

/** Size of one flip-flop cell, m: twelve inverters side by side. */
export function flipFlopCell(node: DeviceNode): { widthM: number; heightM: number } {
  return {
    widthM: 12 * logicGate(node, "inverter", 1, minimumPair(node)).widthM,
    heightM: cellHeight * node.featureSizeM,
  };
}

/** Area of flip-flops in one row, m^2. */
export function flipFlopRowAreaM2(node: DeviceNode, count: number): number {
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
